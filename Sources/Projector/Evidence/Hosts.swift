import Ledger

/// Where a hostname points now.
enum Location {
    /// At an environment or a target, with the answer that shows it.
    case at(String, HostHistory.Answer)
    /// Not known, and why.
    case unknown(String, [SequenceNumber])
}

/// When the last cached answer of an old record expires.
enum Drain {
    /// The record never pointed there as far as the ledger knows.
    case nothing
    /// At an instant.
    case ends(Timestamp, [SequenceNumber])
    /// No time to live of the old record is known.
    case unknown([SequenceNumber])
}

extension World {
    /// The hostnames of a migration: the declared ones and all that ever pointed at its two ends.
    func hostnames(_ migration: Migration) -> [String] {
        let ends = [migration.roles.source, migration.roles.destination]
        var names = Set(migration.roles.hostnames)
        for end in ends { names.formUnion(crossings.hosts[end] ?? []) }
        return names.sorted()
    }

    /// Where a hostname points now: the last answer, unless a switch came after it or it is old.
    func location(_ host: String) -> Location {
        guard let history = state.hosts[host], let answer = history.answers.last else {
            return .unknown("\(host) was never looked up", [])
        }
        if let change = history.switches.newest(settledAfter: answer.moment, like: { _ in true }) {
            return .unknown(
                "\(host) was not looked up since it was switched",
                World.merge(change.evidence, [answer.moment.sequence]))
        }
        if isStale(answer.moment) {
            return .unknown(
                "\(host) was last looked up at \(answer.moment.time.short)",
                [answer.moment.sequence])
        }
        if answer.value.isCached, let place = answer.value.environment {
            // A cache may still serve what an authoritative answer or a switch has replaced.
            let truth = history.answers.newest(like: { !$0.value.isCached })
            let switches = history.switches.decisive(like: { _ in true })
            if let change = switches.max(by: { $0.settled < $1.settled }),
                truth.map({ $0.moment < change.settled }) ?? true
            {
                let isRivalled = World.rival(of: change, among: switches) != nil
                if isRivalled || !(change.dns?.isAt(place) ?? false)
                    || history.mayBeRemains(answer, of: place, before: change)
                {
                    return .unknown(
                        "a cached answer for \(host) does not show what came of the switch",
                        World.merge(change.evidence, [answer.moment.sequence]))
                }
            } else if let truth, !truth.value.isAt(place) {
                return .unknown(
                    "a cached answer for \(host) differs from the last authoritative one",
                    [truth.moment.sequence, answer.moment.sequence])
            }
        }
        guard let place = answer.value.environment ?? answer.value.target else {
            return .unknown("the answer for \(host) names no target", [answer.moment.sequence])
        }
        return .at(isElsewhere(answer.value) ? answer.value.target ?? place : place, answer)
    }

    /// True when an answer names an endpoint of an environment of the same name in another fleet.
    ///
    /// Endpoints are `www.ENV.FLEET.…` (Fleet, endpoints are derived from names): what follows the
    /// name must be as in the endpoints that the environment was described with.
    private func isElsewhere(_ answer: DNSAnswer) -> Bool {
        guard let name = answer.environment, let target = answer.target,
            let tail = World.tail(of: target, after: name),
            let shown = newest(name)?.sightings.newest(like: { !$0.shown.endpoints.isEmpty })
        else { return false }
        let tails = shown.shown.endpoints.values.compactMap { World.tail(of: $0, after: name) }
        return !tails.isEmpty && !tails.contains(tail)
    }

    private static func tail(of endpoint: String, after name: String) -> [Substring]? {
        let labels = endpoint.lowercased().split(separator: ".")
        guard let place = labels.lastIndex(of: name.lowercased()[...]) else { return nil }
        return Array(labels[(place + 1)...])
    }

    /// True when what a switch replaced is known to lead to an environment.
    private func isPlaced(_ history: HostHistory, before change: Attempt) -> Bool {
        let answer = history.answers.last { $0.moment < change.started }
        let earlier = history.switches.last { $0.started < change.started && $0.isAccepted }
        if let earlier, answer.map({ $0.moment < earlier.settled }) ?? true {
            return earlier.dns?.environment != nil
        }
        return answer.map { $0.value.environment != nil } ?? true
    }

    /// True when a switch led to an environment, or to an address that says nothing of whose it is.
    private func mayLead(_ change: Attempt, to name: String) -> Bool {
        guard let dns = change.dns else { return false }
        return dns.isAt(name) || dns.environment == nil && incarnations[dns.target] == nil
    }

    /// When nobody can be served an old record that points at an environment any more.
    ///
    /// Every time to live seen counts from the last moment at which it can have been served, so a
    /// value that was lowered just before the switch still counts (`rules.md`, drain ends).
    func drain(_ host: String, off name: String) -> Drain {
        guard let history = state.hosts[host] else { return .nothing }
        let pointing = history.answers.filter { $0.value.isAt(name) }
        let to = history.switches.filter { mayLead($0, to: name) }
        let away = history.switches.filter { !($0.dns?.isAt(name) ?? true) }
        let elsewhere = history.answers.filter { !$0.value.isAt(name) }
        if pointing.isEmpty, to.isEmpty, away.isEmpty, let first = elsewhere.first {
            // Seen elsewhere before there was anything of the name, and at nothing else since.
            if let made = incarnations[name]?.first, made.creation != nil,
                first.moment < made.first,
                elsewhere.allSatisfy({ $0.value.environment == first.value.environment }),
                first.value.environment != nil
            {
                return .nothing
            }
            return .unknown(elsewhere.suffix(1).map(\.moment.sequence))
        }
        // The record can have stood until an accepted switch, or until it was seen elsewhere.
        let lastThere = (pointing.map(\.moment) + to.map(\.settled)).max()
        let accepted = away.filter(\.isAccepted)
        let since =
            lastThere ?? Moment(time: Timestamp(milliseconds: .min), sequence: SequenceNumber(0))
        // A switch away says nothing any more once another one pointed the name there again, nor does
        // one that was under way with it: it may have worked before it.
        let back = to.map(\.settled).max()
        // Nor does one after which the name server itself, and no cache, still gave the old answer.
        let still = pointing.last { !$0.value.isCached }?.moment
        let leaving =
            accepted.first { $0.started > since }?.settled
            ?? accepted.last { change in
                (back.map { change.started > $0 } ?? true)
                    && (still.map { change.settled > $0 } ?? true)
            }?.settled
            ?? elsewhere.first { $0.moment > [still, back].compactMap { $0 }.max() ?? since }?
            .moment
        // It never left as far as the ledger knows; where it points is another rule's question.
        guard let leaving else { return .nothing }
        let departure = max(leaving, lastThere ?? leaving)
        var ends: [(Timestamp, SequenceNumber)] = []
        let authoritative = pointing.filter { $0.value.ttl != nil && !$0.value.isCached }
        for (index, answer) in authoritative.enumerated() {
            guard let ttl = answer.value.ttl else { continue }
            let next = authoritative[(index + 1)...].first { $0.value.ttl != ttl }
            let lastServed = next?.moment.time ?? departure.time
            ends.append((lastServed + .seconds(ttl), answer.moment.sequence))
        }
        for attempt in to {
            // A record that is given no new value keeps the old one.
            guard let ttl = attempt.dns?.ttl ?? attempt.dns?.oldTTL else { continue }
            ends.append((departure.time + .seconds(ttl), attempt.started.sequence))
            // What it replaced may have pointed there too, with a value that lives longer.
            guard let old = attempt.dns?.oldTTL else { continue }
            ends.append((attempt.settled.time + .seconds(old), attempt.started.sequence))
        }
        for attempt in away {
            guard let ttl = attempt.dns?.oldTTL else { continue }
            // What it replaced may have led there by an address that says nothing of whose it is.
            let from = isPlaced(history, before: attempt) ? departure : attempt.settled
            ends.append((max(departure, from).time + .seconds(ttl), attempt.started.sequence))
        }
        let isKnown = !ends.isEmpty
        for answer in pointing where answer.value.isCached {
            guard let ttl = answer.value.ttl else { continue }
            ends.append((answer.moment.time + .seconds(ttl), answer.moment.sequence))
        }
        ends += unplacedEnds(history, off: name)
        guard isKnown, let last = ends.map(\.0).max() else {
            return .unknown(
                World.merge([departure.sequence], pointing.suffix(1).map(\.moment.sequence)))
        }
        return .ends(last, World.merge([departure.sequence], ends.filter { $0.0 == last }.map(\.1)))
    }
}

extension HostHistory {
    /// Since when, at the earliest, the name server itself gave an answer that was seen; nil when
    /// that is not known.
    ///
    /// A cache gives what it was given, for as long as the time to live that was left then: of the
    /// longest one that is known of the name, what is not left is how old the answer may be.
    func servedSince(_ answer: Answer) -> Timestamp? {
        guard answer.value.isCached else { return answer.moment.time }
        let written = switches.flatMap { [$0.dns?.ttl, $0.dns?.oldTTL] }.compactMap { $0 }
        guard let longest = (answers.compactMap(\.value.ttl) + written).max() else { return nil }
        return answer.moment.time - .seconds(max(0, longest - (answer.value.ttl ?? 0)))
    }

    /// True when a cached answer that leads to where a switch should lead may be from before it, since
    /// the name led there earlier as well.
    func mayBeRemains(_ answer: Answer, of place: String, before change: Attempt) -> Bool {
        let wasThere =
            answers.contains { $0.moment < change.started && $0.value.isAt(place) }
            || switches.contains {
                $0.started < change.started && $0.dns?.isAt(place) ?? false
            }
        return wasThere && servedSince(answer).map { $0 <= change.started.time } ?? true
    }
}
