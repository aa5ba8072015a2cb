import Ledger
import Projector

/// Puts what a report holds into words and tables.
struct ReportDocument {
    let report: Report

    /// The document of a report.
    init(_ report: Report) { self.report = report }

    /// The whole document.
    var document: Document {
        let name = report.chronicle?.migration.name
        var document = Document(
            title: name.map { "Migration \($0)" } ?? "Ledger \(report.origin)", subtitle: subtitle)
        document.figures = figures
        document.sections = [
            what, timeline, upkeep, judgement, conformance, cleanup, wayBack, holds, events,
            integrity, checking,
        ].compactMap { $0 }
        document.footer = [
            .text("From ledger "), .code(report.origin),
            .text(", \(report.head.size) events, root "), .code(report.head.root),
            .text(", as of "), .time(report.now),
            .text(
                ". All times are UTC. Numbers in brackets are events: each is proof of the sentence before it. "
            ),
            .text("The ledger is tamper-evident, not tamper-proof."),
        ]
        return document
    }

    private var subtitle: [Document.Inline] {
        var line: [Document.Inline] = []
        if let migration = report.chronicle?.migration {
            line = [
                .strong(migration.roles.source), .text(" to "),
                .strong(migration.roles.destination),
                .text(" by \(migration.roles.method.rawValue), "),
                .text(state(migration)), .text(". "),
            ]
        }
        line += [.text("As of "), .time(report.now)]
        if report.isPartial {
            line.append(.text(", from what was true and known then; later events are left out"))
        }
        line.append(.text("."))
        if let obstacle = report.obstacle {
            line += [
                .text(" "),
                .word("Not all that happened is told: \(obstacle).", .doubtful),
            ]
        }
        return line
    }

    private func state(_ migration: Migration) -> String {
        if !migration.isDeclared { return "derived from the events, never declared" }
        return migration.closed.map { $0.value ? "abandoned" : "closed" } ?? "open"
    }

    /// The figures at the top: may the file be trusted, how long was the shop away, what is left.
    private var figures: [Document.Figure] {
        var figures: [Document.Figure] = []
        if let chronicle = report.chronicle {
            if let (span, isOver) = report.downtime {
                let isWithin = span <= Chronicle.documentedDowntime
                figures.append(
                    Document.Figure(
                        label: "Customers without a shop", value: Duration.text(span),
                        note: (isWithin ? "within" : "over") + " the documented hour"
                            + (isOver ? "" : ", goes on"), tone: isWithin ? .good : .bad))
            } else {
                figures.append(
                    Document.Figure(
                        label: "Customers without a shop", value: "none",
                        note: "the source was never closed", tone: .plain))
            }
            let verdict = report.rollback?.extra["verdict"]?.string ?? "unknown"
            figures.append(
                Document.Figure(
                    label: "Way back", value: verdict,
                    note: ReportDocument.meaning(ofWayBack: verdict),
                    tone: ["nothing", "clean"].contains(verdict)
                        ? .good : verdict == "impossible" ? .bad : .doubtful))
            if let conformance = report.conformance {
                let count = conformance.findings.filter { $0.check.severity != .note }.count
                figures.append(
                    Document.Figure(
                        label: "Off the procedure", value: count == 0 ? "nothing" : "\(count)",
                        note: "\(conformance.satisfied) of \(conformance.activated) checks hold",
                        tone: count == 0 ? .good : .doubtful))
            }
            let idle = chronicle.upkeep.filter { $0.until == nil && $0.idleSince != nil }
            figures.append(
                Document.Figure(
                    label: "Paid for and idle", value: idle.isEmpty ? "nothing" : "\(idle.count)",
                    note: idle.first?.sentence(report.now)
                        ?? "no environment waits to be destroyed",
                    tone: idle.isEmpty ? .good : .doubtful))
        }
        let accepted = report.destructions.filter(\.attempt.isAccepted)
        let unsafe = accepted.filter { $0.verdict?.verdict != .safe }
        figures.append(
            Document.Figure(
                label: "Destroyed", value: "\(accepted.count)",
                note: accepted.isEmpty
                    ? "nothing was destroyed"
                    : unsafe.isEmpty
                        ? "each one safe by the rules when it was"
                        : "\(unsafe.count) not called safe when it was",
                tone: unsafe.isEmpty ? .good : .bad))
        figures.append(
            Document.Figure(
                label: "This file", value: report.integrity.verdict.rawValue,
                note: "\(report.integrity.size) events hashed again",
                tone: report.integrity.verdict == .doesNotVerify ? .bad : .good))
        return figures
    }

    /// What a verdict on the way back means.
    static func meaning(ofWayBack verdict: String) -> String {
        switch verdict {
        case "nothing": "there is nothing to go back from"
        case "clean": "no customer write would be lost"
        case "lossy": "writes of customers would be lost"
        case "restore": "only by restoring a snapshot"
        case "impossible": "no copy of the source is left"
        default: "not known from what was observed"
        }
    }

    /// A resource as people call it within its column.
    func name(_ resource: Resource) -> String {
        switch resource {
        case .environment(let name, _), .release(let name), .dns(let name), .migration(let name):
            name
        case .snapshot(let kind, let name): kind == .database ? name : "\(name) (nfs)"
        default: resource.description
        }
    }

    /// Who did something, from the event by which it was done.
    func actor(_ sequence: SequenceNumber?) -> [Document.Inline] {
        guard let sequence,
            let entry = report.events.first(where: { $0.event.sequence == sequence })
        else { return [.faint("–")] }
        return [.text(entry.event.actor.id)]
    }

    /// A verdict in its tone.
    static func word(_ verdict: Projector.Verdict?) -> [Document.Inline] {
        guard let verdict else { return [.word("not derivable", .doubtful)] }
        let tone: Document.Tone =
            switch verdict {
            case .safe: .good
            case .blocked: .bad
            case .unknown: .doubtful
            case .notOurs, .gone: .plain
            }
        return [.word(verdict.rawValue, tone)]
    }
}
