import Ledger

/// The rule about SQL scripts that run on every clone (Fleet, "manage SQL scripts").
extension World {
    func sqlScripts(_ migration: Migration) -> [Reason] {
        clones(migration).flatMap { environment -> [Reason] in
            guard let creation = environment.creation else { return [] }
            let found = scripts(
                from: creation.started, to: environment.wasSeen("RUNNING")?.moment)
            let seen = seenScripts(
                while: environment, creation, migration, besides: found.value ?? [])
            if acknowledged(.sqlScripts, migration, after: creation.started) != nil { return seen }
            switch found {
            case .known(let names, _) where names.isEmpty: return seen
            case .known(let names, let evidence):
                return [
                    .blocked(
                        .sqlScripts,
                        "automatic SQL scripts ran on \(environment.name): \(names.joined(separator: ", "))",
                        World.merge(evidence, creation.evidence),
                        unblock: "ledger-cli record acknowledge sql-scripts")
                ]
            case .unknown(let why, let evidence, let need):
                return [
                    .unknown(
                        .sqlScripts, why, World.merge(evidence, creation.evidence),
                        unblock: need == nil
                            ? "see what they changed on \(environment.name), then ledger-cli record acknowledge sql-scripts"
                            : "list the scripts", needs: [need].compactMap { $0 })
                ]
            }
        }
    }

    /// Scripts that were seen while a clone was being made, beside those that are known to have been
    /// there: when they came, and whether they ran, no look tells.
    private func seenScripts(
        while environment: Incarnation, _ creation: Attempt, _ migration: Migration,
        besides known: [String]
    ) -> [Reason] {
        let end = environment.wasSeen("RUNNING")?.moment
        let seen = state.scriptListings.last { listing in
            !listing.value.rows.allSatisfy(known.contains) && listing.moment > creation.started
                && (end.map { listing.moment < $0 } ?? true)
        }
        guard let seen, acknowledged(.sqlScripts, migration, after: seen.moment) == nil else {
            return []
        }
        let names = seen.value.rows.filter { !known.contains($0) }.joined(separator: ", ")
        return [
            .unknown(
                .sqlScripts,
                "automatic SQL scripts were seen while \(environment.name) was being made, and whether they ran on it is not known: \(names)",
                World.merge([seen.moment.sequence], creation.evidence),
                unblock:
                    "see what they changed on \(environment.name); when it does no harm: ledger-cli record acknowledge sql-scripts"
            )
        ]
    }

    /// The environments through which the data went, or is to go: also one that was dumped and is not
    /// the temporary one any more.
    private func clones(_ migration: Migration) -> [Incarnation] {
        var clones = [migration.destination, migration.temporary].compactMap { $0 }
        guard case .dump(let whole) = copy(migration) else { return clones }
        for part in [whole] + whole.besides {
            guard case .databaseDump(let name, _, _) = part.dump.action,
                name != migration.roles.source,
                let clone = incarnations[name]?.last(where: { $0.first < part.dump.started }),
                !clones.contains(where: { $0.first == clone.first })
            else { continue }
            clones.append(clone)
        }
        return clones
    }

    /// The automatic SQL scripts at a moment.
    func scripts(at moment: Moment) -> Fact<[String]> { scripts(from: moment, to: moment) }

    /// The automatic SQL scripts while a clone was made: the listing before it was asked for, or a
    /// later one when no change lies between.
    ///
    /// When they run is not documented, only that they have once it is RUNNING.
    private func scripts(from moment: Moment, to end: Moment?) -> Fact<[String]> {
        let listings = state.scriptListings.filter { $0.value.isComplete || !$0.value.rows.isEmpty }
        let before = listings.last { $0.moment < moment }
        let changes = state.scriptAttempts
        if let before,
            !changes.contains(where: { change in
                change.settled > before.moment && (end.map { change.started < $0 } ?? true)
            }),
            before.value.isComplete || !before.value.rows.isEmpty
        {
            return .known(before.value.rows, before.proof)
        }
        if let after = listings.first(where: { $0.moment > moment }),
            !changes.contains(where: {
                ($0.settled > moment || $0.isInDoubt) && $0.started < after.moment
            })
        {
            return .known(after.value.rows, after.proof)
        }
        if let during = changes.first(where: { change in
            change.started > moment && (end.map { change.started < $0 } ?? true)
        }), during.isAccepted, case .configSqlScript(.add, let name) = during.action {
            return .known([name], during.proof)
        }
        if let first = changes.first(where: { $0.started > moment }), first.isAccepted,
            case .configSqlScript(.remove, let name) = first.action
        {
            return .known([name], first.proof)
        }
        if let last = changes.last(where: { $0.settled < moment }), last.isAccepted,
            case .configSqlScript(.add, let name) = last.action
        {
            return .known([name], last.proof)
        }
        // No list of later tells what there was before a change of which nobody knows what came of it.
        if let change = changes.last(where: { $0.settled > moment || $0.isInDoubt }) {
            let script: String =
                if case .configSqlScript(_, let name) = change.action { name } else { "a script" }
            return .unknown(
                "whether \(script) ran is not known: \(change.action.name.rawValue) was \(change.outcomeWords) at \(change.started.time.short)",
                Evidence(changes.flatMap(\.evidence)), nil)
        }
        // A list of no script looks like one that was cut off before its first line.
        let cut = state.scriptListings.filter { !$0.value.isComplete }
        return .unknown(
            cut.isEmpty
                ? "whether automatic SQL scripts ran was never seen"
                : "the list of automatic SQL scripts was not seen whole: where it is empty, say so with --no-output, or # no output in a transcript",
            Evidence(changes.flatMap(\.evidence) + cut.map(\.moment.sequence)),
            .scripts)
    }
}
