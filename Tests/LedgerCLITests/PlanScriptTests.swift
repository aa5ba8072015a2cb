import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A plan as a script does what commands do, waits for what must be seen, and stops where people judge.
@Suite struct PlanScriptTests {
    /// A shop whose snapshot is being taken over by the steps of a transcript.
    private static func told(_ transcript: String) async throws -> Prompt {
        let prompt = try await Prompt.withLedger(at: "2017-05-03T22:00:00Z")
        try prompt.write(transcript, to: "t.transcript")
        let result = await prompt.run("import", "t.transcript")
        try #require(result.status == 0, "\(result.errors)")
        return prompt
    }

    private static func example(until time: String) async throws -> Prompt {
        let text = try String(
            contentsOfFile: PlanningTests.root + "/Examples/snapshot-migration.transcript",
            encoding: .utf8)
        let end = try #require(text.range(of: "# at \(time)"))
        return try await told(String(text[..<end.lowerBound]))
    }

    private func script(_ prompt: Prompt, _ kind: String) async -> [String] {
        await prompt.run("plan", kind, "--at", "2017-05-04T08:03:00Z", "--format", "sh").lines
    }

    @Test func `a way back waits for the closing and stops at the loss`() async throws {
        let prompt = try await Self.example(until: "2017-05-04T08:05:00Z")
        let all = await script(prompt, "rollback")
        let lines = all.filter { !$0.hasPrefix("#") }
        #expect(
            lines == [
                "set -eu", "ledger-cli run -- fleet env maintenance prod2 ON",
                "ledger-cli observe --until 'maintenance of prod2 effective' --timeout 40m",
                "echo 'for somebody to judge: ledger-cli record accept-loss; then plan again' >&2; exit 5",
            ])
        // What comes after it is for people to read.
        let switching = all.first { $0.contains("ledger-cli record dns") }
        #expect(switching?.hasPrefix("# later: echo 'by hand, at the DNS provider") ?? false)
    }

    @Test func `a placeholder is neither run nor written into a script`() async throws {
        let prompt = try await Self.told(
            """
            # at 2017-05-03T20:00:00Z
            $ ledger-cli migration open m --from prod --to prod2 --method dump --hostname www.b.com
            """)
        let lines = await script(prompt, "next")
        #expect(!lines.contains { $0.hasPrefix("ledger-cli run") && $0.contains("SIZE") })
        for words in [
            ["env", "create", "--size", "SIZE", "--source-environment", "prod", "prod2"],
            ["env", "load", "prod2", "RELEASE"],
        ] {
            let result = await prompt.run(["run", "--", "fleet"] + words)
            #expect(result.status == 64)
            #expect(result.errors.contains(" stands for what only you know"))
        }
    }
}
