import Ledger

/// The verification of a whole ledger, record by record.
enum VerifyMeasure {
    static func run(_ options: Options) async throws -> JSONObject {
        let store = try LedgerStore.open(path: try options.text("path"), readOnly: true)
        let start = ContinuousClock.now
        if options.optional("only") == "hashes" {
            let (size, root) = try store.read { try $0.rehash() }
            let seconds = Stopwatch.seconds(since: start)
            guard try store.root() == root else { throw BenchError("the roots differ") }
            return .rate(size, seconds: seconds)
        }
        let result = try store.read { try LogVerification($0, origin: store.origin) }
        let seconds = Stopwatch.seconds(since: start)
        guard result.findings.allSatisfy({ $0.kind == .unsigned }) else {
            throw BenchError("the ledger does not verify: \(result.findings.prefix(3))")
        }
        return .rate(result.size, seconds: seconds)
    }
}
