import Ledger

/// Rules that hold for more than one kind of resource.
extension World {
    /// Turns a fact that must have one value into a reason, or into none.
    func demand<Value: Equatable>(
        _ rule: RuleName, _ fact: Fact<Value>, is wanted: Value, otherwise message: String,
        unblock: String
    ) -> [Reason] {
        switch fact {
        case .known(let value, _) where value == wanted: []
        case .known(_, let evidence): [.blocked(rule, message, evidence, unblock: unblock)]
        case .unknown(let why, let evidence, let need):
            // What is not known is looked at, not changed.
            [
                .unknown(
                    rule, why, evidence, unblock: need.flatMap(looking) ?? unblock,
                    needs: [need].compactMap { $0 })
            ]
        }
    }

    /// What to look at; nil for what no look of the platform shows.
    func looking(_ need: Need) -> String? {
        need.command.first == "fleet" ? "look: " + need.command.joined(separator: " ") : nil
    }

    /// `held`: holds end only by release or by date.
    func held(_ resource: Resource, _ migration: Migration?) -> [Reason] {
        if without == .held { return [] }
        var names = [resource.description, Resource.fleet.description]
        if case .environment(let name, let created) = resource {
            if created != nil { names.append("environment/\(name)") }
            names += holds(on: name, created: created)
        }
        if let migration { names.append("migration/\(migration.name)") }
        if case .environment(let name, _) = resource {
            // A held migration holds both its ends, whatever part they play in another one.
            for other in casting.byEnvironment[name] ?? [] where other.name != migration?.name {
                names.append("migration/\(other.name)")
            }
        }
        return names.flatMap { name -> [Reason] in
            var standing: [Mark<Decision>] = []
            for mark in state.holds[name] ?? [] {
                if case .holdReleased = mark.value { standing = [] } else { standing.append(mark) }
            }
            return standing.compactMap { mark in
                guard case .holdPlaced(_, let until) = mark.value, until.map({ $0 > now }) ?? true
                else { return nil }
                let end = until.map { " until \($0.short)" } ?? ""
                return .blocked(
                    .held, "\(name) is held\(end)", [mark.moment.sequence],
                    unblock: "ledger-cli record release-hold \(name)")
            }
        }
    }

    /// The holds that name an environment together with its creation: those on one that is there, or
    /// on one that the ledger does not know, which may be meant for it.
    private func holds(on name: String, created: Timestamp?) -> [String] {
        let others = (incarnations[name] ?? []).filter { other in
            created.map { other.created.map(\.short) != $0.short } ?? existence(other).isGone
        }
        return state.holds.keys.sorted().filter { key in
            guard case .environment(name, let held?)? = Resource(key) else { return false }
            return held != created && !others.contains { $0.created?.short == held.short }
        }
    }

    /// `in-flight`: operations on an environment that are unknown or unfinished.
    func inFlight(_ environment: Incarnation) -> [Reason] {
        if without == .inFlight { return [] }
        var reasons: [Reason] = []
        for attempt in environment.attempts.all(like: mayBeUnsettled)
        where isUnsettled(attempt, environment) {
            let need = need(for: attempt, environment)
            let isTold = attempt.isInDoubt || attempt.outcome == .unknown
            let saying =
                Need.outcome(of: attempt)?.saying
                ?? "say what came of it: ledger-cli record command --outcome accepted|refused -- …"
            reasons.append(
                .blocked(
                    .inFlight,
                    "\(attempt.action.name.rawValue) on \(environment.name) was \(attempt.outcomeWords)\(attempt.isAccepted ? " and not seen to finish" : "")",
                    attempt.evidence,
                    unblock: isTold
                        ? (attempt.action.isShownByLooks
                            ? "ledger-cli observe \(environment.name), or " : "no look shows it: ")
                            + saying
                        : "look at \(environment.name) and record what is so",
                    needs: [need]))
        }
        for clone in crossings.unfinished[environment.name] ?? [] {
            let name = clone.name
            guard name != environment.name, let creation = clone.creation,
                !existence(clone).isGone
            else { continue }
            reasons.append(
                .blocked(
                    .inFlight, "\(name) is being created from \(environment.name)",
                    World.merge(
                        creation.evidence,
                        clone.attempts(.envCreate).filter { mayBeMaking($0, clone) }
                            .flatMap(\.evidence)), unblock: "wait until \(name) is RUNNING",
                    needs: [.describe(name)]))
        }
        for (clone, attempt) in crossings.readersOfAny where clone.name != environment.name {
            // Without a word the platform copies the default environment of that moment.
            let source = state.defaultEnvironment(
                at: attempt.started, within: policy.evidenceAge)
            guard source == nil || source == environment.name, !existence(clone).isGone else {
                continue
            }
            reasons.append(
                .blocked(
                    .inFlight,
                    "\(clone.name) \(source == nil ? "may be" : "is") being created from \(environment.name), which was \(source == nil ? "perhaps " : "")the default environment",
                    attempt.evidence, unblock: "wait until \(clone.name) is RUNNING",
                    needs: [.describe(clone.name)]))
        }
        for key in crossings.snapshots[environment.name] ?? [] {
            guard let last = state.snapshots[key]?.sightings.last, last.row.status == "CREATING",
                last.moment > environment.first, !existence(key).isGone
            else { continue }
            reasons.append(
                .blocked(
                    .inFlight, "snapshot \(key.name) of \(environment.name) is CREATING",
                    [last.moment.sequence], unblock: "wait until it is AVAILABLE",
                    needs: [.snapshots(key.kind)]))
        }
        return reasons.sorted {
            ($0.evidence.first ?? SequenceNumber(0)) < ($1.evidence.first ?? SequenceNumber(0))
        }
    }

    /// `in-flight`: environments that may still be being made from one that is to be destroyed, by every
    /// try whose end was not seen: a refused one may have worked, and nobody said what a stranger's copies.
    func beingMade(from environment: Incarnation) -> [Reason] {
        if without == .inFlight { return [] }
        let known = Set(
            (crossings.unfinished[environment.name] ?? []).filter {
                $0.creation != nil && !existence($0).isGone
            }.map(\.name))
        let named =
            crossings.snapshots[environment.name, default: []]
            + crossings.taken[environment.name, default: []]
        let readers =
            (crossings.readersOfSource[environment.name] ?? [])
            + Set(named.map(\.name)).sorted().flatMap { crossings.readersOfSnapshot[$0] ?? [] }
        let tries = readers.filter { clone, attempt in
            clone.name != environment.name && !known.contains(clone.name)
                && attempt.started > environment.first && mayBeMaking(attempt, clone)
        }.map { clone, attempt in
            Reason.blocked(
                .inFlight, "\(clone.name) may still be being made from \(environment.name)",
                attempt.evidence, unblock: "see \(clone.name) RUNNING or gone",
                needs: [.describe(clone.name), .environments])
        }
        return tries + strangersBeingMade(.inFlight, besides: environment)
    }

    private func need(for attempt: Attempt, _ environment: Incarnation) -> Need {
        switch attempt.action {
        case .snapshotCreate(_, _, let kind, _): .snapshots(kind ?? .database)
        case .envProtected: .setting("protected", environment.name)
        case .envSetting(_, let setting, _) where setting == "nfs" || setting == "solr":
            .setting(setting, environment.name)
        default: Need.outcome(of: attempt) ?? .describe(environment.name)
        }
    }

    /// False for an attempt of which its kind alone says that what came of it is known.
    private func mayBeUnsettled(_ attempt: Attempt) -> Bool {
        switch attempt.action {
        case .envDestroy: false
        case .envMaintenance, .envProtected, .envSetting: !attempt.isAccepted
        case .databaseDump, .databaseLoad, .envCacheFlush, .databaseShell:
            attempt.isInDoubt || attempt.outcome == .unknown
        default: true
        }
    }

    /// True while nothing has shown what came of an attempt.
    func isUnsettled(_ attempt: Attempt, _ environment: Incarnation) -> Bool {
        func repeated() -> Bool {
            environment.attempts.newest(like: {
                $0.action.changesTheSame(as: attempt.action) && $0.isAccepted
            }).map { $0.started > attempt.started } ?? false
        }
        func seen(_ shows: (EnvironmentDescription) -> Bool) -> Bool {
            environment.sightings.newest(like: { shows($0.shown) })
                .map { $0.moment > attempt.settled } ?? false
        }
        switch attempt.action {
        case .envCreate: return environment.wasSeen("RUNNING") == nil && !hasFailed(environment)
        case .envLoad, .envActivate, .envDeactivate, .envUnload:
            return !isReleaseSettled(attempt, environment)
        case .databaseReboot: return !seen { $0.status == "RUNNING" }
        case .envMaintenance:
            return !attempt.isAccepted && !seen { $0.maintenance != nil } && !repeated()
        case .envProtected:
            return !attempt.isAccepted && !seen { $0.protected != nil } && !repeated()
        case .envSetting(_, let setting, _):
            let shows: (EnvironmentDescription) -> Bool = {
                setting == "nfs"
                    ? $0.nfs != nil : setting == "solr" ? $0.solr != nil : $0.isComplete
            }
            return !attempt.isAccepted && !seen(shows) && !repeated()
        case .snapshotCreate(_, let name, let kind, _):
            let key = SnapshotKey(kind: kind ?? .database, name: name)
            if state.snapshots[key]?.sightings.last.map({ $0.moment > attempt.settled })
                ?? false
            {
                return false
            }
            return !isAbsent(after: attempt, state.snapshotListings[key.kind] ?? [])
        case .databaseDump, .databaseLoad, .envCacheFlush, .databaseShell:
            let isOpen = attempt.isInDoubt || attempt.outcome == .unknown
            let said = environment.attempts.newest(like: {
                $0.action.name == attempt.action.name
                    && ($0.isAccepted || $0.outcome == .refused)
            })
            return isOpen && !(said.map { $0.started > attempt.started } ?? false)
        default: return attempt.isInDoubt
        }
    }

    /// True when complete lists prove that an attempt made nothing: one after a refusal, else two
    /// that are apart, the later one long after it (`rules.md`, absence).
    private func isAbsent(after attempt: Attempt, _ listings: [State.ListingMark]) -> Bool {
        let later = World.later(listings[...], than: attempt.settled)
        guard let first = later.first?.moment, let last = later.last?.moment else { return false }
        return attempt.outcome == .refused
            || last.time - first.time >= Presence.apart
                && last.time - attempt.settled.time >= Presence.patience
    }

    /// The newest acknowledgement of a gap in a migration.
    func acknowledged(_ gap: Gap, _ migration: Migration, after moment: Moment?) -> Mark<Decision>?
    {
        state.decisions.last { mark in
            mark.value == .gapAcknowledged(gap) && mark.migration == migration.name
                && (moment.map { mark.moment > $0 } ?? true)
        }
    }

    /// The newest decision of a migration among some.
    func decision(_ migration: Migration, after: Moment? = nil, _ isWanted: (Decision) -> Bool)
        -> Mark<Decision>?
    {
        state.decisions.last { mark in
            isWanted(mark.value)
                && (mark.migration == migration.name || isTest(mark, of: migration))
                && (after.map { mark.moment > $0 } ?? true)
        }
    }

    /// True for a test of the destination that is not another migration's: who tries again under the
    /// same names tests anew.
    func isTest(_ mark: Mark<Decision>, of migration: Migration) -> Bool {
        switch mark.value {
        case .testPassed(let environment), .testFailed(let environment):
            guard environment == migration.roles.destination else { return false }
            guard let name = mark.migration, name != migration.name else { return true }
            return state.declarations[name]?.roles.destination != environment
        default: return false
        }
    }
}

extension Action {
    /// True when both are commands for the same switch of an environment.
    func changesTheSame(as other: Action) -> Bool {
        switch (self, other) {
        case (.envSetting(_, let mine, _), .envSetting(_, let theirs, _)): mine == theirs
        case (.envActivate, .envActivate), (.envActivate, .envDeactivate),
            (.envDeactivate, .envActivate), (.envDeactivate, .envDeactivate):
            true
        case (.envLoad(_, let mine), .envLoad(_, let theirs)),
            (.envLoad(_, let mine), .envUnload(_, let theirs, _)),
            (.envUnload(_, let mine, _), .envLoad(_, let theirs)),
            (.envUnload(_, let mine, _), .envUnload(_, let theirs, _)):
            mine == theirs
        default: name == other.name
        }
    }
}
