import Ledger

extension Planner {
    /// The step of the published procedure that is due (Fleet, "migrate between plans").
    ///
    /// - Throws: `PlanError.unknownMigration` or `.ambiguousMigration`.
    public func next(migration name: String?) throws(PlanError) -> Plan {
        try refuseObstacle()
        var plan = blank(.next, name)
        var due = Due(phase: "declare")
        if let migration = try migration(named: name) {
            plan.migration = migration.name
            due = self.due(migration)
            if ["clean up", "done"].contains(due.phase) { lookForEnds(migration, &due) }
            if !migration.isDeclared { due.steps.insert(declaring(migration), at: 0) }
            plan.needs = (due.observe + questions(migration)).unique()
        } else {
            due.steps = [
                Step(
                    resource: .ledger,
                    command: .ledger([
                        "ledger-cli", "migration", "open", "NAME", "--from", "SOURCE", "--to",
                        "DESTINATION", "--method", "snapshot", "--hostname", "HOST",
                    ]),
                    because: "no migration is known")
            ]
        }
        plan.steps = named(due.steps, for: plan.migration)
        plan.assumes = [Planner.webTierOnly]
        plan.extra = [
            "phase": .string(due.phase), "unsafe": .array(due.unsafe.map { .string($0) }),
            "observe": .array(due.observe.map { .string($0.fact) }),
        ]
        plan.summary = "phase \(due.phase): \(summary(due, plan.needs.count))"
        return plan
    }

    private func summary(_ due: Due, _ questions: Int) -> String {
        if let first = due.observe.first {
            return first.fact.hasPrefix("where ") || first.fact.hasPrefix("what ")
                ? "first observe \(first.fact)" : "first observe the \(first.fact)"
        }
        guard !due.steps.isEmpty else {
            // The first warning of a clean-up is the general one; the others say what it waits for.
            let left = due.phase == "clean up" ? due.unsafe.dropFirst().first : nil
            return "nothing is due" + (left.map { ", but it is left: \($0)" } ?? "")
        }
        return "\(due.steps.count) step\(due.steps.count == 1 ? "" : "s") due"
            + (questions == 0 ? "" : ", \(questions) question\(questions == 1 ? "" : "s") open")
    }

    /// What is only derived is never cleaned up; declaring it late is as good.
    private func declaring(_ migration: Migration) -> Step {
        Step(
            resource: .migration(migration.name),
            command: .ledger(
                [
                    "ledger-cli", "migration", "open", "NAME", "--from", migration.roles.source,
                    "--to", migration.roles.destination, "--method",
                    migration.roles.method.rawValue,
                ]
                    + (migration.roles.hostnames.isEmpty ? ["HOST"] : migration.roles.hostnames)
                    .flatMap { ["--hostname", $0] }),
            because: "the migration is only derived from the events",
            evidence: migration.evidence)
    }

    /// What the clean-up will ask, asked before the first dangerous step.
    private func questions(_ migration: Migration) -> [Need] {
        guard let source = migration.source else { return [.describe(migration.roles.source)] }
        guard !world.existence(source).isGone else { return [] }
        var needs: [Need] = [
            world.nfs(source).need, world.solr(source).need, world.defaultEnvironment.need,
        ].compactMap { $0 }
        if source.created == nil { needs.append(.environments) }
        if world.state.scriptListings.isEmpty { needs.append(.scripts) }
        for host in world.hostnames(migration) {
            if case .unknown = world.location(host) { needs.append(.host(host)) }
        }
        if world.hostnames(migration).isEmpty { needs.append(.host("HOSTNAME")) }
        return needs
    }

    private func due(_ migration: Migration) -> Due {
        guard let source = migration.source else {
            return Due(phase: "prepare", observe: [.describe(migration.roles.source)])
        }
        if let other = ended(migration) {
            return displacedDue(migration, by: other)
        }
        if migration.closed?.value == false { return afterClosing(migration, source) }
        if world.abandonment(migration) != nil { return goingBack(migration) }
        if world.existence(source).isGone {
            return restoring(migration) ?? afterClosing(migration, source)
        }
        if let turned = turningBack(migration, source) { return turned }
        if !source.attempts(.envDestroy).isEmpty, !world.existence(source).isLive {
            return Due(
                phase: "clean up", observe: [.environments, .snapshots(.database)],
                unsafe: ["a second destroy of \(source.name) before it is seen what came of it"])
        }
        // Customers were sent to it and it is gone: going on would make an empty one.
        if let destination = migration.destination, !world.existence(destination).isLive,
            destination.wasSeen("RUNNING") != nil,
            world.isLed(to: destination, of: migration),
            world.successor(migration)?.first == destination.first
        {
            let way = wayBack(migration)
            return Due(
                phase: "roll back", steps: way.steps.first.map { [$0] } ?? [],
                observe: way.needs + [.environments],
                unsafe: ["anything but the way back: \(destination.name) is not there"])
        }
        var due =
            migration.roles.method == .snapshot
            ? snapshotDue(migration, source) : dumpDue(migration, source)
        // Before anything irreversible is done the rest of the questions costs nothing to answer.
        if due.observe.isEmpty, source.attempts(.envMaintenance).isEmpty,
            migration.destination == nil
        {
            due.observe = questions(migration)
        }
        return due
    }

    /// Nothing of the procedure is left but what still lies around.
    private func afterClosing(_ migration: Migration, _ source: Incarnation) -> Due {
        let steps = cleaning(migration)
        if !steps.isEmpty { return Due(phase: "clean up", steps: steps) }
        // Closed before everything was: what the clean-up waits for is still due.
        if world.existence(source).isLive, source.mortalAttempts.isEmpty,
            world.abandonment(migration) == nil, let destination = migration.destination,
            world.existence(destination).isLive
        {
            let due = switchDue(migration, source, destination)
            let isDone = due.steps.isEmpty && due.observe.isEmpty
            return isDone ? Due(phase: "done", unsafe: due.unsafe) : due
        }
        guard world.existence(source).isGone, !world.isSaved(source) else {
            return Due(phase: "done")
        }
        if let (key, destroy) = world.possibleFinal(of: source) {
            let words = ["ledger-cli", "record", "command", "--outcome", "accepted", "--at"]
            return Due(
                phase: "clean up",
                steps: [
                    Step(
                        resource: .environment(source.name),
                        command: .ledger(
                            words + [destroy.started.time.short, "--"]
                                + renderer.command(destroy.action)),
                        because:
                            "\(source.name) is gone and \(key.resource) appeared since: say so when the destroy worked",
                        evidence: destroy.evidence)
                ])
        }
        guard world.hasNoFinal(source) else {
            return Due(phase: "clean up", observe: [.snapshots(.database)])
        }
        return Due(
            phase: "done",
            unsafe: [
                "counting on a final snapshot of \(source.name): a complete list an hour or more after it was destroyed shows none AVAILABLE; what there still is to go back to: ledger-cli plan rollback"
            ])
    }

    /// An abandoned migration goes back first and is cleaned up then.
    private func goingBack(_ migration: Migration) -> Due {
        let warning = "going forward needs a new copy"
        let way = wayBack(migration)
        if way.verdict != .nothing {
            return Due(
                phase: "roll back", steps: way.steps.first.map { [$0] } ?? [],
                observe: way.needs, unsafe: [warning] + weighing(way))
        }
        return abandoned(migration, unsafe: [warning])
    }

    /// What is left of a migration that was given up and has no way back any more.
    func abandoned(_ migration: Migration, unsafe: [String]) -> Due {
        let left = verdicts().filter {
            concerns($0.resource, migration)
                && $0.resource != .environment(migration.roles.source)
        }
        return Due(
            phase: "abandoned", steps: steps(left).filter(\.after.isEmpty),
            observe: (left.flatMap(\.reasons).flatMap(\.needs) + finalNeeds(migration)).unique(),
            unsafe: unsafe)
    }

    /// The way back to a source that was recreated; nil while it was not.
    private func restoring(_ migration: Migration) -> Due? {
        guard let again = world.restored(migration) else { return recreating(migration) }
        let way = wayBack(migration)
        let destination = migration.roles.destination
        guard way.verdict == .nothing else {
            return Due(
                phase: "roll back", steps: way.steps.first.map { [$0] } ?? [], observe: way.needs,
                unsafe: [
                    "opening \(again.name) and \(destination) at the same time: customers would write to both"
                ]
                    + (world.hasFailed(again) ? ["waiting: \(failure(of: again))"] : []))
        }
        return Due(
            phase: "roll back",
            steps: [
                Step(
                    resource: .migration(migration.name),
                    command: .ledger([
                        "ledger-cli", "migration", "close", migration.name, "--abandoned",
                    ]),
                    because: "\(again.name) was recreated and serves already",
                    evidence: again.creation?.evidence ?? [])
            ], unsafe: ["going forward needs a new copy"])
    }

    /// What is destroyed is listed until it is seen gone; and once no step is left, whatever was made
    /// here and may still be there is asked about.
    private func lookForEnds(_ migration: Migration, _ due: inout Due) {
        let left = verdicts().filter { concerns($0.resource, migration) }
        var needs = left.flatMap(\.reasons).filter { $0.rule == .beingDestroyed }.flatMap(\.needs)
        if due.steps.isEmpty {
            needs += left.filter { $0.verdict == .unknown && wasMade($0.resource, for: migration) }
                .flatMap(\.reasons).flatMap(\.needs)
        }
        guard !needs.isEmpty else { return }
        if due.phase == "done" { due.phase = "clean up" }
        due.observe = (due.observe + needs).unique()
    }

    /// True for what a migration made and does not keep.
    private func wasMade(_ resource: Resource, for migration: Migration) -> Bool {
        switch resource {
        case .environment(let name, nil):
            name != migration.roles.destination && world.newest(name)?.creation != nil
        case .snapshot(let kind, let name):
            world.state.snapshots[SnapshotKey(kind: kind, name: name)]?.attempts.isEmpty == false
        default: false
        }
    }

    /// The way back once it was begun, when opening the destination is no longer what is due.
    ///
    /// It was begun when the destination is closed again after customers were sent to it, or when a
    /// hostname was sent back. That it is closed again is no decision to go back: it may be closed for
    /// a deploy.
    private func turningBack(_ migration: Migration, _ source: Incarnation) -> Due? {
        guard let destination = migration.destination, source.mortalAttempts.isEmpty
        else { return nil }
        let hosts = world.hostnames(migration)
        let histories = hosts.compactMap { world.state.hosts[$0] }
        let sent = hosts.flatMap { world.leading($0, to: destination, of: migration) }
        guard let first = sent.map(\.started).min() else { return nil }
        let isClosedAgain =
            destination.attempts(.envMaintenance).last.map {
                $0.started > first
                    && $0.action == .envMaintenance(environment: destination.name, state: .on)
            } ?? false
        let isSentBack = histories.contains { history in
            history.switches.last.map {
                $0.started > first && $0.dns?.isAt(source.name) ?? false
            } ?? false
        }
        guard isClosedAgain || isSentBack else { return nil }
        if !isSentBack, !isGoingBack(migration, source, since: first) {
            guard isPossiblyClosed(destination) else { return nil }
            if let due = reopeningDue(migration, source, destination) { return due }
        }
        let way = wayBack(migration)
        guard way.verdict != .nothing else {
            return isSentBack ? returned(migration, source, destination) : nil
        }
        return Due(
            phase: "roll back", steps: way.steps.first.map { [$0] } ?? [], observe: way.needs,
            unsafe: [
                "opening \(source.name) and \(destination.name) at the same time: customers would write to both"
            ] + weighing(way))
    }

    /// The steps of the clean-up that wait for nothing.
    func cleaning(_ migration: Migration) -> [Step] {
        steps(verdicts().filter { concerns($0.resource, migration) }).filter(\.after.isEmpty)
    }
}
