import Ledger

/// Whether a thing is there.
enum Existence {
    /// Seen, and nothing since that may have destroyed it.
    case live([SequenceNumber])
    /// Its making was accepted and it was not seen yet.
    case creating([SequenceNumber])
    /// Its destruction was accepted and is not proven.
    case beingDestroyed([SequenceNumber])
    /// Proven gone, or never there.
    case gone([SequenceNumber])
    /// Not known: why, and the events that bear on it.
    case unknown(String, [SequenceNumber])

    var isGone: Bool { if case .gone = self { true } else { false } }
    var isLive: Bool { if case .live = self { true } else { false } }
    /// True unless it is gone or going.
    var mayTakeWrites: Bool {
        switch self {
        case .gone, .beingDestroyed: false
        default: true
        }
    }

    var evidence: [SequenceNumber] {
        switch self {
        case .live(let evidence), .creating(let evidence), .beingDestroyed(let evidence),
            .gone(let evidence), .unknown(_, let evidence):
            evidence
        }
    }
}

/// The parts of a history that tell whether a thing is there; environments and snapshots alike.
struct Presence {
    var creation: Attempt?
    /// Every try at making it, the one that it is known by among them.
    var tries: [Attempt]
    var destroys: [Attempt]
    /// When it was last seen.
    var lastSeen: Moment?
    /// When it was last spoken of, for one that was neither seen nor made; nil when only that counts.
    var mentioned: Moment?
    /// The events after a moment that show it.
    var shown: (Moment) -> Set<SequenceNumber>
    /// Complete listings of its kind, oldest first.
    var listings: ArraySlice<State.ListingMark>
    /// When another thing of the same name was first heard of.
    var succeeded: Moment?
    /// The status that the newest sighting showed.
    var lastStatus: String?

    private func listings(after moment: Moment?) -> some BidirectionalCollection<Moment> {
        let found = moment.map { World.later(listings, than: $0) } ?? listings
        return found.lazy.map(\.moment)
    }

    /// How long until a listing without the thing counts when nobody knows what happened to it.
    static let patience = Span.minutes(25)
    static let apart = Span.minutes(5)
    /// How long what was accepted may be missing from lists before it appears.
    static let appearance = Span.seconds(30)

    /// True when lists prove that nothing came of a try: what was missing before it says nothing of it.
    private func isAbsent(since attempt: Attempt) -> Bool {
        let missing = listings(after: max(lastSeen ?? attempt.settled, attempt.settled))
        guard let first = missing.first, let last = missing.last else { return false }
        return attempt.outcome == .refused
            || last.time - first.time >= Presence.apart
                && last.time - attempt.settled.time >= Presence.patience
    }

    /// One more try at making it that may have worked, and that neither a look nor an absence answers.
    private var openTry: Attempt? {
        tries.last { attempt in
            attempt.started != creation?.started
                && lastSeen.map { $0 < attempt.settled } ?? true && !isAbsent(since: attempt)
        }
    }

    /// Absence is proven by one complete later listing after an accepted destroy or a refused
    /// create, otherwise by two that are apart (`rules.md`, settled policy).
    ///
    /// It settles what was tried before it: each later try at making the thing puts it in doubt again.
    var existence: Existence {
        let destroy = destroys.last { $0.isAccepted }
        if let destroy {
            let seen = lastSeen.map { $0 > destroy.settled } ?? false ? shown(destroy.settled) : []
            let absent = listings(after: destroy.settled).first { !seen.contains($0.sequence) }
            let again = tries.last { $0.started > destroy.started && !isAbsent(since: $0) }
            if let absent, let again, succeeded == nil {
                return .unknown(
                    "it was destroyed, and one more try at making it was \(again.outcomeWords)",
                    destroy.evidence + [absent.sequence] + again.evidence)
            }
            if let absent { return .gone(destroy.evidence + [absent.sequence]) }
            if let succeeded { return .gone(destroy.evidence + [succeeded.sequence]) }
            return .beingDestroyed(destroy.evidence + [lastSeen].compactMap { $0?.sequence })
        }
        if let succeeded { return .gone([succeeded.sequence]) }
        let doubtful = destroys.last { attempt in lastSeen.map { $0 < attempt.settled } ?? true }
        let reference =
            [lastSeen, doubtful?.settled, creation?.settled].compactMap { $0 }.max() ?? mentioned
        // No look that shows it is newer, so that every later list lacks it.
        let missing = listings(after: reference)
        let again = openTry
        if let creation, lastSeen == nil, creation.outcome == .refused, doubtful == nil {
            if let absent = missing.first, again == nil {
                return .gone(creation.evidence + [absent.sequence])
            }
            let open = again ?? creation
            return .unknown(
                open.outcome == .refused
                    ? "its creation was refused, which does not prove that it is not there"
                    : "its creation was \(open.outcomeWords)", open.evidence)
        }
        if again == nil, let reference, let first = missing.first, let last = missing.last,
            last.time - first.time >= Presence.apart,
            last.time - reference.time >= Presence.patience
        {
            return .gone([reference.sequence, first.sequence, last.sequence])
        }
        let evidence = (doubtful?.evidence ?? []) + missing.prefix(1).map(\.sequence)
        if let doubtful {
            return .unknown(
                "its destruction was \(doubtful.outcomeWords) and it was not seen since", evidence)
        }
        if !missing.isEmpty {
            guard let again else {
                return .unknown("it is missing from a complete list", evidence)
            }
            return .unknown(
                "it is missing from a complete list, and one more try at making it was \(again.outcomeWords)",
                evidence + again.evidence)
        }
        if let lastSeen {
            // Seen on its way out: whoever asked for it, it is not there to be destroyed again.
            let isLeaving = lastStatus == "DESTROYING" || lastStatus == "DELETING"
            return isLeaving ? .beingDestroyed([lastSeen.sequence]) : .live([lastSeen.sequence])
        }
        guard let creation else { return .unknown("it was never seen", []) }
        guard creation.isAccepted else {
            let open = again ?? creation
            return .unknown("its creation was \(open.outcomeWords)", open.evidence)
        }
        return .creating(creation.evidence)
    }
}

extension World {
    /// The listings after a moment, found by halving: there may be one for every minute of an evening.
    static func later(_ listings: ArraySlice<State.ListingMark>, than moment: Moment)
        -> ArraySlice<State.ListingMark>
    {
        var low = listings.startIndex
        var high = listings.endIndex
        while low < high {
            let middle = (low + high) / 2
            if listings[middle].moment > moment { high = middle } else { low = middle + 1 }
        }
        return listings[low...]
    }

    /// True for a name that no event gave an environment: it was not asked for, no list and no
    /// description has it, nothing was said of it, and the platform accepted nothing that names it.
    func isMerelyNamed(_ environment: Incarnation) -> Bool {
        environment.creation == nil && !environment.attempts.contains(where: \.isAccepted)
            && !environment.sightings.has(like: { $0.shown.showsSomething })
    }

    /// When an environment was last spoken of by something that may bear on whether it is there: a look
    /// that failed shows nothing, however often it is tried.
    private func mention(_ environment: Incarnation) -> Moment {
        let told = environment.sightings.newest(like: { $0.shown.showsSomething })?.moment
        let tried = environment.attempts.map(\.settled).max()
        return [told, tried].compactMap { $0 }.max() ?? environment.first
    }

    /// Whether an environment is there.
    func existence(_ environment: Incarnation) -> Existence {
        let last = environment.sightings.newest(like: { $0.shown.status != nil })
        let listings = World.later(state.environmentListings[...], than: environment.first)
        // Where no list can lack it nothing is to be looked for in all that was tried.
        let isMentioned = last == nil && environment.creation == nil && !listings.isEmpty
        return Presence(
            creation: environment.creation, tries: environment.attempts(.envCreate),
            destroys: environment.attempts(.envDestroy),
            lastSeen: last?.moment,
            mentioned: isMentioned ? mention(environment) : nil,
            shown: { moment in
                environment.sightings.events(after: moment) { $0.shown.status != nil }
            },
            listings: listings,
            succeeded: environment.succeeded,
            lastStatus: last?.shown.status
        ).existence
    }
}

extension EnvironmentDescription {
    /// False for a look that failed.
    fileprivate var showsSomething: Bool {
        self != EnvironmentDescription(environment: environment, isComplete: isComplete)
    }
}
