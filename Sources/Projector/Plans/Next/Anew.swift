import Ledger

/// The way on when what was made for a migration is known to be of no use: it is made once more.
///
/// Nobody is led to it and it holds nothing that the source, which stays, does not hold; so what
/// stands in its place is destroyed first, and only once there is something better to make it of.
extension Planner {
    /// What is due about a copy of which something is known that no look will change.
    func copyAgain(_ migration: Migration, _ reasons: [Reason]) -> Due? {
        guard let source = migration.source, let destination = migration.destination,
            world.existence(source).isLive, source.mortalAttempts.isEmpty,
            !world.isLed(to: destination, of: migration)
        else { return nil }
        if let due = reloadDue(migration, source) { return due }
        let isOfScripts = reasons.allSatisfy { $0.rule == .sqlScripts }
        let isReplaced = !world.sourceReplaced(
            .customerWrites, migration, since: world.dataSince(destination)
        ).isEmpty
        if !isOfScripts, !isReplaced {
            let due =
                migration.roles.method == .snapshot
                ? snapshotAgain(migration, source, destination)
                : dumpAgain(migration, source, destination)
            if let due { return due }
        }
        return Due(
            phase: "copy",
            steps: reasons.map { reason in
                Step(
                    resource: .migration(migration.name), command: .manual(judging(reason)),
                    because: reason.message, evidence: reason.evidence)
            })
    }

    private func judging(_ reason: Reason) -> String {
        reason.rule == .sqlScripts
            ? "see what the scripts changed; when it does no harm: \(reason.unblock)"
            : reason.unblock
    }

    /// A new snapshot, and the destination anew from it.
    private func snapshotAgain(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due? {
        guard destination.creation != nil else { return nil }
        if let due = closingDue(source, phase: "copy") { return due }
        let copy = snapshotCopyDue(source, migration)
        if let due = copy.due { return due }
        // Made of what is still the best copy, it would be made of the same once more.
        guard destination.seed != copy.name || !destination.rivalCreations.isEmpty else {
            return nil
        }
        return discarding(destination, of: migration, "\(copy.name) is a better copy")
    }

    /// A new dump, and a new load of it.
    private func dumpAgain(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due? {
        guard world.exposure(migration).isNone else { return nil }
        // A file of somebody's own making is for people to compare.
        if let load = destination.attempts(.databaseLoad).last, load.isAccepted,
            case .databaseLoad(_, _, let path?) = load.action,
            world.state.dumps(to: path).isEmpty
        {
            return nil
        }
        return closingDue(source, phase: "copy") ?? closingDue(destination, phase: "copy")
            ?? copyDue(migration, source, destination, again: true)
    }

    /// Destroys what is made once more; nil when something speaks against it that only people judge.
    func discarding(_ environment: Incarnation, of migration: Migration, _ because: String) -> Due?
    {
        let name = environment.name
        guard hasOutlived(environment) else {
            return Due(
                phase: "copy", observe: [.environments],
                unsafe: ["a second env create before \(name) is seen gone"])
        }
        let against =
            world.discardReasons(migration, environment) + protection(environment, migration)
        guard against.isEmpty else {
            let needs = against.flatMap(\.needs).unique()
            return needs.isEmpty
                ? nil
                : Due(
                    phase: "copy", observe: needs,
                    unsafe: against.map { "destroying \(name): \($0.message); \($0.unblock)" })
        }
        var steps: [Step] = []
        if mayBeProtected(environment) {
            steps.append(
                overriding(
                    .envProtected(environment: name, state: .off), because, environment,
                    "a protected environment cannot be destroyed"))
        }
        steps.append(
            overriding(
                .envDestroy(environment: name), because, environment,
                "\(because): \(name) is made anew",
                completes: "environment/\(name) absent from a complete environment list"))
        return Due(phase: "copy", steps: steps, unsafe: ["customers on \(name)"])
    }

    /// True when nothing comes of what was tried to destroy an environment: it was seen RUNNING since,
    /// and where nobody knows what came of it, long enough after.
    private func hasOutlived(_ environment: Incarnation) -> Bool {
        environment.attempts(.envDestroy).isEmpty
            || environment.mortalAttempts.isEmpty && world.existence(environment).isLive
    }

    /// A step that no rule of a clean-up allows: whoever takes it says why.
    private func overriding(
        _ action: Action, _ why: String, _ environment: Incarnation, _ because: String,
        completes: String? = nil
    ) -> Step {
        Step(
            resource: .environment(environment.name),
            command: .ledger(
                ["ledger-cli", "run", "--override", why, "--"] + renderer.command(action)),
            because: because, evidence: environment.creation?.evidence ?? [],
            completes: completes, overrides: action)
    }
}
