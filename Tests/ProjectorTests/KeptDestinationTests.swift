import Ledger
import Projector
import Testing

/// What the way back leaves standing: the destination is destroyed only where the source is known to
/// serve in its place.
@Suite struct KeptDestinationTests {
    private let destroy = "env.destroy environment/prod2"
    private let host = "www.bestpants.com"

    private func because(_ plan: Plan) -> String { plan.extra["because"]?.string ?? "" }

    private func asks(_ plan: Plan, _ words: String) -> Bool {
        plan.needs.contains { $0.command.joined(separator: " ").hasPrefix(words) }
    }

    /// The rest of SNAP by the book, after what was told already and as long after it as by the book;
    /// without its switch where customers are to stay.
    private func goOn(_ history: inout CaseHistory, isMoving: Bool = true) throws {
        let first = Runbook().start()
        let delay = history.clock - first.clock
        for event in Runbook().snapshotMethod().events.dropFirst(first.events.count) {
            guard let payload = try EventPayload(type: event.type, data: event.data) else {
                continue
            }
            switch payload {
            case .action(.dnsSwitch, _, _), .observation(.dns), .action(.configDefaultEnv, _, _):
                if !isMoving { continue }
            default: break
            }
            history.wait(event.time + delay - history.clock)
            history.add(payload.moved(by: delay))
        }
    }

    private func openAgain(_ history: inout CaseHistory) {
        history.act(.envMaintenance(environment: "prod", state: .off))
        history.wait(.minutes(2))
        history.describe("prod", Runbook.prodCreated, maintenance: .off)
    }

    @Test func `a hostname that was last seen at the destination is moved back before that goes`()
        throws
    {
        var history = Runbook().snapshotCopied()
        let text = Runbook().created(history)
        history.wait(.minutes(30))
        history.host("prod2")
        history.act(.envMaintenance(environment: "prod2", state: .on))
        history.wait(.minutes(2))
        history.describe("prod2", text, maintenance: .on)
        history.decide(.lossAccepted)
        history.wait(.hours(25))
        openAgain(&history)
        history.describe("prod2", text, maintenance: .on)
        history.see(.defaultEnvironment("prod"))
        history.list([("prod", "RUNNING", Runbook.prodCreated), ("prod2", "RUNNING", text)])
        let plan = try history.rollback()
        #expect(plan.commands.contains("dns.switch dns/\(host)"))
        #expect(!plan.commands.contains(destroy))
        #expect(asks(plan, "ledger-cli record observation dns \(host)"))
    }

    @Test
    func `a destination that was the default environment when last seen is not destroyed as it is`()
        throws
    {
        var history = Runbook().snapshotCopied()
        let text = Runbook().created(history)
        history.see(.defaultEnvironment("prod2"))
        history.wait(.hours(25))
        history.host("prod")
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        history.describe("prod2", text, maintenance: .off)
        let plan = try history.rollback()
        #expect(plan.way == "clean")
        let back = try #require(
            plan.commands.firstIndex(of: "config.default-env environment/prod"))
        let gone = try #require(plan.commands.firstIndex(of: destroy))
        #expect(back < gone)
    }

    @Test func `without a word on the earlier default environment the destination stays`() throws {
        var history = CaseHistory()
        try Runbook().retell(in: &history, after: 0) { payload, history in
            if case .observation(.defaultEnvironment) = payload { return }
            if case .action(.dnsSwitch, _, _) = payload { return }
            if case .observation(.dns(let answer)) = payload, answer.environment == "prod2" {
                return
            }
            history.add(payload)
        }
        let plan = try history.rollback()
        #expect(!plan.commands.contains(destroy))
        #expect(
            plan.needs.map { $0.command.joined(separator: " ") }.contains(
                "ledger-cli record command --printed - --at TIME -- fleet config default-env"))
    }

    @Test func `what an earlier destination took counts whenever the migration was declared`()
        throws
    {
        for isDeclaredFirst in [true, false] {
            var history = Runbook(isDeclared: isDeclaredFirst).start()
            let first = history.clock
            history.act(
                .envCreate(EnvironmentCreation(environment: "prod2", source: .named("prod"))))
            history.wait(.minutes(20))
            history.describe("prod2", first.description, maintenance: .off)
            history.act(.envActivate(environment: "prod2", release: "r"))
            history.wait(.minutes(3))
            history.describe("prod2", first.description, maintenance: .off)
            for place in ["prod2", "prod"] {
                history.act(
                    .dnsSwitch(
                        DNSSwitch(
                            host: host, target: place, environment: place, ttl: 300, oldTTL: 300)))
                history.wait(.minutes(40))
                history.host(place)
            }
            if !isDeclaredFirst {
                history.decide(
                    .migrationOpened(
                        MigrationRoles(
                            migration: "plan-move", source: "prod", destination: "prod2",
                            method: .snapshot, hostnames: [host])))
            }
            history.act(.envDestroy(environment: "prod2"))
            history.wait(.minutes(10))
            history.list([("prod", "RUNNING", Runbook.prodCreated)])
            try goOn(&history, isMoving: false)
            history.host("prod")
            #expect(try history.rollback().way == "lossy", "declared first: \(isDeclaredFirst)")
        }
    }

    @Test func `an earlier environment of the name that met no customer changes nothing`() throws {
        var history = Runbook(isDeclared: false).start()
        let first = history.clock
        history.act(.envCreate(EnvironmentCreation(environment: "prod2", source: .named("prod"))))
        history.wait(.minutes(20))
        history.act(.envActivate(environment: "prod2", release: "r"))
        history.wait(.minutes(3))
        history.describe("prod2", first.description, maintenance: .off)
        history.act(.envDestroy(environment: "prod2"))
        history.wait(.minutes(10))
        history.list([("prod", "RUNNING", Runbook.prodCreated)])
        history.decide(
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: .snapshot, hostnames: [host])))
        history.host("prod", ttl: 3600)
        var moved = history
        try goOn(&moved)
        #expect(try moved.cleanup().verdict("environment/prod") == .safe)
        var stayed = history
        try goOn(&stayed, isMoving: false)
        #expect(try stayed.rollback().way == "clean")
    }

    @Test(arguments: [
        Action.envDeactivate(environment: "prod"), .envUnload(environment: "prod", release: "r"),
    ])
    func `a source of which nobody has seen an active release since does not replace anything`(
        action: Action
    ) throws {
        var history = Runbook().snapshotCopied()
        history.act(action)
        history.list([
            ("prod", "RUNNING", Runbook.prodCreated),
            ("prod2", "RUNNING", Runbook().created(history)),
        ])
        let plan = try history.rollback()
        #expect(plan.way == "unknown")
        #expect(because(plan).contains("active"))
        #expect(!plan.commands.contains(destroy))
        #expect(asks(plan, "fleet env describe prod"))
        history.describe("prod", Runbook.prodCreated, maintenance: .on)
        let seen = try history.rollback()
        #expect(seen.way == "clean")
        let step = seen.steps.first { $0.command == .action(.envDestroy(environment: "prod2")) }
        #expect(step?.requires.first?.contains("active release") == true)
    }
}

extension EventPayload {
    /// The same with what it says of the creation of anything as much later; prod is as old as ever.
    fileprivate func moved(by delay: Span) -> EventPayload {
        func later(_ time: Timestamp?) -> Timestamp? {
            time == Timestamp(Runbook.prodCreated) ? time : time.map { $0 + delay }
        }
        switch self {
        case .observation(.environment(var shown)):
            shown.created = later(shown.created)
            return .observation(.environment(shown))
        case .observation(.environments(var list)):
            for index in list.rows.indices {
                list.rows[index].created = later(list.rows[index].created)
            }
            return .observation(.environments(list))
        case .observation(.snapshots(let kind, var list)):
            for index in list.rows.indices {
                list.rows[index].created = later(list.rows[index].created)
            }
            return .observation(.snapshots(kind, list))
        default: return self
        }
    }
}
