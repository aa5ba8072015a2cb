import Ledger

/// A try at recreating the source of which nothing comes: it is destroyed and made once more.
extension Planner {
    /// True when a look of lately shows that nothing comes of it: it may have come to life since an
    /// older one.
    func isOfNoUse(_ again: Incarnation) -> Bool {
        let last = lastStatus(of: again)
        return world.hasFailed(again) && world.existence(again).isLive
            && !(last.map { world.isStale($0.moment) } ?? true)
    }

    /// What was seen of it.
    func failure(of again: Incarnation) -> String {
        let status = lastStatus(of: again)?.shown.status
        return "\(again.name) was recreated and was seen \(status ?? "to have failed")"
    }

    private func lastStatus(of again: Incarnation) -> EnvironmentHistory.Sighting? {
        again.sightings.newest(like: { $0.shown.status != nil })
    }

    /// Frees the name of what was never RUNNING; people judge it when anything leads or was done to
    /// it.
    func discarding(_ again: Incarnation, _ migration: Migration) -> [Step] {
        let name = again.name
        let resource: Resource = .environment(name)
        let why = "\(failure(of: again)): nothing comes of it any more, and it is made anew"
        let evidence = World.merge(
            again.creation?.evidence ?? [],
            [lastStatus(of: again)?.moment.sequence].compactMap { $0 })
        let absent = "\(resource) absent from a complete environment list"
        guard isUntouched(again, migration) else {
            return [
                Step(
                    resource: resource,
                    command: .manual("destroy \(name) by hand when nothing on it is needed"),
                    because: why, evidence: evidence, completes: absent)
            ]
        }
        let disarming = Step(
            resource: resource,
            command: .action(.envProtected(environment: name, state: .off)),
            because: "a protected environment cannot be destroyed")
        return (mayBeProtected(again) ? [disarming] : []) + [
            Step(
                resource: resource, command: .action(.envDestroy(environment: name)), because: why,
                evidence: evidence, completes: absent)
        ]
    }

    /// True when nothing was done to it but making it, nobody is led to it and nobody holds it.
    private func isUntouched(_ again: Incarnation, _ migration: Migration) -> Bool {
        let isLed = world.state.hosts.contains { host, history in
            guard !world.crossings.ownNames.contains(host) else { return false }
            return history.answers.contains { $0.moment > again.first && $0.value.isAt(again.name) }
                || history.switches.contains {
                    $0.settled > again.first && $0.dns?.isAt(again.name) ?? false
                }
        }
        let isDefault = world.defaultEnvironment.value == again.name
        return !isLed && !isDefault && protection(again, migration).isEmpty
            && world.inFlight(again).isEmpty && world.beingMade(from: again).isEmpty
            && world.held(.environment(again.name), migration).isEmpty
            && !again.attempts.has(like: {
                $0.action.name == .databaseLoad || $0.action.name == .databaseShell
            })
    }

    /// What is due once such a try was destroyed: the way back goes on; nil while there was none.
    func recreating(_ migration: Migration) -> Due? {
        guard let source = migration.source, let last = world.newest(source.name),
            last.first != source.first, world.existence(last).isGone, world.hasFailed(last),
            let seed = last.seed, let life = world.lives(of: source).last,
            world.isCopy(SnapshotKey(kind: .database, name: seed), of: life)
        else { return nil }
        let way = wayBack(migration)
        return Due(
            phase: "roll back", steps: way.steps.first.map { [$0] } ?? [], observe: way.needs,
            unsafe: ["anything but the way back: \(source.name) is not there"])
    }
}
