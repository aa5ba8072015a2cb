public import Ledger

/// How a migration was done, held against the documented procedure.
public struct Conformance: Sendable {
    /// A deviation, or a note.
    public struct Finding: Sendable {
        /// The check that found it.
        public let check: ConformanceCheck
        /// What was done, and when.
        public let message: String
        /// The events that show it.
        public let evidence: [SequenceNumber]
    }

    /// The two methods as said and as told from what was done.
    public struct Method: Sendable, Hashable {
        /// The method that was declared; nil for a derived migration.
        public var declared: MigrationMethod?
        /// The method that the events show; nil when they show both or neither.
        public var guessed: MigrationMethod?
        /// The method whose checks were made: the declared one, else the guessed one.
        public var used: MigrationMethod? { declared ?? guessed }
        /// True when both are known and differ.
        public var disagrees: Bool {
            declared != nil && guessed != nil && declared != guessed
        }
    }

    /// The migration's name.
    public let migration: String
    /// The present that it was made for.
    public let now: Timestamp
    /// The method.
    public let method: Method
    /// Deviations and notes, by number of the check.
    public private(set) var findings: [Finding] = []
    /// Activated checks that what is known does not settle.
    public private(set) var undecided: [Finding] = []
    /// Activated checks that hold, with the events that show it.
    public private(set) var held: [Finding] = []
    /// How many checks were activated; notes aside.
    public private(set) var activated = 0
    /// How many of them hold.
    public private(set) var satisfied = 0
    /// The parts that began.
    public let phases: [Phase]
    /// How long customers had no shop.
    public let downtime: Downtime?
    /// What was left behind.
    public let orphans: [Orphan]

    /// Holds what was done against every check that the method has.
    init(_ conduct: Conduct) {
        migration = conduct.migration.name
        now = conduct.now
        method = Method(
            declared: conduct.migration.isDeclared ? conduct.migration.roles.method : nil,
            guessed: conduct.guess)
        phases = conduct.phases
        downtime = conduct.downtime
        orphans = conduct.orphans
        let shared = Set(MigrationMethod.allCases)
        for check in ConformanceCheck.all
        where check.methods == shared || method.used.map(check.methods.contains) ?? false {
            weigh(check, check.judge(conduct))
        }
        findings.sort { $0.check.id < $1.check.id }
    }

    private mutating func weigh(_ check: ConformanceCheck, _ result: CheckResult) {
        let counts = check.severity != .note
        switch result {
        case .vacuous: break
        case .satisfied(let evidence):
            if counts { (activated, satisfied) = (activated + 1, satisfied + 1) }
            held.append(
                Finding(check: check, message: check.sentence, evidence: World.merge(evidence)))
        case .unknown(let why, let evidence):
            if counts { activated += 1 }
            undecided.append(
                Finding(check: check, message: why, evidence: World.merge(evidence)))
        case .violated(let deviations):
            if counts { activated += 1 }
            findings += deviations.map {
                Finding(check: check, message: $0.message, evidence: World.merge($0.evidence))
            }
        }
    }

    /// Satisfied among activated; nil when nothing was activated.
    public var fitness: Double? {
        activated == 0 ? nil : Double(satisfied) / Double(activated)
    }

    /// True when something other than a note was found.
    public var hasDeviations: Bool { findings.contains { $0.check.severity != .note } }
}

extension Conduct {
    /// The method that the events show: a snapshot before the destination was made is the snapshot
    /// method, a load into the destination the dump method; both or neither tell nothing.
    var guess: MigrationMethod? {
        let creation = destination?.creation?.started
        let isTaken =
            snapshots.contains { taken in creation.map { taken.started < $0 } ?? true }
            || destination?.seed.map { world.snapshotSource($0) == s } ?? false
        let isLoaded = !tried(.databaseLoad, on: d).isEmpty
        return isTaken == isLoaded ? nil : isTaken ? .snapshot : .dump
    }
}

extension Planner {
    /// How a migration was done, held against the documented procedure; without a name the only one.
    ///
    /// - Throws: `PlanError.unknownMigration`, `.ambiguousMigration` or `.noMigration`.
    public func conformance(migration name: String?) throws(PlanError) -> Conformance {
        try refuseObstacle()
        let migration: Migration
        if let name {
            guard let named = migrations.first(where: { $0.name == name }) else {
                throw .unknownMigration(name, known: migrations.map(\.name))
            }
            migration = named
        } else {
            // An answer about conduct speaks of closed migrations as well, so "the only one" does.
            let declared = migrations.filter(\.isDeclared)
            let candidates = declared.isEmpty ? migrations : declared
            guard candidates.count <= 1 else { throw .ambiguousMigration(candidates.map(\.name)) }
            guard let only = candidates.first else { throw .noMigration }
            migration = only
        }
        return Conformance(Conduct(migration, in: world, among: migrations))
    }
}

extension Conformance {
    /// The answer as JSON.
    public var json: JSONObject {
        [
            "migration": .string(migration), "now": .string(now.description),
            "method": [
                "declared": method.declared.map { .string($0.rawValue) } ?? .null,
                "guessed": .string(method.guessed?.rawValue ?? "ambiguous"),
                "used": method.used.map { .string($0.rawValue) } ?? .null,
                "disagrees": .bool(method.disagrees),
            ],
            "fitness": [
                "activated": .integer(activated), "satisfied": .integer(satisfied),
                "value": fitness.map { .number($0) } ?? .null,
            ],
            "findings": .array(findings.map { .object($0.json) }),
            "unknown": .array(undecided.map { .object($0.json) }),
            "held": .array(
                held.map {
                    [
                        "check": .string($0.check.id), "name": .string($0.check.name),
                        "severity": .string($0.check.severity.rawValue),
                        "evidence": .numbers($0.evidence),
                    ]
                }),
            "phases": .array(phases.map { .object($0.json) }),
            "downtime": downtime.map { .object($0.json) } ?? .null,
            "orphans": .array(orphans.map { .object($0.json) }),
        ]
    }
}

extension Conformance.Finding {
    /// The finding as it stands in an answer.
    public var json: JSONObject {
        [
            "check": .string(check.id), "name": .string(check.name),
            "severity": .string(check.severity.rawValue), "message": .string(message),
            "evidence": .numbers(evidence), "procedure": .string(check.sentence),
            "source": .string(check.source),
        ]
    }
}
