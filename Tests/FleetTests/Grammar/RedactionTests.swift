import Testing

@testable import Fleet

@Suite struct RedactionTests {
    struct Case: Sendable {
        let text: String
        let redacted: String

        init(_ text: String, _ redacted: String) {
            self.text = text
            self.redacted = redacted
        }
    }

    static let cases: [Case] = [
        Case("mysql -uroot -pS3cret shop", "mysql -uroot -p[redacted] shop"),
        Case("mysql -p'two words' shop", "mysql -p[redacted] shop"),
        Case("mysql --password hunter2 shop", "mysql --password [redacted] shop"),
        Case("mysql --password=hunter2 shop", "mysql --password=[redacted] shop"),
        Case("mysql --password='a b' shop", "mysql --password=[redacted] shop"),
        Case("mysql --password --host h", "mysql --password --host h"),
        Case("MYSQL_PWD=x mysqldump", "MYSQL_PWD=[redacted] mysqldump"),
        Case("mysql://shop:hunter2@db/shop", "mysql://shop:[redacted]@db/shop"),
        Case(
            "https://u:p@h/x and https://v:q@i",
            "https://u:[redacted]@h/x and https://v:[redacted]@i"),
        Case("https://u:p@ss@h/x", "https://u:[redacted]@h/x"),
        Case("mysql://u:pa/ss@h/x", "mysql://u:[redacted]@h/x"),
        Case("https://ghp_token@github.com/a", "https://[redacted]@github.com/a"),
        Case("ssh://git@github.com/a", "ssh://git@github.com/a"),
        Case("http://h:8080/a@b", "http://h:8080/a@b"),
        Case("--newrelic-licence abc", "--newrelic-licence [redacted]"),
        Case("--newrelic-licence='abc'", "--newrelic-licence=[redacted]"),
        Case(
            "Set NewRelic licence for 'prod' to 'abc def'.\nok",
            "Set NewRelic licence for 'prod' to [redacted]\nok"),
        Case("newrelic          abcdef", "newrelic          [redacted]"),
        Case(
            "size   x\n# newrelic    abcdef\nha  ON", "size   x\n# newrelic    [redacted]\nha  ON"),
        Case(
            "env sectionio prod https://api bob s3cret",
            "env sectionio prod https://api bob [redacted]"),
        Case("env sectionio prod --clear", "env sectionio prod --clear"),
        // The secret has the quotation mark that hid an outer one.
        Case(
            "sectionio a\"b sectionio c d e f\"g",
            "sectionio a\"b sectionio c [redacted] e [redacted]"),
        Case("curl -u bob:s3cret https://h/x", "curl -u bob:[redacted] https://h/x"),
        Case("curl --user 'bob:s3 cret' https://h", "curl --user 'bob:[redacted]' https://h"),
        Case("curl --user=bob:s3cret https://h", "curl --user=bob:[redacted] https://h"),
        Case(
            "export LEDGER_KEY=\"PRIVATE+KEY+a+b+c\"",
            "export LEDGER_KEY=\"PRIVATE+KEY+[redacted]\""),
        Case("PRIVATE+KEY+a.b/c+0badc0de+AQID\nok", "PRIVATE+KEY+[redacted]\nok"),
        Case("curl -u bob https://h:8443/x", "curl -u bob https://h:8443/x"),
        Case("sort -u a: b", "sort -u a: b"),
        Case(
            "curl -H 'Authorization: Bearer abc.def' https://h",
            "curl -H 'Authorization: Bearer [redacted]' https://h"),
        Case("> authorization:basic  Ym9i\nok", "> authorization:basic  [redacted]\nok"),
        Case("Authorization: ticket CAB-17, by bob", "Authorization: ticket CAB-17, by bob"),
        Case("Authorization: Bearer", "Authorization: Bearer"),
        Case("curl -u  bob:s3cret", "curl -u  bob:[redacted]"),
        Case("mkdir -p a/b; ls -l", "mkdir -p a/b; ls -l"),
        Case("plan-prod --ports", "plan-prod --ports"),
        Case("it's -px don't", "it's -p[redacted] don't"),
        Case("", ""),
    ]

    @Test(arguments: cases) func `secrets go and the rest stays`(_ item: Case) {
        #expect(Redaction.redact(item.text) == item.redacted)
    }

    @Test(arguments: cases) func `redacting twice changes nothing`(_ item: Case) {
        let once = Redaction.redact(item.text)
        #expect(Redaction.redact(once) == once)
    }

    @Test func `the words of a command lose their secrets even with spaces in them`() {
        #expect(
            Redaction.redact(arguments: ["mysql", "-pa b", "--password", "c d", "--password=e f"])
                == ["mysql", "-p[redacted]", "--password", "[redacted]", "--password=[redacted]"])
        #expect(
            Redaction.redact(arguments: ["fleet", "env", "sectionio", "prod", "u", "me", "pw x"])
                == ["fleet", "env", "sectionio", "prod", "u", "me", "[redacted]"])
        #expect(
            Redaction.redact(arguments: [
                "fleet", "env", "newrelic", "p", "--newrelic-licence", "k",
            ])
                == ["fleet", "env", "newrelic", "p", "--newrelic-licence", "[redacted]"])
        #expect(
            Redaction.redact(arguments: [
                "curl", "-u", "bob:a b", "-H", "Authorization: Basic Ym9i",
            ])
                == ["curl", "-u", "bob:[redacted]", "-H", "Authorization: Basic [redacted]"])
    }

    @Test func `patterns of the caller are applied too`() throws {
        let pattern = try RedactionPattern("token=[^ ]+")
        #expect(
            Redaction.redact("a token=abc b token=d", patterns: [pattern])
                == "a [redacted] b [redacted]")
        #expect(throws: RedactionError.self) { _ = try RedactionPattern("(") }
        #expect(throws: RedactionError.self) { _ = try RedactionPattern("") }
    }

    @Test func `a pattern that matches nothing of length leaves the text alone`() throws {
        let pattern = try RedactionPattern("x*")
        #expect(Redaction.redact("abxxc", patterns: [pattern]) == "ab[redacted]c")
    }

    @Test func `a pattern that takes a quotation mark uncovers no secret`() throws {
        let text = "sectionio a\"b c d secret\"y"
        #expect(Redaction.redact(text) == text)
        #expect(
            Redaction.redact(text, patterns: [try RedactionPattern("\"y")])
                == "sectionio a\"b c d [redacted]")
    }

    @Test func `what a text still hides after the last round goes with all that follows`() {
        var text = (bytes: Array("sectionio a\"b sectionio c d e f\"g tail".utf8), border: 0)
        Redactor.hideSecrets(in: &text, rounds: 1)
        let shown = String(decoding: text.bytes, as: UTF8.self)
        #expect(!shown.contains("f\"g") && !shown.contains("tail"), "\(shown)")
        #expect(shown.hasSuffix("[redacted]"))
    }

    @Test func `no text makes the scanner crash`() {
        var random = SeededGenerator(5)
        let pieces = [
            "-p", "--password", "=", " ", "\n", "://", "@", ":", "/", "'", "\"", "sectionio",
            "newrelic  ", "Set NewRelic licence for ", " to ", "x", "MYSQL_PWD=", "http", "ü",
            "sectionio a\"b c ", " sectionio ", " d", "\"",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                random.pick(pieces)
            }.joined()
            let once = Redaction.redact(text)
            #expect(Redaction.redact(once) == once, "\(text)")
        }
    }
}
