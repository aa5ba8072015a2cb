import Ledger
import Projector
import Testing

/// The way back to a source that was destroyed and made again, walked to its end and past it.
@Suite struct RestoredSourceTests {
    private let host = "www.bestpants.com"
    private let d = "environment/prod2"

    /// The source destroyed and gone, with its final snapshot or without, and a daily one.
    private func destroyed(_ book: Runbook = Runbook(), final: Bool = true) -> CaseHistory {
        var history = book.snapshotMethod()
        let created = Runbook().created(history)
        history.act(.snapshotDestroy(name: "pm"))
        history.act(.envProtected(environment: "prod", state: .off))
        let asked = history.clock
        history.act(.envDestroy(environment: "prod"))
        history.wait(final ? .minutes(10) : .minutes(70))
        history.list([("prod2", "RUNNING", created)])
        history.snapshots(
            [("daily", "prod", "AVAILABLE", Runbook.daily)]
                + (final ? [("last", "prod", "AVAILABLE", asked)] : []))
        return history
    }

    private struct Walk {
        var history: CaseHistory
        var made = ""

        mutating func create(from snapshot: String) {
            made = history.clock.description
            history.act(
                .envCreate(
                    EnvironmentCreation(
                        environment: "prod", source: .named("prod2"), snapshot: .named(snapshot),
                        size: "f1-large")))
        }

        mutating func show(_ releases: [EnvironmentDescription.Load], maintenance: Switch = .off) {
            var shown = EnvironmentDescription(environment: "prod", isComplete: true)
            shown.status = "RUNNING"
            shown.created = Timestamp(made)
            shown.maintenance = maintenance
            shown.solr = .off
            shown.size = "f1-large"
            shown.releases = releases
            history.wait(.minutes(2))
            history.see(.environment(shown))
        }

        mutating func serve(maintenance: Switch = .off) {
            history.wait(.minutes(20))
            show([], maintenance: maintenance)
            history.act(.envLoad(environment: "prod", release: "r"))
            show([.init(release: "r", status: "RUNNING")], maintenance: maintenance)
            history.act(.envActivate(environment: "prod", release: "r"))
            show([.init(release: "r", status: "ACTIVE")], maintenance: maintenance)
        }

        mutating func closeDestination() {
            history.act(.envMaintenance(environment: "prod2", state: .on))
            history.wait(.seconds(90))
            history.describe("prod2", Runbook().created(history, "prod2"), maintenance: .on)
        }

        mutating func move() {
            history.act(
                .dnsSwitch(
                    DNSSwitch(
                        host: "www.bestpants.com", target: "prod", environment: "prod", ttl: 300)))
        }

        mutating func settle() {
            history.act(.configDefaultEnv(environment: "prod"))
            history.act(.envProtected(environment: "prod", state: .on))
            history.wait(.minutes(70))
            history.host("prod")
            history.decide(.migrationClosed(abandoned: true))
            history.list([
                ("prod", "RUNNING", made),
                ("prod2", "RUNNING", Runbook().created(history, "prod2")),
            ])
        }
    }

    /// The whole way back by the plan.
    private func walked(
        _ book: Runbook = Runbook(), from snapshot: String = "last", accepts: Bool = true
    ) -> Walk {
        var walk = Walk(history: destroyed(book, final: snapshot == "last"))
        walk.create(from: snapshot)
        walk.serve()
        walk.closeDestination()
        if accepts { walk.history.decide(.lossAccepted) }
        walk.move()
        walk.settle()
        return walk
    }

    private func isAwaited(_ history: CaseHistory, _ fact: String) throws {
        let (plan, next) = (try history.rollback(), try history.next())
        #expect(plan.needs.map(\.fact).contains(fact))
        #expect(next.needs.map(\.fact).contains(fact))
        #expect(next.commands.isEmpty)
    }

    @Test func `what was accepted on a new source is looked at and not ordered again`() throws {
        var walk = Walk(history: destroyed())
        let fact = "description of environment/prod"
        walk.create(from: "last")
        #expect(try walk.history.rollback().way == "restore")
        #expect(!(try walk.history.rollback().commands.contains("env.create environment/prod")))
        try isAwaited(walk.history, fact)
        walk.history.wait(.minutes(20))
        walk.show([])
        #expect(try walk.history.next().commands == ["env.load environment/prod"])
        walk.history.act(.envLoad(environment: "prod", release: "r"))
        for releases: [EnvironmentDescription.Load] in [
            [], [.init(release: "r", status: "LOADING")],
        ] {
            try isAwaited(walk.history, fact)
            #expect(!(try walk.history.rollback().commands.contains("env.load environment/prod")))
            walk.show(releases)
        }
        try isAwaited(walk.history, fact)
        walk.show([.init(release: "r", status: "RUNNING")])
        #expect(try walk.history.next().commands == ["env.activate environment/prod"])
        walk.history.act(.envActivate(environment: "prod", release: "r"))
        for _ in 0..<2 {
            try isAwaited(walk.history, fact)
            let commands = try walk.history.rollback().commands
            #expect(!commands.contains("env.activate environment/prod"))
            #expect(!commands.contains("env.load environment/prod"))
            walk.show([.init(release: "r", status: "RUNNING")])
        }
        walk.show([.init(release: "r", status: "ACTIVE")])
        #expect(try walk.history.next().commands == ["env.maintenance environment/prod2"])
    }

    @Test func `a load of which nothing came is ordered again`() throws {
        var walk = Walk(history: destroyed())
        walk.create(from: "last")
        walk.history.wait(.minutes(20))
        walk.show([])
        walk.history.act(.envLoad(environment: "prod", release: "r"))
        walk.history.wait(.minutes(30))
        walk.show([])
        #expect(try walk.history.next().commands == ["env.load environment/prod"])
    }

    @Test func `names that were sent back are looked up, and what is left stays`() throws {
        var walk = Walk(history: destroyed())
        walk.create(from: "last")
        walk.serve(maintenance: .on)
        walk.closeDestination()
        walk.history.decide(.lossAccepted)
        #expect(try walk.history.rollback().commands.first == "dns.switch dns/\(host)")
        walk.move()
        let left = [
            "env.maintenance environment/prod", "config.default-env environment/prod",
            "env.protected environment/prod",
        ]
        let asked = try walk.history.rollback()
        #expect(asked.needs.map(\.fact) == ["where \(host) points"])
        #expect(asked.commands == left)
        walk.history.wait(.minutes(2))
        walk.history.host("prod")
        let seen = try walk.history.rollback()
        #expect(seen.way == "restore")
        #expect(seen.needs.isEmpty)
        #expect(seen.commands == left)
        #expect(try walk.history.next().commands == [left[0]])
        walk.history.act(.envMaintenance(environment: "prod", state: .off))
        let told = try walk.history.rollback()
        #expect(told.commands == Array(left.dropFirst()))
        #expect(told.needs.map(\.fact) == ["description of environment/prod"])
        walk.show([.init(release: "r", status: "ACTIVE")])
        walk.history.act(.configDefaultEnv(environment: "prod"))
        walk.history.act(.envProtected(environment: "prod", state: .on))
        #expect(try walk.history.rollback().way == "nothing")
        let closing = try walk.history.next().steps.map(\.command)
        #expect(
            closing == [.ledger(["ledger-cli", "migration", "close", "plan-move", "--abandoned"])])
    }

    @Test func `a destination that was left for a new source is cleaned up`() throws {
        let history = walked().history
        #expect(try history.rollback().way == "nothing")
        #expect(try history.cleanup().verdict(d) == .safe)
        #expect(try history.next().commands.contains("env.destroy environment/prod2"))
        #expect(try history.cleanup().verdict("snapshot/database/last") == .blocked)
        #expect(try history.cleanup().verdict("environment/prod") != .safe)
    }

    @Test func `what customers wrote on a destination is given up before it goes`() throws {
        let history = walked(accepts: false).history
        #expect(try history.cleanup().rules(d) == [.customerWrites])
    }

    @Test func `a new source that does not serve keeps the destination`() throws {
        var closed = walked()
        closed.show([.init(release: "r", status: "ACTIVE")], maintenance: .on)
        #expect(try closed.history.cleanup().rules(d).contains(.sourceServing))
        var idle = walked()
        idle.show([.init(release: "r", status: "RUNNING")])
        #expect(try idle.history.cleanup().rules(d).contains(.sourceServing))
        var destroyed = walked()
        destroyed.history.act(.envDestroy(environment: "prod"), .unknown)
        #expect(try destroyed.history.cleanup().rules(d).contains(.sourceServing))
    }

    @Test func `a source made again from an older snapshot lacks what the destination may hold`()
        throws
    {
        // Customers never came to the destination, which holds the copy.
        var walk = walked(
            Runbook(destinationStaysClosed: true), from: "daily", accepts: false)
        #expect(try walk.history.cleanup().rules(d) == [.customerWrites])
        walk.history.decide(.lossAccepted)
        #expect(try walk.history.cleanup().verdict(d) == .safe)
        #expect(
            try walked(Runbook(destinationStaysClosed: true), accepts: false).history.cleanup()
                .verdict(d) == .safe)
    }

    @Test func `the last copy of a destroyed source's files is kept`() throws {
        var walk = walked(Runbook(nfs: .on))
        #expect(try walk.history.cleanup().rules(d) == [.nfsPreserved])
        walk.history.decide(.gapAcknowledged(.nfs))
        #expect(try walk.history.cleanup().verdict(d) == .safe)
    }

    @Test func `a load into a new source may have replaced what it held`() throws {
        var walk = walked()
        walk.history.act(.databaseLoad(environment: "prod", path: "other.sql"))
        #expect(try walk.history.cleanup().rules(d).contains(.customerWrites))
        walk.history.decide(.writesReconciled)
        #expect(try walk.history.cleanup().verdict(d) == .safe)
    }

    @Test func `what another migration moves to is nobody's source that came back`() throws {
        var walk = walked()
        walk.history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "back", source: "prod2", destination: "prod", method: .dump,
                    hostnames: [host])))
        #expect(try walk.history.cleanup().verdict(d) != .safe)
    }
}
