import Foundation
import Ledger
import Testing

/// Every measure of `scripts/bench`, small and untimed: that none of them rots.
///
/// What a measure finds out beside the time is held to all the same: that no event is missing, that
/// proofs verify, that writers lose nothing.
@Suite(.serialized, .timeLimit(.minutes(60)), .enabled(if: Python.isInstalled))
struct BenchTests {
    @Test(arguments: [
        ("disk", "The disk"), ("append", "Durable append"), ("together", "Concurrent callers"),
        ("syscalls", "Syncs, counted"), ("imports", "Import"), ("replay", "Replay"),
        ("cache", "Answers"), ("busy", "A busy migration"), ("verify", "Verify"),
        ("memory", "Memory"), ("proof", "Inclusion proof"), ("history", "History"),
        ("writers", "Many writers"), ("peers", "Other ways to keep a log"),
    ])
    func `a measure of scripts/bench still works`(_ name: String, title: String) async throws {
        let result = try await Self.quick(["--only", name])
        #expect(result.status == 0, "\(result.errors.suffix(2000))")
        // A measure whose peers cannot be made here says so in the place of its section.
        #expect(
            result.output.contains("## \(title)\n") || result.errors.contains("skipped:"),
            "\(result.errors.suffix(2000))")
        #expect(!result.output.contains("missed"), "nothing is decided by a time")
        #expect(!result.output.contains(NSTemporaryDirectory() + "ledger-bench-"))
        #expect(!result.output.contains(Rehearsal.programs))
    }

    @Test func `these are all the measures there are`() async throws {
        let result = try await Self.quick(["--only", "none"])
        #expect(result.status != 0)
        let known = try #require(result.errors.split(separator: "there are: ").last)
            .split(whereSeparator: \.isWhitespace)
        #expect(known.count == 14, "\(result.errors)")
    }

    private static func quick(_ more: [String]) async throws -> Rehearsal.Result {
        try await Rehearsal.run(
            Rehearsal.root + "/scripts/bench", ["--quick"] + more, in: Rehearsal.root,
            environment: ProcessInfo.processInfo.environment
                .merging(["BENCH_BIN": Rehearsal.programs]) { $1 })
    }
}

/// What the script runs its measures with.
private enum Python {
    static let isInstalled = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/python3")
        }
}
