import Ledger

/// Setting the default environment back to what it was before the migration.
extension Planner {
    /// The step that sets it back; by hand when the previous one was never recorded.
    func defaultBack(_ migration: Migration, _ way: inout WayBack) -> [Step] {
        // The way back may destroy any of these.
        let names = [
            migration.roles.destination, migration.roles.temporary ?? migration.temporary?.name,
        ].compactMap { $0 }
        let attempts = world.state.defaultAttempts.filter { attempt in
            names.contains { attempt.action == .configDefaultEnv(environment: $0) }
                && attempt.started > migration.begun
        }
        guard let first = attempts.first, world.defaultEnvironment.value != migration.roles.source
        else { return [] }
        if let answer = world.state.defaultAnswers.last, !names.contains(answer.value),
            answer.moment > (attempts.last?.settled ?? first.settled)
        {
            return []
        }
        let before = defaultBefore(first, otherThan: names).flatMap { before in
            // One that is not there any more cannot be the default again; the way back makes the
            // source anew where it is gone.
            let isThere = world.newest(before.name).map {
                $0.attempts(.envDestroy).isEmpty && !world.existence($0).isGone
            }
            return isThere ?? true || before.name == migration.roles.source ? before : nil
        }
        guard let before else {
            way.needs.append(
                Need(
                    fact: "default environment before the migration",
                    command: ["ledger-cli", "record", "note", "TEXT"]))
            return [
                Step(
                    resource: .fleet,
                    command: .manual(
                        "set the default environment back; which one it was is not recorded"),
                    because: "it was set to one that the migration made", evidence: first.evidence)
            ]
        }
        return [
            Step(
                resource: .fleet, command: .action(.configDefaultEnv(environment: before.name)),
                because: "it was \(before.name) before",
                evidence: World.merge(before.evidence, first.evidence))
        ]
    }

    /// The default environment that was known before it was changed: the newest answer or accepted
    /// command.
    private func defaultBefore(_ change: Attempt, otherThan names: [String])
        -> (name: String, evidence: [SequenceNumber])?
    {
        let answer = world.state.defaultAnswers.last {
            $0.moment < change.started && !names.contains($0.value)
        }
        let command = world.state.defaultAttempts.last { attempt in
            attempt.isAccepted && attempt.settled < change.started
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
