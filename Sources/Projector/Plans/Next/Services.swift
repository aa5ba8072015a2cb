import Ledger

/// The file share and the search server of the source: no copy of its database brings them along.
extension Planner {
    /// Turns ON for the destination what the source has, before a release is loaded: only releases that
    /// are loaded later see it (Fleet, nfs and solr).
    func servicesDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due? {
        let services: [(name: String, of: (Incarnation) -> Fact<Switch>, gap: Gap)] = [
            ("nfs", world.nfs, .nfs), ("solr", world.solr, .solr),
        ]
        var due = Due(phase: "release")
        let name = destination.name
        for service in services {
            guard service.of(source).value == .on,
                world.acknowledged(service.gap, migration, after: nil) == nil,
                service.name != "nfs" || destination.nfsSeed == nil
            else { continue }
            let fact = service.of(destination)
            let asked = destination.attempts(.envSetting).last { attempt in
                if case .envSetting(_, service.name, _) = attempt.action { true } else { false }
            }
            // Accepted, it is complete, whatever a look shows for the few minutes that it takes.
            if fact.value == .on || asked.map({ $0.isAccepted && $0.turnsOn }) ?? false {
                continue
            }
            if let asked, !asked.isAccepted, fact.value == nil, let need = fact.need {
                due.observe.append(need)
                continue
            }
            due.steps.append(
                step(
                    .envSetting(environment: name, setting: service.name, value: "ON"),
                    "it is ON on \(source.name), and only releases that are loaded later see it"))
        }
        guard !due.steps.isEmpty || !due.observe.isEmpty else { return nil }
        due.unsafe = ["env load before NFS and Solr of \(name) are as on \(source.name)"]
        return due
    }

    /// What is due about the files of the source before customers come to the destination: destroying
    /// an environment saves its database only.
    func filesDue(
        _ migration: Migration, _ source: Incarnation, _ destination: Incarnation
    ) -> Due? {
        guard world.nfs(source).value == .on, !world.isLed(to: destination, of: migration),
            let closure = world.closures(source).last, closure.end == nil,
            !world.nfsPreserved(migration, source).isEmpty
        else { return nil }
        let warning = [
            "the DNS switch before the files of \(source.name) are on \(destination.name)"
        ]
        if let kept = world.keptFiles(of: source, migration).first {
            return Due(
                phase: "copy",
                steps: [
                    Step(
                        resource: .migration(migration.name),
                        command: .ledger(["ledger-cli", "record", "acknowledge", "nfs"]),
                        because:
                            "nfs snapshot \(kept) is AVAILABLE: move its contents to \(destination.name) by hand first",
                        evidence: world.nfs(source).evidence.events)
                ], unsafe: warning)
        }
        let tries = source.attempts(.snapshotCreate).filter { attempt in
            guard case .snapshotCreate(_, _, .nfs, _) = attempt.action else { return false }
            return attempt.outcome != .refused && closure.contains(attempt.started.time)
        }
        if case .snapshotCreate(_, let name, _, _)? = tries.last?.action {
            let key = SnapshotKey(kind: .nfs, name: name)
            let status = world.snapshotStatus(key).value
            if !world.existence(key).isGone, status != "AVAILABLE",
                !(status.map(World.isFailure) ?? false)
            {
                return Due(phase: "copy", observe: [.snapshots(.nfs)], unsafe: warning)
            }
        }
        let name = freeSnapshotName("plan-migration-files", .nfs)
        return Due(
            phase: "copy",
            steps: [
                step(
                    .snapshotCreate(environment: source.name, name: name, kind: .nfs),
                    "NFS of \(source.name) is ON and destroying it saves only a database snapshot",
                    completes: "snapshot/nfs/\(name) AVAILABLE")
            ], unsafe: warning)
    }

    /// What the clean-up waits for and only people can do; the rest of its reasons are other phases'.
    func handwork(_ reasons: [Reason], _ source: Incarnation) -> [Step] {
        let rules: Set<RuleName> = [.nfsPreserved, .solrAcknowledged, .cacheFlushed]
        return reasons.filter { $0.needs.isEmpty && rules.contains($0.rule) }.map { reason in
            Step(
                resource: .environment(source.name), command: .manual(reason.unblock),
                because: reason.message, evidence: reason.evidence)
        }
    }
}

extension Attempt {
    /// True for a setting that is turned ON.
    fileprivate var turnsOn: Bool {
        guard case .envSetting(_, _, let value) = action else { return false }
        return Switch(word: value) == .on
    }
}
