import Fleet
import FleetModel
import Ledger

/// The platform as a journal leaves it: the ground truth of the model, and the details that only
/// screens show.
struct SimulatedFleet {
    /// What screens show of an environment beside its model.
    struct Detail {
        var size = "f1-large"
        var highAvailability = true
        var certificate = "bestpants-2017"
        var whitelist = "allow-all"
        var isSolrOn = false
        var isNFSOn = false
        var previousRelease: String?
        var loaded: [String: Int] = [:]
        var updated = 0
    }

    /// An NFS snapshot; the model knows of databases only.
    struct SharedFiles {
        var environment: String
        var created: Int
        var readyAt: Int
    }

    /// The model.
    var platform = Platform()
    /// The fleet's name.
    let fleet: String
    /// The details by environment.
    var details: [String: Detail] = [:]
    /// NFS snapshots by name.
    var sharedFiles: [String: SharedFiles] = [:]
    /// Automatic SQL scripts.
    var scripts: [String] = []
    /// Releases and when each was made.
    var releases: [String: Int] = ["c341606": -20_000, "f7ac77a": -4_000_000]
    private let seed: UInt64
    private var count: UInt64 = 0

    /// The platform after a journal, at a time.
    init(_ journal: Journal, at time: Timestamp) {
        fleet = journal.beginning.fleet
        seed = journal.beginning.seed
        begin(journal.beginning)
        for (time, entry) in journal.entries {
            advance(to: time)
            apply(entry)
        }
        advance(to: time)
    }

    private mutating func begin(_ beginning: Journal.Beginning) {
        platform.hosts = [:]
        for host in beginning.hostnames {
            platform.publish(host, at: "prod", ttl: 3600)
        }
        let start = SimulatedFleet.second(beginning.start)
        platform.advance(by: max(0, start - 100_000 - platform.now))
        platform.environments["prod"]?.created = start - 20_000_000
        platform.environments["prod"]?.releases = ["c341606"]
        platform.environments["prod"]?.active = "c341606"
        platform.snapshots = [:]
        platform.advance(by: max(0, start - 50_000 - platform.now))
        for (index, age) in [136_400, 50_000].enumerated() {
            platform.place(
                "149\(3_701_200 + index * 86_400)", of: "prod", created: start - age,
                isAutomated: true)
        }
        var prod = Detail()
        prod.previousRelease = "f7ac77a"
        prod.loaded["c341606"] = start - 600_000
        prod.updated = start - 600_000
        details["prod"] = prod
        releases = ["c341606": start - 610_000, "f7ac77a": start - 4_000_000]
        advance(to: beginning.start)
    }

    /// The second of the model that holds a time.
    static func second(_ time: Timestamp) -> Int {
        let milliseconds = time.milliseconds - Platform.time(0).milliseconds
        return Int(milliseconds / 1000)
    }

    private mutating func advance(to time: Timestamp) {
        let seconds = SimulatedFleet.second(time) - platform.now
        if seconds > 0 { platform.advance(by: seconds) }
    }

    private mutating func apply(_ entry: Journal.Entry) {
        count += 1
        switch entry {
        case .fault, .faulted: break
        case .point(let host, let target, let ttl):
            platform.point(host, at: target, ttl: ttl)
        case .command(let words, let effect, let loaded):
            guard effect != .none,
                case .action(let action, _)? = try? Grammar.parse(words, inputIsTerminal: false)
            else { return }
            perform(SimulatedFleet.fed(action), effect, Set(loaded))
        }
    }

    /// What is fed to or printed by a command has no name on the platform's side; here it has one.
    static func fed(_ action: Action) -> Action {
        guard case .databaseLoad(let environment, let database, _) = action else { return action }
        return .databaseLoad(environment: environment, database: database, path: "standard input")
    }

    /// Whether the platform permits an action; the answer is its refusal.
    func refusal(of action: Action) -> String? {
        switch action {
        case .releaseDestroy(let release):
            if releases[release] == nil { return "Release '\(release)' does not exist" }
            let users = platform.environments.filter { $0.value.releases.contains(release) }
            return users.isEmpty
                ? nil : "Release '\(release)' is loaded in \(users.keys.sorted()[0])"
        case .snapshotCreate(let name, let snapshot, .nfs?, _):
            if details[name]?.isNFSOn != true {
                return "NFS is not enabled for environment \(name)"
            }
            return sharedFiles[snapshot] == nil ? nil : "Snapshot \(snapshot) already exists"
        case .snapshotDestroy(let name, .nfs?):
            return sharedFiles[name] == nil ? "Snapshot \(name) does not exist" : nil
        case .snapshotCreate(let name, _, _, let force)
        where details[name]?.highAvailability == false && !force:
            return "Environment \(name) is not highly available; use --force"
        case .envLoad(_, let release) where releases[release] == nil:
            return "Release '\(release)' does not exist"
        case .envDestroy(let name, _, _), .envDeactivate(let name), .envUnload(let name, _, _),
            .envSetting(let name, _, _), .databaseReboot(let name):
            if !platform.isLive(name) {
                return "Environment \(name) does not exist or is not ready"
            }
            let isProtected = platform.environments[name]?.isProtected == true
            switch action {
            case .envSetting, .databaseReboot: return nil
            case .envUnload(_, let release, _)
            where platform.environments[name]?.active != release: return nil
            default: return isProtected ? "Environment \(name) is protected" : nil
            }
        case .envCreate(let creation) where platform.environments[creation.environment] != nil:
            return "Environment \(creation.environment) already exists"
        default:
            return platform.permits(SimulatedFleet.fed(action))
                ? nil : "The platform cannot do that now"
        }
    }

    private mutating func perform(_ action: Action, _ effect: Journal.Effect, _ loaded: Set<Int>) {
        var dice = SplitMix(seed: seed &* 1_000_003 &+ count)
        platform.files["standard input"] = Dump(contents: loaded)
        if effect == .damaged { return platform.damage(action) }
        let now = platform.now
        switch action {
        case .envCreate(let creation):
            var detail = details[creation.source.name ?? platform.defaultEnvironment] ?? Detail()
            detail = Detail(
                size: creation.size ?? detail.size,
                highAvailability: creation.highAvailability ?? detail.highAvailability,
                certificate: creation.certificate ?? "self-signed",
                whitelist: creation.whitelist ?? detail.whitelist)
            details[creation.environment] = detail
        case .envLoad(let name, let release): details[name]?.loaded[release] = now
        case .envActivate(let name, _):
            details[name]?.previousRelease = platform.environments[name]?.active
        case .envDeactivate(let name): platform.environments[name]?.active = nil
        case .envUnload(let name, let release, _):
            platform.environments[name]?.releases.removeAll { $0 == release }
            if platform.environments[name]?.active == release {
                platform.environments[name]?.active = nil
            }
        case .envSetting(let name, "solr", let value): details[name]?.isSolrOn = value == "ON"
        case .envSetting(let name, "nfs", let value): details[name]?.isNFSOn = value == "ON"
        case .snapshotCreate(let name, let snapshot, .nfs?, _):
            sharedFiles[snapshot] = SharedFiles(
                environment: name, created: now, readyAt: now + dice.pick([30, 120, 600]))
            return
        case .snapshotDestroy(let name, .nfs?):
            sharedFiles[name] = nil
            return
        case .releaseCreate(let object, _): releases[object] = now
        case .releaseDestroy(let release): releases[release] = nil
        case .configSqlScript(.add, let script): scripts.append(script)
        case .configSqlScript(.remove, let script): scripts.removeAll { $0 == script }
        default: break
        }
        if case .environment(let name, _) = action.subject { details[name]?.updated = now }
        platform.perform(action, &dice)
    }
}
