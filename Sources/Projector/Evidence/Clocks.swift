import Ledger

/// How the platform's times are read by ours: its lists say when something was created by a clock
/// that may be behind or ahead (policy `clock-skew`).
extension State {
    /// What is added to the time at which the platform says that something was created, before it is
    /// held against the try that may have made it.
    ///
    /// What an accepted command alone can have made may look as much older as the clocks may differ. Of
    /// every other try nobody knows that it made anything: what is there must be younger by as much.
    func allowance(for attempt: Attempt, _ created: Timestamp) -> Span {
        let skew = policy.clockSkew
        guard skew > .seconds(0) else { return .seconds(0) }
        return isSole(attempt, created) ? skew : Span(milliseconds: -skew.milliseconds)
    }

    /// True unless a try at a snapshot was yet to come when the platform says that it was created.
    func mayHaveTaken(_ attempt: Attempt, _ created: Timestamp) -> Bool {
        guard attempt.action.name == .snapshotCreate else { return false }
        let allowance = max(allowance(for: attempt, created), .seconds(0))
        return attempt.started.time.wholeSecond <= created + allowance
    }

    /// True for an accepted creation when no earlier one can have made what is there: none of the name
    /// that may have worked is left, and none explains the time by itself.
    private func isSole(_ attempt: Attempt, _ created: Timestamp) -> Bool {
        guard attempt.isAccepted else { return false }
        let asked = attempt.started.time.wholeSecond
        let history = rivals(of: attempt.action)
        let destroys = history.filter { $0.isAccepted && $0.action.isDestruction }
        return !history.contains { other in
            guard other.action.name == attempt.action.name, other.started < attempt.started,
                other.outcome != .refused
            else { return false }
            let begun = other.started.time.wholeSecond
            // Told once more for the same second, it is the same command.
            if other.action == attempt.action, begun == asked { return false }
            let isGone = destroys.contains {
                $0.started > other.started && $0.started < attempt.started
            }
            let explains =
                created < asked && begun <= created
                && created <= other.settled.time + Presence.patience
            return !isGone || explains
        }
    }

    /// How far clocks are likely to go apart; what is older than that has another cause.
    static let clocksApart = Span.minutes(5)

    /// By how much the platform says that something is older than the accepted command which alone can
    /// have made it; nil when it is not, or by more than clocks go apart.
    func lead(of attempt: Attempt, over created: Timestamp) -> Span? {
        let lead = attempt.started.time.wholeSecond - created
        guard lead > .seconds(0), lead <= State.clocksApart, isSole(attempt, created) else {
            return nil
        }
        if case .snapshotCreate(_, let name, let kind, _) = attempt.action {
            let history = snapshots[SnapshotKey(kind: kind ?? .database, name: name)]
            let first = history?.sightings.first { $0.row.created == created }
            if let first, first.moment < attempt.started { return nil }
        }
        return lead
    }
}

extension World {
    /// The accepted command that an environment seems to be older than by so little that only the clocks
    /// may differ, and by how much; nil for one whose making is known, or that has another cause.
    private func asked(after environment: Incarnation) -> (creation: Attempt, lead: Span)? {
        guard environment.creation == nil, let created = environment.created,
            let history = state.environments[environment.name]
        else { return nil }
        let creations = history.attempts.all(like: {
            $0.action.name == .envCreate && $0.isAccepted
        })
        for creation in creations.reversed() where creation.started < environment.first {
            let own = incarnations[environment.name]?.first {
                $0.creation?.started == creation.started
            }
            guard own?.created == nil, let lead = state.lead(of: creation, over: created),
                lead > policy.clockSkew
            else { continue }
            return (creation, lead)
        }
        return nil
    }

    /// Why it is not known that the ledger made an environment.
    func originWords(_ environment: Incarnation) -> String {
        guard let lead = asked(after: environment)?.lead else {
            guard let lapsed = lapsedCreation(of: environment) else {
                return "\(environment.name) is older than the ledger"
            }
            return
                "\(environment.name) was created after a list without it, and not by the command before that, which was \(lapsed.creation.outcomeWords)"
        }
        return
            "\(environment.name) was created \(lead.words) before it was asked for, by the platform's clock"
    }

    /// The events behind `originWords`.
    func originEvidence(_ environment: Incarnation) -> [SequenceNumber] {
        let lapsed = lapsedCreation(of: environment)
        return World.merge(
            [environment.first.sequence], asked(after: environment)?.creation.evidence ?? [],
            lapsed?.creation.evidence ?? [], [lapsed?.list.sequence].compactMap { $0 })
    }

    /// What to do about an environment whose making is not known.
    func clockAdvice(_ environment: Incarnation?, otherwise: String) -> String {
        guard let lead = environment.flatMap(asked)?.lead else { return otherwise }
        return "\(World.skewAdvice(lead)); otherwise \(otherwise)"
    }

    /// By how much a listed snapshot seems to be older than the accepted command for it; nil when that
    /// has another cause, or policy lets it pass.
    func early(_ row: SnapshotRow, _ creation: Attempt) -> Span? {
        row.created.flatMap { state.lead(of: creation, over: $0) }.flatMap {
            $0 > policy.clockSkew ? $0 : nil
        }
    }

    /// What to do about a snapshot that is older than the command that is to have made it.
    func clockAdvice(_ row: SnapshotRow, _ creation: Attempt, otherwise: String) -> String {
        early(row, creation).map { "\(World.skewAdvice($0)); otherwise \(otherwise)" } ?? otherwise
    }

    /// What to do about a copy whose snapshot may be older than it was asked for.
    func clockAdvice(_ copy: Copy, otherwise: String) -> String {
        guard case .snapshot(_, let taken?, _) = copy, let row = taken.row?.row else {
            return otherwise
        }
        return clockAdvice(row, taken.attempt, otherwise: otherwise)
    }

    /// The policy that lets clocks differ by as much, in steps of ten seconds: whole seconds and the time
    /// that a command takes on its way make the difference vary.
    static func skewAdvice(_ lead: Span) -> String {
        "when the clocks differ: ledger-cli policy set clock-skew \((lead.milliseconds / 10_000 + 1) * 10)s"
    }

    /// How much the difference between two clocks seems to vary.
    private static let jitter = Span.seconds(2)

    /// By how much the platform's clock is behind at least, as what accepted commands alone can have made
    /// shows; nothing when all of it seems younger than its command.
    func provenLag(within limit: Span) -> Span {
        var leads: [Span] = []
        for environment in incarnations.values.joined() {
            if let lead = asked(after: environment)?.lead { leads.append(lead) }
            guard let creation = environment.creation, let created = environment.created,
                let lead = state.lead(of: creation, over: created)
            else { continue }
            leads.append(lead)
        }
        for history in state.snapshots.values {
            let creations = history.attempts.all(like: {
                $0.action.name == .snapshotCreate && $0.isAccepted
            })
            for creation in creations {
                let row = history.sightings.first { $0.moment > creation.started }
                guard let created = row?.row.created,
                    let lead = state.lead(of: creation, over: created)
                else { continue }
                leads.append(lead)
            }
        }
        guard let lag = leads.filter({ $0 <= limit }).max() else { return .seconds(0) }
        return min(lag + World.jitter, limit)
    }

    /// The environment that a snapshot is the final one of unless the clocks agree: it appeared after the
    /// accepted destroy, and is older than that by no more than other things are older than theirs.
    func earlyFinal(_ key: SnapshotKey) -> (Incarnation, Attempt, Span)? {
        guard key.kind == .database, let history = state.snapshots[key],
            let row = history.sightings.first, let created = row.row.created,
            !history.attempts.has(like: { $0.action.name == .snapshotCreate })
        else { return nil }
        for environment in incarnations[row.row.environment] ?? [] {
            guard let destroy = environment.attempts(.envDestroy).last(where: \.isAccepted),
                row.moment > destroy.settled, !isOfNext(created, after: environment)
            else { continue }
            let lead = destroy.started.time.wholeSecond - created
            guard lead > lag, lead <= provenLag(within: State.clocksApart) else { continue }
            return (environment, destroy, lead)
        }
        return nil
    }
}

extension Action {
    /// True when it takes away what it names.
    fileprivate var isDestruction: Bool {
        switch self {
        case .envDestroy, .snapshotDestroy: true
        default: false
        }
    }
}
