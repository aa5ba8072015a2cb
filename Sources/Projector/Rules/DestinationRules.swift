import Ledger

/// The rules that say whether a destination can take the place of its source.
extension World {
    /// What to do about a destination that is closed: one that another migration has closed to copy
    /// it is not opened for this one.
    private func opening(_ destination: Incarnation, otherwise: String) -> String {
        let later = (casting.bySource[destination.name] ?? []).last { next in
            next.isDeclared && next.closed == nil && next.source?.first == destination.first
                && abandonment(next) == nil
        }
        return later.map {
            "wait until \($0.name), which leads on from here, is done or taken back"
        }
            ?? otherwise
    }

    func destinationServing(_ destination: Incarnation, rule: RuleName = .destinationServing)
        -> [Reason]
    {
        let name = destination.name
        var reasons = demand(
            rule, status(destination), is: "RUNNING", otherwise: "\(name) is not RUNNING",
            unblock: "wait until \(name) is seen RUNNING")
        switch activeRelease(destination) {
        case .known(.some, _): break
        case .known(nil, let evidence):
            reasons.append(
                .blocked(
                    rule, "\(name) has no active release", evidence,
                    unblock: "load and activate the release on \(name)"))
        case .unknown(let why, let evidence, let need):
            reasons.append(
                .unknown(
                    rule, why, evidence, unblock: "describe \(name)",
                    needs: [need].compactMap { $0 }))
        }
        let command = destination.attempts(.envMaintenance).last
        if let command, case .envMaintenance(_, .on) = command.action, command.isAccepted,
            destination.sightings.last(where: { $0.shown.maintenance != nil }).map({
                $0.moment < command.settled
            }) ?? true || spreadingClosure(destination)?.started == command.started
        {
            reasons.append(
                .blocked(
                    rule, "\(name) was put into maintenance", command.evidence,
                    unblock: opening(
                        destination, otherwise: "turn maintenance of \(name) OFF and look")))
        } else {
            reasons += demand(
                rule, shownMaintenance(destination), is: .off,
                otherwise: "\(name) is in maintenance",
                unblock: opening(destination, otherwise: "see maintenance OFF on \(name)"))
        }
        return reasons
    }

    func destinationProtected(_ destination: Incarnation) -> [Reason] {
        demand(
            .destinationProtected, protected(destination), is: .on,
            otherwise: "\(destination.name) is not protected",
            unblock: "fleet env protected \(destination.name) ON")
    }

    func decisionMade(_ migration: Migration, _ destination: Incarnation) -> [Reason] {
        let change = destination.lastChange
        let since = lastChanged(destination)
        let own = decision(migration, after: since) {
            $0 == .testPassed(environment: migration.roles.destination)
                || $0 == .testFailed(environment: migration.roles.destination)
        }
        // That it failed is true of the environment, whoever tested it.
        let failed = state.decisions.last { mark in
            mark.value == .testFailed(environment: migration.roles.destination)
                && (since.map { mark.moment > $0 } ?? true)
        }
        let test = [own, failed].compactMap { $0 }.max { $0.moment < $1.moment }
        let word = decision(migration, after: since) { $0 == .go || $0 == .noGo }
        let evidence = World.merge(
            change?.evidence ?? [], [since?.sequence].compactMap { $0 },
            [test?.moment.sequence, word?.moment.sequence].compactMap { $0 })
        guard let test, case .testPassed = test.value else {
            return [
                .blocked(
                    .decisionMade,
                    test == nil
                        ? change.map { $0.settled == since } ?? true
                            ? "no test of \(destination.name) since its last load"
                            : "no test of \(destination.name) as it was seen last"
                        : "the test of \(destination.name) failed",
                    evidence,
                    unblock: "ledger-cli record test \(destination.name) passed\(naming(migration))"
                )
            ]
        }
        guard let word, word.value == .go else {
            return [
                .blocked(
                    .decisionMade, word == nil ? "go was not decided" : "the decision is no-go",
                    evidence, unblock: "ledger-cli record decision go\(naming(migration))")
            ]
        }
        let passed = state.decisions.contains {
            mark in
            mark.value == test.value && mark.moment < word.moment
                && (mark.migration == migration.name || isTest(mark, of: migration))
                && (since.map { mark.moment > $0 } ?? true)
        }
        guard passed else {
            return [
                .blocked(
                    .decisionMade, "go was decided before a test passed", evidence,
                    unblock: "ledger-cli record decision go\(naming(migration))")
            ]
        }
        return []
    }

    /// The option that says which migration is meant by a word about one that is closed: without it the
    /// word would be another one's.
    private func naming(_ migration: Migration) -> String {
        migration.closed != nil
            && casting.byEnvironment[migration.roles.destination, default: []]
                .contains { $0.isDeclared && $0.name != migration.name }
            ? " --migration \(migration.name)" : ""
    }

    /// When an environment last became what it is: by its last load or activation, by its making
    /// in the place of an earlier one of the name, or by what looks show that nobody recorded.
    private func lastChanged(_ environment: Incarnation) -> Moment? {
        let made = renewed(environment)
        let looks = environment.sightings.all(like: { $0.shown.activeRelease != nil })
        guard let last = looks.last,
            let other = looks.lastIndex(where: {
                $0.shown.activeRelease != last.shown.activeRelease
            })
        else { return [environment.lastChange?.settled, made].compactMap { $0 }.max() }
        // Activated by a command after that look; otherwise it may have changed until it was seen.
        let isCommanded = environment.attempts(.envActivate).contains {
            $0.settled > looks[other].moment
        }
        let seen = isCommanded ? looks[other] : looks[other + 1]
        return [environment.lastChange?.settled, made, seen.moment].compactMap { $0 }.max()
    }

    /// When an environment was heard of in the place of an earlier one of the name; nil for the first:
    /// what was said of the earlier one is not said of it.
    func renewed(_ environment: Incarnation) -> Moment? {
        let earlier = incarnations[environment.name]?.contains { $0.first < environment.first }
        return earlier ?? false ? environment.first : nil
    }
}
