import Ledger
import Testing

@testable import Fleet

@Suite struct FuzzTests {
    static let reads: [ReadCommand] = [
        .envList, .envDescribe("prod"), .snapshotList(nil), .snapshotList(.nfs), .releaseList,
        .defaultEnvironment, .sqlScripts,
    ]

    @Test func `no bytes make a parser crash`() {
        var random = SeededGenerator(31)
        for _ in 0..<1500 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            for read in Self.reads { _ = look(read, text) }
            _ = OutcomeRule.classify(random.action(), output: text, exitStatus: 0)
            _ = try? Shell.split(text)
            _ = Redaction.redact(text)
            _ = Endpoint.environment(of: text)
        }
    }

    @Test func `no mixture of real lines makes a parser crash or a broken list complete`() throws {
        var random = SeededGenerator(37)
        let samples = [
            Sample.environments, Sample.snapshots, Sample.releases, Sample.description,
            Sample.oldDescription, "Error: no\n", "\r\u{1B}[31m\n", "--  --\n", "ü  名前  -\n",
        ]
        let lines = samples.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
        for _ in 0..<1500 {
            var text = ""
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                var line = String(random.pick(lines))
                if random.flip(), !line.isEmpty {
                    line = String(line.dropFirst(Int.random(in: 0..<line.count, using: &random)))
                }
                text += line + "\n"
            }
            for read in Self.reads { _ = look(read, text) }
            let listing = try #require(look(.envList, text).environmentRows)
            if listing.isComplete {
                #expect(text.contains("name") && text.contains("status") && text.contains("--"))
            }
        }
    }

    @Test func `a list of which any one line is damaged is not complete with a row less`() throws {
        var random = SeededGenerator(41)
        let lines = Sample.environments.split(separator: "\n").map { Array($0.unicodeScalars) }
        for _ in 0..<800 {
            var lines = lines
            let index = Int.random(in: 0..<lines.count, using: &random)
            let column = Int.random(in: 0..<lines[index].count, using: &random)
            lines[index].removeSubrange(column...)
            let text = lines.map { line in
                var view = String.UnicodeScalarView()
                view.append(contentsOf: line)
                return String(view) + "\n"
            }.joined()
            let listing = try #require(look(.envList, text).environmentRows)
            if listing.isComplete { #expect(listing.rows.count == 2, "\(text)") }
        }
    }
}
