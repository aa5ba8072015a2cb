import Ledger

/// Setting the default environment back to what it was before the migration.
extension Planner {
    /// The step that sets it back; by hand when the previous one was never recorded.
    func defaultBack(_ migration: Migration, _ way: inout WayBack) -> [Step] {
        // The way back may destroy any of these; and where another migration leads it does not go.
        let names =
            [
                migration.roles.destination, migration.roles.temporary ?? migration.temporary?.name,
            ].compactMap { $0 }
            + world.siblings(of: migration).filter(\.isDeclared).map(\.roles.destination)
        let begun = world.begun(migration)
        let attempts = world.state.defaultAttempts.filter { attempt in
            names.contains { attempt.action == .configDefaultEnv(environment: $0) }
                && attempt.started > begun
        }
        // It counts as well when it was set elsewhere and only seen.
        let seen = world.state.defaultAnswers.filter {
            names.contains($0.value) && $0.moment > begun
        }
        guard world.defaultEnvironment.value != migration.roles.source,
            let first = [attempts.first?.started, seen.first?.moment].compactMap({ $0 }).min(),
            let last = [attempts.last?.settled, seen.last?.moment].compactMap({ $0 }).max()
        else { return [] }
        let evidence = World.merge(
            attempts.first?.evidence ?? [], seen.prefix(1).map(\.moment.sequence))
        if let answer = world.state.defaultAnswers.last, !names.contains(answer.value),
            answer.moment > last
        {
            return []
        }
        let before = defaultBefore(first, otherThan: names).flatMap { before in
            // One that is not there any more cannot be the default again; the way back makes the
            // source anew where it is gone.
            let isThere = world.newest(before.name).map {
                $0.mortalAttempts.isEmpty && !world.existence($0).isGone
            }
            return isThere ?? true || before.name == migration.roles.source ? before : nil
        }
        guard let before else {
            way.needs.append(
                Need(
                    fact: "default environment before the migration",
                    command: [
                        "ledger-cli", "record", "command", "--printed", "-", "--at", "TIME", "--",
                        "fleet", "config", "default-env",
                    ]))
            return [
                Step(
                    resource: .fleet,
                    command: .manual(
                        "set the default environment back; which one it was is not recorded"),
                    because: "it was set to one that the migration made", evidence: evidence)
            ]
        }
        return [
            Step(
                resource: .fleet, command: .action(.configDefaultEnv(environment: before.name)),
                because: "it was \(before.name) before",
                evidence: World.merge(before.evidence, evidence))
        ]
    }

    /// The default environment that was known before it was changed: the newest answer or accepted
    /// command.
    private func defaultBefore(_ change: Moment, otherThan names: [String])
        -> (name: String, evidence: [SequenceNumber])?
    {
        let answer = world.state.defaultAnswers.last {
            $0.moment < change && !names.contains($0.value)
        }
        let command = world.state.defaultAttempts.last { attempt in
            attempt.isAccepted && attempt.settled < change
                && !names.contains { attempt.action == .configDefaultEnv(environment: $0) }
        }
        if let command, case .configDefaultEnv(let before) = command.action,
            answer.map({ $0.moment < command.settled }) ?? true
        {
            return (before, command.evidence)
        }
        return answer.map { ($0.value, [$0.moment.sequence]) }
    }
}
