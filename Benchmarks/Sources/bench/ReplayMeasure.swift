import Ledger
import Projector

/// From the stored bytes to the whole state.
enum ReplayMeasure {
    static func run(_ options: Options) async throws -> JSONObject {
        let store = try LedgerStore.open(path: try options.text("path"), readOnly: true)
        var replay = Replay(voids: Voids())
        let start = ContinuousClock.now
        try store.read { snapshot in
            try snapshot.forEachOccurrence { try replay.apply($0) }
        }
        let seconds = Stopwatch.seconds(since: start)
        return .rate(replay.state.count, seconds: seconds)
    }
}
