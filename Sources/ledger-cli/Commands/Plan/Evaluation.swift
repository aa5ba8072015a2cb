import ArgumentParser
import Fleet
import Ledger
import Projector

/// From where in time and knowledge a question is asked.
struct EvaluationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only what happened until then, with what is known now.", valueName: "time"),
        transform: ArgumentText.time)
    var at: Timestamp?

    @Option(
        name: .customLong("known-at"),
        help: ArgumentHelp("Only what was recorded up to this event.", valueName: "seq"))
    var knownAt: Int?

    func validate() throws {
        if let knownAt, knownAt < 1 {
            throw ValidationError("--known-at: expected a sequence from 1")
        }
    }
}

/// A ledger replayed for one question.
struct Evaluation {
    /// How each event is known, the first one first: a byte an event, so that a status need not
    /// read again what it cites.
    let bases: BasisLetters
    /// What was replayed.
    let state: State
    /// The present.
    let now: Timestamp
    /// The head of the log.
    let head: PlanHead
    /// True when the present was given and lies after the clock.
    let isHypothetical: Bool
    /// What was worked out already by others who asked the same; nil where only one asks.
    var deductions: Deductions?

    /// Replays the ledger in one read snapshot, from the projection beside it when there is one.
    ///
    /// - Parameters:
    ///   - global: which ledger.
    ///   - options: from where in time and knowledge.
    ///   - fromLog: true to replay every event, whatever is kept: for whoever is about to act.
    /// - Throws: `StoreError`, or `CLIError.usage` when `--now` and `--at` contradict each other.
    init(_ global: GlobalOptions, _ options: EvaluationOptions, fromLog: Bool = false) throws {
        if global.now != nil, options.at != nil {
            throw CLIError.usage(
                "--now and --at exclude each other", hint: "--at TIME is its own present")
        }
        let store = try global.open()
        let at = options.at
        let cache = ProjectionCache(ledger: store.path)
        let ledger = try store.read(again: true) { snapshot in
            let newest = try snapshot.size()
            if let knownAt = options.knownAt, knownAt > newest {
                throw CLIError.noSuchEvent(knownAt, size: newest)
            }
            return try ProjectedLedger(
                snapshot, at: at, knownAt: options.knownAt, cache: fromLog ? nil : cache)
        }
        let projection = ledger.projection
        (state, bases) = (projection.state, projection.bases)
        head = PlanHead(size: projection.size, root: projection.root.base64)
        if at == nil, options.knownAt == nil, !fromLog, ledger.isWorthKeeping {
            cache.keep(projection)
        }
        // Only now: what others recorded while the ledger was opened does not lie in the future.
        let clock = Surroundings.current.clock()
        now = at ?? global.now ?? max(clock, state.newest?.time ?? clock)
        isHypothetical = now > clock
    }

    /// A planner for the moment of the newest event, when nothing has aged yet.
    ///
    /// - Throws: `PlanError`.
    func past() throws(PlanError) -> Planner { try reader(at: state.newest?.time ?? now) }

    /// What is true, and the same as it was when nothing had aged; at the newest event they are one.
    ///
    /// - Throws: `PlanError`.
    func overviews(_ planner: Planner) throws(PlanError) -> (now: Overview, past: Overview) {
        guard let deductions else { return try freshOverviews(planner) }
        return try deductions.overviews { () throws(PlanError) in try freshOverviews(planner) }
    }

    private func freshOverviews(
        _ planner: Planner
    ) throws(PlanError) -> (now: Overview, past: Overview) {
        let overview = planner.overview()
        return (overview, state.newest?.time == now ? overview : try past().overview())
    }

    /// A planner for the question.
    ///
    /// - Throws: `PlanError`.
    func planner() throws(PlanError) -> Planner {
        let reader = try reader()
        if let obstacle = reader.obstacle { throw obstacle }
        return reader
    }

    /// The planner for the question where something is only shown: it refuses no ledger, but to plan
    /// with one that holds what this version cannot read.
    ///
    /// - Throws: `PlanError`.
    func reader() throws(PlanError) -> Planner {
        guard let deductions else { return try reader(at: now) }
        return try deductions.planner { () throws(PlanError) in try reader(at: now) }
    }

    /// The clean-up of everything that the ledger knows.
    ///
    /// - Throws: `PlanError`.
    func cleanup() throws(PlanError) -> Plan {
        let planner = try reader()
        guard let deductions else { return try planner.cleanup(migration: nil) }
        return try deductions.cleanup { () throws(PlanError) in
            try planner.cleanup(migration: nil)
        }
    }

    private func reader(at present: Timestamp) throws(PlanError) -> Planner {
        try Planner(showing: state, now: present, head: head, renderer: .fleet)
    }
}

extension ActionRenderer {
    /// Fleet's commands; a DNS switch is done at the provider and recorded here.
    static let fleet = ActionRenderer(
        command: { action in
            if case .dnsSwitch(let change) = action {
                return ["ledger-cli", "record", "dns", change.host, "--to", change.target]
            }
            return Grammar.render(action)
        },
        expected: { Echo.expected($0) },
        answer: { Echo.answer($0) })
}
