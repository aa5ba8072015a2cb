public import Ledger

extension Planner {
    /// What speaks against running an action already now; empty when nothing does.
    ///
    /// What is said here is what `plan next` calls unsafe, asked of one command: the platform would
    /// take it, and the copy, the release or the customers would be the worse for it.
    public func premature(_ action: Action) -> [String] {
        let open = migrations.filter {
            $0.isDeclared && $0.closed == nil && world.abandonment($0) == nil
        }
        switch action {
        case .snapshotCreate(let name, _, let kind, _):
            guard kind != .nfs else { return [] }
            return open.filter { takesSnapshot($0, of: name) }.flatMap { migration in
                migration.source.map { tooOpen($0) } ?? []
            }
        case .envCreate(let creation): return premature(creation, open)
        case .envLoad(let name, _):
            guard let environment = world.newest(name), environment.creation != nil,
                environment.wasSeen("RUNNING") == nil
            else { return [] }
            return ["env load before \(name) is RUNNING"]
        case .envActivate(let name, let release):
            return world.newest(name).map { unloaded(release, $0) } ?? []
        case .databaseDump(let name, _, _):
            return open.flatMap { migration -> [String] in
                guard let source = migration.source, migration.roles.method == .dump else {
                    return []
                }
                if source.name == name { return tooOpen(source) }
                guard migration.temporary?.name == name, let temporary = migration.temporary,
                    temporary.wasSeen("RUNNING") == nil
                else { return [] }
                return ["a dump before \(name) is RUNNING"]
            }
        case .databaseLoad(let name, _, let path):
            if case .due = standing(of: action) { return [] }
            return premature(loadOf: path, into: name, open)
        case .envMaintenance(let name, .off): return prematureOpening(of: name)
        case .databaseShell(let name, _):
            return open.filter { $0.source?.name == name }.map { migration in
                "a shell on \(name) may write what \(migration.roles.destination) will lack"
            }
        case .dnsSwitch(let change):
            return open.filter { change.isAt($0.roles.destination) }.flatMap(unready)
        case .configDefaultEnv(let name):
            return open.filter { $0.roles.destination == name }.compactMap { migration in
                let left = world.hostnames(migration).filter { host in
                    migration.destination.map {
                        world.leading(host, to: $0, of: migration).isEmpty
                    } ?? true
                }
                return left.first.map { "the default environment before \($0) is switched" }
            }
        case .envDestroy(let name, _, noConfirm: true):
            return open.contains { $0.roles.source == name }
                ? ["--no-confirm on a source: the platform will not ask which one is meant"] : []
        default: return []
        }
    }

    /// True while a snapshot of an environment would be what a migration copies.
    private func takesSnapshot(_ migration: Migration, of name: String) -> Bool {
        guard migration.source?.name == name else { return false }
        guard migration.roles.method == .snapshot else { return migration.roles.temporary != nil }
        return migration.destination.map { world.existence($0).isGone } ?? true
    }

    /// Why a copy of an environment would miss writes.
    private func tooOpen(_ environment: Incarnation) -> [String] {
        guard let due = closingDue(environment, phase: "close") else { return [] }
        return due.unsafe.isEmpty
            ? ["a copy while \(environment.name) is not in maintenance"] : due.unsafe
    }

    private func premature(_ creation: EnvironmentCreation, _ open: [Migration]) -> [String] {
        if case .named(let name) = creation.snapshot {
            let key = SnapshotKey(kind: .database, name: name)
            return world.snapshotStatus(key).value == "AVAILABLE"
                ? [] : ["env create before \(name) is AVAILABLE"]
        }
        let isDestination = open.contains {
            $0.roles.destination == creation.environment && $0.roles.method == .snapshot
        }
        return isDestination
            ? ["env create without --snapshot: the latest snapshot may be yesterday's"] : []
    }

    private func unloaded(_ release: String, _ environment: Incarnation) -> [String] {
        let load = environment.attempts(.envLoad).last { $0.loadedRelease == release }
        let looks = environment.sightings.filter { sighting in
            sighting.shown.releases != nil && (load.map { sighting.moment > $0.settled } ?? true)
        }
        guard load != nil || !looks.isEmpty else { return [] }
        let isRunning =
            looks.last?.shown.releases?.contains {
                $0.release == release && ($0.status == "RUNNING" || $0.status == "ACTIVE")
            } ?? false
        return isRunning ? [] : ["env activate before \(release) is RUNNING on \(environment.name)"]
    }

    private func premature(
        loadOf path: String?, into name: String, _ open: [Migration]
    ) -> [String] {
        open.flatMap { migration -> [String] in
            if migration.source?.name == name {
                return ["a load into \(name), the source of \(migration.name)"]
            }
            guard migration.roles.method == .dump, let destination = migration.destination,
                destination.name == name
            else { return [] }
            var against: [String] = []
            if let due = closingDue(destination, phase: "close") {
                against +=
                    due.unsafe.isEmpty
                    ? ["a load while \(name) is not in maintenance"]
                    : due.unsafe.map { $0.replacing("a copy", with: "a load") }
            }
            guard let path else {
                return against + ["a load from no file: no dump can be shown to be what was loaded"]
            }
            let isDumped = world.state.dumps(to: path).contains { $0.isAccepted }
            return against + (isDumped ? [] : ["a load before a dump to \(path) was accepted"])
        }
    }

    /// Why a source should not be opened yet: customers would write to both ends, or meet half of what
    /// there was.
    private func prematureOpening(of name: String) -> [String] {
        let concerned = migrations.filter {
            $0.isDeclared && $0.roles.source == name
                && ($0.closed == nil || world.abandonment($0) != nil)
        }
        return concerned.flatMap { migration -> [String] in
            guard let source = world.restored(migration) ?? migration.source else { return [] }
            var against: [String] = []
            let since = source.first == migration.source?.first ? nil : source.first
            let data =
                since.map { world.sourceData(source, migration, since: $0) }
                ?? sourceData(source, migration)
            if case .broken(_, let why) = data {
                against.append("opening \(name), which is not known to be whole: \(why)")
            }
            guard let destination = world.newest(migration.roles.destination),
                world.existence(destination).mayTakeWrites, !world.isClosedNow(destination),
                mayHaveCustomers(migration)
            else { return against }
            return against + [
                "opening \(name) before \(destination.name) is effectively in maintenance: customers would write to both"
            ]
        }
    }

    /// True when customers may be at the destination, or have been.
    private func mayHaveCustomers(_ migration: Migration) -> Bool {
        guard world.exposure(migration).isNone else { return true }
        let name = migration.roles.destination
        return !lingering(migration).isEmpty
            || world.hostnames(migration).contains { world.isLed($0, to: name) }
    }

    /// Why customers should not be sent to a destination yet.
    private func unready(_ migration: Migration) -> [String] {
        guard let destination = migration.destination else {
            return ["the DNS switch before \(migration.roles.destination) is there"]
        }
        let reasons =
            world.decisionMade(migration, destination) + world.destinationProtected(destination)
            + world.destinationServing(destination) + world.copyQuiesced(migration)
            + world.copyVerified(migration) + world.sourceWrites(migration)
        return reasons.map { "the DNS switch: \($0.message)" }
    }
}
