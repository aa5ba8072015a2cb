import Ledger

/// What is really so: the platform, DNS and every accepted customer write, unseen by the ledger.
///
/// Times are seconds. A customer write is a number; an environment, a snapshot or a dump holds a
/// set of them. Whoever can be sent to an environment that is open writes there at every moment.
package struct Platform {
    package struct Environment {
        package var created: Int
        package var readyAt: Int
        package var goneAt: Int?
        package var contents: Set<Int> = []
        package var releases: [String] = []
        package var active: String?
        package var activation: (release: String, at: Int)?
        package var busyUntil = 0
        package var isClosed = false
        package var showsClosed = false
        package var gate: [(at: Int, close: Bool)] = []
        package var display: [(at: Int, close: Bool)] = []
        package var isProtected = false
        package var seed: SnapshotKeyName?
        package var isNFSOn = false
        /// The files that customers sent, kept on NFS.
        package var uploads: Set<Int> = []
        /// True while there is a Solr core, which no copy takes along.
        package var isSolrOn = false
    }
    package struct Snapshot {
        package var environment: String
        package var created: Int
        package var readyAt: Int
        package var contents: Set<Int>
        /// The daily one, which nobody here made and which may go at any time.
        package var isAutomated = false
        /// What the list says of the type; nil for the truth.
        package var shownType: String?
    }
    /// A span in which a resource must not be destroyed.
    package struct Hold {
        package var resource: String
        package var until: Int?

        package init(resource: String, until: Int?) {
            self.resource = resource
            self.until = until
        }
    }
    package struct Host {
        package var target: String
        package var ttl: Int
        package var cached: [(target: String, until: Int)] = []
    }
    package typealias SnapshotKeyName = String

    package var now = 0
    package var environments: [String: Environment] = [:]
    package var snapshots: [String: Snapshot] = [:]
    /// The dumps, by `Platform.file`.
    package var files: [String: Dump] = [:]
    /// True when the shops keep their writes in two databases.
    package var hasDatabases = false
    package var hosts: [String: Host] = [:]
    package var defaultEnvironment = "prod"
    package var waived: Set<Int> = []
    /// The uploads that may be lost.
    package var waivedUploads: Set<Int> = []
    /// The environments whose Solr core may be lost.
    package var waivedCores: Set<String> = []
    /// The environments over which a dump was loaded, whole or in part.
    package var replaced: Set<String> = []
    package var holds: [Hold] = []
    /// Snapshots of shared files, by name; a name may be taken by one of each kind.
    package var nfsSnapshots: [String: Snapshot] = [:]
    /// The scripts that run on every clone.
    package var scripts: Set<String> = []
    /// The releases that were built, and when each is there.
    package var releases: [String: Int] = ["r1": -9_000_000]
    /// Every write that a script took out of a clone.
    package var spoiled: Set<Int> = []
    /// The environment that took each write, the first write first.
    package private(set) var takenBy: [String] = []
    /// True when a look-up may give no answer.
    package var looksFail = false
    private var lastUpload = 0

    /// A shop on `prod` with an automated snapshot of yesterday.
    package init() {
        var prod = Environment(created: -9_000_000, readyAt: -8_000_000)
        prod.releases = ["r1"]
        prod.active = "r1"
        prod.isProtected = true
        environments["prod"] = prod
        for host in Platform.hostnames { hosts[host] = Host(target: "prod", ttl: 3600) }
        advance(by: 10)
        snapshots["1421200800"] = Snapshot(
            environment: "prod", created: -50_000, readyAt: -49_000,
            contents: environments["prod"]?.contents ?? [], isAutomated: true)
        advance(by: 10)
    }

    package static let hostnames = ["www.shop.example", "shop.example"]
    /// The hostname of the other shop.
    package static let siteHost = "www.site.example"

    /// Another shop of the same fleet, on `site`.
    package mutating func openSite() {
        var site = Environment(created: -5_000_000, readyAt: -4_000_000)
        site.releases = ["r1"]
        site.active = "r1"
        environments["site"] = site
        hosts[Platform.siteHost] = Host(target: "site", ttl: 300)
    }

    /// The environments that someone can be sent to when asking for a host now.
    package func reachable(_ host: String) -> Set<String> {
        guard let record = hosts[host] else { return [] }
        return Set(record.cached.filter { $0.until > now }.map(\.target)).union([record.target])
    }

    package func serves(_ name: String) -> Bool {
        hosts.keys.contains { reachable($0).contains(name) }
    }

    package func isOpen(_ name: String) -> Bool {
        guard let environment = environments[name] else { return false }
        return environment.readyAt <= now && environment.goneAt == nil
            && environment.active != nil && !environment.isClosed
    }

    package func isLive(_ name: String) -> Bool {
        environments[name].map { $0.readyAt <= now && $0.goneAt == nil } ?? false
    }

    /// True while somebody said that a resource must not be destroyed.
    package func isHeld(_ resource: String) -> Bool {
        holds.contains { $0.resource == resource && $0.until.map { $0 > now } ?? true }
    }

    package func isAvailable(_ name: String) -> Bool {
        snapshots[name].map { $0.readyAt <= now } ?? false
    }

    /// The newest snapshot that a destruction left behind.
    package var newestFinalSnapshot: String? {
        snapshots.filter { $0.key.contains("-final-") }
            .max { ($0.value.created, $0.key) < ($1.value.created, $1.key) }?.key
    }

    package mutating func advance(by seconds: Int) {
        let end = now + seconds
        while now < end {
            for name in Set(hosts.keys.flatMap(reachable)).sorted() where isOpen(name) {
                takenBy.append(name)
                environments[name]?.contents.insert(takenBy.count)
                guard environments[name]?.isNFSOn == true else { continue }
                lastUpload += 1
                environments[name]?.uploads.insert(lastUpload)
            }
            now = min(end, nextChange() ?? end)
            settle()
        }
    }

    private func nextChange() -> Int? {
        var times = hosts.values.flatMap { $0.cached.map(\.until) }
        for environment in environments.values {
            times += environment.gate.map(\.at) + environment.display.map(\.at)
            times += [environment.readyAt, environment.goneAt, environment.activation?.at]
                .compactMap { $0 }
        }
        return times.filter { $0 > now }.min()
    }

    private mutating func settle() {
        for (name, old) in environments {
            var environment = old
            while let change = environment.gate.first, change.at <= now {
                environment.isClosed = change.close
                environment.gate.removeFirst()
            }
            while let change = environment.display.first, change.at <= now {
                environment.showsClosed = change.close
                environment.display.removeFirst()
            }
            if let activation = environment.activation, activation.at <= now {
                environment.active = activation.release
                environment.activation = nil
            }
            let isGone = environment.goneAt.map { $0 <= now } ?? false
            environments[name] = isGone ? nil : environment
        }
        for (name, host) in hosts {
            hosts[name]?.cached = host.cached.filter { $0.until > now }
        }
    }

    /// Answers keep their old value as long as its time to live says.
    package mutating func point(_ host: String, at target: String? = nil, ttl: Int? = nil) {
        guard var record = hosts[host] else { return }
        record.cached.append((record.target, now + record.ttl))
        record.target = target ?? record.target
        record.ttl = ttl ?? record.ttl
        hosts[host] = record
    }

    /// Every write that any environment or snapshot ever got to hold and still has.
    package var everyWrite: Set<Int> {
        var writes = environments.values.reduce(into: Set<Int>()) { $0.formUnion($1.contents) }
        for snapshot in snapshots.values { writes.formUnion(snapshot.contents) }
        return writes
    }

    /// Where every write is that is not only where it would be destroyed.
    package func copies(besidesEnvironment: String? = nil, besidesSnapshot: String? = nil) -> Set<
        Int
    > {
        var found: Set<Int> = []
        for (name, environment) in environments where name != besidesEnvironment && isLive(name) {
            found.formUnion(environment.contents)
        }
        for (name, snapshot) in snapshots
        where name != besidesSnapshot && isAvailable(name) && !snapshot.isAutomated {
            found.formUnion(snapshot.contents)
        }
        return found
    }

    /// Where every upload is that is not only where it would be destroyed.
    package func uploads(besidesEnvironment: String? = nil, besidesSnapshot: String? = nil) -> Set<
        Int
    > {
        var found: Set<Int> = []
        for (name, environment) in environments where name != besidesEnvironment && isLive(name) {
            found.formUnion(environment.uploads)
        }
        for (name, snapshot) in nfsSnapshots
        where name != besidesSnapshot && snapshot.readyAt <= now && !snapshot.isAutomated {
            found.formUnion(snapshot.contents)
        }
        return found
    }

    /// The daily snapshots of every environment that is there.
    package mutating func backUp() {
        for name in environments.keys.sorted() where isLive(name) {
            snapshots["\(1_767_000_000 + now)\(name)"] = Snapshot(
                environment: name, created: now, readyAt: now + 300,
                contents: environments[name]?.contents ?? [], isAutomated: true)
        }
    }
}
