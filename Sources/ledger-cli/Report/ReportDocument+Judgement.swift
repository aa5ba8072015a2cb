import Ledger
import Projector

extension ReportDocument {
    private static let judgements: Set<DecisionName> = [
        .testPassed, .testFailed, .go, .noGo, .lossAccepted, .writesReconciled, .gapAcknowledged,
    ]

    /// Tests, decisions and approvals.
    var judgement: Document.Section {
        var decisions = Document.Grid(
            "Tests, decisions and acknowledgements", "time", "who", "what", "why", "events")
        for entry in report.events {
            guard case .decision(let name) = entry.event.type, Self.judgements.contains(name)
            else { continue }
            decisions.add(
                .time(entry.event.time), .text(entry.event.actor.id),
                [.text(Self.words(name, entry))] + struck(entry), reason(entry),
                .events([entry.event.sequence]))
        }
        var approvals = Document.Grid(
            "Plans that were saved", "plan", "digest", "issued", "approved by", "finished",
            "events")
        for plan in report.plans {
            let events = ([plan.issued] + plan.approvals + [plan.finished]).compactMap {
                $0?.event.sequence
            }
            approvals.add(
                .text(plan.kind), .code(String(plan.digest.prefix(12))), signature(plan.issued),
                plan.approvals.isEmpty
                    ? [.faint("nobody")]
                    : Array(plan.approvals.map(signature).joined(separator: [.text("; ")])),
                plan.finished.map { [.text($0.summary), .text(" "), .time($0.event.time)] }
                    ?? [.faint("–")], .events(events))
        }
        var blocks: [Document.Block] = []
        blocks.append(
            decisions.rows.isEmpty
                ? .paragraph([.faint("No test or decision was recorded.")]) : .table(decisions))
        blocks.append(
            approvals.rows.isEmpty
                ? .paragraph([.faint("No plan was saved, so none was approved.")])
                : .table(approvals))
        if !report.policies.isEmpty {
            var table = Document.Grid("Policies that are set", "policy", "value", "events")
            for policy in report.policies {
                table.add(.code(policy.key), .text(policy.value), .events([policy.evidence]))
            }
            blocks.append(.table(table))
        }
        return Document.Section(id: "approvals", title: "Decisions and approvals", blocks: blocks)
    }

    private static func words(_ name: DecisionName, _ entry: Report.Entry) -> String {
        switch name {
        case .testPassed: "test passed: \(entry.event.subject)"
        case .testFailed: "test failed: \(entry.event.subject)"
        case .go: "go"
        case .noGo: "no go"
        case .lossAccepted: "loss of writes accepted"
        case .writesReconciled: "writes reconciled"
        default: "acknowledged: \(entry.summary)"
        }
    }

    /// What took an event back, if anything did.
    func struck(_ entry: Report.Entry) -> [Document.Inline] {
        guard let by = entry.voidedBy else { return [] }
        return [.text(" "), .word("voided", .bad), .text(" "), .events([by])]
    }

    /// The reason that was given with an event.
    func reason(_ entry: Report.Entry) -> [Document.Inline] {
        guard let reason = entry.texts.first(where: { $0.name == "reason" || $0.name == "report" })
        else { return [.faint("–")] }
        return words(reason)
    }

    /// Words kept beside the log, or why there are none.
    func words(_ text: Report.Text) -> [Document.Inline] {
        text.text.map { [.quote($0)] } ?? [.faint(text.absence ?? "")]
    }

    private func signature(_ entry: Report.Entry?) -> [Document.Inline] {
        guard let entry else { return [.faint("–")] }
        return [.strong(entry.event.actor.id), .text(" "), .time(entry.event.time)]
    }

    /// How it was done, held against the procedure.
    var conformance: Document.Section? { nil }

    /// What was destroyed and what may be.
    var cleanup: Document.Section {
        var executed = Document.Grid(
            "Executed: what was destroyed, and what the rules said right before", "time", "who",
            "command", "outcome", "rules said", "now", "events")
        for destruction in report.destructions {
            let attempt = destruction.attempt
            executed.add(
                .time(attempt.started.time), .text(attempt.actor.id), .code(destruction.command),
                [
                    .word(
                        attempt.outcome.rawValue,
                        attempt.isAccepted
                            ? .plain : attempt.outcome == .refused ? .bad : .doubtful)
                ], said(destruction), .text(destruction.state), .events(attempt.evidence))
        }
        var derived = Document.Grid(
            "Derived: what may be destroyed as of \(report.now.short)", "resource", "verdict",
            "why", "events")
        for resource in report.cleanup.resources {
            var why: [Document.Inline] = []
            for reason in resource.reasons {
                if !why.isEmpty { why.append(.text("; ")) }
                why += [.text("\(reason.message) "), .faint("(\(reason.rule.rawValue))")]
            }
            if why.isEmpty {
                why = [.faint(resource.verdict == .safe ? "every rule holds" : "–")]
            }
            derived.add(
                .code(resource.resource.description), Self.word(resource.verdict), why,
                .events(resource.evidence + resource.reasons.flatMap(\.evidence)))
        }
        var blocks: [Document.Block] = [
            .paragraph([
                .text("As derived from the events: "), .strong(report.cleanup.summary), .text("."),
            ])
        ]
        if !report.cleanup.steps.isEmpty {
            blocks.append(.heading("Steps that are due"))
            blocks.append(
                .list(
                    report.cleanup.steps.map { step in
                        [
                            .code(PlanPrinter.command(of: step, in: report.cleanup)),
                            .text(" because \(step.because) "), .events(step.evidence),
                        ]
                    }))
        }
        blocks.append(
            executed.rows.isEmpty
                ? .paragraph([.faint("Nothing was destroyed.")]) : .table(executed))
        if !derived.rows.isEmpty { blocks.append(.table(derived)) }
        return Document.Section(id: "cleanup", title: "Clean-up", blocks: blocks)
    }

    private func said(_ destruction: Report.Destruction) -> [Document.Inline] {
        var said = Self.word(destruction.verdict?.verdict)
        if let reasons = destruction.verdict?.reasons, !reasons.isEmpty {
            said.append(.text(": " + reasons.map(\.rule.rawValue).joined(separator: ", ")))
        }
        if let override = destruction.override {
            said += [.text("; "), .word("overridden", .bad), .text(": ")] + words(override)
        }
        return said
    }

    /// The way back and the points after which it is longer.
    var wayBack: Document.Section? {
        guard let plan = report.rollback else { return nil }
        var blocks: [Document.Block] = [
            .paragraph([.text("As of "), .time(plan.now), .text(": \(plan.summary).")])
        ]
        let points = (plan.extra["noReturn"]?.array ?? []).compactMap(\.object)
        if !points.isEmpty {
            blocks.append(.heading("Points of no return that were passed"))
            blocks.append(
                .list(
                    points.map { point in
                        [
                            .strong(point["point"]?.string ?? ""), .text(" "),
                            .text(point["message"]?.string ?? ""), .text(" "),
                            .events(
                                (point["evidence"]?.array ?? []).compactMap(\.integer).map {
                                    SequenceNumber($0)
                                }),
                        ]
                    }))
        }
        let residue = (plan.extra["residue"]?.array ?? []).compactMap(\.string)
        if !residue.isEmpty {
            blocks.append(.paragraph([.text("Left over: " + residue.joined(separator: ", "))]))
        }
        return Document.Section(id: "rollback", title: "The way back", blocks: blocks)
    }

    /// Holds, erasures and what was taken back.
    var holds: Document.Section {
        var blocks: [Document.Block] = []
        var holds = Document.Grid(
            "Holds", "resource", "placed", "why", "until", "released", "events")
        for hold in report.holds {
            holds.add(
                .code(hold.resource.description), signature(hold.placed), reason(hold.placed),
                hold.until.map { [.time($0)] } ?? .text("released"),
                hold.released.map(signature) ?? [.word("stands", .doubtful)],
                .events([hold.placed, hold.released].compactMap { $0?.event.sequence }))
        }
        var erasures = Document.Grid("Erasures", "what", "erased", "why", "events")
        for erasure in report.erasures {
            erasures.add(
                [.text("\(erasure.attachment) of event "), .events([erasure.sequence])],
                signature(erasure.erased), reason(erasure.erased),
                .events([erasure.erased.event.sequence]))
        }
        var voids = Document.Grid("Events that were taken back", "event", "what", "by")
        for entry in report.events {
            guard let by = entry.voidedBy else { continue }
            let voiding = report.events.first { $0.event.sequence == by }
            voids.add(
                .events([entry.event.sequence]),
                .text("\(entry.event.type) \(entry.event.subject)"),
                signature(voiding) + [.text(" "), .events([by]), .text(" ")]
                    + (voiding.map(reason) ?? []))
        }
        for (table, absence) in [
            (holds, "Nothing was held."), (erasures, "Nothing was erased."),
            (voids, "No event was taken back."),
        ] {
            blocks.append(table.rows.isEmpty ? .paragraph([.faint(absence)]) : .table(table))
        }
        return Document.Section(id: "holds", title: "Holds and erasures", blocks: blocks)
    }
}
