public import Ledger

/// A part of a migration with its beginning and its end.
public struct Phase: Sendable, Hashable {
    /// Its name: `close`, `copy`, `create`, `release`, `test`, `switch`, `drain` or `clean-up`.
    public var name: String
    /// When it began.
    public var from: Timestamp
    /// When it ended; nil while it goes on, or when nothing shows its end.
    public var to: Timestamp?
    /// What beginning and end are taken to be.
    public var derivation: String
    /// How long the pages or our policy allow, when they say.
    public var limit: Span?
    /// The events that it is derived from.
    public var evidence: [SequenceNumber]
}

/// How long customers had no shop.
public struct Downtime: Sendable, Hashable {
    /// From the source closing.
    public var from: Timestamp
    /// Until a shop served again; nil while none does.
    public var to: Timestamp?
    /// When the last customers can still have been sent to the closed source; nil when not known.
    public var latest: Timestamp?
    /// How the two ends are known.
    public var derivation: String
    /// The events that it is derived from.
    public var evidence: [SequenceNumber]
}

extension Conduct {
    /// The command that closed the source for the copy, or for good when nothing was copied yet.
    var closing: Attempt? {
        let closings = maintenance(s, .on).filter(\.isAccepted)
        guard let copyPoint else { return closings.first }
        return closings.last { $0.started < copyPoint } ?? closings.first
    }

    /// How long customers had no shop.
    ///
    /// It begins with the command that closes the source, since nodes close from then on. It ends
    /// when the last hostname was switched to a destination that is open, when the destination was
    /// opened after that, or when the source was opened again.
    var downtime: Downtime? {
        guard let closing else {
            guard let first = switches.first else { return nil }
            return Downtime(
                from: first.started.time, to: first.started.time, latest: nil,
                derivation: "the source was never closed: no downtime by maintenance",
                evidence: first.evidence)
        }
        let begun = "from maintenance ON of \(s)"
        if let back = reopened(after: closing.started) {
            return Downtime(
                from: closing.started.time, to: back.0.time, latest: nil,
                derivation: "\(begun) to \(s) opened again",
                evidence: World.merge(closing.evidence, back.1))
        }
        let first = hosts.compactMap { host in
            switches.first { $0.isAccepted && $0.dns?.host == host }
        }
        guard let last = first.max(by: { $0.settled < $1.settled }),
            first.count
                == hosts.filter({ host in
                    switches.contains { $0.dns?.host == host }
                }).count
        else {
            return Downtime(
                from: closing.started.time, to: nil, latest: nil,
                derivation: "\(begun); no hostname is known to be switched to \(d)",
                evidence: closing.evidence)
        }
        let missed = hosts.first { host in
            !switches.contains { $0.dns?.host == host }
                && world.state.hosts[host]?.answers.last?.value.isAt(s) ?? false
        }
        if let missed {
            return Downtime(
                from: closing.started.time, to: nil, latest: nil,
                derivation: "\(begun); \(missed) was not switched to \(d)",
                evidence: World.merge(closing.evidence, last.evidence))
        }
        let ends = first.compactMap { change -> Timestamp? in
            guard let host = change.dns?.host,
                case .ends(let end, _) = world.drain(host, off: s)
            else { return nil }
            return end
        }
        let evidence = World.merge(closing.evidence, last.evidence)
        guard let open = opened else {
            return Downtime(
                from: closing.started.time, to: nil, latest: ends.max(),
                derivation: "\(begun); \(d) was not seen open", evidence: evidence)
        }
        let isLater = open.0 > last.settled
        return Downtime(
            from: closing.started.time, to: max(open.0, last.settled).time, latest: ends.max(),
            derivation: begun
                + (isLater
                    ? " to \(d) opened, after the last hostname was switched to it"
                    : " to the last hostname switched to \(d), which was open"),
            evidence: World.merge(evidence, open.1))
    }

    /// When the source was opened again before anything was switched away from it for good.
    private func reopened(after moment: Moment) -> (Moment, [SequenceNumber])? {
        let isForGood = switches.contains { $0.isAccepted } && switchesBack.isEmpty
        if isForGood { return nil }
        let off = maintenance(s, .off).first { $0.isAccepted && $0.started > moment }
        return off.map { ($0.started, $0.evidence) }
    }

    /// Since when the destination is open to customers as far as it was shown: never closed, or
    /// opened by a command, or seen open.
    private var opened: (Moment, [SequenceNumber])? {
        guard let destination else { return nil }
        let last = destination.sightings.last { $0.shown.maintenance != nil }
        if let off = maintenance(d, .off).last(where: \.isAccepted),
            !maintenance(d, .on).contains(where: { $0.started > off.started })
        {
            return (off.started, off.evidence)
        }
        guard let last, last.shown.maintenance == .off,
            !maintenance(d, .on).contains(where: { $0.started > last.moment })
        else { return nil }
        // Open from its first activation when it was never closed.
        let isAlways = maintenance(d, .on).isEmpty
        let since = isAlways ? (world.firstActivation(destination) ?? last.moment) : last.moment
        return (since, World.merge([since.sequence], [last.moment.sequence]))
    }

    /// The parts of the migration that began, in the order of the procedure.
    var phases: [Phase] {
        [
            close, copying, creating, releasing, testing, switching, draining, cleaning,
        ].compactMap { $0 }
    }

    private func phase(
        _ name: String, _ from: Moment?, _ to: Moment?, limit: Span? = nil, _ derivation: String
    ) -> Phase? {
        guard let from else { return nil }
        let end = to.flatMap { $0 >= from ? $0 : nil }
        return Phase(
            name: name, from: from.time, to: end?.time, derivation: derivation, limit: limit,
            evidence: World.merge([from.sequence], [end?.sequence].compactMap { $0 }))
    }

    private var close: Phase? {
        guard let closing else { return nil }
        let closure = sourceClosures.last { $0.evidence.contains(closing.started.sequence) }
        let effective = closure?.from ?? closing.settled.time
        let seen = source?.sightings.first {
            $0.shown.maintenance == .on && $0.moment.time >= effective
        }
        return phase(
            "close", closing.started, seen?.moment,
            "maintenance ON of \(s) to the first description that shows it effective")
    }

    private var copying: Phase? {
        guard let copyPoint else { return nil }
        if let load = accepted(.databaseLoad, { $0.subject == .environment(d) }).last {
            return phase("copy", copyPoint, load.settled, "the copy point to the end of the load")
        }
        guard let taken = snapshots.last, let name = taken.snapshotName else {
            return phase("copy", copyPoint, nil, "the copy point; no load into \(d) was accepted")
        }
        let row = world.state.snapshots[SnapshotKey(kind: .database, name: name)]?.sightings.first {
            $0.row.status == "AVAILABLE" && $0.moment > taken.started
        }
        return phase(
            "copy", taken.started, row?.moment, limit: Limits.snapshot,
            "snapshot create to the first list that shows it AVAILABLE")
    }

    private var creating: Phase? {
        guard let creation = destination?.creation else { return nil }
        return phase(
            "create", creation.started, destination?.wasSeen("RUNNING")?.moment,
            limit: Limits.creation, "env create to the first look that shows it RUNNING")
    }

    private var releasing: Phase? {
        let first = tried(.envLoad, on: d).first?.started
        let active = destination?.sightings.first { sighting in
            (sighting.shown.activeRelease ?? nil) != nil
                && first.map { sighting.moment > $0 } ?? false
        }
        return phase(
            "release", first, active?.moment,
            "env load to the first description that shows the release ACTIVE")
    }

    private var testing: Phase? {
        let word = decision { $0 == .go || $0 == .noGo }?.moment
        let test = decision { ConformanceCheck.isTest($0, of: d) }?.moment
        let end = [word, test].compactMap { $0 }.max()
        let ready = [
            destination?.sightings.first { ($0.shown.activeRelease ?? nil) != nil }?.moment,
            accepted(.databaseLoad) { $0.subject == .environment(d) }.last?.settled,
        ].compactMap { $0 }.max()
        return phase("test", ready, end, "release and data in place to the decision")
    }

    private var switching: Phase? {
        phase(
            "switch", switches.first?.started, switches.last(where: \.isAccepted)?.settled,
            "the first hostname switched to the last")
    }

    private var draining: Phase? {
        guard let last = switches.last(where: \.isAccepted) else { return nil }
        var end: (Timestamp, SequenceNumber)?
        for host in Set(switches.compactMap { $0.dns?.host }).sorted() {
            guard case .ends(let time, let evidence) = world.drain(host, off: s),
                let sequence = evidence.first
            else { continue }
            if end.map({ time > $0.0 }) ?? true { end = (time, sequence) }
        }
        return phase(
            "drain", last.settled, end.map { Moment(time: $0.0, sequence: $0.1) },
            "the last switch to the moment at which the last old answer has expired")
    }

    private var cleaning: Phase? {
        guard let switched = switches.first else { return nil }
        let first = commands.first { attempt in
            guard attempt.outcome != .refused, switched.started < attempt.started
            else { return false }
            switch attempt.action {
            case .snapshotDestroy: return true
            case .envDestroy(s, _, _), .envProtected(s, .off): return true
            default: return false
            }
        }
        guard let first else { return nil }
        let gone = source.flatMap { source -> Moment? in
            guard case .gone(let evidence) = world.existence(source),
                let sequence = evidence.last
            else { return nil }
            return world.state.environmentListings.first { $0.moment.sequence == sequence }?.moment
        }
        return phase(
            "clean-up", first.started, gone,
            "the first destroy or protection OFF after the switch to the list that lacks \(s)")
    }
}

extension Phase {
    /// How long it took; nil while it goes on.
    public var length: Span? { to.map { $0 - from } }

    /// The phase as it stands in an answer.
    public var json: JSONObject {
        [
            "phase": .string(name), "from": .string(from.description),
            "to": to.map { .string($0.description) } ?? .null,
            "seconds": length.map { .integer(Int($0.milliseconds / 1000)) } ?? .null,
            "limit": limit.map { .integer(Int($0.milliseconds / 1000)) } ?? .null,
            "derivation": .string(derivation), "evidence": .numbers(evidence),
        ]
    }
}

extension Downtime {
    /// The downtime as it stands in an answer.
    public var json: JSONObject {
        [
            "from": .string(from.description), "to": to.map { .string($0.description) } ?? .null,
            "latest": latest.map { .string($0.description) } ?? .null,
            "seconds": to.map { .integer(Int(($0 - from).milliseconds / 1000)) } ?? .null,
            "limit": .integer(Int(Limits.downtime.milliseconds / 1000)),
            "derivation": .string(derivation), "evidence": .numbers(evidence),
        ]
    }
}
