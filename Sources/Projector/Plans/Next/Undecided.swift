import Ledger

/// A destination that customers were sent to and that was closed again, while nobody said why.
extension Planner {
    /// True when somebody has begun to go back since customers were sent to the destination: what only
    /// it holds was given up or carried over, the source was loaded, or may be open.
    func isGoingBack(_ migration: Migration, _ source: Incarnation, since first: Moment) -> Bool {
        let isSettled =
            world.decision(migration, after: first) {
                $0 == .lossAccepted || $0 == .writesReconciled
            } != nil
        return isSettled || !isPossiblyClosed(source)
            || source.attempts(.databaseLoad).contains { $0.started > first }
            || source.attempts(.envMaintenance).contains {
                $0.started > first
                    && $0.action == .envMaintenance(environment: source.name, state: .off)
            }
    }

    /// Customers wait at a closed door: it is opened again, unless somebody decides to go back, which
    /// may cost what they wrote.
    ///
    /// One that was never found good is opened by nobody; nil where going back costs nothing then.
    func reopeningDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due? {
        let name = destination.name
        let warnings = [
            "giving up what \(name) took (record accept-loss): to go back, decide it first (ledger-cli record decision no-go), then follow ledger-cli plan rollback",
            "opening \(source.name) and \(name) at the same time: customers would write to both",
        ]
        let doubts =
            world.copyVerified(migration) + world.decisionMade(migration, destination)
        guard doubts.isEmpty else {
            guard givesUp(wayBack(migration)) else { return nil }
            return Due(
                phase: "roll back",
                steps: [
                    Step(
                        resource: .migration(migration.name),
                        command: .manual(
                            "mend and test \(name) and open it, or go back: ledger-cli plan rollback"
                        ),
                        because: doubts[0].message, evidence: doubts.flatMap(\.evidence))
                ], unsafe: warnings)
        }
        return Due(
            phase: "open",
            steps: [
                step(
                    .envMaintenance(environment: name, state: .off),
                    "customers were sent to \(name), which was closed again, and nobody decided to go back (then: ledger-cli plan rollback)",
                    completes: "maintenance mode OFF in a description of \(name)")
            ], unsafe: warnings)
    }

    /// A loss is one of several choices, and the others lose nothing, or nothing that is brought over
    /// by hand.
    func weighing(_ way: WayBack) -> [String] {
        let isGivenUp =
            way.steps.first?.command == .ledger(["ledger-cli", "record", "accept-loss"])
        let others = way.choices.filter(\.isLossless).map(\.name)
        guard isGivenUp else { return [] }
        let byHand = way.choices.map(\.name).filter { ["copy-back", "fix-forward"].contains($0) }
        guard !others.isEmpty else {
            return byHand.isEmpty
                ? []
                : [
                    "record accept-loss before the other choices of ledger-cli plan rollback are weighed: each end may hold what the other lacks, which is brought together by hand (\(byHand.joined(separator: ", ")))"
                ]
        }
        return [
            "record accept-loss before the choices of ledger-cli plan rollback that lose nothing are weighed: \(others.joined(separator: ", "))"
        ]
    }

    /// Customers were sent back and the source serves, though nobody said that the migration is given up;
    /// nil where a later one led them there.
    func returned(_ migration: Migration, _ source: Incarnation, _ destination: Incarnation) -> Due?
    {
        guard world.homeward(migration) == nil, displacing(migration) == nil else { return nil }
        let isSettled = world.customerWrites(migration).isEmpty
        return Due(
            phase: "roll back",
            steps: [
                givingUp(
                    migration,
                    because:
                        "customers were sent back to \(source.name), which serves already; to try again, declare it anew",
                    evidence: migration.evidence)
            ],
            unsafe: ["going forward needs a new copy"]
                + (isSettled
                    ? []
                    : [
                        "destroying \(destination.name) before what customers wrote there is brought over or given up: close it, then ledger-cli record reconciled or accept-loss"
                    ]))
    }

    /// True when the first step of a way back gives up what customers wrote.
    private func givesUp(_ way: WayBack) -> Bool {
        way.steps.first?.command == .ledger(["ledger-cli", "record", "accept-loss"])
    }
}
