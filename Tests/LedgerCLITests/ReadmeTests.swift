import Foundation
import Testing

/// Runs what the README shows, so that it cannot drift.
@Suite struct ReadmeTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// What differs from run to run: a plan's digest and the root cover the random id of the
    /// ledger's first event, and its key is made for it.
    private func masked(_ text: String) -> String {
        text.replacing(/digest [0-9a-f]{12}/, with: "digest 000000000000")
            .replacing(/(head: \d+|root) [0-9A-Za-z+\/]{43}=/) { "\($0.1) \(zeroes)=" }
            .replacing(/\+[0-9a-f]{8}\b/, with: "+00000000")
    }

    private let zeroes = String(repeating: "0", count: 43)

    @Test func `the README shows what its commands print`() async throws {
        let file = ReadmeTests.root.appendingPathComponent("README.md")
        let before = try String(contentsOf: file, encoding: .utf8)
        let prompt = try Prompt(at: "2017-05-05T09:00:00Z")
        try FileManager.default.copyItem(
            at: ReadmeTests.root.appendingPathComponent("Examples"),
            to: URL(fileURLWithPath: prompt.path("Examples")))
        var after: [String] = []
        var isConsole = false
        for line in before.components(separatedBy: "\n") {
            if line.hasPrefix("```") { isConsole = line == "```console" }
            guard isConsole, !line.hasPrefix("```") else {
                after.append(line)
                continue
            }
            guard line.hasPrefix("$ ledger-cli ") else { continue }
            after.append(line)
            let result = await prompt.run(line.split(separator: " ").dropFirst(2).map(String.init))
            let text = masked(result.output + result.errors)
            after += text.split(separator: "\n", omittingEmptySubsequences: true).map {
                String($0.replacing(/\s+$/, with: ""))
            }
        }
        let shown = after.joined(separator: "\n")
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try shown.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("the README was written anew; run again without RECORD")
        }
        #expect(masked(before) == shown)
        #expect(before.components(separatedBy: "\n").count <= 150)
    }
}
