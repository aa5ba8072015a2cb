import FleetProof
import Ledger
import Projector
import Testing

/// Verdicts that leant on a look, a word or a hold that does not say what it seems to say.
@Suite struct FourthReadingTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let t = "environment/temp"

    private func fact(_ name: String, nfs: Switch? = nil, solr: Switch? = nil) -> Observation {
        var shown = EnvironmentDescription(environment: name, isComplete: false)
        shown.nfs = nfs
        shown.solr = solr
        return .environment(shown)
    }

    @Test func `an OFF that is seen while an ON spreads does not show that it is open`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.seconds(9))
        history.describe("prod2", text, maintenance: .off)
        #expect(try history.cleanup().verdict(s) == .blocked)
        #expect(try history.cleanup().rules(s) == [.destinationServing])
        history.wait(.minutes(1))
        history.describe("prod2", text, maintenance: .off)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a source that was told to close a moment ago is not what serves after an abort`()
        throws
    {
        var history = Runbook.abandoned()
        history.see(.defaultEnvironment("prod"))
        #expect(try history.cleanup().verdict(d) == .safe)
        history.act(.envMaintenance(environment: "prod", state: .on))
        history.wait(.seconds(9))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
        #expect(try history.cleanup().verdict(d) != .safe)
        #expect(
            try history.rollback().commands.first == "env.maintenance environment/prod",
            "it is opened again")
    }

    @Test func `a test counts for the release that it was of, and for what was active by then`()
        throws
    {
        var history = Runbook().snapshotMethod()
        var shown = EnvironmentDescription(environment: "prod2", isComplete: true)
        shown.status = "RUNNING"
        shown.created = Timestamp(Runbook().created(history))
        shown.maintenance = .off
        shown.releases = [.init(release: "other", status: "ACTIVE")]
        history.see(.environment(shown))
        #expect(try history.cleanup().rules(s) == [.decisionMade])
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a test before the release was seen active does not count`() throws {
        var history = Runbook().start()
        try Runbook().retell(in: &history, after: Runbook().start().events.count) {
            payload, history in
            history.add(payload)
            guard case .decision(.go) = payload else { return }
            history.describe(
                "prod2", Runbook().created(history), maintenance: .off, active: nil,
                status: "UPDATING")
        }
        #expect(try history.cleanup().rules(s) == [.decisionMade])
    }

    @Test func `a test of an earlier environment of the name does not count`() throws {
        var history = Runbook().snapshotCopied()
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(10))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        let again = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "prod2", source: .named("prod"), snapshot: .named("pm"))))
        history.wait(.minutes(20))
        history.describe("prod2", again, maintenance: .off)
        #expect(try history.cleanup().rules(s).contains(.decisionMade))
        history.decide(.testPassed(environment: "prod2"))
        history.decide(.go)
        #expect(try !history.cleanup().rules(s).contains(.decisionMade))
    }

    @Test func `a description that was cut off does not show that a release is loaded nowhere`()
        throws
    {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.releaseCreate(object: "r2", url: nil))
        history.wait(.minutes(5))
        history.see(
            .releases(
                Listing(rows: [ReleaseRow(release: "r2", status: "AVAILABLE")], isComplete: true)))
        func describe(_ names: [String], isWhole: Bool) {
            var shown = EnvironmentDescription(environment: "prod2", isComplete: isWhole)
            shown.status = "RUNNING"
            shown.created = Timestamp(text)
            shown.maintenance = .off
            shown.releases =
                [.init(release: "r", status: "ACTIVE")]
                + names.map { .init(release: $0, status: "RUNNING") }
            history.see(.environment(shown))
        }
        describe(["r2"], isWhole: true)
        describe([], isWhole: false)
        #expect(try history.cleanup().verdict("release/r2") == .blocked)
        describe([], isWhole: true)
        #expect(try history.cleanup().verdict("release/r2") == .safe)
        history.wait(.hours(30))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        describe([], isWhole: true)
        #expect(try history.cleanup().verdict("release/r2") == .unknown, "the list is a day old")
    }

    @Test(arguments: [
        "environment/prod@2015-03-24T23:06:21Z", "environment/prod@2014-01-01T00:00:00Z", "fleet",
    ])
    func `every hold that names the source or everything holds it`(text: String) throws {
        var history = Runbook().snapshotMethod()
        let resource = try #require(Resource(text))
        history.decide(.holdPlaced(resource, until: nil))
        #expect(try history.cleanup().rules(s) == [.held])
        history.decide(.holdReleased(resource))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a hold on an earlier environment of the name does not hold this one`() throws {
        var history = Runbook().start()
        history.list([("prod2", "RUNNING", "2016-01-01T00:00:00Z")])
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(10))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.decide(
            .holdPlaced(
                .environment("prod2", created: Timestamp("2016-01-01T00:00:00Z")), until: nil))
        try Runbook().retell(in: &history, after: Runbook().start().events.count)
        #expect(try !history.cleanup().rules(d).contains(.held))
    }

    @Test(arguments: [(String?.some("temp.sql"), true), (nil, false)])
    func `a dump that names no file is none`(path: String?, isDumped: Bool) throws {
        var history = try DumpRunbook(throughTemporary: true, isTemporaryDeclared: true).activated()
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "early"))
        history.wait(.minutes(5))
        history.snapshots([("early", "prod", "AVAILABLE", taken)])
        let made = history.clock.description
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "temp", source: .named("prod"), snapshot: .named("early"))))
        history.wait(.minutes(20))
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history, "prod2")), ("temp", "RUNNING", made),
        ])
        history.act(.databaseDump(environment: "temp", path: path))
        #expect(try history.cleanup().rules(t).contains(.dumpVerified) == !isDumped)
    }

    @Test func `a temporary environment of two migrations is kept until both are done with it`()
        throws
    {
        var history = try DumpRunbook(throughTemporary: true, isTemporaryDeclared: true).activated()
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "early"))
        history.wait(.minutes(5))
        history.snapshots([("early", "prod", "AVAILABLE", taken)])
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "temp", source: .named("prod"), snapshot: .named("early"))))
        history.wait(.minutes(20))
        history.describe("temp", Runbook().created(history, "temp"), maintenance: .off)
        var other = CaseHistory(at: history.clock.description, migration: "other")
        other.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "other", source: "prod", destination: "prod3", method: .dump,
                    temporary: "temp")))
        other.decide(.migrationClosed(abandoned: true))
        #expect(try history.joined(other).verdict(t) == .blocked)
    }

    @Test func `an nfs snapshot that something is being made with is in use`() throws {
        var history = Runbook(nfs: .on).start()
        let files = "snapshot/nfs/files"
        let taken = history.clock
        history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
        history.wait(.minutes(5))
        history.files(taken: taken)
        #expect(try !history.cleanup().rules(files).contains(.snapshotInUse))
        history.act(
            .envCreate(
                EnvironmentCreation(
                    environment: "qa", source: .named("prod"), snapshot: .none,
                    nfsSnapshot: .named("files"))))
        #expect(try history.cleanup().rules(files).contains(.snapshotInUse))
        history.wait(.minutes(20))
        history.describe("qa", Runbook().created(history, "qa"), maintenance: .off)
        #expect(try !history.cleanup().rules(files).contains(.snapshotInUse))
    }

    @Test func `an acknowledgement from while Solr was OFF is of another instance`() throws {
        var history = Runbook().snapshotMethod()
        history.see(fact("prod", solr: .off))
        history.decide(.gapAcknowledged(.solr))
        history.see(fact("prod", solr: .on))
        #expect(try history.cleanup().rules(s) == [.solrAcknowledged])
        history.decide(.gapAcknowledged(.solr))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `an nfs snapshot of later shows that an old OFF is not so any more`() throws {
        var history = Runbook().snapshotMethod()
        #expect(try history.cleanup().verdict(s) == .safe)
        history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
        let taken = history.clock
        history.wait(.minutes(5))
        history.files(taken: taken)
        #expect(try history.cleanup().rules(s) == [.nfsPreserved])
        #expect(try history.cleanup().verdict(s) == .unknown)
        history.see(fact("prod", nfs: .off))
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `voiding the start of what the ledger ran leaves open what came of it`() throws {
        var history = Runbook().snapshotMethod()
        let open = Action.envProtected(environment: "prod2", state: .on)
        let start = history.begin(open)
        history.end(start, open)
        #expect(try history.cleanup().verdict(s) == .safe)
        let place = SequenceNumber(history.events.count - 1)
        history.decide(.eventVoided(place))
        #expect(try history.cleanup().verdict(s) != .safe)
    }
}

extension CaseHistory {
    /// The clean-up of two histories of which the other one came later.
    fileprivate func joined(_ other: CaseHistory) throws -> Plan {
        let later = other.events.enumerated().map { place, event in
            Event(
                sequence: SequenceNumber(events.count + place + 1), recordedTime: event.time,
                source: "test", draft: event.draft)
        }
        let all = events + later
        return try Planner(
            state: Replay.state(of: all), now: other.clock,
            head: PlanHead(size: all.count, root: ""), renderer: .words, without: LeftOut.rule
        ).cleanup(migration: nil)
    }
}
