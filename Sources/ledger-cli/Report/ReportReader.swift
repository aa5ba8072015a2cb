import Fleet
import Ledger
import Projector

/// Makes a report from one snapshot of a ledger.
struct ReportReader {
    /// What is asked: which migration, from where in time and knowledge.
    struct Question: Sendable {
        var migration: String?
        var at: Timestamp?
        var knownAt: SequenceNumber?
        /// The present when it was given.
        var now: Timestamp?
        /// The clock.
        var clock: Timestamp
        /// Whom to believe, and heads that were kept elsewhere.
        var demands = VerificationDemands()
        /// Whom that is, in words.
        var believed: String?
    }

    let snapshot: LedgerSnapshot
    private let origin: String
    private let question: Question
    /// Every event that counts, in the order of the log.
    let events: [Event]
    let voids: Voids
    let voidedBy: [SequenceNumber: SequenceNumber]

    /// A reader of a snapshot.
    ///
    /// - Throws: `StoreError`; `CLIError.noSuchEvent` for a position that the ledger does not have.
    init(_ snapshot: LedgerSnapshot, origin: String, _ question: Question) throws {
        self.snapshot = snapshot
        self.origin = origin
        self.question = question
        let size = try snapshot.size()
        if let known = question.knownAt, known.number > size {
            throw CLIError.noSuchEvent(known.number, size: size)
        }
        var all: [Event] = []
        try snapshot.forEachEvent(through: question.knownAt) { all.append($0) }
        // What takes an event back counts at once, whatever time it names.
        voids = Voids(of: all)
        events = all.filter { event in question.at.map { event.time <= $0 } ?? true }
        var voidedBy: [SequenceNumber: SequenceNumber] = [:]
        for event in all where event.type == .decision(.eventVoided) {
            guard !voids.contains(event.sequence), let number = event.data["sequence"]?.integer
            else { continue }
            voidedBy[SequenceNumber(number)] = event.sequence
        }
        self.voidedBy = voidedBy
    }

    /// The report.
    ///
    /// - Throws: `StoreError`, `PlanError`, and what `progress` throws.
    func report(progress: (Int) throws -> Void) throws -> Report {
        let size = try question.knownAt?.number ?? snapshot.size()
        let head = PlanHead(size: size, root: try snapshot.root(size: size).base64)
        var replay = Replay(voids: voids)
        for event in events { try replay.apply(event) }
        let planner = try planner(replay.state, head)
        let migration = try planner.migration(named: question.migration)
        let chronicle = migration.map(planner.chronicle)
        let name = migration?.name
        let obstacle = planner.obstacle
        let cleanup =
            try obstacle.map { planner.refusal(.cleanup, migration: name, $0) }
            ?? planner.cleanup(migration: name)
        let judged = obstacle == nil ? migration : nil
        let rollback = try judged.map { try planner.rollback(migration: $0.name) }
        let conformance = try judged.map { try planner.conformance(migration: $0.name) }
        let destructions = try chronicle.map { try self.destructions($0, planner, head) } ?? []
        let plans = savedPlanEvents(name)

        var cited: Set<SequenceNumber> = []
        if let chronicle {
            cited.formUnion(chronicle.milestones.flatMap(\.evidence))
            cited.formUnion(chronicle.stretches.flatMap(\.evidence))
            cited.formUnion(chronicle.upkeep.flatMap(\.evidence))
        }
        cited.formUnion(
            ((conformance?.findings ?? []) + (conformance?.undecided ?? [])).flatMap(\.evidence))
        for resource in cleanup.resources {
            cited.formUnion(resource.evidence + resource.reasons.flatMap(\.evidence))
        }
        cited.formUnion((cleanup.steps + (rollback?.steps ?? [])).flatMap(\.evidence))
        cited.formUnion(destructions.flatMap { $0.attempt.evidence + ($0.verdict?.evidence ?? []) })
        cited.formUnion(
            plans.flatMap { [$0.issued] + $0.approvals + [$0.finished] }
                .compactMap { $0?.sequence })

        let decisive = self.decisive(chronicle, destructions)
        let chosen = events.filter { belongs($0, to: chronicle) || cited.contains($0.sequence) }
        let entries = try chosen.map { try entry($0, isDecisive: decisive.contains($0.sequence)) }
        let byNumber = Dictionary(uniqueKeysWithValues: entries.map { ($0.event.sequence, $0) })
        return Report(
            origin: origin, head: head, now: planner.world.now,
            isPartial: question.at != nil || question.knownAt != nil, chronicle: chronicle,
            events: entries, otherEvents: size - entries.count,
            plans: plans.map { plan in
                Report.SavedPlan(
                    kind: plan.kind, digest: plan.digest,
                    issued: plan.issued.flatMap { byNumber[$0.sequence] },
                    approvals: plan.approvals.compactMap { byNumber[$0.sequence] },
                    finished: plan.finished.flatMap { byNumber[$0.sequence] })
            },
            conformance: conformance, destructions: destructions, cleanup: cleanup,
            rollback: rollback, obstacle: obstacle?.description,
            holds: holds(entries), erasures: erasures(entries),
            policies: policies(planner.world.state),
            integrity: try integrity(of: entries, size: size, progress))
    }

    /// The planner at the present that was asked about.
    ///
    /// A migration that is over is told as of its last event, so that its report stays the same
    /// for ever; one that still runs, or left something behind that costs money, as of now.
    private func planner(_ state: State, _ head: PlanHead) throws(PlanError) -> Planner {
        let newest = state.newest?.time ?? question.clock
        if let given = question.at ?? question.now {
            return try Planner(showing: state, now: given, head: head, renderer: .fleet)
        }
        let past = try Planner(showing: state, now: newest, head: head, renderer: .fleet)
        if let migration = try past.migration(named: question.migration),
            let closed = migration.closed
        {
            let chronicle = past.chronicle(of: migration)
            let role = closed.value ? "destination" : "source"
            let left = chronicle.upkeep.first { $0.role == role }
            if left?.until != nil || left == nil { return past }
        }
        return try Planner(
            showing: state, now: max(newest, question.clock), head: head, renderer: .fleet)
    }

    private static let mostProofs = 400

    /// What verification says of the whole file, and what proves the decisive events.
    private func integrity(
        of entries: [Report.Entry], size: Int, _ progress: (Int) throws -> Void
    ) throws -> Report.Integrity {
        let result = try LogVerification(
            snapshot, origin: origin, demands: question.demands, progress: progress)
        let head = try snapshot.signedHeads().filter { $0.size <= size }.max { $0.size < $1.size }
        let note = head.flatMap { try? SignedNote.parse(Array($0.note.utf8)) }
        var proofs: [Report.Proof] = []
        for entry in entries where entry.isDecisive && proofs.count < Self.mostProofs {
            let sequence = entry.event.sequence
            guard let record = try snapshot.record(sequence) else { continue }
            var receipt: [UInt8]?
            if let head, let note, sequence.number <= head.size {
                receipt = try snapshot.receipt(of: sequence, head, note)?.format()
            }
            proofs.append(
                Report.Proof(
                    sequence: sequence, record: record.bytes,
                    leaf: MerkleTree.leafHash(record.bytes), receipt: receipt))
        }
        return Report.Integrity(
            verdict: result.verdict, findings: result.findings, size: result.size,
            root: result.root, believed: question.believed,
            anchors: result.anchors.map { ($0.anchor.label, $0.isPrefix) },
            unsigned: result.unsigned?.count ?? 0, head: head, proofs: proofs)
    }
}
