import Foundation
import Ledger

/// Durable appends, one event each: by one caller, or by many who may share a sync.
enum AppendMeasure {
    static func run(_ options: Options) async throws -> JSONObject {
        let events = try options.number("events", default: 1000)
        let callers = try options.number("callers", default: 1)
        let store = try Ledgers.make(
            try options.text("path"), isSigned: options.optional("signed") == "yes")
        let drafts = (0..<events).map(Sample.draft)
        let start = ContinuousClock.now
        var watch = Stopwatch()
        if callers == 1 {
            for draft in drafts {
                try watch.time { _ = try store.append([draft], recordedTime: Sample.recorded) }
            }
        } else {
            watch = try await together(store, drafts, callers)
        }
        let seconds = Stopwatch.seconds(since: start)
        guard try store.size() == events + 1 else { throw BenchError("events are missing") }
        try store.close()
        return .rate(events, seconds: seconds, [("latency", .object(watch.summary))])
    }

    private static func together(
        _ store: LedgerStore, _ drafts: [EventDraft], _ callers: Int
    ) async throws -> Stopwatch {
        try await withThrowingTaskGroup(of: Stopwatch.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var watch = Stopwatch()
                    for index in stride(from: caller, to: drafts.count, by: callers) {
                        let start = ContinuousClock.now
                        _ = try await store.appendTogether(
                            [drafts[index]], recordedTime: Sample.recorded)
                        watch.add([Stopwatch.seconds(since: start)])
                    }
                    return watch
                }
            }
            var all = Stopwatch()
            for try await watch in group { all.add(watch.seconds) }
            return all
        }
    }
}

/// Ledgers to measure on.
enum Ledgers {
    /// A new ledger in the place of whatever was there.
    static func make(_ path: String, isSigned: Bool = false) throws -> LedgerStore {
        for suffix in ["", "-wal", "-shm", "-turn"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
        guard isSigned else {
            return try LedgerStore.create(
                path: path, origin: Sample.origin, created: Sample.created)
        }
        var random = SystemRandomNumberGenerator()
        let key = try SignerKey.generate(name: try KeyName(Sample.origin), using: &random)
        var created = Sample.created
        created.data["vkey"] = .string(key.verifier.text)
        return try LedgerStore.create(
            path: path, origin: Sample.origin, created: created, signer: LogSigner(keys: [key]))
    }
}
