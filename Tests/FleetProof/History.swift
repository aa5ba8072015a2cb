package import FleetModel
package import Ledger
package import Projector

/// What was done, what the ledger knows of it, and what is really so.
package struct History {
    package internal(set) var platform = Platform()
    package internal(set) var events: [Event] = []
    /// The roles of every migration that was opened.
    package private(set) var roles: [MigrationRoles] = []
    /// In how many of a hundred cases a command is refused or its outcome unknown.
    package var failures = 0 { didSet { platform.looksFail = failures > 0 } }
    /// The writes that were there when the ledger began; where they lie is not promised to be known.
    package internal(set) var writesBefore: Set<Int> = []
    private let without: RuleName?
    private let isPlain: Bool
    /// A hash of the events so far.
    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var replay = Replay(voids: Voids())
    private var identifiers = SplitMix(seed: 7)
    /// What the ledger was not told yet.
    var untold: [(action: Action, outcome: Outcome, second: Int)] = []
    /// What was seen and not told yet.
    var unsaid: [(seen: Observation, second: Int)] = []
    /// Events that say what never was.
    var falsehoods: [SequenceNumber] = []
    var voided: Set<SequenceNumber> = []

    /// How a history is set up.
    package struct Setup: Sendable {
        /// In how many of a hundred cases a command is refused or its outcome unknown.
        package var failures = 0
        /// True when the fleet has another shop.
        package var hasSite = false
        /// True when the shops have two databases.
        package var hasDatabases = false
        /// True when no start is recorded apart from its outcome, as in a transcript.
        package var isPlain = false
        /// The rule that planning lacks; nil outside the mutation check.
        package var without = LeftOut.rule

        package init() {}
    }

    package init(_ setup: Setup = Setup()) {
        failures = setup.failures
        isPlain = setup.isPlain
        without = setup.without
        platform.looksFail = failures > 0
        if setup.hasSite { platform.openSite() }
        platform.hasDatabases = setup.hasDatabases
    }

    /// True when the ledger was told everything and nothing but the truth, as far as it was seen.
    package var isTold: Bool { untold.isEmpty && falsehoods.isEmpty }

    /// A plan maker for the present.
    package func planner() throws -> Planner {
        try Planner(
            state: replay.state, now: Platform.time(platform.now),
            head: PlanHead(size: events.count, root: ""), renderer: .model, without: without)
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
    package var fingerprint: UInt64 { (hash ^ UInt64(platform.now)) &* 0x100_0000_01b3 }

    package mutating func play(_ move: Move) throws {
        var dice = SplitMix(seed: move.dice)
        switch move.deed {
        case .wait(let seconds): platform.advance(by: seconds)
        case .timeToLive(let host, let ttl):
            // A value that nobody saw is beyond what a drain can be worked out from.
            try see(.host(host, isCached: false), &dice)
            platform.point(host, ttl: ttl)
        case .look(let look): try see(look, &dice)
        case .decide(let decision, let migration): try decide(decision, migration)
        case .act(let action): try act(action, &dice)
        case .backUp: platform.backUp()
        case .actUntold(let action):
            let outcome = perform(completed(action), &dice)
            untold.append((completed(action), outcome, platform.now))
        case .lookUntold(let look):
            if let seen = platform.see(look, &dice) { unsaid.append((seen, platform.now)) }
        case .overlap(let first, let second): try overlap(first, second, &dice)
        case .tell: try tell()
        case .byStranger(let action): try actByStranger(action, &dice)
        case .misreport(let action):
            let event = try record(.action(completed(action), .accepted, ActionReport()))
            falsehoods.append(event.sequence)
        case .void: try void()
        case .damagedDump(let environment, let path):
            let action = Action.databaseDump(environment: environment, path: path)
            guard platform.permits(action) else { return }
            platform.perform(action, &dice)
            platform.spoil(path)
            try record(.action(action, .accepted, ActionReport()))
            platform.advance(by: 5)
            try see(.file(path), &dice)
        case .answerNeeds: try answerNeeds(&dice)
        case .beginLedger: try beginLedger(&dice)
        case .loseSnapshot(let name):
            _ = perform(completed(.snapshotDestroy(name: name)), &dice)
            try see(.snapshots(isComplete: true), &dice)
        case .loseEnvironment(let name):
            if platform.permits(.envDestroy(environment: name)) {
                platform.perform(.envDestroy(environment: name), &dice)
            }
            try see(.environments(isComplete: true), &dice)
            try see(.snapshots(isComplete: true), &dice)
        case .follow(let kind): try follow(kind, &dice)
        }
    }

    mutating func see(_ look: Look, _ dice: inout SplitMix) throws {
        if let seen = platform.see(look, &dice) { try record(.observation(seen)) }
    }

    private mutating func follow(_ kind: Plan.Kind, _ dice: inout SplitMix) throws {
        let planner = try planner()
        let plan: Plan
        if kind == .rollback {
            let names = roles.map(\.migration).filter { name in
                planner.migrations.contains { $0.name == name }
            }
            guard !names.isEmpty else { return }
            plan = try planner.rollback(migration: dice.pick(names))
        } else {
            plan = try planner.cleanup(migration: nil)
        }
        // What is done by hand is recorded by the step after it.
        switch plan.steps.first(where: { !$0.isManual })?.command {
        case .action(let action): try act(action, &dice)
        case .ledger: try decide(.lossAccepted, plan.migration ?? "move")
        default: break
        }
    }

    private mutating func answerNeeds(_ dice: inout SplitMix) throws {
        for need in try planner().cleanup(migration: nil).needs {
            if let look = need.look { try see(look, &dice) }
        }
    }

    private mutating func decide(_ given: Decision, _ migration: String) throws {
        let decision = completed(given)
        if case .migrationOpened(let opened) = decision {
            roles.removeAll { $0.migration == opened.migration }
            roles.append(opened)
        }
        if let roles = roles.first(where: { $0.migration == migration }) { waive(decision, roles) }
        switch decision {
        case .holdPlaced(let resource, let until):
            let end = until.map {
                Int(($0.milliseconds - Platform.time(0).milliseconds) / 1000)
            }
            platform.holds.append(Platform.Hold(resource: resource.description, until: end))
        case .holdReleased(let resource):
            platform.holds.removeAll { $0.resource == resource.description }
        default: break
        }
        try record(.decision(decision), migration: migration)
    }

    /// What somebody's word says may be lost.
    private mutating func waive(_ decision: Decision, _ roles: MigrationRoles) {
        let source = platform.environments[roles.source]
        let destination = platform.environments[roles.destination]
        let ours = source?.contents ?? []
        let temporary = platform.environments[roles.temporary ?? ""]
        let theirs = (destination?.contents ?? []).union(temporary?.contents ?? [])
        switch decision {
        case .lossAccepted, .writesReconciled:
            if decision == .writesReconciled, platform.replaced.contains(roles.source) {
                // Of a source that was loaded over, the word says that somebody compared the data
                // and that what only old copies hold is not missed; that what the destination alone
                // holds may be lost does not say so.
                platform.waived.formUnion(platform.everyWrite.subtracting(ours))
            }
            platform.waived.formUnion(
                decision == .lossAccepted
                    ? theirs.subtracting(ours) : ours.symmetricDifference(theirs))
            platform.waivedUploads.formUnion(destination?.uploads ?? [])
            if decision == .writesReconciled {
                platform.waivedUploads.formUnion(source?.uploads ?? [])
            }
        case .gapAcknowledged(.sourceWrites):
            platform.waived.formUnion(ours.subtracting(theirs))
            platform.waivedUploads.formUnion(source?.uploads ?? [])
        case .gapAcknowledged(.nfs):
            platform.waivedUploads.formUnion(source?.uploads ?? [])
            for snapshot in platform.nfsSnapshots.values {
                platform.waivedUploads.formUnion(snapshot.contents)
            }
        case .gapAcknowledged(.solr): platform.waivedCores.insert(roles.source)
        case .gapAcknowledged(.sqlScripts):
            platform.waived.formUnion(platform.spoiled)
        default: break
        }
    }

    /// Does it, or not, and says what the terminal shows.
    private mutating func perform(_ action: Action, _ dice: inout SplitMix) -> Outcome {
        let fails = dice.chance(failures)
        let isRefused = dice.chance(30)
        let acts = dice.chance(50)
        guard platform.permits(action) else { return fails && !isRefused ? .unknown : .refused }
        guard fails else {
            platform.perform(action, &dice)
            return .accepted
        }
        if acts { platform.perform(action, &dice) } else { platform.damage(action) }
        return isRefused ? .refused : .unknown
    }

    /// Two operators at once: nobody who reads of it knows which was carried out first.
    private mutating func overlap(
        _ first: Action, _ second: Action, _ dice: inout SplitMix
    ) throws {
        guard !isPlain else {
            try act(first, &dice)
            return try act(second, &dice)
        }
        let action = completed(first)
        let isLate = dice.chance(50)
        let start = try record(.action(action, .started, ActionReport()), isExecuted: true)
        let early = isLate ? nil : perform(action, &dice)
        platform.advance(by: dice.pick([1, 30, 70]))
        try act(second, &dice)
        platform.advance(by: dice.pick([1, 30, 70]))
        let outcome = early ?? perform(action, &dice)
        try record(.action(action, outcome, ActionReport()), cause: start)
    }

    private mutating func act(_ given: Action, _ dice: inout SplitMix) throws {
        let action = completed(given)
        let isSplit = dice.chance(50)
        let isLate = dice.chance(50)
        let isLost = dice.chance(50)
        guard isSplit, !isPlain else {
            let outcome = perform(action, &dice)
            try record(.action(action, outcome, ActionReport()))
            return
        }
        let start = try record(.action(action, .started, ActionReport()), isExecuted: true)
        if isLate { platform.advance(by: 2) }
        let outcome = perform(action, &dice)
        if !isLate { platform.advance(by: 2) }
        if outcome == .unknown, isLost { return }
        try record(.action(action, outcome, ActionReport()), cause: start)
    }

    @discardableResult
    mutating func record(
        _ payload: EventPayload, migration: String? = nil, cause: Event? = nil,
        isExecuted: Bool = false, at second: Int? = nil
    ) throws -> Event {
        let time = Platform.time(second ?? platform.now)
        let draft = EventDraft(
            id: EventID(time: time, using: &identifiers), payload: payload, time: time,
            actor: Actor(id: "operator"),
            basis: cause != nil || isExecuted ? .executed : .imported,
            migration: migration ?? label(payload), cause: cause?.id)
        let event = Event(
            sequence: SequenceNumber(events.count + 1), recordedTime: Platform.time(platform.now),
            source: "shop", draft: draft)
        events.append(event)
        combine(event)
        try replay.apply(event)
        return event
    }

    /// Stirs an event into the hash of all of them (FNV-1a).
    private mutating func combine(_ event: Event) {
        func stir(_ byte: UInt64) { hash = (hash ^ byte) &* 0x100_0000_01b3 }
        stir(UInt64(bitPattern: event.time.milliseconds))
        for byte in event.type.description.utf8 { stir(UInt64(byte)) }
        for byte in (try? CanonicalJSON.encode(event.data)) ?? [] { stir(UInt64(byte)) }
    }
}

extension ActionRenderer {
    /// The action's own name: what is proven does not depend on the platform's words.
    package static let model = ActionRenderer(
        command: { ["fleet", $0.name.rawValue] }, expected: { _ in nil }, answer: { _ in nil })
}
