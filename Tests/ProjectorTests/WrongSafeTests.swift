import Ledger
import Projector
import Testing

/// Histories of which a second reader was told "safe" though something of value could be lost.
@Suite struct WrongSafeTests {
    private let s = "environment/prod"
    private let d = "environment/prod2"
    private let pm = "snapshot/database/pm"

    /// The book told again, with something else done at some of its events.
    private func told(
        _ book: Runbook = Runbook(),
        _ tell: (EventPayload, inout CaseHistory) throws -> Void
    ) throws -> CaseHistory {
        var history = book.start()
        try book.retell(in: &history, after: history.events.count, tell)
        return history
    }

    /// The book with something done right after the first action of a name.
    private func after(
        _ name: ActionName, _ book: Runbook = Runbook(), _ then: (inout CaseHistory) -> Void
    ) throws -> CaseHistory {
        var isDone = false
        return try told(book) { payload, history in
            history.add(payload)
            guard !isDone, case .action(let action, _, _) = payload, action.name == name else {
                return
            }
            isDone = true
            then(&history)
        }
    }

    /// The book with other lists of snapshots than its own: what is done shortly before the
    /// destination is made, given when the snapshot was taken.
    private func beforeCreation(_ first: (inout CaseHistory, Timestamp) -> Void) throws
        -> CaseHistory
    {
        var taken = Timestamp(milliseconds: 0)
        return try told { payload, history in
            switch payload {
            case .observation(.snapshots): return
            case .action(.snapshotCreate, _, _): taken = history.clock
            case .action(.envCreate, _, _):
                let time = history.clock
                history.wait(.seconds(-60))
                history.snapshots([("pm", "prod", "AVAILABLE", taken)])
                first(&history, taken)
                history.wait(time - history.clock)
            default: break
            }
            history.add(payload)
        }
    }

    private func taken(_ history: CaseHistory) -> Timestamp {
        history.events.first { $0.type == .action(.snapshotCreate, .accepted) }?.time
            ?? Timestamp(milliseconds: 0)
    }

    private func point(
        _ target: String, environment: String?, ttl: Int, old: Int
    ) -> Action {
        .dnsSwitch(
            DNSSwitch(
                host: "www.bestpants.com", target: target, environment: environment, ttl: ttl,
                oldTTL: old))
    }

    @Test func `what the platform created long after we asked is not what we made`() throws {
        func history(createdAfter span: Span, lists: Bool = false) throws -> CaseHistory {
            var asked = Timestamp(milliseconds: 0)
            return try told { payload, history in
                switch payload {
                case .action(.envCreate, _, _):
                    asked = history.clock
                    history.add(payload)
                    guard lists else { return }
                    history.wait(.minutes(6))
                    history.list([("prod", "RUNNING", Runbook.prodCreated)])
                case .observation(.environments(var listing)):
                    for index in listing.rows.indices
                    where listing.rows[index].environment == "prod2" {
                        listing.rows[index].created = asked + span
                    }
                    history.see(.environments(listing))
                case .observation(.environment(var shown)) where shown.environment == "prod2":
                    shown.created = asked + span
                    history.see(.environment(shown))
                default: history.add(payload)
                }
            }
        }
        #expect(try history(createdAfter: .minutes(8)).cleanup().verdict(s) == .safe)
        #expect(try history(createdAfter: .hours(5)).cleanup().verdict(s) != .safe)
        #expect(try history(createdAfter: .minutes(8), lists: true).cleanup().verdict(s) != .safe)
    }

    @Test func `a snapshot that shares the final one's moment does not stand in for it`() throws {
        func plan(_ status: String?) throws -> Plan {
            var history = Runbook().snapshotMethod()
            let text = Runbook().created(history)
            let asked = history.clock
            history.act(.envDestroy(environment: "prod"))
            history.wait(.minutes(30))
            history.list([("prod2", "RUNNING", text)])
            var rows = [("final", "prod", "AVAILABLE", asked + .minutes(5))]
            if let status { rows.append(("other", "prod", status, asked)) }
            history.snapshots(rows + [("pm", "prod", "AVAILABLE", taken(history))])
            return try history.cleanup()
        }
        #expect(try plan(nil).verdict(pm) == .safe)
        #expect(try plan("AVAILABLE").verdict(pm) == .safe)
        #expect(try plan("CREATING").rules(pm) == [.lastRecoveryPoint])
    }

    @Test func `a snapshot of another environment of the name is not the final one`() throws {
        var history = Runbook().snapshotMethod()
        let text = Runbook().created(history)
        history.act(.envDestroy(environment: "prod"))
        history.wait(.minutes(30))
        history.list([("prod2", "RUNNING", text)])
        history.wait(.hours(2))
        let again = history.clock
        history.wait(.hours(3))
        history.list([("prod", "RUNNING", again.description), ("prod2", "RUNNING", text)])
        history.snapshots([
            ("pm", "prod", "AVAILABLE", taken(history)),
            ("1493", "prod", "AVAILABLE", again + .hours(2)),
        ])
        let plan = try history.cleanup()
        #expect(plan.verdict(pm) == .blocked)
        #expect(plan.rules(pm).contains(.lastRecoveryPoint))
        #expect(plan.verdict("snapshot/database/1493") == .notOurs)
    }

    @Test func `the last row before a creation says what the name meant`() throws {
        let kept = try beforeCreation { _, _ in }
        #expect(try kept.cleanup().verdict(s) == .safe)
        let replaced = try beforeCreation { history, taken in
            history.snapshots([("pm", "staging", "AVAILABLE", taken + .seconds(20))])
        }
        #expect(try replaced.cleanup().rules(s) == [.copyVerified])
        #expect(try replaced.cleanup().verdict(s) == .blocked)
    }

    @Test func `a name that was used again and not listed since may mean another snapshot`() throws
    {
        func again(_ environment: String, isListed: Bool) throws -> CaseHistory {
            try beforeCreation { history, _ in
                history.act(.snapshotDestroy(name: "pm"))
                let taken = history.clock
                history.act(.snapshotCreate(environment: environment, name: "pm"))
                history.wait(.seconds(20))
                if isListed { history.snapshots([("pm", environment, "AVAILABLE", taken)]) }
            }
        }
        #expect(try again("staging", isListed: false).cleanup().verdict(s) == .unknown)
        #expect(try again("staging", isListed: false).cleanup().rules(s) == [.copyVerified])
        #expect(try again("staging", isListed: true).cleanup().verdict(s) == .blocked)
        #expect(try again("prod", isListed: true).cleanup().verdict(s) == .safe)
    }

    @Test(arguments: [("./prod.sql", true), ("/home/alice/prod.sql", true), ("other.sql", false)])
    func `another dump to the same file is found under another spelling`(
        path: String, isSame: Bool
    ) throws {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        history.act(.databaseDump(environment: "prod", path: "prod.sql"))
        history.wait(.minutes(5))
        history.act(.databaseDump(environment: "staging", path: path))
        history.wait(.minutes(5))
        history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
        history.wait(.minutes(5))
        DumpRunbook().finish(&history)
        #expect(try history.cleanup().rules(s).contains(.copyVerified) == isSame)
        #expect(try history.cleanup().verdict(s) == (isSame ? .blocked : .safe))
    }

    @Test(arguments: ["a/../prod.sql", "/home/alice/prod.sql"])
    func `evidence about a dump is found under another spelling`(path: String) throws {
        var history = try DumpRunbook().activated()
        try DumpRunbook().close(&history)
        history.act(.databaseDump(environment: "prod", path: "./prod.sql"))
        history.wait(.minutes(5))
        let whole = history
        history.see(
            .file(
                FileEvidence(path: path, role: .dump, bytes: 9, sha256: "ab", hasTrailer: false)))
        for (var history, isTruncated) in [(whole, false), (history, true)] {
            history.act(.databaseLoad(environment: "prod2", path: "prod.sql"))
            history.wait(.minutes(5))
            DumpRunbook().finish(&history)
            #expect(try history.cleanup().rules(s) == (isTruncated ? [.copyVerified] : []))
        }
    }

    @Test func `a second database that was dumped must be loaded too`() throws {
        func history(loads: Bool) throws -> CaseHistory {
            var history = try DumpRunbook().loaded()
            history.act(
                .databaseDump(environment: "prod", database: "orders", path: "orders.sql"))
            history.wait(.minutes(5))
            if loads {
                history.act(
                    .databaseLoad(environment: "prod2", database: "orders", path: "orders.sql"))
                history.wait(.minutes(5))
            }
            DumpRunbook().finish(&history)
            return history
        }
        #expect(try history(loads: false).cleanup().rules(s).contains(.copyVerified))
        #expect(try history(loads: true).cleanup().verdict(s) == .safe)
        // One that is taken once the destination serves is for the shelf.
        var late = try history(loads: true)
        late.act(.databaseDump(environment: "prod", database: "logs", path: "logs.sql"))
        #expect(try late.cleanup().verdict(s) == .safe)
    }

    @Test func `the drain begins when the name server itself gave the new answer`() throws {
        var history = Runbook(moves: false).snapshotMethod()
        let text = Runbook().created(history)
        history.act(point("prod2", environment: "prod2", ttl: 300, old: 3600))
        history.wait(.minutes(25))
        history.host("prod", ttl: 3600)
        history.wait(.minutes(65))
        history.host("prod2")
        history.act(.configDefaultEnv(environment: "prod2"))
        history.describe("prod2", text, maintenance: .off)
        #expect(try history.cleanup().rules(s) == [.drained])
        history.wait(.minutes(60))
        history.host("prod2")
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `the drain of an address of nobody known begins when it is left`() throws {
        var history = Runbook(moves: false, oldTTL: 300).snapshotMethod()
        let text = Runbook().created(history)
        history.act(point("192.0.2.7", environment: nil, ttl: 3600, old: 300))
        history.wait(.hours(2))
        history.act(point("prod2", environment: "prod2", ttl: 300, old: 3600))
        history.wait(.minutes(15))
        history.host("prod2")
        history.act(.configDefaultEnv(environment: "prod2"))
        history.describe("prod2", text, maintenance: .off)
        #expect(try history.cleanup().rules(s) == [.drained])
        history.wait(.minutes(50))
        history.host("prod2")
        #expect(try history.cleanup().verdict(s) == .safe)
    }

    @Test func `a script that was added while a clone was being made may have run on it`() throws {
        let script = Action.configSqlScript(change: .add, script: "wipe")
        let during = try after(.envCreate) { history in
            history.wait(.minutes(5))
            history.act(script)
        }
        #expect(try during.cleanup().rules(s) == [.sqlScripts])
        let later = try after(.envLoad) { $0.act(script) }
        #expect(try later.cleanup().verdict(s) == .safe)
    }

    @Test func `files that were moved before the source goes are not given up after it`() throws {
        var history = try after(.snapshotCreate, Runbook(nfs: .on)) { history in
            let taken = history.clock
            history.act(.snapshotCreate(environment: "prod", name: "files", kind: .nfs))
            history.files(taken: taken)
        }
        history.decide(.gapAcknowledged(.nfs))
        history.act(.envDestroy(environment: "prod"), .unknown)
        let files = "snapshot/nfs/files"
        #expect(try history.cleanup().rules(files).contains(.lastRecoveryPoint))
        history.decide(.gapAcknowledged(.nfs))
        #expect(try !history.cleanup().rules(files).contains(.lastRecoveryPoint))
    }
}
