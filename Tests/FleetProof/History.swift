package import FleetModel
package import Ledger
package import Projector

/// One thing that an operator does.
package enum Deed {
    case act(Action)
    case look(Look)
    case decide(Decision)
    case wait(Int)
    case timeToLive(String, Int)
    /// Runs the first step of the current plan.
    case follow(Plan.Kind)
}

/// An deed with the dice that decide what comes of it, so that leaving others out changes nothing.
package struct Move {
    package var deed: Deed
    package var dice: UInt64

    package init(deed: Deed, dice: UInt64) {
        self.deed = deed
        self.dice = dice
    }
}

/// What was done, what the ledger knows of it, and what is really so.
package struct History {
    package private(set) var platform = Platform()
    package private(set) var events: [Event] = []
    private var replay = Replay(voids: Voids())
    private var identifiers = SplitMix(seed: 7)
    /// In how many of a hundred cases a command is refused or its outcome unknown.
    package var failures = 0 { didSet { platform.looksFail = failures > 0 } }

    /// The rule that planning lacks; nil outside the mutation check.
    package var without: RuleName? = LeftOut.rule

    package init() {}

    /// A plan maker for the present.
    package func planner() throws -> Planner {
        let renderer = ActionRenderer(
            command: { ["fleet", $0.name.rawValue] }, expected: { _ in nil }, answer: { _ in nil })
        return try Planner(
            state: replay.state, now: Platform.time(platform.now),
            head: PlanHead(size: events.count, root: ""), renderer: renderer, without: without)
    }

    /// Every event on a line of its own.
    package var lines: String {
        events.map { event in
            let data = (try? CanonicalJSON.encode(event.data)).map {
                String(decoding: $0, as: UTF8.self)
            }
            return "\(event.sequence) \(event.time.short) \(event.type) \(data ?? "?")"
        }.joined(separator: "\n")
    }

    /// A hash of the events and the present.
    package var fingerprint: Int {
        var hasher = Hasher()
        for event in events {
            hasher.combine(event.time)
            hasher.combine(event.type)
            hasher.combine(event.data)
        }
        hasher.combine(platform.now)
        return hasher.finalize()
    }

    package mutating func play(_ move: Move) throws {
        var dice = SplitMix(seed: move.dice)
        switch move.deed {
        case .wait(let seconds): platform.advance(by: seconds)
        case .timeToLive(let host, let ttl): platform.point(host, ttl: ttl)
        case .look(let look):
            if let seen = platform.see(look, &dice) { try record(.observation(seen)) }
        case .decide(let decision): try decide(decision)
        case .act(let action): try act(action, &dice)
        case .follow(let kind):
            let planner = try planner()
            guard planner.migrations.contains(where: { $0.name == "move" }) else { return }
            let plan =
                try kind == .rollback
                ? planner.rollback(migration: "move") : planner.cleanup(migration: nil)
            switch plan.steps.first?.command {
            case .action(let action): try act(action, &dice)
            case .ledger: try decide(.lossAccepted)
            default: break
            }
        }
    }

    private mutating func decide(_ decision: Decision) throws {
        let source = platform.environments["prod"]?.contents ?? []
        let destination = platform.environments["prod2"]?.contents ?? []
        if decision == .lossAccepted || decision == .writesReconciled, platform.isSourceReplaced {
            // Asked of a source that was loaded over, the word says that somebody compared the data
            // and that what only old copies hold is not missed.
            platform.waived.formUnion(platform.everyWrite.subtracting(source))
        }
        switch decision {
        case .lossAccepted: platform.waived.formUnion(destination.subtracting(source))
        case .gapAcknowledged(.sourceWrites):
            platform.waived.formUnion(source.subtracting(destination))
        case .writesReconciled:
            platform.waived.formUnion(source.symmetricDifference(destination))
        case .holdPlaced(let resource, _): platform.holds.insert(resource.description)
        case .holdReleased(let resource): platform.holds.remove(resource.description)
        default: break
        }
        try record(.decision(decision))
    }

    private mutating func act(_ action: Action, _ dice: inout SplitMix) throws {
        var action = action
        if case .dnsSwitch(var change) = action {
            change.oldTTL = platform.hosts[change.host]?.ttl
            action = .dnsSwitch(change)
        }
        let isSplit = dice.chance(50)
        let isLate = dice.chance(50)
        let fails = dice.chance(failures)
        let isRefused = dice.chance(30)
        let acts = dice.chance(50)
        var start: Event?
        if isSplit { start = try record(.action(action, .started, ActionReport())) }
        if isSplit, isLate { platform.advance(by: 2) }
        var outcome = Outcome.accepted
        if !platform.permits(action) {
            outcome = fails && !isRefused ? .unknown : .refused
        } else if fails {
            outcome = isRefused ? .refused : .unknown
            if acts { platform.perform(action, &dice) } else { platform.damage(action) }
        } else {
            platform.perform(action, &dice)
        }
        if isSplit, !isLate { platform.advance(by: 2) }
        if outcome == .unknown, isSplit, dice.chance(50) { return }
        try record(.action(action, outcome, ActionReport()), cause: start)
    }

    @discardableResult
    private mutating func record(_ payload: EventPayload, cause: Event? = nil) throws -> Event {
        let time = Platform.time(platform.now)
        let draft = EventDraft(
            id: EventID(time: time, using: &identifiers), payload: payload, time: time,
            actor: Actor(id: "operator"), basis: cause == nil ? .imported : .executed,
            migration: "move", cause: cause?.id)
        let event = Event(
            sequence: SequenceNumber(events.count + 1), recordedTime: time, source: "shop",
            draft: draft)
        events.append(event)
        try replay.apply(event)
        return event
    }
}
