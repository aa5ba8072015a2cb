import Ledger

/// The dump method, whole or up to a step.
struct DumpRunbook {
    var throughTemporary = false
    var isTemporaryDeclared = false
    var load = Outcome.accepted

    private func opened() -> CaseHistory {
        var book = Runbook()
        book.isDeclared = false
        var history = book.start()
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2", method: .dump,
                    temporary: isTemporaryDeclared ? "temp" : nil,
                    hostnames: ["www.bestpants.com"])))
        return history
    }

    func activated() throws -> CaseHistory {
        var history = opened()
        let text = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(environment: "prod2", source: .named("prod"), size: "f1-xlarge")
            ))
        history.wait(.minutes(20))
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text)])
        history.act(.envLoad(environment: "prod2", release: "r"))
        history.wait(.minutes(5))
        history.act(.envActivate(environment: "prod2", release: "r"))
        history.wait(.minutes(3))
        history.describe("prod2", text, maintenance: .off)
        return history
    }

    func loaded() throws -> CaseHistory {
        var history = try activated()
        let text = Runbook().created(history)
        let early = history.clock
        if throughTemporary { history.act(.snapshotCreate(environment: "prod", name: "early")) }
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", text, maintenance: .on)
        if throughTemporary {
            history.snapshots([("early", "prod", "AVAILABLE", early)])
            let made = history.clock.description
            history.act(
                .envCreate(
                    EnvironmentCreation(
                        environment: "temp", source: .named("prod"), snapshot: .named("early"))))
            history.wait(.minutes(20))
            history.list([
                ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text),
                ("temp", "RUNNING", made),
            ])
        }
        history.act(
            .databaseDump(environment: throughTemporary ? "temp" : "prod", path: "prod.sql"))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"), load)
        history.wait(.minutes(5))
        return history
    }

    /// Both ends in maintenance, and seen so.
    func close(_ history: inout CaseHistory) throws {
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(90))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", Runbook().created(history), maintenance: .on)
    }

    /// A temporary environment is made from a snapshot of the source as it is now, and seen.
    func makeTemporary(_ history: inout CaseHistory) {
        let made = askForTemporary(&history)
        history.wait(.minutes(20))
        seeTemporary(&history, made)
    }

    /// A snapshot of the source as it is now is taken, and an environment asked for from it; when.
    func askForTemporary(_ history: inout CaseHistory) -> String {
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "ts"))
        history.wait(.minutes(5))
        history.snapshots([("ts", "prod", "AVAILABLE", taken)])
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "temp", source: .named("prod"), snapshot: .named("ts"))))
        return made
    }

    /// The temporary environment is RUNNING beside both others.
    func seeTemporary(_ history: inout CaseHistory, _ made: String) {
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history)), ("temp", "RUNNING", made),
        ])
    }

    func dumpMethod() throws -> CaseHistory {
        var history = try loaded()
        finish(&history)
        return history
    }

    /// From the load to the clean-up.
    func finish(_ history: inout CaseHistory) {
        let text = Runbook().created(history)
        history.act(.envCacheFlush(environment: "prod2"))
        history.act(.envMaintenance(environment: "prod2", state: .off))
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .off)
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        history.moveCustomers(to: "prod2")
    }
}
