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
    }
    package struct Snapshot {
        package var environment: String
        package var created: Int
        package var readyAt: Int
        package var contents: Set<Int>
        package var isAutomated = false
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
    package var files: [String: Set<Int>] = [:]
    package var hosts: [String: Host] = [:]
    package var defaultEnvironment = "prod"
    package var waived: Set<Int> = []
    /// True once a dump was loaded over the source, whole or in part.
    package var isSourceReplaced = false
    package var holds: Set<String> = []
    /// True when a look-up may give no answer.
    package var looksFail = false
    private var lastWrite = 0

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

    package func isAvailable(_ name: String) -> Bool {
        snapshots[name].map { $0.readyAt <= now } ?? false
    }

    package mutating func advance(by seconds: Int) {
        let end = now + seconds
        while now < end {
            for name in Set(hosts.keys.flatMap(reachable)).sorted() where isOpen(name) {
                lastWrite += 1
                environments[name]?.contents.insert(lastWrite)
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
}
