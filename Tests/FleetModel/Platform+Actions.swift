package import Ledger

/// What actions really do, when they do anything.
extension Platform {
    /// False when the platform refuses.
    package func permits(_ action: Action) -> Bool {
        switch action {
        case .envCreate(let creation):
            guard environments[creation.environment] == nil else { return false }
            if let name = creation.nfsSnapshot.name,
                nfsSnapshots[name].map({ $0.readyAt > now }) ?? true
            {
                return false
            }
            if let name = creation.snapshot.name { return isAvailable(name) }
            return isLive(creation.source.name ?? defaultEnvironment)
        case .envDestroy(let name, _, _):
            return isLive(name) && environments[name]?.isProtected == false
        case .envLoad(let name, _): return isLive(name)
        case .envActivate(let name, let release):
            guard let environment = environments[name] else { return false }
            return isLive(name) && environment.releases.contains(release)
                && environment.busyUntil <= now
        case .envMaintenance(let name, _), .envProtected(let name, _), .envCacheFlush(let name),
            .configDefaultEnv(let name), .databaseShell(let name, _),
            .databaseDump(let name, _, _):
            return isLive(name)
        case .databaseLoad(let name, _, let path):
            return isLive(name) && files[Platform.file(path ?? "")] != nil
        case .snapshotCreate(let name, let snapshot, .nfs?, _):
            return isLive(name) && environments[name]?.isNFSOn == true
                && nfsSnapshots[snapshot] == nil
        case .snapshotCreate(let name, let snapshot, _, _):
            return isLive(name) && snapshots[snapshot] == nil
        case .snapshotDestroy(let name, .nfs?): return nfsSnapshots[name] != nil
        case .envDeactivate(let name):
            return isLive(name) && environments[name]?.isProtected == false
        case .envUnload(let name, let release, _):
            return isLive(name) && environments[name]?.releases.contains(release) == true
                && (environments[name]?.isProtected == false
                    || environments[name]?.active != release)
        case .envSetting(let name, _, _): return isLive(name)
        case .releaseCreate(let release, _): return releases[release] == nil
        case .releaseDestroy(let release):
            return releases[release] != nil
                && !environments.values.contains { $0.releases.contains(release) }
        case .configSqlScript(let change, let script):
            return scripts.contains(script) == (change == .remove)
        case .snapshotDestroy(let name, _): return snapshots[name] != nil
        default: return true
        }
    }

    /// Does it, in full; `dice` decides how long it takes.
    package mutating func perform(_ action: Action, _ dice: inout SplitMix) {
        switch action {
        case .envCreate(let creation): create(creation, &dice)
        case .envDestroy(let name, _, _):
            environments[name]?.goneAt = now + dice.pick([30, 300, 1200])
            let final = "\(name)-final-\(now)"
            snapshots[final] = Snapshot(
                environment: name, created: now, readyAt: now + dice.pick([60, 600]),
                contents: environments[name]?.contents ?? [],
                shownType: dice.pick(["MANUAL", "AUTOMATED"]))
        case .envLoad(let name, let release):
            environments[name]?.releases.append(release)
            environments[name]?.busyUntil = now + dice.pick([5, 60, 200])
        case .envActivate(let name, let release):
            environments[name]?.activation = (release, now + dice.pick([1, 60, 200]))
        case .envMaintenance(let name, let state):
            guard var environment = environments[name] else { return }
            let at = max(environment.gate.last?.at ?? 0, now + dice.pick([1, 30, 60]))
            environment.gate.append((at, state == .on))
            let shown = max(environment.display.last?.at ?? 0, now + dice.pick([1, 20, 60]))
            environment.display.append((shown, state == .on))
            environments[name] = environment
        case .envProtected(let name, let state): environments[name]?.isProtected = state == .on
        case .configDefaultEnv(let name): defaultEnvironment = name
        case .envDeactivate(let name): environments[name]?.active = nil
        case .envUnload(let name, let release, _):
            environments[name]?.releases.removeAll { $0 == release }
            if environments[name]?.active == release { environments[name]?.active = nil }
        case .envSetting(let name, let setting, let value): set(setting, value, on: name)
        case .configSqlScript(.add, let script): scripts.insert(script)
        case .configSqlScript(.remove, let script): scripts.remove(script)
        case .releaseCreate(let release, _): releases[release] = now + dice.pick([60, 300])
        case .releaseDestroy(let release): releases[release] = nil
        case .snapshotCreate(let name, let snapshot, .nfs?, _):
            nfsSnapshots[snapshot] = Snapshot(
                environment: name, created: now, readyAt: now + dice.pick([30, 120, 600]),
                contents: environments[name]?.uploads ?? [])
        case .snapshotDestroy(let name, .nfs?): nfsSnapshots[name] = nil
        case .snapshotCreate(let name, let snapshot, _, _):
            snapshots[snapshot] = Snapshot(
                environment: name, created: now, readyAt: now + dice.pick([30, 120, 600]),
                contents: environments[name]?.contents ?? [])
        case .snapshotDestroy(let name, _): snapshots[name] = nil
        case .databaseDump(let name, let database, let path?):
            files[Platform.file(path)] = dump(of: name, database: database)
        case .databaseLoad(let name, let database, let path?):
            load(path, into: name, database: database)
        case .dnsSwitch(let change):
            point(change.host, at: change.environment, ttl: change.ttl)
        default: break
        }
    }

    /// A dump or a load that was cut short leaves a part behind.
    package mutating func damage(_ action: Action) {
        switch action {
        case .databaseDump(let name, let database, let path?):
            files[Platform.file(path)] = dump(of: name, database: database)
            spoil(path)
        case .databaseLoad(let name, let database, let path?):
            load(path, into: name, database: database) { $0 % 3 == 0 }
        default: break
        }
    }

    /// A dump that was accepted and is not what it should be: cut short on its way.
    package mutating func spoil(_ path: String) {
        guard var dump = files[Platform.file(path)] else { return }
        dump.contents = dump.contents.filter { $0 % 2 == 0 }
        dump.isDamaged = true
        files[Platform.file(path)] = dump
    }

    private mutating func set(_ setting: String, _ value: String, on name: String) {
        switch setting {
        case "nfs":
            environments[name]?.isNFSOn = value == "ON"
            // Turning it off destroys the instance.
            if value != "ON" { environments[name]?.uploads = [] }
        case "solr":
            environments[name]?.isSolrOn = value == "ON"
            if value == "ON" { waivedCores.remove(name) }
        default: break
        }
    }

    private mutating func create(_ creation: EnvironmentCreation, _ dice: inout SplitMix) {
        var seed = creation.snapshot.name
        let source = creation.source.name ?? defaultEnvironment
        if seed == nil {
            seed =
                snapshots.filter { $0.value.environment == source && isAvailable($0.key) }
                .max { ($0.value.created, $0.key) < ($1.value.created, $1.key) }?.key
        }
        var environment = Environment(created: now, readyAt: now + dice.pick([60, 600, 1500]))
        environment.contents = seed.flatMap { snapshots[$0]?.contents } ?? []
        environment.seed = seed
        replaced.remove(creation.environment)
        if !scripts.isEmpty, seed != nil {
            // Scripts take out what identifies customers: the clone is no copy of their writes.
            spoiled.formUnion(environment.contents)
            environment.contents = []
        }
        if let name = creation.nfsSnapshot.name {
            environment.isNFSOn = true
            environment.uploads = nfsSnapshots[name]?.contents ?? []
        }
        environment.isProtected = creation.isProtected
        // Whether a clone starts in maintenance is not documented.
        environment.isClosed = dice.chance(20)
        environment.showsClosed = environment.isClosed
        environments[creation.environment] = environment
    }
}
