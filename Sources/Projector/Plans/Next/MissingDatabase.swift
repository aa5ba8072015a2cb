import Ledger

/// What is due about a database that was to be copied beside what was.
extension Planner {
    /// The load of its newest good dump, otherwise a dump of it; nil when nothing was left out.
    func remainderDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation,
        of dumped: Incarnation
    ) -> Due? {
        guard case .partial(let left, _) = world.copy(migration) else { return nil }
        let database = Copy.database(left)
        let settling = "or compare the data, then ledger-cli record reconciled"
        let why =
            left.isAccepted
            ? "\(left.dumpedWords) was dumped and never loaded; \(settling)"
            : "the dump of \(left.dumpedWords) was \(left.outcomeWords); \(settling)"
        if let dump = lastDump(of: dumped, database, source, migration),
            case .databaseDump(_, _, let path?) = dump.action
        {
            return Due(
                phase: "copy",
                steps: [
                    step(
                        .databaseLoad(
                            environment: destination.name, database: database, path: path), why,
                        completes: "the load accepted without an error")
                ])
        }
        let path = freePath(dumped.name)
        return Due(
            phase: "copy",
            steps: [
                step(
                    .databaseDump(environment: dumped.name, database: database, path: path), why,
                    completes:
                        "the dump accepted; then ledger-cli record file \(path) --role dump")
            ], unsafe: ["a load before the dump is accepted"])
    }
}
