import Ledger

/// What a rollback means for customers' service and data.
public enum RollbackVerdict: String, Sendable, Hashable {
    case nothing, clean, lossy, restore, impossible, unknown
}

/// What is worked out of a migration before its way back is written down.
struct WayBack {
    var verdict: RollbackVerdict
    var isLossy = false
    var exposure: Exposure = .none([])
    var steps: [Step] = []
    var choices: [Choice] = []
    var noReturn: [(point: String, what: String, evidence: [SequenceNumber])] = []
    var residue: [String] = []
    var needs: [Need] = []
    var assumes: [String] = []
    var because = ""
}

extension Planner {
    /// The way back of a migration, as far as it still exists.
    ///
    /// - Throws: `PlanError.unknownMigration` or `.ambiguousMigration`.
    public func rollback(migration name: String?) throws(PlanError) -> Plan {
        try rollback(migration: name, verdicts: nil)
    }

    /// The way back beside verdicts that were worked out already.
    package func rollback(migration name: String?, verdicts known: [ResourceVerdict]?)
        throws(PlanError) -> Plan
    {
        try refuseObstacle()
        var plan = blank(.rollback, name)
        var way = WayBack(verdict: .nothing, because: "nothing was changed")
        if let migration = try migration(named: name) {
            plan.migration = migration.name
            way = doubted(wayBack(migration))
            way.needs += finalNeeds(migration)
            plan.resources = (known ?? verdicts()).filter { concerns($0.resource, migration) }
        } else {
            way = unownedMaintenance() ?? way
            way.residue = unownedResidue()
            if way.verdict == .nothing, !way.residue.isEmpty {
                way.because = "nothing that serves was changed; what was made is left"
            }
        }
        plan.steps = named(way.steps, for: plan.migration)
        plan.needs = way.needs.unique()
        plan.assumes = [Planner.webTierOnly] + way.assumes
        plan.extra = [
            "verdict": .string(way.verdict.rawValue), "lossy": .bool(way.isLossy),
            "exposure": way.exposure.json,
            "noReturn": .array(
                way.noReturn.map {
                    [
                        "point": .string($0.point), "message": .string($0.what),
                        "evidence": .numbers($0.evidence),
                    ]
                }),
            "residue": .array(way.residue.map { .string($0) }), "because": .string(way.because),
        ]
        plan.choices = way.choices
        plan.summary =
            "rollback: \(way.verdict.rawValue)\(way.isLossy && way.verdict != .lossy ? ", lossy" : "")\(way.because.isEmpty ? "" : ": " + way.because)"
        return plan
    }

    /// Before a migration has a destination, closing the source is all there is to take back.
    private func unownedMaintenance() -> WayBack? {
        for name in world.incarnations.keys.sorted() {
            guard let environment = world.newest(name), isPossiblyClosed(environment),
                !environment.attempts(.envMaintenance).isEmpty
            else { continue }
            return WayBack(
                verdict: .clean, steps: opening(environment),
                because: "\(name) is closed and nothing else was changed")
        }
        return nil
    }

    /// True unless the environment is known to be open.
    func isPossiblyClosed(_ environment: Incarnation) -> Bool {
        guard let last = environment.attempts(.envMaintenance).last else {
            return environment.sightings.last { $0.shown.maintenance != nil }?.shown.maintenance
                == .on
        }
        let seen = environment.sightings.last {
            $0.shown.maintenance != nil && $0.moment > last.settled
        }
        if let seen {
            return seen.shown.maintenance == .on || world.spreadingClosure(environment) != nil
        }
        if case .envMaintenance(_, .off) = last.action { return !last.isAccepted }
        return true
    }

    /// True when an environment is effectively in maintenance, and was seen so lately.
    public func isClosed(_ name: String) -> Bool {
        world.newest(name).map { world.isClosedNow($0) } ?? false
    }

    /// True when nobody saw what came of the last word about maintenance: accepted is not done (Fleet,
    /// asynchrony).
    func wasOpenedUnseen(_ environment: Incarnation) -> Bool {
        guard let last = environment.attempts(.envMaintenance).last else { return false }
        let seen = environment.sightings.last { $0.shown.maintenance != nil }
        return seen.map { $0.moment < last.settled } ?? true
    }

    /// An ON that was accepted is not given again: it is waited for.
    func waitingForClosure(of destination: Incarnation) -> Step? {
        guard let last = world.closures(destination).last, last.end == nil else { return nil }
        let name = destination.name
        return Step(
            resource: .environment(name),
            command: .manual("wait until maintenance of \(name) is effective and describe it"),
            because: "\(name) was told to close and was not seen closed lately",
            evidence: last.evidence,
            completes:
                "maintenance mode ON in a description of \(name), 60 s or more after it was accepted"
        )
    }

    func wayBack(_ migration: Migration) -> WayBack {
        guard let source = migration.source else {
            if migration.destination == nil {
                return WayBack(verdict: .nothing, because: "nothing was done")
            }
            return WayBack(
                verdict: .unknown, needs: [.describe(migration.roles.source)],
                because: "\(migration.roles.source) was never seen")
        }
        var way = WayBack(verdict: .clean)
        way.exposure = world.exposure(migration)
        if let destination = migration.destination, destination.isFound {
            way.assumes.append(
                "\(destination.name) is older than the ledger: it took no customer writes before event \(destination.first.sequence)"
            )
        }
        let reconciled = world.decision(migration) { $0 == .writesReconciled }
        if case .interval(let from, let to, let evidence) = way.exposure {
            way.isLossy =
                !(to.map { end in reconciled.map { $0.moment.time >= end } ?? false } ?? false)
            way.noReturn.append(
                (
                    "N1",
                    "\(migration.roles.destination) may hold customer writes since \(from.short)",
                    evidence
                ))
        }
        let destroys = source.attempts(.envDestroy).filter { $0.outcome != .refused }
        if let destroy = destroys.first ?? world.destruction(of: source) {
            let isGoneAllTheSame = destroy.outcome == .refused
            way.noReturn.append(
                (
                    "N2",
                    "the destruction of \(source.name) was \(destroy.outcomeWords)"
                        + (isGoneAllTheSame ? ", and it is gone all the same" : ""),
                    destroy.evidence
                ))
        }
        if let later = superseding(migration) {
            way.verdict = .unknown
            way.because =
                "\(later.name) has moved on from \(migration.roles.destination): roll \(later.name) back first"
            way.needs = [wayBackNeed(later)]
            return way
        }
        if let other = displacing(migration) {
            return wayBack(migration, displacedBy: other, way)
        }
        if let home = world.homeward(migration) {
            return wayBack(migration, ledHomeBy: home, way)
        }
        if let other = closing(source, after: migration) {
            way.verdict = .nothing
            way.isLossy = false
            way.because = "\(source.name) is closed for \(other.name), which is under way"
            way.residue = residue(migration, [])
            return way
        }
        let isMade = source.wasSeen("CREATING") == nil || source.wasSeen("RUNNING") != nil
        switch world.existence(source) {
        case .live where isMade: break
        case .live, .creating:
            way = returnTo(source, migration, way)
            guard way.verdict == .clean else { return way }
            way.verdict = .unknown
            way.because = "\(source.name) is being created and was not seen RUNNING"
            way.needs = [.describe(source.name)]
            return way
        case .unknown where world.wasCommanded(source): break
        case .unknown(let why, _):
            way.verdict = .unknown
            way.because = "\(source.name): \(why)"
            way.needs = [.environments, .describe(source.name)]
            way.residue = ["environment/\(source.name)"] + residue(migration, [])
            return way
        case .beingDestroyed(let evidence), .gone(let evidence):
            return restore(migration, source, evidence, way)
        }
        way = returnTo(source, migration, way)
        // Lossless it is only when the source stays.
        guard way.verdict == .clean || way.verdict == .nothing,
            let doubt = world.staying(source).first
        else { return way }
        way.verdict = .unknown
        way.because = doubt.message
        way.needs = doubt.needs
        return way
    }
}

extension Exposure {
    fileprivate var json: JSONValue {
        switch self {
        case .none: .null
        case .interval(let from, let to, let evidence):
            [
                "from": .string(from.description),
                "to": to.map { .string($0.description) } ?? .null,
                "evidence": .numbers(evidence),
            ]
        case .unknown(let why, let evidence, _):
            ["unknown": .string(why), "evidence": .numbers(evidence)]
        }
    }
}
