import FleetModel
import FleetProof
import Ledger
import Projector
import Testing

/// Histories that once made an unsafe plan, as the shrinker left them.
@Suite struct StrayHistoryTests {
    static let opening: [Deed] = [
        .decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "move", source: "prod", destination: "prod2", method: .snapshot,
                    temporary: "tmp", hostnames: Platform.hostnames))),
        .look(.environment("prod")),
    ]

    func creation(_ name: String, from snapshot: String? = nil, of source: String? = "prod")
        -> Deed
    {
        .act(
            .envCreate(
                EnvironmentCreation(
                    environment: name, source: source.map { .named($0) } ?? .unsaid,
                    snapshot: snapshot.map { .named($0) } ?? .unsaid)))
    }

    func point(_ host: Int, at name: String, ttl: Int? = nil) -> Deed {
        .act(
            .dnsSwitch(
                DNSSwitch(
                    host: Platform.hostnames[host], target: name, environment: name, ttl: ttl)))
    }

    func history(_ deeds: [Deed]) throws -> History {
        var dice = SplitMix(seed: 1)
        var history = History()
        for deed in StrayHistoryTests.opening + deeds {
            try history.play(Move(deed: deed, dice: dice.next()))
        }
        return history
    }

    @Test func `an environment made from the default source may be using any snapshot`() throws {
        let history = try history([
            .act(.snapshotCreate(environment: "prod", name: "pm")), .wait(610),
            .decide(.migrationClosed(abandoned: true)), creation("tmp", of: nil),
            .look(.snapshots(isComplete: true)),
        ])
        #expect(try Proof(history).violations.isEmpty)
        let verdict = try history.planner().check(.snapshot(.database, "pm"))
        #expect(verdict.reasons.contains { $0.rule == .snapshotInUse })
    }

    @Test func `a hostname at an environment made after the migration closed is no clean way back`()
        throws
    {
        let history = try history([
            .decide(.migrationClosed(abandoned: false)), creation("prod2"), .wait(1510),
            .act(.envLoad(environment: "prod2", release: "r1")), .wait(210),
            .act(.envActivate(environment: "prod2", release: "r1")), .wait(210),
            point(1, at: "prod2"), .wait(5),
        ])
        #expect(try Proof(history).violations.isEmpty)
        let plan = try history.planner().rollback(migration: "move")
        #expect(plan.extra["verdict"] == .string("unknown"))
    }

    @Test func `a temporary environment serves until its hostname has drained`() throws {
        let history = try history([
            .act(.snapshotCreate(environment: "prod", name: "ts")), .wait(610),
            creation("tmp", from: "ts"), .wait(1510), .look(.environment("tmp")),
            .act(.databaseDump(environment: "tmp", path: "a.sql")),
            point(0, at: "tmp", ttl: 7200), point(0, at: "prod2"), .look(.defaultEnvironment),
        ])
        #expect(try Proof(history).violations.isEmpty)
        let verdict = try history.planner().check(.environment("tmp"))
        #expect(verdict.reasons.contains { $0.rule == .tempRole })
    }

    @Test func `a destination may hold the last copy once the source was loaded over`() throws {
        let history = try history(
            [
                creation("prod2"), .wait(1510), .look(.environment("prod2")),
                .act(.databaseDump(environment: "prod", path: "a.sql")), .wait(300),
                .act(.databaseDump(environment: "prod", path: "b.sql")), .wait(5),
                .act(.databaseLoad(environment: "prod", path: "a.sql")), .wait(5),
                .act(.databaseLoad(environment: "prod2", path: "b.sql")), .wait(5),
                .decide(.testFailed(environment: "prod2")),
            ] + Operator().everything)
        #expect(try Proof(history).violations.isEmpty)
        let verdict = try history.planner().check(.environment("prod2"))
        #expect(verdict.reasons.contains { $0.rule == .customerWrites })
    }

    @Test func `a cached answer does not undo a switch`() throws {
        let history = try history([
            point(1, at: "prod2", ttl: 60), .look(.host(Platform.hostnames[0], isCached: false)),
            creation("prod2"), .look(.host(Platform.hostnames[1], isCached: true)), .wait(1510),
            .look(.environment("prod2")), .look(.environment("prod")),
        ])
        #expect(try Proof(history).violations.isEmpty)
        let plan = try history.planner().rollback(migration: "move")
        #expect(!plan.steps.contains { $0.command == .action(.envDestroy(environment: "prod2")) })
    }

    @Test func `a description that shows ON while an OFF spreads closes nothing`() throws {
        let history = try history([
            .look(.host(Platform.hostnames[0], isCached: false)),
            .look(.host(Platform.hostnames[1], isCached: false)), creation("prod2"), .wait(1510),
            .act(.envLoad(environment: "prod2", release: "r1")), .wait(210),
            .act(.envActivate(environment: "prod2", release: "r1")), .wait(210),
            .act(.envMaintenance(environment: "prod2", state: .on)), .wait(125),
            .act(.envMaintenance(environment: "prod2", state: .off)),
            .look(.environment("prod2")), .wait(90), point(0, at: "prod2"), .wait(5),
            .act(.envMaintenance(environment: "prod2", state: .on)), .wait(3700),
            .look(.environment("prod2")),
        ])
        #expect(try Proof(history).violations.isEmpty)
        let plan = try history.planner().rollback(migration: "move")
        #expect(plan.extra["verdict"] == .string("lossy"))
    }

    @Test func `a record that is switched without a time to live keeps the old one`() throws {
        let history = try history(
            [
                .act(.snapshotCreate(environment: "prod", name: "pm")), .wait(610),
                creation("prod2", from: "pm"), .wait(1510), point(1, at: "prod", ttl: 7200),
                point(1, at: "prod2"), .timeToLive(Platform.hostnames[1], 60),
                point(1, at: "prod"), .wait(3700), .decide(.noGo),
            ] + Operator().everything)
        #expect(try Proof(history).violations.isEmpty)
        let verdict = try history.planner().check(.environment("prod2"))
        #expect(verdict.reasons.contains { $0.rule == .trafficOffDestination })
    }

    @Test func `the source is not opened while old answers lead to an open destination`() throws {
        let history = try history([
            creation("prod2"), .wait(1510), .act(.envLoad(environment: "prod2", release: "r1")),
            .wait(210), .act(.envActivate(environment: "prod2", release: "r1")), .wait(210),
            .act(.envMaintenance(environment: "prod", state: .on)), .wait(125),
            point(1, at: "prod2"), .wait(3700), point(1, at: "prod", ttl: 60),
            .look(.environment("prod")), .look(.host(Platform.hostnames[0], isCached: false)),
            .look(.host(Platform.hostnames[1], isCached: false)),
        ])
        #expect(try Proof(history).violations.isEmpty)
        let steps = try history.planner().rollback(migration: "move").steps
        let closing = steps.firstIndex {
            $0.command == .action(.envMaintenance(environment: "prod2", state: .on))
        }
        let opening = steps.firstIndex {
            $0.command == .action(.envMaintenance(environment: "prod", state: .off))
        }
        #expect(closing != nil && opening != nil)
        #expect(closing ?? 0 < opening ?? 0)
    }

    @Test func `an environment made after the migration closed is closed before the source opens`()
        throws
    {
        let history = try history([
            .decide(.migrationClosed(abandoned: true)), creation("prod2"), .wait(1510),
            .act(.envLoad(environment: "prod2", release: "r1")), .wait(210),
            .act(.envActivate(environment: "prod2", release: "r1")), .wait(210),
            .act(.envMaintenance(environment: "prod", state: .on)), .wait(125),
            point(1, at: "prod2"), .look(.environment("prod")),
        ])
        #expect(try Proof(history).violations.isEmpty)
    }

    @Test func `a destination is not destroyed on the way back while old answers lead to it`()
        throws
    {
        let history = try history([
            creation("prod2"), .wait(1510), .look(.environment("prod2")),
            .look(.host(Platform.hostnames[1], isCached: false)), point(1, at: "prod2"),
            .wait(60), point(1, at: "prod"), .look(.environment("prod")),
            .look(.environment("prod2")), .look(.host(Platform.hostnames[0], isCached: false)),
            .look(.host(Platform.hostnames[1], isCached: false)),
        ])
        #expect(try Proof(history).violations.isEmpty)
    }

    @Test func `a held migration holds its destination in the next migration too`() throws {
        let again = Operator(.again)
        var dice = SplitMix(seed: 1)
        var history = History()
        let deeds = Operator().book(.snapshot) + again.book(.snapshot)
        for deed in deeds { try history.play(Move(deed: deed, dice: dice.next())) }
        let free = try history.planner().check(.environment("prod2"))
        #expect(free.verdict == .safe)
        let hold = Deed.decide(.holdPlaced(.migration("move"), until: nil))
        try history.play(Move(deed: hold, dice: 1))
        #expect(try Proof(history).violations.isEmpty)
        let verdict = try history.planner().check(.environment("prod2"))
        #expect(verdict.reasons.map(\.rule) == [.held])
    }

    @Test func `an environment seen in the second of its creation is that creation's`() throws {
        let history = try history([
            .actUntold(
                .envCreate(EnvironmentCreation(environment: "prod2", source: .named("prod")))),
            .look(.environment("prod2")), .tell, .wait(1510), .look(.environment("prod2")),
        ])
        let planner = try history.planner()
        #expect(planner.world.incarnations["prod2"]?.count == 1)
        #expect(planner.world.incarnations["prod2"]?.first?.creation != nil)
    }

    @Test func `a stranger with the destination's name is closed before the source opens`() throws {
        let history = try history([
            .decide(.migrationClosed(abandoned: true)),
            .act(.envMaintenance(environment: "prod", state: .on)),
            .act(.snapshotCreate(environment: "prod", name: "pm")), .wait(610),
            creation("prod2", from: "pm"), .wait(1510),
            .act(.envLoad(environment: "prod2", release: "r1")), .wait(210),
            .act(.envActivate(environment: "prod2", release: "r1")), .wait(210),
            point(1, at: "prod2"), .wait(3700), point(1, at: "prod", ttl: 60),
            .look(.environment("prod")), .look(.host(Platform.hostnames[1], isCached: false)),
        ])
        #expect(try Proof(history).violations.isEmpty)
    }

    @Test func `a daily snapshot of the moment of destruction is not taken for the final one`()
        throws
    {
        let history = try history(
            [
                .act(.envMaintenance(environment: "prod", state: .on)), .wait(125),
                .act(.snapshotCreate(environment: "prod", name: "pm")), .wait(610),
                creation("prod2", from: "pm"), .wait(1510), .look(.environment("prod2")),
                .act(.envMaintenance(environment: "prod", state: .off)), .wait(125), .backUp,
                .act(.envDestroy(environment: "prod2")), .wait(1300),
            ] + Operator().everything)
        #expect(try Proof(history).violations.isEmpty)
    }

    @Test func `a switch away says nothing once the name was pointed there again`() throws {
        let host = Platform.hostnames[0]
        let history = try history([
            .act(.snapshotCreate(environment: "prod", name: "ts")), .wait(610),
            creation("tmp", from: "ts"), .wait(1510), .look(.environment("tmp")),
            .act(.databaseDump(environment: "tmp", path: "a.sql")), point(0, at: "tmp"),
            .wait(60), point(0, at: "prod2"), .wait(60), point(0, at: "tmp"), .wait(3700),
            .actUntold(.dnsSwitch(DNSSwitch(host: host, target: "prod", environment: "prod"))),
            .look(.host(host, isCached: false)), .look(.defaultEnvironment),
        ])
        let verdict = try history.planner().check(.environment("tmp"))
        #expect(verdict.reasons.contains { $0.rule == .tempRole })
    }
}
