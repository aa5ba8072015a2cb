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
    func snapshotCopyDue(_ source: Incarnation) -> (due: Due?, name: String) {
        let closures = world.closures(source)
        let taken = source.attempts(.snapshotCreate).last { attempt in
            guard case .snapshotCreate(_, _, let kind, _) = attempt.action, kind != .nfs,
                attempt.outcome != .refused
            else { return false }
            return closures.contains { $0.end == nil && $0.contains(attempt.started.time) }
        }
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
        return (
            Due(
                phase: "copy",
                steps: [
                    step(
                        .snapshotCreate(environment: source.name, name: name),
                        "\(source.name) is effectively in maintenance",
                        completes: "snapshot/database/\(name) AVAILABLE")
                ]), name
        )
    }

    /// Snapshot names must be unique (Fleet, release notes of 2015-09-14).
    private func freeSnapshotName(_ wanted: String) -> String {
        var name = wanted
        var count = 1
        while world.state.snapshots[SnapshotKey(kind: .database, name: name)] != nil {
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

    /// Whether the destination should be highly available: as the source is.
    func isHighlyAvailable(_ source: Incarnation) -> Bool? {
        source.sightings.last { $0.shown.highAvailability != nil }?.shown.highAvailability.map {
            $0 == .on
        }
    }

    /// Waits for an environment that is being made, or makes it; nil once it was seen RUNNING.
    func creationDue(_ environment: Incarnation?, _ creation: Step, phase: String) -> Due? {
        let making = Due(phase: phase, steps: [creation], unsafe: scriptWarnings())
        guard let environment else { return making }
        switch world.existence(environment) {
        case .gone: return making
        case .unknown:
            return Due(
                phase: phase, observe: [.environments, .describe(environment.name)],
                unsafe: ["a second env create before it is seen what came of the first"])
        default: break
        }
        guard environment.wasSeen("RUNNING") == nil else { return nil }
        return Due(
            phase: phase, observe: [.describe(environment.name)],
            unsafe: ["env load before \(environment.name) is RUNNING"])
    }
}
