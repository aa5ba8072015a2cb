import Foundation
import Ledger

/// One of several processes that append to one ledger, an event a transaction.
///
/// With `gate=PATH` it says that it is ready by a file `PATH-worker` and begins when there is a file
/// at the path.
enum WriterMeasure {
    static func run(_ options: Options) async throws -> JSONObject {
        let events = try options.number("events", default: 100)
        let worker = try options.number("worker", default: 1)
        let store = try LedgerStore.open(
            path: try options.text("path"), busyWait: .seconds(60))
        let drafts = (0..<events).map { Sample.draft(worker * 10_000_000 + $0) }
        if let gate = options.optional("gate") {
            try Data().write(to: URL(fileURLWithPath: "\(gate)-\(worker)"))
            while !FileManager.default.fileExists(atPath: gate) { usleep(200) }
        }
        var watch = Stopwatch()
        let start = ContinuousClock.now
        for draft in drafts {
            try watch.time { _ = try store.append([draft], recordedTime: Sample.recorded) }
        }
        let seconds = Stopwatch.seconds(since: start)
        try store.close()
        return .rate(events, seconds: seconds, [("latency", .object(watch.summary))])
    }
}
