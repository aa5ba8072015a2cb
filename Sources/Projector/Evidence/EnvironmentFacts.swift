import Ledger

/// What is known of an environment now. A fact holds from its last sighting until an action that
/// can change it (`rules.md`, principle 4); facts of a description also age.
extension World {
    /// The newest sighting that shows something, unless an action that can change it came later.
    private func lastShown<Value>(
        _ environment: Incarnation, _ what: String, voidedBy: (Action) -> Bool, ages: Bool = true,
        need: Need? = nil, _ value: (EnvironmentDescription) -> Value?
    ) -> Fact<Value> {
        let need = need ?? .describe(environment.name)
        guard let sighting = environment.sightings.newest(like: { value($0.shown) != nil }),
            let shown = value(sighting.shown)
        else { return .unknown("\(what) of \(environment.name) was never seen", [], need) }
        let evidence = sighting.proof
        if let change = environment.attempts.newest(
            settledAfter: sighting.moment, like: { voidedBy($0.action) })
        {
            return .unknown(
                "\(what) of \(environment.name) was not looked at since \(change.action.name.rawValue)",
                Evidence(evidence + change.evidence), need)
        }
        // A complete list that lacks it speaks against all that was seen of it before.
        if let last = environment.sightings.newest(like: { $0.shown.status != nil }),
            let missing = World.later(state.environmentListings[...], than: last.moment).first
        {
            return .unknown(
                "\(environment.name) is missing from a complete list",
                Evidence(evidence + [missing.moment.sequence]), .environments)
        }
        if ages, isStale(sighting.moment) {
            return .unknown(
                "\(what) of \(environment.name) was last seen at \(sighting.moment.time.short)",
                evidence, need)
        }
        return .known(shown, evidence)
    }

    private static let statusActions: Set<ActionName> = [
        .envCreate, .envDestroy, .envLoad, .envActivate, .envDeactivate, .envUnload,
    ]

    /// Its status token.
    func status(_ environment: Incarnation) -> Fact<String> {
        let fact = lastShown(
            environment, "status", voidedBy: { World.statusActions.contains($0.name) }
        ) { $0.status }
        guard case .known(let token, let evidence) = fact, !World.statusTokens.contains(token)
        else { return fact }
        return .unknown(
            "\(environment.name) was seen \(token), a status that is not documented", evidence,
            .describe(environment.name))
    }

    /// The status tokens of environments that Fleet's pages show; any other says nothing.
    static let statusTokens: Set<String> = [
        "CREATING", "RUNNING", "LOADING", "UPDATING", "DESTROYING", "DELETING",
    ]

    /// Its active release; `.known(nil)` when none is.
    func activeRelease(_ environment: Incarnation) -> Fact<String?> {
        lastShown(
            environment, "active release", voidedBy: { World.statusActions.contains($0.name) }
        ) { $0.activeRelease }
    }

    /// Its loaded releases and the previous one.
    ///
    /// A description that was cut off proves no absence: what a whole one showed before still counts.
    func releases(_ environment: Incarnation) -> Fact<[String]> {
        func names(_ shown: EnvironmentDescription) -> [String]? {
            shown.releases.map { $0.map(\.release) + [shown.previousRelease].compactMap { $0 } }
        }
        let fact = lastShown(
            environment, "releases", voidedBy: { World.statusActions.contains($0.name) }, names)
        guard case .known(let shown, let evidence) = fact,
            let last = environment.sightings.newest(like: { names($0.shown) != nil }),
            !last.isDescription
        else { return fact }
        guard
            let whole = environment.sightings.newest(like: {
                $0.isDescription && names($0.shown) != nil
            }), let before = names(whole.shown)
        else {
            return .unknown(
                "releases of \(environment.name) were never seen whole", evidence,
                .describe(environment.name))
        }
        return .known(
            before + shown,
            Evidence(
                whole.proof.events + evidence.events, basis: last.basis,
                confirmed: whole.moment.time))
    }

    /// Its maintenance mode as described, not as commanded.
    func shownMaintenance(_ environment: Incarnation) -> Fact<Switch> {
        let fact = lastShown(
            environment, "maintenance mode", voidedBy: { $0.name == .envMaintenance }
        ) { $0.maintenance }
        guard case .known(.off, let evidence) = fact,
            let closing = spreadingClosure(environment)
        else { return fact }
        return .unknown(
            "\(environment.name) was seen open while an ON may have been on its way to all nodes",
            Evidence(evidence + closing.evidence), .describe(environment.name))
    }

    /// Whether it is protected: commanded, created so, or recorded by someone who saw it.
    func protected(_ environment: Incarnation) -> Fact<Switch> {
        var fact: Fact<Switch> = .unknown(
            "whether \(environment.name) is protected was never said", [],
            .setting("protected", environment.name))
        if let creation = environment.creation, let arguments = creation.createArguments {
            if creation.isAccepted {
                fact = .known(arguments.isProtected ? .on : .off, creation.proof)
            } else {
                fact = .unknown(
                    "its creation was \(creation.outcomeWords)", creation.proof,
                    .setting("protected", environment.name))
            }
        }
        return commanded(
            environment, from: fact, sighted: { $0.protected }, { $0.name == .envProtected }
        ) { action in
            guard case .envProtected(_, let state) = action else { return nil }
            return state
        }
    }

    /// Whether NFS is on.
    ///
    /// An nfs snapshot of it that was made since it was OFF shows that it was ON again.
    func nfs(_ environment: Incarnation) -> Fact<Switch> {
        let fact = setting("nfs", environment, ages: false) { $0.nfs }
        let name = environment.name
        guard case .known(.off, let evidence) = fact, let since = evidence.confirmed else {
            return fact
        }
        let taken = environment.attempts(.snapshotCreate).last { attempt in
            guard case .snapshotCreate(_, _, .nfs, _) = attempt.action else { return false }
            return attempt.isAccepted && attempt.settled.time > since
        }
        let row = (crossings.snapshots[name] ?? []).lazy.filter { $0.kind == .nfs }
            .compactMap { state.snapshots[$0]?.sightings.last }
            .first { $0.row.created.map { $0 > since } ?? false }
        guard taken != nil || row != nil else { return fact }
        return .unknown(
            "an nfs snapshot of \(name) was made since its NFS was OFF",
            Evidence(
                evidence + (taken?.evidence ?? []) + [row?.moment.sequence].compactMap { $0 }),
            .setting("nfs", name))
    }

    /// Whether Solr is on.
    func solr(_ environment: Incarnation) -> Fact<Switch> {
        let fact = setting("solr", environment, ages: true) { $0.solr }
        guard case .unknown(let why, let evidence, _) = fact else { return fact }
        // A description shows Solr, but for old ones; only then is a console's word needed.
        let isSilent = environment.sightings.newest(like: \.isDescription)?.shown.solr == nil
        let wasDescribed = environment.sightings.has(like: \.isDescription)
        return .unknown(
            why, evidence,
            wasDescribed && isSilent
                ? .setting("solr", environment.name) : .describe(environment.name))
    }

    private func setting(
        _ name: String, _ environment: Incarnation, ages: Bool,
        sighted: (EnvironmentDescription) -> Switch?
    ) -> Fact<Switch> {
        let need: Need = .setting(name, environment.name)
        let start: Fact<Switch> = .unknown(
            "whether \(name) of \(environment.name) is on was never seen", [], need)
        func isMeant(_ action: Action) -> Bool {
            if case .envSetting(_, name, _) = action { true } else { false }
        }
        // Whatever another word did to it, it is not known to be what it was.
        let fact = commanded(environment, from: start, sighted: sighted, isMeant) { action in
            guard case .envSetting(_, _, let value) = action else { return nil }
            return Switch(word: value)
        }
        guard ages, case .known(_, let evidence) = fact,
            let time = evidence.confirmed,
            let sighting = environment.sightings.elements(at: time).last(where: {
                evidence.contains($0.moment.sequence) && $0.isDescription
            }), isStale(sighting.moment)
        else { return fact }
        return .unknown(
            "\(name) of \(environment.name) was last seen at \(sighting.moment.time.short)",
            evidence, .describe(environment.name))
    }

    /// A fact that completes when its command is accepted, and that a sighting also settles.
    private func commanded(
        _ environment: Incarnation, from start: Fact<Switch>,
        sighted: (EnvironmentDescription) -> Switch?, _ isMeant: (Action) -> Bool,
        _ command: (Action) -> Switch?
    ) -> Fact<Switch> {
        var fact = start
        var since = environment.first
        let attempts = environment.attempts.decisive(like: { isMeant($0.action) })
        if let last = attempts.max(by: { $0.settled < $1.settled }) {
            since = last.settled
            if let rival = World.rival(of: last, among: attempts) {
                fact = .unknown(
                    "\(last.action.name.rawValue) was issued twice at once", rival.proof,
                    start.need)
            } else if last.isAccepted, let state = command(last.action) {
                fact = .known(state, last.proof)
            } else {
                fact = .unknown(
                    last.isAccepted
                        ? "\(last.action.name.rawValue) was neither ON nor OFF"
                        : "\(last.action.name.rawValue) was \(last.outcomeWords)", last.proof,
                    start.need)
            }
        }
        if let sighting = environment.sightings.newest(like: { sighted($0.shown) != nil }),
            sighting.moment >= since || start.value == nil && attempts.isEmpty,
            let state = sighted(sighting.shown)
        {
            return .known(state, sighting.proof)
        }
        return fact
    }

    /// Another command that may have worked after the one that ended last: of two that were under
    /// way at once nobody knows which came last, nor which of two tries in the same words a report
    /// speaks of when the first one is in doubt.
    static func rival(of last: Attempt, among attempts: some Collection<Attempt>) -> Attempt? {
        let others = attempts.filter { $0.action != last.action }
        if let other = others.last(where: { $0.settled > last.started }) { return other }
        let doubt = attempts.first {
            $0.isInDoubt && $0.action == last.action && $0.started < last.started
        }
        return doubt.flatMap { doubt in others.last { $0.started > doubt.started } }
    }

    /// The default environment.
    var defaultEnvironment: Fact<String> {
        let answer = state.defaultAnswers.last
        let attempts = state.defaultAttempts.decisive(like: { _ in true })
        let attempt = attempts.max { $0.settled < $1.settled }
        let rival = attempt.flatMap { World.rival(of: $0, among: attempts) }
        let settled = attempt.map { max($0.settled, rival?.settled ?? $0.settled) }
        if let rival, let settled, answer.map({ $0.moment < settled }) ?? true {
            return .unknown(
                "the default environment was set twice at once", rival.proof, .defaultEnvironment)
        }
        if let attempt, answer.map({ $0.moment < attempt.settled }) ?? true {
            guard attempt.isAccepted, case .configDefaultEnv(let name) = attempt.action else {
                return .unknown(
                    "setting the default environment was \(attempt.outcomeWords)",
                    attempt.proof, .defaultEnvironment)
            }
            if isStale(attempt.settled) {
                return .unknown(
                    "the default environment was last known at \(attempt.settled.time.short)",
                    attempt.proof, .defaultEnvironment)
            }
            return .known(name, attempt.proof)
        }
        guard let answer else {
            return .unknown("the default environment was never seen", [], .defaultEnvironment)
        }
        if isStale(answer.moment) {
            return .unknown(
                "the default environment was last seen at \(answer.moment.time.short)",
                answer.proof, .defaultEnvironment)
        }
        return .known(answer.value, answer.proof)
    }
}

extension Fact {
    /// What would settle it, when it is not known.
    var need: Need? {
        guard case .unknown(_, _, let need) = self else { return nil }
        return need
    }
}
