import ArgumentParser
import Fleet
import Ledger
import Projector

/// The command `observe`.
struct Observe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "observe",
        abstract: "Look at the platform and DNS and record it.",
        discussion: """
            Runs the platform's read commands, looks up the hostnames, records what they show and \
            prints what changed. Without names the environments are described that matter. What \
            failed or was cut off is recorded as such: it proves nothing and takes nothing back. \
            With --until it looks again until the condition is met (status 0) or the time is up \
            (status 5). Conditions: 'RESOURCE is STATUS', 'RESOURCE is gone', 'release/R is ACTIVE \
            on ENV', 'environment/ENV maintenance ON', 'maintenance of ENV effective', 'HOST at ENV'.

            EXAMPLES
              $ ledger-cli observe
              $ ledger-cli observe prod prod2 --resolver 9.9.9.9
              $ ledger-cli observe --until 'environment/prod2 is RUNNING' --timeout 40m

            EXIT STATUS
              \(ExitStatus.help([.notSafe, .noLedger, .busy]))
            """)

    @Argument(
        help: ArgumentHelp("The environments to describe.", valueName: "env"),
        transform: ArgumentText.name)
    var environments: [String] = []

    @Option(
        help: ArgumentHelp(
            "The DNS server (else LEDGER_RESOLVER, else the system's).", valueName: "host:port"))
    var resolver: String?

    @Option(help: ArgumentHelp("Look again until this is so.", valueName: "condition"))
    var until: String?

    @Option(help: ArgumentHelp("When to give up (else 40m).", valueName: "span"))
    var timeout: String = "40m"

    @OptionGroup var expected: ExpectedSize

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if Policy.span(timeout) == nil {
            throw ValidationError("--timeout: expected a span like 90s, 5m or 24h")
        }
        if until != nil, !environments.isEmpty {
            throw ValidationError("--until names what is looked at; give no environments with it")
        }
    }

    func run() throws {
        do {
            try look()
        } catch let status as RunStatus {
            // The statuses of a command that cannot be run are those of run alone.
            throw CLIError.unreadable(
                "observe", why: status.complaint.message, hint: status.complaint.hints.first)
        }
    }

    private func look() throws {
        let format = try global.format(.text, .json)
        guard global.now == nil else {
            throw CLIError.usage(
                "--now: what is seen is seen at the clock's time", hint: "leave --now out")
        }
        let condition = try until.map { try Condition($0) }
        let server = try NameServer.chosen(resolver)
        let before = try FactChanges.facts(global)
        let observer = try Observer(global, server: server)
        if expected.expectSize != nil { try expected.check(try global.open(readOnly: true)) }
        var end: Waiting.End?
        var seen: [Observer.Seen] = []
        var isRecorded = true
        if let condition {
            end = try Waiting(observer: observer, timeout: Policy.span(timeout) ?? .hours(1))
                .wait(for: condition)
        } else {
            (seen, isRecorded) = try look(observer)
        }
        let changes = FactChanges(from: before, to: try FactChanges.facts(global))
        if format == .json {
            try Output.json(json(seen, changes, condition, end))
        } else {
            try Output.lines(changes.lines)
            if let condition, let end {
                try Output.line(
                    end.isMet
                        ? "\(condition)\(PlanPrinter.cited(end.events.suffix(1)))"
                        : "not yet: \(condition); at last \(end.last)")
            } else {
                try Output.line(summary(seen, changes))
            }
        }
        if end?.isMet == false { throw Exit(status: .notSafe) }
        if !isRecorded { throw Exit(status: .failed) }
    }

    /// Looks at everything, and whether all of it could be recorded.
    private func look(_ observer: Observer) throws -> (seen: [Observer.Seen], isRecorded: Bool) {
        let progress = Progress()
        try progress.show("fleet env list")
        var seen: [Observer.Seen] = []
        var isThere = true
        do {
            seen.append(try observer.see(.platform(.envList)))
        } catch let status as RunStatus {
            // Without the platform's command the hostnames can be looked up all the same.
            isThere = false
            seen.append(try observer.record(failed: .envList, why: status))
        }
        let targets = try observer.targets(environments, after: seen[0].look).filter { target in
            if case .platform = target { isThere } else { true }
        }
        var looker = observer
        var isRecorded = isThere
        for target in targets {
            if case .host = target, case .platform? = seen.last?.look.target {
                try looker.learnEndpoints()
            }
            try progress.show(target.command)
            do {
                seen.append(try looker.see(target))
            } catch StoreError.event(let error, _) {
                // One that cannot be written down must not keep the others from being looked at.
                isRecorded = false
                try progress.clear()
                try Output.note("ledger: warning: \(target.command): not recorded: \(error)")
            }
        }
        try progress.clear()
        for one in seen {
            guard let problem = one.look.problem else { continue }
            try Output.note("ledger: \(one.look.target.command): \(problem)")
        }
        return (seen, isRecorded)
    }

    private func summary(_ seen: [Observer.Seen], _ changes: FactChanges) -> String {
        let failed = seen.count { $0.look.problem != nil || !$0.isComplete }
        let events = seen.first.map { first in
            ", events \(first.sequence) to \(seen.last?.sequence ?? first.sequence)"
        }
        return "\(seen.count) looks, \(changes.changes.count) changes"
            + (failed == 0 ? "" : ", \(failed) not seen whole") + (events ?? "")
    }

    private func json(
        _ seen: [Observer.Seen], _ changes: FactChanges, _ condition: Condition?,
        _ end: Waiting.End?
    ) -> JSONObject {
        JSONObject([
            (
                "observed",
                .array(
                    seen.map { one in
                        .object(
                            JSONObject([
                                ("sequence", .integer(one.sequence.number)),
                                ("type", .string(one.look.observation.name.rawValue)),
                                ("subject", .string(one.look.observation.subject.description)),
                                ("complete", .bool(one.isComplete)),
                                ("problem", one.look.problem.map { .string($0) }),
                            ]))
                    })
            ), ("changes", changes.json), ("until", condition.map { .string($0.description) }),
            ("met", end.map { .bool($0.isMet) }),
            ("events", end.map { .array($0.events.map { .integer($0.number) }) }),
        ])
    }
}
