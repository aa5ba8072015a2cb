import Ledger

/// The published procedure, whole or up to a step, with one thing done differently.
struct Runbook {
    var snapshotAfter = Span.seconds(90)
    var nfs: Switch? = .off
    var scripts: [String]? = []
    var destinationStaysClosed = false
    var testPasses = true
    var moves = true
    var isDefaultSet = true
    var drainWait = Span.minutes(70)
    var oldTTL = 3600
    var isDeclared = true

    /// When a daily snapshot of before the evening was made.
    static let daily = Timestamp("2017-05-01T05:00:00Z") ?? Timestamp(milliseconds: 0)

    static let prodCreated = "2015-03-24T23:06:21Z"

    var destinationCreated: String { "2017-05-01T10:12:00Z" }

    /// What is known before the evening begins.
    func start() -> CaseHistory {
        var history = CaseHistory()
        if isDeclared {
            history.decide(CaseHistory.opening("plan-move", from: "prod", to: "prod2"))
        }
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        if let scripts { history.see(.sqlScripts(Listing(rows: scripts, isComplete: true))) }
        history.see(.defaultEnvironment("prod"))
        if let nfs {
            var shown = EnvironmentDescription(environment: "prod", isComplete: false)
            shown.nfs = nfs
            history.see(.environment(shown))
        }
        history.host("prod", ttl: oldTTL)
        return history
    }

    /// The evening up to a snapshot of the closed source, and how it is listed.
    func snapshotTaken(_ status: String = "AVAILABLE") -> CaseHistory {
        var history = start()
        Runbook.takeSnapshot(&history, status)
        return history
    }

    /// The source is closed, its snapshot taken and listed.
    static func takeSnapshot(_ history: inout CaseHistory, _ status: String = "AVAILABLE") {
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.wait(.minutes(2))
        history.snapshots([("pm", "prod", status, taken)])
    }

    /// SNAP up to the activation of the release on the destination.
    func snapshotCopied() -> CaseHistory {
        var history = start()
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(snapshotAfter)
        if snapshotAfter >= .seconds(60) {
            history.describe("prod", Runbook.prodCreated, maintenance: .on)
        }
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "pm"))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.snapshots([("pm", "prod", "AVAILABLE", taken)])
        let created = history.clock
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"),
                    size: "f1-xlarge")))
        history.wait(.minutes(20))
        let text = created.description
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text),
        ])
        history.act(.envLoad(environment: "prod2", release: "r"))
        history.wait(.minutes(5))
        history.describe("prod2", text, maintenance: .off, active: nil)
        history.act(.envActivate(environment: "prod2", release: "r"))
        history.wait(.minutes(3))
        if destinationStaysClosed {
            history.act(.envMaintenance(environment: "prod2", state: .on))
            history.wait(.seconds(90))
            history.describe("prod2", text, maintenance: .on)
        } else {
            history.describe("prod2", text, maintenance: .off)
        }
        return history
    }

    /// When an environment was created, as its listing says; the first one that was when it has no
    /// name.
    func created(_ history: CaseHistory, _ name: String? = nil) -> String {
        for event in history.events where event.type == .action(.envCreate, .accepted) {
            guard
                case .action(.envCreate(let creation), _, _)? = try? EventPayload(
                    type: event.type, data: event.data),
                name.map({ $0 == creation.environment }) ?? true
            else { continue }
            return event.time.description
        }
        return ""
    }

    /// SNAP: the snapshot method by the book, up to the clean-up.
    func snapshotMethod() -> CaseHistory {
        var history = snapshotCopied()
        let text = created(history)
        history.decide(
            testPasses ? .testPassed(environment: "prod2") : .testFailed(environment: "prod2"))
        guard testPasses else { return history }
        history.decide(.go)
        history.act(.envProtected(environment: "prod2", state: .on))
        guard moves else { return history }
        history.act(
            .dnsSwitch(
                DNSSwitch(
                    host: "www.bestpants.com", target: "prod2", environment: "prod2", ttl: 300,
                    oldTTL: oldTTL)))
        history.wait(drainWait)
        history.host("prod2")
        if isDefaultSet { history.act(.configDefaultEnv(environment: "prod2")) }
        history.describe("prod2", text, maintenance: destinationStaysClosed ? .on : .off)
        return history
    }

    /// SNAP up to a test that failed, the source opened again and seen so.
    static func abandoned() -> CaseHistory {
        var book = Runbook()
        book.testPasses = false
        var history = book.snapshotMethod()
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        history.host("prod")
        return history
    }

    /// SNAP by the book after its first events, each told at its time, perhaps otherwise.
    func retell(
        in history: inout CaseHistory, after first: Int,
        _ tell: (EventPayload, inout CaseHistory) throws -> Void = { $1.add($0) }
    ) throws {
        for event in snapshotMethod().events.dropFirst(first) {
            guard let payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            history.wait(event.time - history.clock)
            try tell(payload, &history)
        }
    }
}
