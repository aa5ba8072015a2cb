import Ledger

/// Where a migration stands in the published procedure and what is due.
struct Due {
    var phase: String
    var steps: [Step] = []
    /// What must be seen before the steps.
    var observe: [Need] = []
    /// What an operator might do now and should not, and why.
    var unsafe: [String] = []
}

/// What several routes have in common.
extension Planner {
    func step(_ action: Action, _ because: String, completes: String? = nil) -> Step {
        Step(
            resource: action.subject, command: .action(action), because: because,
            completes: completes)
    }

    /// What stands between an environment and effective maintenance, if anything.
    func closingDue(_ environment: Incarnation, phase: String) -> Due? {
        let name = environment.name
        guard let last = world.closures(environment).last, last.end == nil else {
            return Due(
                phase: phase,
                steps: [
                    step(
                        .envMaintenance(environment: name, state: .on),
                        "writes must stop before the copy",
                        completes: "maintenance mode ON in a description, 60 s or more later")
                ])
        }
        if last.from > world.now {
            return Due(
                phase: phase, observe: [.describe(name)],
                unsafe: [
                    "a copy before \(last.from.short): maintenance takes up to a minute to reach all nodes"
                ])
        }
        if last.confirmed == nil {
            return Due(
                phase: phase, observe: [.describe(name)],
                unsafe: ["a copy before \(name) is seen in maintenance"])
        }
        return nil
    }

    /// Takes a snapshot of the closed source, or waits for it; nil once one is AVAILABLE.
    func snapshotCopyDue(_ source: Incarnation, _ migration: Migration) -> (
        due: Due?, name: String
    ) {
        if let due = reloadDue(migration, source) { return (due, "") }
        let closures = world.closures(source)
        let tries = source.attempts(.snapshotCreate).filter { attempt in
            guard case .snapshotCreate(_, _, let kind, _) = attempt.action, kind != .nfs,
                attempt.outcome != .refused
            else { return false }
            return closures.contains { $0.end == nil && $0.contains(attempt.started.time) }
        }
        let taken = tries.last { spoiling($0, of: source, migration) == nil }
        if let taken, case .snapshotCreate(_, let name, _, _) = taken.action {
            let key = SnapshotKey(kind: .database, name: name)
            switch world.existence(key) {
            case .gone, .beingDestroyed: break
            default:
                if world.snapshotStatus(key).value == "AVAILABLE" { return (nil, name) }
                return (
                    Due(
                        phase: "copy", observe: [.snapshots(.database)],
                        unsafe: ["env create before \(name) is AVAILABLE"]), name
                )
            }
        }
        let name = freeSnapshotName("plan-migration")
        let spoilt = tries.last.flatMap { spoiling($0, of: source, migration) }
        return (
            Due(
                phase: "copy",
                steps: [
                    step(
                        .snapshotCreate(environment: source.name, name: name),
                        "\(source.name) is effectively in maintenance"
                            + (spoilt.map { "; \($0)" } ?? ""),
                        completes: "snapshot/database/\(name) AVAILABLE")
                ],
                unsafe: spoilt.map { ["env create from a snapshot of which it is known: \($0)"] }
                    ?? []),
            name
        )
    }

    /// Why a snapshot of the closed source is of no use, as far as is known; nil when it is good or
    /// may be.
    private func spoiling(_ attempt: Attempt, of source: Incarnation, _ migration: Migration)
        -> String?
    {
        guard case .snapshotCreate(_, let name, _, _) = attempt.action else { return nil }
        let row = world.state.snapshots[SnapshotKey(kind: .database, name: name)]?.sightings.last {
            $0.moment > attempt.started
        }?.row
        if let status = row?.status, World.isFailure(status) {
            return "\(name) was seen \(status)"
        }
        if let row, row.environment != source.name { return "\(name) is of \(row.environment)" }
        let closure = world.closures(source).last { $0.contains(attempt.started.time) }
        if let created = row?.created, let closure,
            created + world.state.allowance(for: attempt, created) < closure.from.wholeSecond
        {
            return "\(name) was created at \(created.short), before maintenance was effective"
        }
        return writing(to: source, after: attempt.started, migration).map {
            "\($0.action.name.rawValue) may have written to \(source.name) after \(name)"
        }
    }

    /// What may have written to the source after a copy, and was not settled since.
    func writing(to source: Incarnation, after point: Moment, _ migration: Migration) -> Attempt? {
        let settled = world.decision(migration) {
            $0 == .writesReconciled || $0 == .gapAcknowledged(.sourceWrites)
        }
        return source.attempts(.databaseLoad, .databaseShell).last { writer in
            writer.settled > point && (settled.map { writer.settled > $0.moment } ?? true)
        }
    }

    /// Snapshot names must be unique (Fleet, release notes of 2015-09-14).
    func freeSnapshotName(_ wanted: String, _ kind: SnapshotKind = .database) -> String {
        var name = wanted
        var count = 1
        while world.state.snapshots[SnapshotKey(kind: kind, name: name)] != nil {
            count += 1
            name = "\(wanted)-\(count)"
        }
        return name
    }

    /// What must be known before an environment is made from a snapshot: scripts would change it.
    func scriptWarnings() -> [String] {
        guard let listing = world.state.scriptListings.last, !listing.value.rows.isEmpty else {
            return []
        }
        return [
            "env create while SQL scripts run on every clone: \(listing.value.rows.joined(separator: ", "))"
        ]
    }

    /// The scripts to remove before an environment is made from a snapshot, or the look that is
    /// missing since; nil when none is known, or when somebody has said since that they do no harm.
    func scriptsDue(_ migration: Migration, _ name: String, phase: String) -> Due? {
        guard let listing = world.state.scriptListings.last, !listing.value.rows.isEmpty else {
            return nil
        }
        if world.acknowledged(.sqlScripts, migration, after: listing.moment) != nil { return nil }
        let removed = Set(
            world.state.scriptAttempts.compactMap { attempt -> String? in
                guard attempt.isAccepted, attempt.started > listing.moment,
                    case .configSqlScript(.remove, let script) = attempt.action
                else { return nil }
                return script
            })
        let left = listing.value.rows.filter { !removed.contains($0) }
        guard !left.isEmpty else {
            return Due(
                phase: phase, observe: [.scripts],
                unsafe: ["env create before the SQL scripts are seen gone"])
        }
        return Due(
            phase: phase,
            steps: left.map { script in
                Step(
                    resource: .environment(name),
                    command: .action(.configSqlScript(change: .remove, script: script)),
                    because:
                        "it would run on \(name) and change its data: keep its text and add it again afterwards, or ledger-cli record acknowledge sql-scripts when it does no harm, before and after \(name) is made",
                    evidence: [listing.moment.sequence],
                    completes: "\(script) absent from the list of automatic SQL scripts")
            }, unsafe: scriptWarnings())
    }

    /// Whether the destination should be highly available: as the source is.
    func isHighlyAvailable(_ source: Incarnation) -> Bool? {
        source.sightings.last { $0.shown.highAvailability != nil }?.shown.highAvailability.map {
            $0 == .on
        }
    }

    /// Waits for an environment that is being made, or makes it; nil once it was seen RUNNING.
    func creationDue(
        _ migration: Migration, _ environment: Incarnation?, _ creation: EnvironmentCreation,
        _ because: String, phase: String
    ) -> Due? {
        guard let environment, !world.existence(environment).isGone else {
            let name = creation.environment
            let creation = step(
                .envCreate(creation), because, completes: "environment/\(name) RUNNING")
            return scriptsDue(migration, name, phase: phase)
                ?? Due(phase: phase, steps: [creation], unsafe: scriptWarnings())
        }
        let name = environment.name
        switch world.existence(environment) {
        case .unknown:
            return Due(
                phase: phase, observe: [.environments, .describe(name)],
                unsafe: ["a second env create before it is seen what came of the first"])
        case .beingDestroyed:
            return Due(
                phase: phase, observe: [.environments],
                unsafe: ["a second env create before \(name) is seen gone"])
        default: break
        }
        guard environment.wasSeen("RUNNING") == nil else { return nil }
        if world.hasFailed(environment) {
            let again = discarding(environment, of: migration, "the first try failed")
            let status = environment.sightings.last { $0.shown.status != nil }?.shown.status
            var due =
                again
                ?? Due(
                    phase: phase,
                    steps: [
                        Step(
                            resource: .environment(name),
                            command: .manual(
                                "destroy \(name) by hand, or go back: ledger-cli plan rollback"),
                            because: "nothing comes of it any more")
                    ])
            due.unsafe.append(
                "waiting for \(name), which was seen \(status ?? "to have failed"): try again, or go back by ledger-cli plan rollback"
            )
            return due
        }
        // A description that failed does not tell whether it is there; a list does.
        let isUnseen = environment.lastSighting.map { $0.shown.status == nil } ?? false
        return Due(
            phase: phase, observe: [.describe(name)] + (isUnseen ? [.environments] : []),
            unsafe: ["env load before \(name) is RUNNING"])
    }
}
