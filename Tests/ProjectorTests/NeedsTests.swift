import Ledger
import Projector
import Testing

/// The published procedure with ordinary listings only: what is missing is asked, and once it is
/// answered, however late, the plan is not empty.
@Suite struct NeedsTests {
    enum Method: CaseIterable, Sendable { case snapshot, dump, dumpOpenedAfterSwitch }

    private let names = ["prod", "prod2"]

    /// Steps as published, the wait for each shown by a list, nothing described.
    private func published(_ method: Method, lists: Bool) -> CaseHistory {
        var history = CaseHistory()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: method == .snapshot ? .snapshot : .dump,
                    hostnames: ["www.bestpants.com"])))
        if lists { history.list([("prod", "RUNNING", Runbook.prodCreated)]) }
        history.host("prod", ttl: 3600)
        if method == .snapshot {
            close(&history, ["prod"])
            let taken = history.clock
            history.act(.snapshotCreate(environment: "prod", name: "plan-migration"))
            history.wait(.minutes(5))
            if lists { history.snapshots([("plan-migration", "prod", "AVAILABLE", taken)]) }
            create(&history, from: "plan-migration", lists)
        } else {
            create(&history, from: nil, lists)
            close(&history, names)
            history.act(.databaseDump(environment: "prod", path: "a.sql"))
            history.act(.databaseLoad(environment: "prod2", path: "a.sql"))
            history.act(.envCacheFlush(environment: "prod2"))
            if method == .dump { open(&history) }
        }
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        history.act(.envProtected(environment: "prod2", state: .on))
        history.act(
            .dnsSwitch(
                DNSSwitch(host: "www.bestpants.com", target: "prod2", environment: "prod2")))
        if method == .dumpOpenedAfterSwitch { open(&history) }
        history.act(.configDefaultEnv(environment: "prod2"))
        history.wait(.minutes(70))
        return history
    }

    private func close(_ history: inout CaseHistory, _ names: [String]) {
        for name in names { history.act(.envMaintenance(environment: name, state: .on)) }
        history.wait(.seconds(70))
    }

    private func open(_ history: inout CaseHistory) {
        history.act(.envMaintenance(environment: "prod2", state: .off))
        history.wait(.seconds(70))
    }

    private func create(_ history: inout CaseHistory, from snapshot: String?, _ lists: Bool) {
        let created = history.clock
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"),
                    snapshot: snapshot.map { .named($0) } ?? .unsaid)))
        history.wait(.minutes(20))
        if lists {
            history.list([
                ("prod", "RUNNING", Runbook.prodCreated),
                ("prod2", "RUNNING", created.description),
            ])
        }
        history.act(.envLoad(environment: "prod2", release: "r"))
        history.wait(.minutes(5))
        history.act(.envActivate(environment: "prod2", release: "r"))
        history.wait(.minutes(3))
    }

    /// Answers a question as the platform would.
    private func answer(_ need: Need, _ history: inout CaseHistory) {
        let created = Runbook().created(history)
        switch need.fact {
        case "description of environment/prod":
            history.describe("prod", Runbook.prodCreated, maintenance: .on)
        case "description of environment/prod2":
            history.describe("prod2", created, maintenance: .off)
        case "list of environments":
            history.list([
                ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", created),
            ])
        case "list of database snapshots":
            let taken = history.events.first { $0.type == .action(.snapshotCreate, .accepted) }
            history.snapshots(
                taken.map { [("plan-migration", "prod", "AVAILABLE", $0.time)] } ?? [])
        case "automatic SQL scripts":
            history.see(.sqlScripts(Listing(rows: [], isComplete: true)))
        case "nfs of environment/prod":
            var shown = EnvironmentDescription(environment: "prod", isComplete: false)
            shown.nfs = .off
            history.see(.environment(shown))
        case "where www.bestpants.com points": history.host("prod2")
        case "default environment": history.see(.defaultEnvironment("prod2"))
        default: Issue.record("nobody can answer \(need.fact)")
        }
    }

    @Test(arguments: Method.allCases)
    func `what is missing is asked at once and its answers free the source`(method: Method) throws {
        var history = published(method, lists: true)
        let before = try history.cleanup()
        #expect(before.verdict("environment/prod") != .safe)
        #expect(
            Set(before.needs.map(\.fact)) == [
                "description of environment/prod", "description of environment/prod2",
                "where www.bestpants.com points", "automatic SQL scripts",
                "nfs of environment/prod",
            ])
        for need in before.needs { answer(need, &history) }
        let after = try history.cleanup()
        #expect(after.needs.isEmpty)
        #expect(after.verdict("environment/prod") == .safe, "\(after.resources)")
        #expect(after.commands.last == "env.destroy environment/prod")
    }

    @Test(arguments: Method.allCases)
    func `without any listing the questions come to an end`(method: Method) throws {
        var history = published(method, lists: false)
        for _ in 0..<4 {
            let plan = try history.cleanup()
            if plan.needs.isEmpty { break }
            for need in plan.needs { answer(need, &history) }
        }
        let plan = try history.cleanup()
        #expect(plan.verdict("environment/prod") == .safe, "\(plan.resources)")
    }

    @Test func `a file that changed between dump and load contradicts the copy`() throws {
        var history = CaseHistory()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2", method: .dump,
                    hostnames: ["www.bestpants.com"])))
        create(&history, from: nil, true)
        close(&history, names)
        history.act(.databaseDump(environment: "prod", path: "a.sql"))
        history.see(.file(FileEvidence(path: "a.sql", role: .dump, bytes: 10, sha256: "aa")))
        history.act(.databaseLoad(environment: "prod2", path: "a.sql"))
        #expect(!(try history.cleanup().rules("environment/prod")).contains(.copyVerified))
        var later = history
        later.act(.databaseDump(environment: "prod", path: "a.sql"))
        later.see(.file(FileEvidence(path: "a.sql", role: .dump, bytes: 12, sha256: "bb")))
        #expect(!(try later.cleanup().rules("environment/prod")).contains(.copyVerified))
        history.see(.file(FileEvidence(path: "a.sql", role: .dump, bytes: 12, sha256: "bb")))
        #expect(try history.cleanup().rules("environment/prod").contains(.copyVerified))
    }

    @Test func `a migration that was opened and has not begun counts on its source`() throws {
        var history = Runbook().snapshotMethod()
        #expect(try history.cleanup().verdict("environment/prod") == .safe)
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "other", source: "prod", destination: "prod9", method: .snapshot,
                    hostnames: [])))
        #expect(try history.cleanup().rules("environment/prod") == [.noSuccessor])
    }
}
