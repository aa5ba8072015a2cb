import Ledger

/// What a way back does not bring back by itself, whatever becomes of customers' writes.
extension Planner {
    /// What turning NFS or Solr of the source OFF in the course of a migration took from it.
    struct TurnedOff {
        /// By hand, while it is still OFF.
        var steps: [Step] = []
        /// What no step brings back.
        var loss: String?
    }

    /// Neither comes back with an ON alone: OFF destroys the instance (Fleet, nfs and solr).
    func turnedOff(_ source: Incarnation, _ migration: Migration) -> TurnedOff {
        var found = TurnedOff()
        for setting in ["nfs", "solr"] {
            guard let off = turningOff(setting, of: source, migration) else { continue }
            let kept = setting == "nfs" ? files(of: source, before: off.settled.time) : []
            let isSettled =
                world.acknowledged(.nfs, migration, after: off.settled) != nil
                || world.decision(migration, after: off.settled) { $0 == .lossAccepted } != nil
            if setting == "nfs", kept.isEmpty, !isSettled {
                found.loss = "turning NFS of \(source.name) OFF destroyed its files"
            }
            let last = source.attempts(.envSetting).last { switched($0, setting) != nil }
            guard last?.started == off.started else { continue }
            let how =
                setting == "solr"
                ? "turn Solr of \(source.name) ON again and have its index rebuilt"
                : "turn NFS of \(source.name) ON again"
                    + (kept.last.map { " from nfs snapshot \($0.name)" }
                        ?? " and bring its files from elsewhere")
            found.steps.append(
                Step(
                    resource: .environment(source.name), command: .manual(how),
                    because: "\(setting) was turned OFF, which destroys its instance",
                    evidence: off.evidence))
        }
        return found
    }

    /// The last OFF of a setting since the migration began, of what may have been ON.
    private func turningOff(_ setting: String, of source: Incarnation, _ migration: Migration)
        -> Attempt?
    {
        let began = [migration.opened, migration.destination?.first].compactMap { $0 }.min()
        let attempts = source.attempts(.envSetting)
        return attempts.last { off in
            guard switched(off, setting) == .off, off.outcome != .refused,
                began.map({ off.started > $0 }) ?? true
            else { return false }
            let told = attempts.last {
                switched($0, setting) != nil && $0.isAccepted && $0.settled < off.started
            }
            let seen = source.sightings.last {
                (setting == "nfs" ? $0.shown.nfs : $0.shown.solr) != nil && $0.moment < off.started
            }
            guard let seen, told.map({ $0.settled < seen.moment }) ?? true else {
                return told.map { switched($0, setting) == .on } ?? true
            }
            return (setting == "nfs" ? seen.shown.nfs : seen.shown.solr) == .on
        }
    }

    private func switched(_ attempt: Attempt, _ wanted: String) -> Switch? {
        guard case .envSetting(_, wanted, let value) = attempt.action else { return nil }
        return Switch(word: value)
    }

    /// The nfs snapshots of an environment that are AVAILABLE, oldest first.
    private func files(of environment: Incarnation, before time: Timestamp) -> [SnapshotKey] {
        let rows = (world.crossings.snapshots[environment.name] ?? []).compactMap { key in
            key.kind == .nfs && world.snapshotStatus(key).value == "AVAILABLE"
                ? world.state.snapshots[key]?.sightings.last?.row.created.map { ($0, key) } : nil
        }
        return rows.filter { $0.0 <= time }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// What may have replaced the source's data in the course of a migration: what it held before the
    /// first step is what one goes back to, unless the destination was made of what it held before that
    /// was loaded, and is all that has it.
    func replacement(of migration: Migration) -> [Reason] {
        let step = firstStep(migration)
        guard let made = migration.destination else {
            return world.sourceReplaced(.customerWrites, migration, since: step)
        }
        let data = world.dataSince(made)
        let earlier =
            made.creation != nil && data < step
            ? world.sourceReplaced(
                .customerWrites, migration, since: data, by: [.databaseLoad]) : []
        return earlier
            + world.sourceReplaced(.customerWrites, migration, since: max(data, step))
    }

    /// The first that was done for a migration.
    func firstStep(_ migration: Migration) -> Moment {
        let taken = world.state.snapshots.keys.compactMap { key -> Moment? in
            switch world.role(key) {
            case .migration(let owner, let taken), .temporary(let owner, _, let taken):
                owner.name == migration.name ? taken.started : nil
            default: nil
            }
        }
        let made = [migration.opened, world.begun(migration), migration.temporary?.first]
        return (made.compactMap { $0 } + taken).min() ?? migration.opened
    }

    /// What an environment that is made again from a snapshot lacks.
    func addLosses(of source: Incarnation, _ migration: Migration, to way: inout WayBack) {
        if let reason = replacement(of: migration).first {
            way.isLossy = true
            way.because += "; \(reason.message)"
        }
        guard files(of: source, before: world.now).isEmpty,
            world.acknowledged(.nfs, migration, after: nil) == nil
        else { return }
        switch world.nfs(source) {
        case .known(.off, _): break
        case .known(.on, _):
            way.isLossy = true
            way.because += "; its NFS was ON and no nfs snapshot of it is AVAILABLE"
        case .unknown(let why, _, let need):
            way.because += "; \(why)"
            way.needs += [need].compactMap { $0 }
        }
    }

    /// What must be done about automatic SQL scripts before an environment is made from a snapshot.
    func disarming(_ name: String, _ way: inout WayBack) -> [Step] {
        let present = Moment(time: world.now, sequence: SequenceNumber(.max))
        switch world.scripts(at: present) {
        case .known([], _): return []
        case .known(let names, let evidence):
            let list = names.joined(separator: ", ")
            return [
                Step(
                    resource: .environment(name),
                    command: .manual("remove the automatic SQL scripts before: \(list)"),
                    because: "they run on whatever is made from a snapshot, and change its data",
                    evidence: evidence.events)
            ]
        case .unknown(_, _, let need):
            way.because += "; whether automatic SQL scripts will run on \(name) is not known"
            way.needs += [need].compactMap { $0 }
            return []
        }
    }

    /// A try at destroying a release that nothing since speaks against.
    func destruction(ofRelease name: String) -> Attempt? {
        let history = world.state.releases[name] ?? ReleaseHistory()
        guard
            let destroy = history.attempts.last(where: {
                $0.action.name == .releaseDestroy && $0.outcome != .refused
            })
        else { return nil }
        let isBuilt = history.attempts.contains {
            $0.action.name == .releaseCreate && $0.isAccepted && $0.started > destroy.settled
        }
        let isSeen = history.rows.contains {
            $0.moment > destroy.settled && $0.value.status == "AVAILABLE"
        }
        return isBuilt || isSeen && !destroy.isAccepted ? nil : destroy
    }

    /// Building a release again that may be gone, before it is loaded.
    func rebuilding(_ release: String, on name: String, _ way: inout WayBack) -> [Step] {
        guard let destroy = destruction(ofRelease: release) else { return [] }
        way.needs.append(.releases)
        return [
            Step(
                resource: .release(release),
                command: .manual("build release \(release) again from its commit"),
                because: "its destruction was \(destroy.outcomeWords), and \(name) needs it",
                evidence: destroy.evidence, completes: "release/\(release) AVAILABLE")
        ]
    }
}
