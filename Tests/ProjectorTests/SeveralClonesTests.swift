import Ledger
import Projector
import Testing

/// Clones of the source beside the one that its data goes through, and others that are being made.
@Suite struct SeveralClonesTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"
    private let prod = ("prod", "RUNNING", Runbook.prodCreated)

    /// The dump method up to a clone of the closed source by the name of `clone`, seen RUNNING.
    private func cloned(
        _ names: [String], isDeclared: Bool = false,
        scripts: (inout CaseHistory) -> Void = { _ in }
    ) throws -> CaseHistory {
        var history = try DumpRunbook(isTemporaryDeclared: isDeclared).activated()
        let destination = ("prod2", "RUNNING", Runbook().created(history))
        try DumpRunbook().close(&history)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "ts"))
        history.wait(.minutes(5))
        history.snapshots([("ts", "prod", "AVAILABLE", taken)])
        scripts(&history)
        var rows = [prod, destination]
        for name in names {
            rows.append((name, "RUNNING", history.clock.description))
            clone(name, &history)
        }
        history.wait(.minutes(20))
        history.list(rows)
        return history
    }

    private func clone(_ name: String, _ history: inout CaseHistory) {
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: name, source: .named("prod"), snapshot: .named("ts"))))
    }

    private func dump(_ name: String, _ database: String?, _ history: inout CaseHistory) {
        history.act(
            .databaseDump(
                environment: name, database: database, path: (database ?? "all") + ".sql"))
        history.wait(.minutes(5))
    }

    private func load(_ database: String?, _ history: inout CaseHistory) {
        history.act(
            .databaseLoad(
                environment: "prod2", database: database, path: (database ?? "all") + ".sql"))
        history.wait(.minutes(5))
    }

    @Test(arguments: ["temp", "other", "prod"])
    func `a second database must be loaded wherever it was dumped`(from name: String) throws {
        for isLoaded in [true, false] {
            var history = try cloned(["temp", "other"])
            dump("temp", "shop", &history)
            dump(name, "blog", &history)
            load("shop", &history)
            if isLoaded { load("blog", &history) }
            DumpRunbook().finish(&history)
            let plan = try history.cleanup()
            #expect(plan.rules(s).contains(.copyVerified) == !isLoaded, "\(plan.rules(s))")
            #expect((plan.verdict(s) == .safe) == isLoaded)
        }
    }

    @Test func `a dump that was loaded under another name and overtaken is in no copy`() throws {
        for isOvertaken in [true, false] {
            var history = try cloned(["temp"])
            dump("temp", "shop", &history)
            dump("temp", "log", &history)
            history.act(
                .databaseLoad(
                    environment: "prod2", database: isOvertaken ? "log" : "shop", path: "shop.sql"))
            history.wait(.minutes(5))
            load("log", &history)
            DumpRunbook().finish(&history)
            #expect(try history.cleanup().verdict(s) == (isOvertaken ? .blocked : .safe))
        }
    }

    @Test func `scripts count on the clone that was dumped, not on a later one of its name`()
        throws
    {
        for isScripted in [true, false] {
            var history = try cloned(["temp"]) { history in
                guard isScripted else { return }
                history.act(.configSqlScript(change: .add, script: "clear-users"))
                history.see(
                    .sqlScripts(Listing(rows: ["clear-users"], isComplete: true)))
            }
            dump("temp", nil, &history)
            load(nil, &history)
            if isScripted {
                history.act(.configSqlScript(change: .remove, script: "clear-users"))
            }
            history.see(.sqlScripts(Listing(rows: [], isComplete: true)))
            history.act(.envDestroy(environment: "temp"))
            history.wait(.minutes(20))
            let destination = ("prod2", "RUNNING", Runbook().created(history))
            history.list([prod, destination])
            let again = history.clock.description
            clone("temp", &history)
            history.wait(.minutes(20))
            history.list([prod, destination, ("temp", "RUNNING", again)])
            history.act(.databaseDump(environment: "temp", path: "second.sql"))
            history.wait(.minutes(5))
            DumpRunbook().finish(&history)
            let plan = try history.cleanup()
            #expect(plan.rules(s) == (isScripted ? [.sqlScripts] : []))
            guard isScripted else { continue }
            history.decide(.gapAcknowledged(.sqlScripts))
            #expect(try history.cleanup().verdict(s) == .safe)
        }
    }

    @Test func `a dumped clone of the destination's snapshot takes nothing from it`() throws {
        for isMoved in [true, false] {
            var history = Runbook(moves: isMoved).snapshotMethod()
            let destination = ("prod2", "RUNNING", Runbook().created(history))
            let made = history.clock.description
            history.act(
                .envCreate(
                    EnvironmentCreation(
                        environment: "qa", source: .named("prod"), snapshot: .named("pm"))))
            history.wait(.minutes(20))
            history.list([prod, destination, ("qa", "RUNNING", made)])
            history.act(.databaseDump(environment: "qa", path: "qa.sql"))
            history.act(.envDestroy(environment: "qa"))
            history.wait(.minutes(20))
            history.list([prod, destination])
            let plan = try history.cleanup()
            #expect(plan.rules(pm).contains(.migrationSettled) == !isMoved, "\(plan.rules(pm))")
            #expect((plan.verdict(pm) == .safe) == isMoved)
        }
    }

    @Test func `an environment that a stranger is making may be made from the source`() throws {
        var history = Runbook().snapshotMethod()
        let destination = ("prod2", "RUNNING", Runbook().created(history))
        let made = history.clock.description
        history.list([prod, destination, ("qa", "CREATING", made)])
        #expect(try history.cleanup().rules(s) == [.inFlight])
        history.wait(.minutes(20))
        history.list([prod, destination, ("qa", "RUNNING", made)])
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a try at making one anew whose end nobody saw may still read the source`() throws {
        var history = Runbook().snapshotMethod()
        let destination = ("prod2", "RUNNING", Runbook().created(history))
        let first = history.clock.description
        history.act(
            .envCreate(EnvironmentCreation(environment: "qa", source: .named("prod"))))
        history.wait(.minutes(20))
        history.list([prod, destination, ("qa", "RUNNING", first)])
        #expect(try history.cleanup().verdict(s) == .safe)
        history.act(.envDestroy(environment: "qa"), .unknown)
        history.act(
            .envCreate(EnvironmentCreation(environment: "qa", source: .named("prod"))), .unknown)
        history.wait(.minutes(4))
        #expect(try history.cleanup().rules(s) == [.inFlight])
        history.list([prod, destination, ("qa", "RUNNING", first)])
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test(arguments: ["PROVISIONING", "UNKNOWN", "FAILED"])
    func `a stranger in a status that says nothing may be on its way`(status: String) throws {
        var history = Runbook().snapshotMethod()
        let destination = ("prod2", "RUNNING", Runbook().created(history))
        let made = history.clock.description
        history.list([prod, destination, ("qa", status, made)])
        let plan = try history.cleanup()
        #expect(plan.verdict(s) == .unknown)
        #expect(plan.rules(s) == [.inFlight])
        // Seen gone, or done before, or long there, it is not.
        var gone = history
        gone.wait(.minutes(30))
        gone.list([prod, destination])
        gone.wait(.minutes(30))
        gone.list([prod, destination])
        gone.host("prod2")
        #expect(try gone.cleanup().verdict(s) == .safe)
        var done = Runbook().snapshotMethod()
        done.list([prod, destination, ("qa", "RUNNING", made)])
        done.list([prod, destination, ("qa", status, made)])
        #expect(try done.cleanup().verdict(s) == .safe)
        var old = Runbook().snapshotMethod()
        old.list([prod, destination, ("qa", status, Runbook.prodCreated)])
        #expect(try old.cleanup().verdict(s) == .safe)
    }

    @Test(arguments: [Outcome.refused, .unknown])
    func `a try that lists prove came to nothing is over`(outcome: Outcome) throws {
        var history = Runbook().snapshotMethod()
        let destination = ("prod2", "RUNNING", Runbook().created(history))
        let first = history.clock.description
        history.act(.envCreate(EnvironmentCreation(environment: "qa", source: .named("prod"))))
        history.wait(.minutes(20))
        history.list([prod, destination, ("qa", "RUNNING", first)])
        history.act(.envDestroy(environment: "qa"))
        history.act(
            .envCreate(EnvironmentCreation(environment: "qa", source: .named("prod"))), outcome)
        #expect(try history.cleanup().rules(s) == [.inFlight])
        history.wait(.minutes(1))
        history.list([prod, destination])
        // One list proves the old one gone, but says nothing of a try of which nothing is known.
        #expect(try history.cleanup().rules(s) == (outcome == .refused ? [] : [.inFlight]))
        history.wait(.minutes(30))
        history.list([prod, destination])
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a snapshot that is seen again after its name was free is there`() throws {
        for isSeen in [true, false] {
            var history = try cloned(["temp"], isDeclared: true)
            dump("temp", nil, &history)
            history.act(.snapshotDestroy(name: "ts"))
            history.wait(.minutes(1))
            history.snapshots([])
            #expect(try history.cleanup().verdict("environment/temp") == .safe)
            let again = history.clock
            history.act(.snapshotCreate(environment: "temp", name: "ts"), .unknown)
            history.wait(.minutes(1))
            history.snapshots(isSeen ? [("ts", "temp", "CREATING", again)] : [])
            let plan = try history.cleanup()
            #expect(
                plan.rules("environment/temp").contains(.inFlight), "\(isSeen) \(plan.resources)")
        }
    }
}
