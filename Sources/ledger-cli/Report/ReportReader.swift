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

    private let snapshot: LedgerSnapshot
    private let origin: String
    private let question: Question
    /// Every event that counts, in the order of the log.
    private let events: [Event]
    private let voids: Voids
    private let voidedBy: [SequenceNumber: SequenceNumber]

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
        let cleanup = try planner.cleanup(migration: name)
        let rollback = try migration.map { try planner.rollback(migration: $0.name) }
        let destructions = try chronicle.map { try self.destructions($0, planner, head) } ?? []
        let plans = savedPlanEvents(name)

        var cited: Set<SequenceNumber> = []
        if let chronicle {
            cited.formUnion(chronicle.milestones.flatMap(\.evidence))
            cited.formUnion(chronicle.stretches.flatMap(\.evidence))
            cited.formUnion(chronicle.upkeep.flatMap(\.evidence))
        }
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
            destructions: destructions, cleanup: cleanup, rollback: rollback,
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
            return try Planner(state: state, now: given, head: head, renderer: .fleet)
        }
        let past = try Planner(state: state, now: newest, head: head, renderer: .fleet)
        if let migration = try past.migration(named: question.migration),
            let closed = migration.closed
        {
            let chronicle = past.chronicle(of: migration)
            let role = closed.value ? "destination" : "source"
            let left = chronicle.upkeep.first { $0.role == role }
            if left?.until != nil || left == nil { return past }
        }
        return try Planner(
            state: state, now: max(newest, question.clock), head: head, renderer: .fleet)
    }

    private func belongs(_ event: Event, to chronicle: Chronicle?) -> Bool {
        guard let chronicle else { return true }
        if let migration = event.migration { return migration == chronicle.migration.name }
        switch event.type {
        case .decision(.ledgerCreated), .decision(.policySet), .decision(.keyAdded),
            .decision(.keyRetired):
            return true
        default: break
        }
        guard let resource = Resource(event.subject) else { return false }
        if case .environment(let name, _) = resource {
            return chronicle.resources.contains(.environment(name))
        }
        if case .event(let sequence) = resource,
            let about = events.first(where: { $0.sequence == sequence }), about != event
        {
            return belongs(about, to: chronicle)
        }
        return chronicle.resources.contains(resource)
    }

    /// The events that decide something: somebody's acts and words, not looks.
    private func decisive(
        _ chronicle: Chronicle?, _ destructions: [Report.Destruction]
    ) -> Set<SequenceNumber> {
        var decisive = Set(chronicle?.milestones.compactMap(\.act) ?? [])
        decisive.formUnion(chronicle?.milestones.filter { $0.act != nil }.flatMap(\.evidence) ?? [])
        decisive.formUnion(destructions.flatMap(\.attempt.evidence))
        for event in events {
            if case .decision(let name) = event.type, name != .noteAdded {
                decisive.insert(event.sequence)
            }
        }
        return decisive
    }

    private func entry(_ event: Event, isDecisive: Bool) throws -> Report.Entry {
        var texts: [Report.Text] = []
        for (name, reference) in event.attachments {
            // What a look showed is in the record already, and what a dump holds is no one's to read.
            if name == "output", case .observation = event.type { continue }
            texts.append(try text(of: event, name, reference))
        }
        return Report.Entry(
            event: event, voidedBy: voidedBy[event.sequence],
            summary: EventSummary.text(of: event), texts: texts, isDecisive: isDecisive)
    }

    private static let longestText = 2000

    private func text(
        of event: Event, _ name: String, _ reference: AttachmentReference
    ) throws -> Report.Text {
        let stored: StoredAttachment?
        do {
            stored = try snapshot.attachment(event.sequence, name: name)
        } catch StoreError.attachmentAltered {
            return Report.Text(name: name, text: nil, absence: "altered")
        }
        switch stored {
        case .content(let content)?:
            guard content.mediaType.hasPrefix("text/"),
                let text = String(validating: content.bytes, as: UTF8.self)
            else {
                return Report.Text(
                    name: name, text: nil,
                    absence: "\(reference.byteCount) bytes of \(reference.mediaType)")
            }
            let lines = text.replacing("\r\n", with: "\n")
            let end = lines.count > Self.longestText ? "\n… cut, \(reference.byteCount) bytes" : ""
            return Report.Text(name: name, text: lines.prefix(Self.longestText) + end, absence: nil)
        case .erased?: return Report.Text(name: name, text: nil, absence: "erased")
        case .absent?, nil: return Report.Text(name: name, text: nil, absence: "not in this file")
        }
    }

    private struct PlanEvents {
        var kind: String
        var digest: String
        var issued: Event?
        var approvals: [Event] = []
        var finished: Event?
    }

    private func savedPlanEvents(_ migration: String?) -> [PlanEvents] {
        var plans: [PlanEvents] = []
        for event in events where !voids.contains(event.sequence) {
            guard let payload = try? EventPayload(type: event.type, data: event.data),
                case .decision(let decision) = payload
            else { continue }
            switch decision {
            case .planIssued(let issue):
                guard migration == nil || issue.migration == nil || issue.migration == migration
                else { continue }
                plans.append(PlanEvents(kind: issue.plan, digest: issue.digest, issued: event))
            case .planApproved(let digest):
                guard let index = plans.lastIndex(where: { $0.digest == digest }) else { continue }
                plans[index].approvals.append(event)
            case .planFinished(let digest, _):
                guard let index = plans.lastIndex(where: { $0.digest == digest }) else { continue }
                plans[index].finished = event
            default: continue
            }
        }
        return plans
    }

    /// What was destroyed in the migration, and what the rules said when it was.
    private func destructions(
        _ chronicle: Chronicle, _ planner: Planner, _ head: PlanHead
    ) throws -> [Report.Destruction] {
        let rows = planner.overview().rows
        let state = planner.world.state
        var attempts: [Attempt] = []
        for resource in chronicle.resources {
            switch resource {
            case .environment(let name, _):
                attempts += state.environments[name]?.attempts ?? []
            case .snapshot(let kind, let name):
                attempts += state.snapshots[SnapshotKey(kind: kind, name: name)]?.attempts ?? []
            case .release(let name): attempts += state.releases[name]?.attempts ?? []
            default: break
            }
        }
        let destroys = attempts.filter {
            [.envDestroy, .snapshotDestroy, .releaseDestroy].contains($0.action.name)
        }
        return try Set(destroys).sorted { $0.started < $1.started }.map { attempt in
            let row = rows.first { $0.resource == attempt.action.subject }
            return Report.Destruction(
                attempt: attempt,
                command: attempt.report.command ?? Grammar.renderShell(attempt.action),
                verdict: verdict(before: attempt, head),
                override: try overrideReason(attempt),
                state: row?.cells.first?.cell.text ?? "unknown")
        }
    }

    /// What the rules said of a resource right before something was done to it, from what was
    /// recorded until then.
    private func verdict(before attempt: Attempt, _ head: PlanHead) -> ResourceVerdict? {
        let known = events.filter {
            $0.sequence < attempt.started.sequence && $0.time <= attempt.started.time
        }
        var replay = Replay(voids: Voids(of: known))
        for event in known {
            do { try replay.apply(event) } catch { return nil }
        }
        let planner = try? Planner(
            state: replay.state, now: attempt.started.time, head: head, renderer: .fleet)
        return try? planner?.check(attempt.action.subject)
    }

    private func overrideReason(_ attempt: Attempt) throws -> Report.Text? {
        guard attempt.report.isOverride,
            let event = events.first(where: { $0.sequence == attempt.started.sequence })
        else { return nil }
        guard let (name, reference) = event.attachments.first(where: { $0.name == "override" })
        else { return Report.Text(name: "override", text: nil, absence: "not given") }
        return try text(of: event, name, reference)
    }

    private func holds(_ entries: [Report.Entry]) -> [Report.Hold] {
        var holds: [Report.Hold] = []
        for entry in entries where entry.voidedBy == nil {
            guard let payload = try? EventPayload(type: entry.event.type, data: entry.event.data),
                case .decision(let decision) = payload
            else { continue }
            switch decision {
            case .holdPlaced(let resource, let until):
                holds.append(Report.Hold(resource: resource, placed: entry, until: until))
            case .holdReleased(let resource):
                for index in holds.indices
                where holds[index].resource == resource && holds[index].released == nil {
                    holds[index].released = entry
                }
            default: break
            }
        }
        return holds
    }

    private func erasures(_ entries: [Report.Entry]) -> [Report.Erasure] {
        entries.compactMap { entry in
            guard let payload = try? EventPayload(type: entry.event.type, data: entry.event.data),
                case .decision(.attachmentErased(let sequence, let attachment)) = payload
            else { return nil }
            return Report.Erasure(sequence: sequence, attachment: attachment, erased: entry)
        }
    }

    private func policies(
        _ state: State
    ) -> [(key: String, value: String, evidence: SequenceNumber)] {
        var newest: [String: (String, SequenceNumber)] = [:]
        for mark in state.policyMarks {
            if case .policySet(let key, let value) = mark.value {
                newest[key] = (value, mark.moment.sequence)
            }
        }
        return newest.keys.sorted().compactMap { key in
            newest[key].map { (key, $0.0, $0.1) }
        }
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
                let proof = try snapshot.hashes.inclusionProof(
                    index: sequence.number - 1, size: head.size)
                receipt = try Receipt(index: sequence.number - 1, proof: proof, note: note).format()
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
