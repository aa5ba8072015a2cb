package import Ledger

/// Something that can be looked at.
package enum Look: Sendable {
    case environments(isComplete: Bool)
    case environment(String)
    case snapshots(isComplete: Bool)
    case nfsSnapshots
    case defaultEnvironment
    case scripts
    case host(String, isCached: Bool)
    case setting(String, String)
    case releases
    case file(String)
}

extension Look {
    /// What shows an action that nobody told of.
    package static func showing(_ action: Action) -> [Look] {
        var looks: [Look] = [.environments(isComplete: true), .snapshots(isComplete: true)]
        if case .environment(let name, _) = action.subject { looks.append(.environment(name)) }
        switch action {
        case .envSetting(let name, let setting, _): looks.append(.setting(setting, name))
        case .envProtected(let name, _): looks.append(.setting("protected", name))
        case .snapshotCreate(_, _, .nfs?, _), .snapshotDestroy(_, .nfs?):
            looks.append(.nfsSnapshots)
        case .configDefaultEnv: looks.append(.defaultEnvironment)
        case .configSqlScript: looks.append(.scripts)
        case .releaseCreate, .releaseDestroy: looks.append(.releases)
        case .dnsSwitch(let change): looks.append(.host(change.host, isCached: false))
        default: break
        }
        return looks
    }
}

/// What a look shows now.
extension Platform {
    /// The instant of a second since the beginning of the history.
    package static func time(_ second: Int) -> Timestamp {
        Timestamp(milliseconds: 1_767_225_600_000 + Int64(second) * 1000)
    }

    /// What is seen; nil when the platform has nothing to say.
    package func see(_ look: Look, _ dice: inout SplitMix) -> Observation? {
        switch look {
        case .environments(let isComplete):
            let rows = environments.keys.sorted().map { name in
                EnvironmentRow(
                    environment: name, status: status(name),
                    created: Platform.time(environments[name]?.created ?? 0))
            }
            return .environments(cut(rows, isComplete, &dice))
        case .environment(let name): return environments[name].map { .environment(shown(name, $0)) }
        case .snapshots(let isComplete):
            let rows = snapshots.sorted { $0.key < $1.key }.map { name, snapshot in
                SnapshotRow(
                    snapshot: name, environment: snapshot.environment,
                    status: isAvailable(name) ? "AVAILABLE" : "CREATING", size: "100GB",
                    type: snapshot.shownType ?? (snapshot.isAutomated ? "AUTOMATED" : "MANUAL"),
                    created: Platform.time(snapshot.created))
            }
            return .snapshots(.database, cut(rows, isComplete, &dice))
        case .nfsSnapshots:
            let rows = nfsSnapshots.sorted { $0.key < $1.key }.map { name, snapshot in
                SnapshotRow(
                    snapshot: name, environment: snapshot.environment,
                    status: snapshot.readyAt <= now ? "AVAILABLE" : "CREATING", size: "10GB",
                    type: snapshot.isAutomated ? "AUTOMATED" : "MANUAL",
                    created: Platform.time(snapshot.created))
            }
            return .snapshots(.nfs, Listing(rows: rows, isComplete: true))
        case .defaultEnvironment: return .defaultEnvironment(defaultEnvironment)
        case .scripts: return .sqlScripts(Listing(rows: scripts.sorted(), isComplete: true))
        case .releases:
            let rows = releases.sorted { $0.key < $1.key }.map { name, readyAt in
                ReleaseRow(
                    release: name, status: readyAt <= now ? "AVAILABLE" : "CREATING",
                    modified: Platform.time(readyAt))
            }
            return .releases(Listing(rows: rows, isComplete: true))
        case .file(let path):
            guard let dump = files[Platform.file(path)] else { return nil }
            let contents = dump.contents
            let sum = contents.reduce(contents.count) { ($0 &+ $1 &* $1) & 0xfff_ffff }
            let digits = String(sum, radix: 16)
            return .file(
                FileEvidence(
                    path: path, role: .dump, bytes: contents.count * 100,
                    sha256: String(repeating: "0", count: 64 - digits.count) + digits,
                    hasTrailer: !dump.isDamaged, hasCarriageReturns: false))
        case .host(let host, let isCached): return answer(host, isCached, &dice)
        case .setting(let setting, let name):
            guard let environment = environments[name] else { return nil }
            var shown = EnvironmentDescription(environment: name, isComplete: false)
            if setting == "nfs" { shown.nfs = environment.isNFSOn ? .on : .off }
            if setting == "solr" { shown.solr = environment.isSolrOn ? .on : .off }
            if setting == "protected" { shown.protected = environment.isProtected ? .on : .off }
            return .environment(shown)
        }
    }

    private func cut<Row>(_ rows: [Row], _ isComplete: Bool, _ dice: inout SplitMix) -> Listing<Row>
    {
        let count = isComplete ? rows.count : Int.random(in: 0...rows.count, using: &dice)
        return Listing(rows: Array(rows.prefix(count)), isComplete: isComplete)
    }

    private func status(_ name: String) -> String {
        guard let environment = environments[name] else { return "UNKNOWN" }
        if environment.goneAt != nil { return "DESTROYING" }
        if environment.readyAt > now { return "CREATING" }
        if environment.busyUntil > now { return "LOADING" }
        return environment.activation == nil ? "RUNNING" : "UPDATING"
    }

    private func shown(_ name: String, _ environment: Environment) -> EnvironmentDescription {
        var shown = EnvironmentDescription(environment: name, isComplete: true)
        shown.status = status(name)
        shown.created = Platform.time(environment.created)
        shown.size = name == "prod" ? "f1-large" : "f1-xlarge"
        shown.highAvailability = .on
        shown.maintenance = environment.showsClosed ? .on : .off
        shown.solr = environment.isSolrOn ? .on : .off
        shown.releases = environment.releases.map { release in
            EnvironmentDescription.Load(
                release: release, status: release == environment.active ? "ACTIVE" : "RUNNING")
        }
        return shown
    }

    private func answer(_ host: String, _ isCached: Bool, _ dice: inout SplitMix) -> Observation? {
        guard let record = hosts[host] else { return nil }
        if looksFail, dice.chance(3) { return .dns(DNSAnswer(host: host, isFailed: true)) }
        if isCached {
            if let old = record.cached.filter({ $0.until > now }).randomElement(using: &dice) {
                return .dns(
                    DNSAnswer(
                        host: host, target: "www.\(old.target).shop.f.nchr.io",
                        environment: old.target, ttl: old.until - now, isCached: true))
            }
            return .dns(
                DNSAnswer(
                    host: host, target: "www.\(record.target).shop.f.nchr.io",
                    environment: record.target, ttl: Int.random(in: 0...record.ttl, using: &dice),
                    isCached: true))
        }
        return .dns(
            DNSAnswer(
                host: host, target: "www.\(record.target).shop.f.nchr.io",
                environment: record.target, ttl: record.ttl))
    }
}
