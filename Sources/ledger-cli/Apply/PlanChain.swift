import Fleet
import Ledger
import Projector

/// What the ledger knows of a plan after it was issued: who approved it, what was done of it, and
/// whether it has ended.
struct PlanChain {
    /// One try at one of its steps.
    struct Attempt {
        /// The event that started it, or the only one.
        var start: EventID
        /// What was tried.
        var action: Action
        /// What came of it; `started` while nobody knows.
        var outcome: Outcome
        /// When its outcome was known, else when it was started.
        var time: Timestamp
        /// The newest event of it.
        var sequence: SequenceNumber
    }

    /// The plan.
    let issued: IssuedPlan
    /// Those who approved, each once, the issuer aside.
    private(set) var approvals: [String] = []
    /// How it ended.
    private(set) var finished: (sequence: SequenceNumber, completed: Bool)?
    /// What was tried, in order.
    private(set) var attempts: [Attempt] = []
    /// The numbers of the steps that someone says to have done by hand.
    private(set) var doneByHand: Set<Int> = []
    /// The decisions since, such as an accepted loss.
    private(set) var decisions: [Decision] = []

    /// Reads the events after the issue.
    ///
    /// - Throws: `StoreError`; `EventError` when an event cannot be read.
    init(_ issued: IssuedPlan, _ store: LedgerStore) throws {
        self.issued = issued
        let voids = try Voiding.voids(in: store)
        try store.forEachEvent(from: SequenceNumber(issued.sequence.number + 1)) { event in
            try take(event, isVoided: voids.contains(event.sequence))
        }
    }

    private mutating func take(_ event: Event, isVoided: Bool) throws {
        let digest = issued.issue.digest
        switch try EventPayload(type: event.type, data: event.data) {
        case .decision(.planApproved(digest))? where !isVoided:
            let isNew = event.actor != issued.issuer && !approvals.contains(event.actor.id)
            if isNew { approvals.append(event.actor.id) }
        case .decision(.planFinished(digest, let completed))?:
            // A void cannot make a plan new that was used.
            finished = (event.sequence, completed)
        case .decision(.noteAdded(let note))? where !isVoided && event.cause == issued.id:
            if let number = PlanChain.number(note.command ?? "") { doneByHand.insert(number) }
        case .decision(let decision)? where !isVoided:
            if event.migration == issued.issue.migration || issued.issue.migration == nil {
                decisions.append(decision)
            }
        case .action(let action, let outcome, let report)?:
            take(event, action, outcome, report)
        default: break
        }
    }

    private mutating func take(
        _ event: Event, _ action: Action, _ outcome: Outcome, _ report: ActionReport
    ) {
        let started = attempts.lastIndex { attempt in
            attempt.outcome == .started
                && (event.cause == attempt.start
                    || event.basis != .executed && attempt.action == action)
        }
        if outcome != .started, let index = started {
            attempts[index].outcome = outcome
            attempts[index].time = event.time
            attempts[index].sequence = event.sequence
            return
        }
        // A switch at the DNS provider is nobody's command: who records it did the step.
        let isOurs = report.plan == issued.issue.digest || action.name == .dnsSwitch
        guard isOurs else { return }
        attempts.append(
            Attempt(
                start: event.id, action: action, outcome: outcome, time: event.time,
                sequence: event.sequence))
    }

    /// The newest try at a step.
    func attempt(at step: Step) -> Attempt? {
        guard case .action(let wanted) = step.command else { return nil }
        return attempts.last { attempt in
            if case .dnsSwitch(let wanted) = wanted, case .dnsSwitch(let done) = attempt.action {
                return wanted.host == done.host && wanted.environment == done.environment
            }
            return attempt.action == wanted
        }
    }

    /// True when a step needs nothing more: its command was accepted, or its decision was made.
    func isDone(_ step: Step, number: Int) -> Bool {
        if doneByHand.contains(number) { return true }
        switch step.command {
        case .action: return attempt(at: step)?.outcome == .accepted
        case .ledger(let words):
            guard words.contains("accept-loss") else { return false }
            return decisions.contains { $0 == .lossAccepted || $0 == .writesReconciled }
        case .manual:
            // What is done at the DNS provider is recorded by the step after it.
            guard case .dns(let host) = step.resource else { return false }
            return attempts.contains { attempt in
                guard case .dnsSwitch(let change) = attempt.action else { return false }
                return change.host == host && attempt.outcome == .accepted
            }
        }
    }

    /// The command by which a step is said to be done by hand.
    static func command(_ name: String, done number: Int) -> String {
        "ledger-cli apply \(name) --done \(number)"
    }

    private static func number(_ command: String) -> Int? {
        let words = command.split(separator: " ")
        guard words.count == 5, words[0] == "ledger-cli", words[1] == "apply",
            words[3] == "--done"
        else { return nil }
        return Int(words[4])
    }

    /// Refuses a plan that cannot be used any more, or not yet.
    ///
    /// - Throws: `ApplyError`.
    func check(at now: Timestamp, approvals wanted: Int) throws(ApplyError) {
        if let finished {
            throw .finished(issued.name, finished.sequence, completed: finished.completed)
        }
        guard now < issued.plan.expires else { throw .expired(issued.name, issued.plan.expires) }
        guard approvals.count >= wanted else {
            throw .unapproved(issued.name, wanted: wanted, given: approvals)
        }
    }
}
