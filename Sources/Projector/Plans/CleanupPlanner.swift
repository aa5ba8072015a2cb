public import Ledger

/// What may be destroyed now.
extension Planner {
    /// What may be destroyed now, in order, and why everything else may not.
    ///
    /// - Throws: `PlanError.unknownMigration`.
    public func cleanup(migration name: String?) throws(PlanError) -> Plan {
        try refuseObstacle()
        var plan = blank(.cleanup, name)
        var wanted: Migration?
        if let name { wanted = try migration(named: name) }
        plan.resources = verdicts().filter { verdict in
            wanted.map {
                concerns(verdict.resource, $0) && !isOfAnother(verdict.resource, than: $0)
            } ?? true
        }
        plan.steps = steps(plan.resources)
        let asked = wanted.map { [$0] } ?? migrations
        plan.needs =
            (plan.resources.flatMap { $0.reasons.flatMap(\.needs) } + asked.flatMap(finalNeeds))
            .unique()
        plan.assumes = [Planner.webTierOnly]
        let dangling = world.dangling()
        if !dangling.isEmpty {
            plan.extra["dangling"] = .array(
                dangling.map { name in
                    [
                        "resource": .string(Resource.dns(name.host).description),
                        "message": .string(name.message), "evidence": .numbers(name.evidence),
                    ]
                })
        }
        let count = { (verdict: Verdict) in plan.resources.count { $0.verdict == verdict } }
        plan.summary =
            "\(count(.safe)) safe, \(count(.blocked)) blocked, \(count(.unknown)) unknown"
            + (plan.needs.isEmpty
                ? "" : ", \(plan.needs.count) question\(plan.needs.count == 1 ? "" : "s")")
        return plan
    }

    /// True for a snapshot that another declared migration made for itself, of what this one moved to.
    private func isOfAnother(_ resource: Resource, than migration: Migration) -> Bool {
        guard case .snapshot(let kind, let name) = resource else { return false }
        switch world.role(SnapshotKey(kind: kind, name: name)) {
        case .migration(let owner, _), .temporary(let owner, _, _):
            return owner.isDeclared && owner.name != migration.name
        case .final, .foreign: return false
        }
    }

    /// The verdict of one resource.
    ///
    /// - Throws: `PlanError.unknownResource`.
    public func check(_ resource: Resource) throws(PlanError) -> ResourceVerdict {
        try refuseObstacle()
        guard let verdict = verdict(of: resource) else {
            throw .unknownResource(resource.description)
        }
        return verdict
    }

    /// The verdict of one resource, as among those of all; nil when the ledger knows none of the name.
    public func verdict(of resource: Resource) -> ResourceVerdict? {
        var list: [ResourceVerdict] = []
        var asked: Set<Resource> = []
        var wanted: Set = [resource]
        // What its reasons wait for may itself wait for others.
        while !wanted.isEmpty {
            let found = unsettled(wanted)
            list += found
            asked.formUnion(wanted)
            wanted = Set(found.flatMap(\.reasons).flatMap(\.removedBy)).subtracting(asked)
        }
        return settle(list).first { $0.resource == resource }
    }

    /// The verdict of a resource that could be destroyed and that no event speaks of; nil for what
    /// nothing destroys.
    public func stranger(_ resource: Resource) -> ResourceVerdict? {
        let look: String
        switch resource {
        case .environment(let name, nil):
            look =
                "ledger-cli observe \(name), or ledger-cli migration open when it has a part in one"
        case .environment, .snapshot, .release: look = "ledger-cli observe"
        case .dns, .file, .plan, .event, .migration, .fleet, .ledger: return nil
        }
        return ResourceVerdict(
            resource: resource, verdict: .unknown,
            reasons: [
                Reason(
                    rule: .existence, verdict: .unknown,
                    message: "no event speaks of \(resource)", evidence: [],
                    unblock: "\(look); ledger-cli status lists what is known")
            ], evidence: [])
    }

    /// The verdict of every resource that the ledger knows.
    public func verdicts() -> [ResourceVerdict] { settle(unsettled(nil)) }

    /// The verdicts of resources, or of every one, each for itself: what others of the same plan remove
    /// still stands in the way.
    private func unsettled(_ wanted: Set<Resource>?) -> [ResourceVerdict] {
        let isWanted = { wanted?.contains($0) ?? true }
        var list: [ResourceVerdict] = []
        for name in world.incarnations.keys.sorted() {
            guard let all = world.incarnations[name] else { continue }
            for (index, incarnation) in all.enumerated() {
                let isNewest = index == all.count - 1
                // Commands to what had the name before anything did make no environment of it.
                let wasThere = incarnation.creation != nil || incarnation.lastSighting != nil
                guard isNewest || wasThere,
                    isWanted(Planner.resource(of: incarnation, isNewest: isNewest))
                else { continue }
                list.append(environmentVerdict(incarnation, isNewest: isNewest))
            }
        }
        list += world.state.snapshots.keys.filter { isWanted($0.resource) }.sorted()
            .map(snapshotVerdict)
        let areReleases = wanted?.contains { if case .release = $0 { true } else { false } } ?? true
        if areReleases { list += releaseVerdicts().filter { isWanted($0.resource) } }
        let doubt = self.doubt
        return list.map { doubt.about($0, in: self) }
    }

    /// Makes a resource safe whose only reasons are removed by destroying others that are safe.
    private func settle(_ verdicts: [ResourceVerdict]) -> [ResourceVerdict] {
        var list = verdicts
        var safe = Set(list.filter { $0.verdict == .safe }.map(\.resource))
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for index in list.indices where list[index].verdict == .blocked {
                let reasons = list[index].reasons
                let removers = reasons.flatMap(\.removedBy)
                guard !reasons.isEmpty, reasons.allSatisfy({ !$0.removedBy.isEmpty }),
                    removers.allSatisfy(safe.contains)
                else { continue }
                list[index].verdict = .safe
                list[index].waitsFor = removers
                safe.insert(list[index].resource)
                hasChanged = true
            }
        }
        return list
    }
}
