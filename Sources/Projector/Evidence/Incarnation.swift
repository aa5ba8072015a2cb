public import Ledger

/// One environment: a name and a creation, since a name can be used again with the same hostnames
/// (Fleet, endpoints are derived from names).
public struct Incarnation: Sendable {
    /// The name.
    public let name: String
    /// When the platform says that it was created.
    public internal(set) var created: Timestamp?
    /// The `env create` that made it, whatever came of it; nil for one older than the ledger.
    public internal(set) var creation: Attempt?
    /// Other tries that may have made what is there instead, from other data.
    public internal(set) var rivalCreations: [Attempt] = []
    /// Tries at actions on it.
    public private(set) var attempts = Chronology<Attempt>()
    /// Looks at it.
    public private(set) var sightings = Chronology<EnvironmentHistory.Sighting>()
    /// When the ledger first heard of it.
    public let first: Moment
    /// When the ledger first heard of the next one of the same name.
    public internal(set) var succeeded: Moment?
    /// When that one was made, or was heard of when nobody says so.
    var replaced: Timestamp?

    init(name: String, first: Moment) {
        self.name = name
        self.first = first
    }

    /// The only environment of a name, which has the whole history.
    init(name: String, first: Moment, history: EnvironmentHistory) {
        self.init(name: name, first: first)
        (attempts, sightings) = (history.attempts, history.sightings)
    }

    /// The `--snapshot` that it was created from; nil when that is not certain.
    var seed: String? {
        rivalCreations.isEmpty ? creation?.createArguments?.snapshot.name : nil
    }

    /// The `--nfs-snapshot` that it was created with; nil when that is not certain.
    var nfsSeed: String? {
        rivalCreations.isEmpty ? creation?.createArguments?.nfsSnapshot.name : nil
    }

    /// True when it was there before the ledger heard of it.
    var isFound: Bool { creation == nil && wasSeen("CREATING") == nil }

    /// What a test must come after: the load or activation that ended last.
    var lastChange: Attempt? {
        attempts(.envLoad, .envActivate, .databaseLoad).max { $0.settled < $1.settled }
    }

    /// The newest look at it.
    var lastSighting: EnvironmentHistory.Sighting? { sightings.last }

    func attempts(_ name: ActionName) -> [Attempt] {
        attempts.all(like: { $0.action.name == name })
    }

    func attempts(_ names: ActionName...) -> [Attempt] {
        names.flatMap { attempts($0) }.sorted { $0.started < $1.started }
    }

    mutating func add(_ attempt: Attempt) { attempts.append(attempt) }

    mutating func add(_ sighting: EnvironmentHistory.Sighting) { sightings.append(sighting) }

    /// Gives up the attempts since a moment, which were on its successor.
    mutating func takeAttempts(since moment: Moment) -> [Attempt] {
        let taken = attempts.filter { $0.started >= moment }
        attempts.removeAll { $0.started >= moment }
        return taken
    }

    /// True when it was seen with a status.
    func wasSeen(_ status: String) -> EnvironmentHistory.Sighting? {
        sightings.oldest(like: { $0.shown.status == status })
    }
}

extension Attempt {
    var createArguments: EnvironmentCreation? {
        guard case .envCreate(let arguments) = action else { return nil }
        return arguments
    }

    /// True when what two creations make holds the same data.
    func hasDataOf(_ other: Attempt) -> Bool {
        let (ours, theirs) = (createArguments, other.createArguments)
        return ours?.source == theirs?.source && ours?.snapshot == theirs?.snapshot
            && ours?.nfsSnapshot == theirs?.nfsSnapshot
    }
}

extension State {
    /// The environments that had a name, oldest first.
    func incarnations(of name: String) -> [Incarnation] {
        guard let history = environments[name] else { return [] }
        if let only = onlyIncarnation(name, history) { return [only] }
        var list: [Incarnation] = []
        var attempts = history.attempts.makeIterator()
        var sightings = history.sightings.makeIterator()
        var attempt = attempts.next()
        var sighting = sightings.next()
        while attempt != nil || sighting != nil {
            if let next = attempt, sighting.map({ next.moment < $0.moment }) ?? true {
                add(next, to: &list, name: name)
                attempt = attempts.next()
            } else if let next = sighting {
                add(next, to: &list, name: name)
                sighting = sightings.next()
            }
        }
        for index in list.indices.dropLast() {
            let next = list[index + 1]
            list[index].succeeded = next.first
            list[index].replaced = min(next.created ?? next.first.time, next.first.time)
        }
        for index in list.indices { settleCreation(of: &list[index]) }
        return list
    }

    /// Finds which of several tries made an environment, or that nobody knows.
    ///
    /// When none was accepted, any may have: also one that was refused. When one was, it made what
    /// was there; after a try at destroying that, a later one may have made what is there.
    private func settleCreation(of incarnation: inout Incarnation) {
        if let creation = incarnation.creation, creation.isAccepted {
            if let created = incarnation.created,
                let told = incarnation.attempts(.envCreate).last(where: {
                    $0.isAccepted && $0.action == creation.action && mayHaveMade($0, created)
                })
            {
                incarnation.creation = told
            }
            if let again = making(again: incarnation, by: incarnation.created) {
                incarnation.rivalCreations = [again]
            }
            return
        }
        if incarnation.creation == nil, incarnation.created == nil { return }
        let candidates = incarnation.attempts(.envCreate).filter {
            mayHaveMade($0, incarnation.created)
        }
        guard let last = candidates.last else { return }
        let creation =
            candidates.first { $0.started == incarnation.creation?.started } ?? last
        incarnation.creation = creation
        incarnation.rivalCreations = candidates.filter { !$0.hasDataOf(creation) }
    }

    /// The environment of a name that had but one, as is plain without going through its history:
    /// it was created once, before anything else, or never, no destruction of it was accepted, and
    /// no two looks differ in when it was created.
    private func onlyIncarnation(_ name: String, _ history: EnvironmentHistory) -> Incarnation? {
        let (attempts, sightings) = (history.attempts, history.sightings)
        let creations = attempts.all(like: { $0.action.name == .envCreate })
        let isDestroyed = attempts.has(like: {
            $0.action.name == .envDestroy && $0.isAccepted
        })
        let (tried, seen) = (attempts.first, sightings.first?.moment)
        guard creations.count <= 1, !isDestroyed,
            let first = [tried?.moment, seen].compactMap({ $0 }).min()
        else { return nil }
        var only = Incarnation(name: name, first: first, history: history)
        if let creation = creations.first {
            guard creation.started == tried?.started, tried?.action.name == .envCreate,
                seen.map({ creation.started < $0 }) ?? true
            else { return nil }
            only.creation = creation
        }
        for shown in sightings.kinds.map(\.shown) {
            guard let created = shown.created else { continue }
            guard only.created ?? created == created, isPlausible(created, for: only) else {
                return nil
            }
            only.created = created
        }
        return only
    }

    private func add(_ attempt: Attempt, to list: inout [Incarnation], name: String) {
        if attempt.action.name == .envCreate {
            // Seen in the very second in which it was asked for, as a coarse clock has it.
            if attempt.isAccepted, let last = list.last, last.creation == nil,
                let created = last.created, created >= attempt.started.time.wholeSecond,
                mayHaveMade(attempt, created)
            {
                list[list.count - 1].creation = attempt
                list[list.count - 1].add(attempt)
                return
            }
            if let last = list.last, isToldAgain(attempt, last) {
                list[list.count - 1].add(attempt)
                return
            }
            let mayBeNew =
                list.last.map { attempt.isAccepted || isProvenGone($0, before: attempt.moment) }
                ?? true
            if mayBeNew {
                var new = Incarnation(name: name, first: attempt.moment)
                new.creation = attempt
                new.add(attempt)
                list.append(new)
                return
            }
        }
        if list.isEmpty { list.append(Incarnation(name: name, first: attempt.moment)) }
        list[list.count - 1].add(attempt)
    }

    /// True for a creation that two people told of, each by a clock of their own: the platform says yes
    /// to a name once, and nothing that it made is gone again so soon.
    private func isToldAgain(_ attempt: Attempt, _ last: Incarnation) -> Bool {
        guard attempt.isAccepted, let creation = last.creation, creation.isAccepted else {
            return false
        }
        return attempt.action == creation.action
            && attempt.started.time - creation.started.time <= .minutes(1)
            && last.attempts(.envDestroy).isEmpty
    }

    private func add(
        _ sighting: EnvironmentHistory.Sighting, to list: inout [Incarnation], name: String
    ) {
        let created = sighting.shown.created
        if let created, let index = list.lastIndex(where: { $0.created == created }) {
            list[index].add(sighting)
            return
        }
        // A look that failed shows nothing, and not that there is something new.
        let nothing = EnvironmentDescription(environment: name, isComplete: false)
        if created == nil, !list.isEmpty, sighting.shown == nothing {
            list[list.count - 1].add(sighting)
            return
        }
        // Asked for apart, so that nothing else holds the list while it grows.
        let isOfLast =
            list.last.map { last in
                !isProvenGone(last, before: sighting.moment)
                    && (created == nil
                        || last.created == nil && isPlausible(created, for: last)
                            && making(again: last, by: created) == nil)
            } ?? false
        guard isOfLast else {
            var new = Incarnation(name: name, first: sighting.moment)
            new.created = created
            // A creation of unknown outcome is shown to have worked by what it made.
            if created != nil, let last = list.last,
                let attempt = last.attempts(.envCreate).last(where: {
                    $0.started != last.creation?.started
                }), mayHaveMade(attempt, created)
            {
                new.creation = attempt
            }
            if created != nil, let again = list.last.flatMap({ making(again: $0, by: created) }) {
                new.creation = again
                for attempt in list[list.count - 1].takeAttempts(since: again.started) {
                    new.add(attempt)
                }
            }
            new.add(sighting)
            list.append(new)
            return
        }
        if let created { list[list.count - 1].created = created }
        list[list.count - 1].add(sighting)
    }

    /// The last try at making an environment anew, after a try at destroying it.
    private func making(again incarnation: Incarnation, by created: Timestamp?) -> Attempt? {
        guard let creation = incarnation.creation,
            let destroy = incarnation.attempts(.envDestroy).first(where: {
                $0.started > creation.started
            })
        else { return nil }
        return incarnation.attempts(.envCreate).last {
            $0.started > destroy.started && mayHaveMade($0, created)
        }
    }

    private func isPlausible(_ created: Timestamp?, for incarnation: Incarnation) -> Bool {
        incarnation.creation.map { mayHaveMade($0, created) } ?? true
    }
}

extension Timestamp {
    /// The instant without its fraction of a second.
    var wholeSecond: Timestamp {
        Timestamp(milliseconds: milliseconds - ((milliseconds % 1000) + 1000) % 1000)
    }
}
