import Ledger

/// The rule that what a temporary environment holds is in files.
extension World {
    /// Why the databases of a temporary environment are not known to be dumped.
    ///
    /// The newest dump of all must be good. Of each other database that somebody tried to dump one
    /// must be, unless the destination holds the whole copy or somebody compared it.
    func dumpVerified(_ migration: Migration, _ temporary: Incarnation) -> [Reason] {
        let name = temporary.name
        let dumps = temporary.attempts(.databaseDump)
        let isGone = existence(temporary).isGone
        // Where customers are sent to the destination, nothing is abandoned.
        let isServing =
            migration.destination.map { isLed(to: $0, of: migration) } ?? false
        let abandoning = isServing ? "" : ", or ledger-cli migration close --abandoned"
        guard let last = dumps.last else {
            // What was to be dumped there reached the destination another way.
            if isGone, copyVerified(migration).isEmpty { return [] }
            return [
                .blocked(
                    .dumpVerified, "\(name) was not dumped", [temporary.first.sequence],
                    unblock: isGone
                        ? "copy the source's data to \(migration.roles.destination)\(abandoning)"
                        : "dump \(name)\(abandoning)")
            ]
        }
        let others = dumps.filter { Copy.database($0) != Copy.database(last) }
        let reasons = faults(
            of: last, others.isEmpty ? name : last.dumpedWords,
            before: migration.destination,
            otherwise: isServing
                ? "compare the data, then ledger-cli record reconciled"
                : "ledger-cli migration close --abandoned")
        guard !others.isEmpty, !copyVerified(migration).isEmpty else { return reasons }
        let settled = decision(migration) { $0 == .writesReconciled }?.moment
        let databases = Set(others.map(Copy.database)).sorted { ($0 ?? "") < ($1 ?? "") }
        return reasons
            + databases.flatMap { database -> [Reason] in
                let tries = others.filter { Copy.database($0) == database }.map { dump in
                    (
                        dump,
                        faults(
                            of: dump, dump.dumpedWords, before: migration.destination,
                            otherwise: "compare the data, then ledger-cli record reconciled")
                    )
                }
                guard let (newest, faults) = tries.last, !tries.contains(where: \.1.isEmpty),
                    settled.map({ newest.settled > $0 }) ?? true
                else { return [] }
                return faults
            }
    }

    /// What is known against a dump; `what` it is of and what else to do about it, for messages.
    private func faults(
        of dump: Attempt, _ what: String, before destination: Incarnation?, otherwise: String
    ) -> [Reason] {
        guard dump.isAccepted else {
            return [
                .blocked(
                    .dumpVerified, "the dump of \(what) was \(dump.outcomeWords)", dump.evidence,
                    unblock: "dump \(what), or \(otherwise)")
            ]
        }
        // What went to a terminal is kept nowhere.
        guard case .databaseDump(_, _, let path?) = dump.action, !FilePath.keepsNothing(path)
        else {
            return [
                .blocked(
                    .dumpVerified, "the dump of \(what) names no file", dump.evidence,
                    unblock: "dump \(what) to a file, or \(otherwise)")
            ]
        }
        var reasons: [Reason] = []
        let bad = state.possibleLooks(at: path).last {
            $0.moment > dump.settled
                && ($0.value.hasTrailer == false || $0.value.hasCarriageReturns == true
                    || $0.value.bytes == 0)
        }
        if let bad {
            reasons.append(
                .blocked(
                    .dumpVerified, "\(path) is truncated or altered", [bad.moment.sequence],
                    unblock: "dump \(what) again"))
        }
        if let other = overwriting(dump, at: path, before: destination) {
            reasons.append(
                .blocked(
                    .dumpVerified,
                    "\(path) was written to by another dump and had not been loaded",
                    World.merge(dump.evidence, other.evidence), unblock: "dump \(what) again"))
        }
        return reasons
    }

    /// A later dump to the file of one, or to what may be that file, before it was loaded.
    ///
    /// Also one that was refused: the shell empties the file before the command begins.
    private func overwriting(
        _ dump: Attempt, at path: String, before destination: Incarnation?
    ) -> Attempt? {
        let loads = destination?.attempts(.databaseLoad) ?? []
        let later = (state.dumps(to: path) + state.otherDumps(than: path)).filter {
            $0.started != dump.started && $0.settled > dump.started
        }
        guard let first = later.min(by: { $0.started < $1.started }) else { return nil }
        let isLoaded = loads.contains { load in
            guard load.isAccepted, case .databaseLoad(_, _, let file?) = load.action else {
                return false
            }
            return FilePath.isSame(file, path) && load.started > dump.settled
                && load.settled < first.started
        }
        return isLoaded ? nil : first
    }
}
