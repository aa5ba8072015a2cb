import Foundation
import Testing

@testable import ledger_cli

@Suite(.timeLimit(.minutes(2))) struct TerminalTests {
    @Test(arguments: [
        ("abc", 3), ("", 0), ("é", 1), ("e\u{301}", 1), ("商店", 4), ("🛒", 2), ("❤\u{FE0F}", 2),
        ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("한글", 4), ("ｆｕｌｌ", 8), ("a\u{200B}b", 2), ("ก็", 1),
    ])
    func `a text is as wide as a terminal draws it`(_ text: String, _ columns: Int) {
        #expect(TextWidth.columns(text) == columns)
    }

    @Test func `a text that is cut never exceeds its columns and ends in an ellipsis`() {
        let text = "a商b店c🛒d e\u{301}f"
        for columns in 0...TextWidth.columns(text) + 1 {
            let cut = TextWidth.fitted(text, to: columns)
            #expect(TextWidth.columns(cut) <= columns)
            #expect((cut == text) == (columns >= TextWidth.columns(text)))
            if cut != text, columns > 0 { #expect(cut.hasSuffix("…")) }
        }
    }

    @Test func `a table gives way in its last column first and never in its numbers`() {
        var table = Table([("seq", .right), ("subject", .left), ("what", .left)])
        table.add("1234567", "environment/prod", String(repeating: "long ", count: 20))
        table.add("2", "商店", "short")
        for columns in 38...140 {
            let lines = table.lines(columns: columns)
            #expect(lines.allSatisfy { TextWidth.columns($0) <= columns }, "\(columns)")
            #expect(lines[1].hasPrefix("1234567"))
        }
        #expect(table.lines(columns: 60)[1].contains("environment/prod  "))
        #expect(table.lines(columns: 60)[1].hasSuffix("…"))
        #expect(table.lines == table.lines(columns: 1000))
        #expect(table.lines(columns: 1).count == 3)
    }

    @Test func `a name that is cut keeps its beginning and its end`() {
        let names = ["customer-01-production-east", "customer-02-production-west", "商店商店商店商店"]
        for name in names {
            for columns in 1...TextWidth.columns(name) + 1 {
                let cut = TextWidth.abridged(name, to: columns)
                #expect(TextWidth.columns(cut) <= columns, "\(cut)")
                #expect((cut == name) == (columns >= TextWidth.columns(name)))
            }
        }
        #expect(TextWidth.abridged(names[0], to: 15) == "custome…on-east")
        var table = Table([("name", .name), ("what", .left)])
        for name in names { table.add(name, String(repeating: "long ", count: 9)) }
        let lines = table.lines(columns: 30)
        #expect(lines.allSatisfy { TextWidth.columns($0) <= 30 })
        #expect(Set(lines).count == 4)
    }

    @Test func `colour is added after the cells were measured`() {
        var table = Table("a", "b")
        table.add("x", "y")
        let plain = table.lines
        let painted = table.lines { _, cell in "\u{1B}[31m\(cell)\u{1B}[0m" }
        #expect(painted[0] == plain[0])
        #expect(painted[1] == "\u{1B}[31mx\u{1B}[0m  \u{1B}[31my\u{1B}[0m")
    }

    @Test func `an outcome that is not yes has a colour on a terminal and its word everywhere`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run(
            "record", "command", "--outcome", "unknown", "--", "fleet", "env", "destroy", "prod")
        let plain = await prompt.run("history").output
        #expect(plain.contains("env.destroy.unknown") && !plain.contains("\u{1B}"))
        let coloured = await prompt.run("history", isTerminal: true).output
        #expect(coloured.contains("\u{1B}[33menv.destroy.unknown\u{1B}[0m"))
        prompt.set("NO_COLOR", "1")
        #expect(await prompt.run("history", isTerminal: true).output == plain)
    }

    @Test func `a watched status is drawn in place and the terminal comes back`() async throws {
        let prompt = try await Prompt.withLedger()
        let child = try Child(
            ["status", "--watch"], in: prompt.directory, columns: 90, rows: 12)
        let first = try child.read(until: "Ctrl-C")
        #expect(first.hasPrefix("\u{1B}[?1049h\u{1B}[?25l\u{1B}[H"))
        #expect(first.contains("1 rows from 1 events"))
        _ = await prompt.run(
            "record", "observation", "environment", "prod", "--maintenance", "on")
        let second = try child.read(until: "Ctrl-C")
        #expect(second.contains("\u{1B}[H") && second.contains("environment/prod"))
        let pictures = second.components(separatedBy: "\u{1B}[H")
        for line in pictures[pictures.count - 1].components(separatedBy: "\r\n") {
            let plain = line.replacing(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
            #expect(TextWidth.columns(plain) <= 90)
        }
        child.send(SIGINT)
        try child.read(until: "\u{1B}[?25h\u{1B}[?1049l")
        let end = child.end()
        #expect(end.isSignal && end.status == SIGINT)
    }

    @Test func `a picture is no taller than the terminal`() async throws {
        let prompt = try await Prompt.withLedger()
        for name in ["a", "b", "c", "d", "e", "f"] {
            _ = await prompt.run("record", "observation", "environment", name, "--nfs", "off")
        }
        let child = try Child(["status", "--watch"], in: prompt.directory, columns: 80, rows: 6)
        let picture = try child.read(until: "more lines")
        #expect(picture.components(separatedBy: "\r\n").count == 6)
        child.send(SIGTERM)
        #expect(child.end().status == SIGTERM)
    }

    @Test func `a watched status that nobody looks at is printed when something changes`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let child = try Child(["status", "--watch"], in: prompt.directory)
        let first = try child.read(until: "1 rows from 1 events")
        #expect(!first.contains("\u{1B}"))
        _ = await prompt.run("record", "observation", "environment", "prod", "--nfs", "off")
        #expect(try child.read(until: "2 rows from 2 events").contains("environment/prod"))
        try child.close()
        #expect(child.end() == (0, false))
    }

    @Test func `a followed history goes through a pipe line by line and ends with its reader`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let child = try Child(
            ["history", "--follow", "--format", "jsonl"], in: prompt.directory)
        try child.read(until: "\n")
        for number in 2...4 {
            _ = await prompt.run("record", "note", "x")
            let line = try child.read(until: "\n")
            #expect(line.contains("\"sequence\":\"000000000000000\(number)\""))
        }
        // Many at once come all, in order and each once.
        try prompt.write(
            "# at 2017-05-01T09:00:00Z\n# actor a\n"
                + (5...304).map { "$ ledger-cli record note \($0)\n" }.joined(), to: "many")
        _ = await prompt.run("import", "--transcript", "many")
        for number in 5...304 {
            let line = try child.read(until: "\n")
            let sequence = String(repeating: "0", count: 16 - "\(number)".count) + "\(number)"
            #expect(line.contains("\"sequence\":\"\(sequence)\""), "\(line)")
        }
        try child.close()
        #expect(child.end() == (0, false))
    }

    @Test func `a followed history ends by the signal that ends it`() async throws {
        let prompt = try await Prompt.withLedger()
        let child = try Child(["history", "--follow"], in: prompt.directory, columns: 70)
        let line = try child.read(until: "\n")
        #expect(line.hasPrefix("   1  2017-05-01T09:00:00Z"))
        #expect(TextWidth.columns(line) <= 72)
        child.send(SIGINT)
        #expect(child.end() == (SIGINT, true))
    }

    @Test(arguments: [["--at", "2017-05-01T09:00:00Z"], ["--known-at", "1"]])
    func `a status is watched in the present only`(_ words: [String]) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(["status", "--watch"] + words)
        #expect(result.status == 64)
        #expect(result.errors.contains("--watch goes with none of"))
    }
}
