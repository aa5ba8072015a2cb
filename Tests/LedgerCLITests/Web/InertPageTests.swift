import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct InertPageTests {
    /// Texts that have broken out of pages elsewhere.
    private static let corpus = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'",
        "</title><svg/onload=alert(1)>", "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;",
        "<iframe srcdoc='<script>alert(1)</script>'>", "${alert(1)}{{7*7}}",
        "</pre></code></td><a href=javascript:alert(1)>x</a>", "\u{202E}gpj.exe", "a\u{0}b",
        "<style>*{display:none}</style>", "<base href=//evil.example>", "%3Cscript%3E",
        "<meta http-equiv=refresh content=0;url=//evil.example>", "\u{FEFF}<p>",
    ]

    @Test func `what people write cannot become part of a page`() async throws {
        let prompt = try await Prompt.withLedger(at: "2017-05-05T09:00:00Z")
        var transcript = "# at 2017-05-04T10:00:00Z\n"
        for text in Self.corpus {
            let noted = await prompt.run(
                "record", "note", text, "--actor", text.filter { $0 != "\u{0}" })
            #expect(noted.status == 0, "\(noted.errors)")
            // Names of resources are what a terminal showed: anything.
            let name = text.filter {
                !$0.isWhitespace && $0 != "'" && $0 != "\"" && $0 != "\u{0}" && $0 != "<"
                    && $0 != ">" && $0 != "|" && $0 != "&" && $0 != ";" && $0 != "$" && $0 != "`"
                    && $0 != "(" && $0 != ")"
            }
            transcript +=
                "$ fleet env maintenance 'x\(name)' ON\n<b>\(text.filter { $0 != "\n" })</b>\n# +1m\n"
        }
        try prompt.write(transcript, to: "evil.transcript")
        let imported = await prompt.run("import", "evil.transcript")
        #expect(imported.status == 0, "\(imported.errors)")
        for words in [
            [
                "record", "command", "--", "fleet", "snapshot", "create", "<img/src=x>",
                "\"onload=\"",
            ],
            [
                "record", "command", "--exit", "3", "--", "fleet", "env", "create",
                "<script>alert(1)</script>", "--size", "'\"><x>",
            ],
            [
                "record", "hold", "environment/\"><script>alert(1)</script>", "--reason",
                "<script>alert(1)</script>",
            ],
            [
                "migration", "open", "<script>", "--from", "<b>", "--to", "\"'><i>", "--method",
                "snapshot",
            ],
        ] {
            let result = await prompt.run(words)
            #expect(result.status == 0, "\(words): \(result.errors)")
        }
        let fixture = try SiteFixture(prompt)
        let size = try fixture.site.archive.store.size()
        var targets = [
            "/", "/timeline", "/timeline?moment=4", "/events", "/graph", "/plans/cleanup",
            "/plans/next", "/plans/rollback", "/migrations", "/migrations/%3Cscript%3E", "/verify",
            "/events?actor=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
            "/events?type=%3Cscript%3E", "/plans/%3Cscript%3E",
        ]
        targets += (1...size).map { "/events/\($0)" }
        for target in targets {
            let page = await fixture.ask(target).text
            try Self.expectInert(page, target)
        }
    }

    /// Walks over the tags of a page: only elements and attributes of ours, quoted, no code.
    private static func expectInert(_ page: String, _ target: String) throws {
        var rest = page[...]
        var scripts = 0
        while let open = rest.firstIndex(of: "<") {
            let end = try #require(rest[open...].firstIndex(of: ">"), "\(target)")
            let tag = rest[rest.index(after: open)..<end]
            rest = rest[rest.index(after: end)...]
            let name = tag.prefix { !$0.isWhitespace }.drop { $0 == "/" }
            #expect(elements.contains(String(name)), "\(target): <\(tag)>")
            if tag.hasPrefix("script") { scripts += 1 }
            if name == "!DOCTYPE" { continue }
            var attributes = tag.drop { !$0.isWhitespace }
            while let start = attributes.firstIndex(where: { !$0.isWhitespace }) {
                attributes = attributes[start...]
                let key = attributes.prefix { $0 != "=" }
                attributes = attributes.dropFirst(key.count)
                #expect(attributes.hasPrefix("=\""), "\(target): <\(tag)>")
                attributes = attributes.dropFirst(2)
                let value = attributes.prefix { $0 != "\"" }
                attributes = attributes.dropFirst(value.count + 1)
                #expect(
                    !key.hasPrefix("on") && key != "style" && key != "srcdoc", "\(target): \(key)")
                if ["href", "src", "action"].contains(key) {
                    #expect(
                        value.hasPrefix("/") && !value.hasPrefix("//") || value.hasPrefix("#"),
                        "\(target): \(value)")
                }
            }
        }
        #expect(scripts == 1, "\(target)")
        #expect(!page.unicodeScalars.contains { $0.value == 0 || $0.value == 0x202E }, "\(target)")
    }

    private static let elements: Set<String> = [
        "!DOCTYPE", "html", "head", "meta", "title", "link", "script", "body", "a", "header", "p",
        "span", "nav", "ul", "li", "main", "footer", "h1", "h2", "h3", "section", "div", "table",
        "caption",
        "thead", "tbody", "tr", "th", "td", "time", "code", "pre", "dl", "dt", "dd", "form",
        "label",
        "input", "output", "button", "select", "option", "svg", "defs", "marker", "path", "rect",
        "text", "strong", "article", "ol", "br", "meter", "g", "line", "circle", "desc", "dd",
    ]
}
