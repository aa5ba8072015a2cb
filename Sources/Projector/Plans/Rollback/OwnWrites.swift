import Ledger

/// What a source may hold that the destination of its migration lacks.
struct OwnWrites {
    /// Why it may; none when the destination was made of all that the source took.
    var reasons: [Reason] = []
    /// True when a dump of the destination was loaded over it since, while it was closed.
    var isOverwritten = false
    /// True when it is not known to be whole.
    var isBroken = false

    var isNone: Bool { reasons.isEmpty }

    /// True while nothing may be loaded over the source: it may be the last that holds them.
    var isToBeMerged: Bool { !isNone && !isOverwritten }
}

/// The way back when neither end of a migration holds everything.
extension Planner {
    /// What the source may hold that the destination lacks, given what loads have made of its data.
    func ownWrites(of source: Incarnation, _ migration: Migration, _ data: SourceData) -> OwnWrites
    {
        let isCopied = world.copy(migration).point != nil
        let unverified = world.copyVerified(migration).filter { reason in
            !isCopied || reason.verdict == .blocked
        }
        return OwnWrites(
            reasons: world.copyQuiesced(migration) + unverified
                + world.sourceWrites(migration, besidesLoads: true),
            isOverwritten: isOverwritten(source, data), isBroken: data.isBroken)
    }

    /// The same for one that was made again in the place of the source, or is about to be: it may also
    /// have met customers.
    func ownWrites(of again: Incarnation?, madeFor migration: Migration, _ data: SourceData)
        -> OwnWrites
    {
        guard let source = migration.source else { return OwnWrites() }
        var own = ownWrites(of: source, migration, data)
        guard let again else { return own }
        own.isOverwritten = isOverwritten(again, data)
        own.isBroken = data.isBroken
        if let met = metCustomers(again, migration) { own.reasons.append(met) }
        return own
    }

    private func isOverwritten(_ source: Incarnation, _ data: SourceData) -> Bool {
        guard case .carried(let copy, let isCurrent) = data else { return false }
        return isCurrent
            || world.closures(source).last.map {
                $0.end == nil && $0.contains(copy.load.started.time)
            } ?? false
    }

    /// Customers were led to one that was made again while it was not known to be closed.
    private func metCustomers(_ again: Incarnation, _ migration: Migration) -> Reason? {
        let led = world.hostnames(migration).flatMap { host -> [Moment] in
            guard let history = world.state.hosts[host] else { return [] }
            return history.answers.filter { $0.value.isAt(again.name) }.map(\.moment)
                + history.switches.filter { $0.dns?.isAt(again.name) ?? false }.map(\.started)
        }.filter { $0 > again.first }.min()
        guard let led else { return nil }
        let isClosed = world.closures(again).contains {
            $0.end == nil && $0.contains(led.time)
        }
        guard !isClosed else { return nil }
        return .blocked(
            .sourceWrites, "\(again.name) may have taken customer writes since it was made again",
            [led.sequence], unblock: "bring over what was written")
    }

    /// Dumps both and leaves it to people to bring them together: whatever is loaded over the source
    /// would take what only the source holds.
    func merging(
        from destination: Incarnation, into name: String, _ source: Incarnation?, _ own: OwnWrites
    ) -> [Step] {
        let free = freePath("\(name)-before-copy-back")
        let why =
            "\(name) may hold writes that \(destination.name) lacks, nowhere else: \(own.reasons[0].message)"
        let kept =
            source.map { dumping($0, to: free, why) }
            ?? DumpFile(
                dump: nil, path: free, isChecked: false,
                steps: takingDump(of: name, to: free, why))
        let carried = dumping(
            destination, to: "\(destination.name)-copy-back.sql",
            "\(destination.name) holds the only copy of what was written since the switch")
        let merging = Step(
            resource: .environment(name),
            command: .manual(
                (own.isBroken ? "load \(name) in full with what it held before, then " : "")
                    + "bring into \(name) by hand what only \(destination.name) took, from \(carried.path): loaded over \(name) as a whole it would take what only \(name) holds (kept in \(kept.path))"
            ),
            because: "neither holds everything: \(own.reasons[0].message)",
            evidence: own.reasons.flatMap(\.evidence),
            requires: ["maintenance of \(name) effective"]
                + [kept, carried].filter { !$0.isChecked }.map { "\($0.path) is whole" },
            completes: "what each of them took is in \(name)")
        return kept.steps + carried.steps + [merging, flushingStep(name), reconciling(name)]
    }

    /// What the source took itself is no more in it once it was loaded over.
    func recalling(_ name: String, _ own: OwnWrites) -> [Step] {
        guard own.isOverwritten, !own.isNone else { return [] }
        return [
            Step(
                resource: .environment(name),
                command: .manual(
                    "bring back into \(name) by hand what it took itself before it was loaded over, from a dump or snapshot of before"
                ),
                because: own.reasons[0].message, evidence: own.reasons.flatMap(\.evidence))
        ]
    }

    /// Staying on the destination leaves behind what only the source holds.
    func bringingOver(from source: String, to destination: String, _ own: OwnWrites) -> [Step] {
        guard !own.isNone else { return [] }
        return [
            Step(
                resource: .environment(source),
                command: .manual(
                    own.isOverwritten
                        ? "bring into \(destination) by hand what \(source) took itself before it was loaded over, from a dump or snapshot of before"
                        : "dump \(source) and bring into \(destination) by hand what only \(source) took; keep \(source) until then"
                ),
                because: "\(destination) may lack it: \(own.reasons[0].message)",
                evidence: own.reasons.flatMap(\.evidence),
                completes: "ledger-cli record acknowledge source-writes")
        ]
    }
}
