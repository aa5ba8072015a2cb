import FleetModel
package import Ledger

/// A fleet of many shops: of each ten environments one pair is in a migration up to the clean-up,
/// the others stand by; each has ten snapshots.
package struct LargeFleet {
    package private(set) var events: [Event] = []
    package private(set) var now = Platform.time(0)
    private var second = 0
    private var identifiers = SplitMix(seed: 7)

    package init(environments count: Int) {
        var environments: [EnvironmentRow] = []
        var snapshots: [SnapshotRow] = []
        for index in 0..<count {
            let created = Platform.time(-1_000_000 - index)
            environments.append(
                EnvironmentRow(environment: "shop\(index)", status: "RUNNING", created: created))
            for number in 0..<10 {
                snapshots.append(
                    SnapshotRow(
                        snapshot: "\(index)-\(number)", environment: "shop\(index)",
                        status: "AVAILABLE", size: "1GB", type: "AUTOMATED",
                        created: Platform.time(-900_000 + number)))
            }
        }
        record(.observation(.environments(Listing(rows: environments, isComplete: true))))
        record(.observation(.snapshots(.database, Listing(rows: snapshots, isComplete: true))))
        for index in stride(from: 0, to: count, by: 10) { migrate(index) }
        record(
            .observation(
                .environments(
                    Listing(
                        rows: environments
                            + stride(from: 0, to: count, by: 10).map {
                                EnvironmentRow(
                                    environment: "shop\($0)new", status: "RUNNING",
                                    created: created[$0])
                            }, isComplete: true))))
        now = Platform.time(second)
    }

    private var created: [Int: Timestamp] = [:]

    private mutating func migrate(_ index: Int) {
        let source = "shop\(index)"
        let destination = "shop\(index)new"
        let migration = "move\(index)"
        let host = "www.shop\(index).example"
        record(
            .decision(
                .migrationOpened(
                    MigrationRoles(
                        migration: migration, source: source, destination: destination,
                        method: .snapshot, hostnames: [host]))), migration)
        record(.observation(.dns(answer(host, source))))
        act(.envMaintenance(environment: source, state: .on), migration)
        second += 70
        describe(source, .on, Platform.time(-1_000_000 - index))
        let taken = Platform.time(second)
        act(.snapshotCreate(environment: source, name: "pm\(index)"), migration)
        let row = SnapshotRow(
            snapshot: "pm\(index)", environment: source, status: "AVAILABLE", type: "MANUAL",
            created: taken)
        record(.observation(.snapshots(.database, Listing(rows: [row], isComplete: false))))
        created[index] = Platform.time(second)
        act(
            .envCreate(
                EnvironmentCreation(
                    environment: destination, source: .named(source),
                    snapshot: .named("pm\(index)"))), migration)
        describe(destination, .off, created[index])
        act(.envLoad(environment: destination, release: "r1"), migration)
        act(.envActivate(environment: destination, release: "r1"), migration)
        describe(destination, .off, created[index])
        record(.decision(.testPassed(environment: destination)), migration)
        record(.decision(.go), migration)
        act(.envProtected(environment: destination, state: .on), migration)
        act(
            .dnsSwitch(
                DNSSwitch(host: host, target: destination, environment: destination, oldTTL: 5)),
            migration)
        second += 5
        record(.observation(.dns(answer(host, destination))))
    }

    private func answer(_ host: String, _ name: String) -> DNSAnswer {
        DNSAnswer(host: host, target: name, environment: name, ttl: 5)
    }

    private mutating func describe(_ name: String, _ state: Switch, _ created: Timestamp?) {
        var shown = EnvironmentDescription(environment: name, isComplete: true)
        shown.status = "RUNNING"
        shown.created = created
        shown.maintenance = state
        shown.solr = .off
        shown.releases = [.init(release: "r1", status: "ACTIVE")]
        record(.observation(.environment(shown)))
    }

    private mutating func act(_ action: Action, _ migration: String) {
        record(.action(action, .accepted, ActionReport()), migration)
    }

    private mutating func record(_ payload: EventPayload, _ migration: String? = nil) {
        let time = Platform.time(second)
        second += 1
        events.append(
            Event(
                sequence: SequenceNumber(events.count + 1), recordedTime: time, source: "fleet",
                draft: EventDraft(
                    id: EventID(time: time, using: &identifiers), payload: payload, time: time,
                    actor: Actor(id: "operator"), basis: .imported, migration: migration)))
    }
}
