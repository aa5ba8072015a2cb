import Ledger
import Projector

extension ReportDocument {
    /// What was moved and why.
    var what: Document.Section? {
        guard let chronicle = report.chronicle else { return nil }
        let roles = chronicle.migration.roles
        var facts = [
            Document.Fact(
                name: "From", text: ends(roles.source, chronicle)),
            Document.Fact(name: "To", text: ends(roles.destination, chronicle)),
            Document.Fact(
                name: "Method",
                text: .text(
                    roles.method == .snapshot
                        ? "snapshot: the destination was made from a snapshot of the closed source"
                        : "dump: a dump of the closed source was loaded into the destination")),
            Document.Fact(
                name: "Hostnames",
                text: chronicle.hostnames.isEmpty
                    ? [.faint("none known")]
                    : .text(chronicle.hostnames.joined(separator: ", "))),
            Document.Fact(name: "Why", text: why(chronicle)),
        ]
        if let temporary = chronicle.migration.temporary {
            facts.insert(
                Document.Fact(name: "Through", text: .text(temporary.name)), at: 2)
        }
        facts.append(
            Document.Fact(
                name: "Roles",
                text: [
                    .text(
                        chronicle.migration.isDeclared
                            ? "declared " : "derived from the events, never declared "),
                    .events(chronicle.migration.evidence),
                ]))
        var blocks: [Document.Block] = [.facts(facts)]
        let notes = report.events.filter { $0.text("text") != nil }
        if !notes.isEmpty {
            blocks.append(.heading("Notes"))
            blocks.append(
                .list(
                    notes.map { entry in
                        [
                            .time(entry.event.time), .text(" "), .strong(entry.event.actor.id),
                            .text(": "), .quote(entry.text("text") ?? ""), .text(" "),
                            .events([entry.event.sequence]),
                        ]
                    }))
        }
        return Document.Section(id: "what", title: "What was moved and why", blocks: blocks)
    }

    private func ends(_ name: String, _ chronicle: Chronicle) -> [Document.Inline] {
        let upkeep = chronicle.upkeep.first { $0.resource == .environment(name) }
        var text: [Document.Inline] = [.strong(name)]
        if let plan = upkeep?.plan { text.append(.text(", " + plan)) }
        if let since = upkeep?.since { text += [.text(", created "), .time(since)] }
        if let until = upkeep?.until { text += [.text(", gone by "), .time(until)] }
        if let evidence = upkeep?.evidence, !evidence.isEmpty {
            text += [.text(" "), .events(evidence)]
        }
        return text
    }

    /// The reasons that people gave; otherwise what visibly changed.
    private func why(_ chronicle: Chronicle) -> [Document.Inline] {
        let opened = report.events.filter {
            $0.event.type == .decision(.migrationOpened) && $0.text("reason") != nil
        }
        if let reason = opened.last, let text = reason.text("reason") {
            return [.quote(text), .text(" "), .events([reason.event.sequence])]
        }
        let roles = chronicle.migration.roles
        let size = { (name: String) in
            chronicle.upkeep.first { $0.resource == .environment(name) }?.size
        }
        if let from = size(roles.source), let to = size(roles.destination), from != to {
            return .text(
                "no reason was recorded; the plan changed from \(from) to \(to), and a plan cannot be changed in place"
            )
        }
        return [.faint("no reason was recorded")]
    }

    /// Who did what when.
    var timeline: Document.Section? {
        guard let chronicle = report.chronicle, !chronicle.milestones.isEmpty else { return nil }
        var table = Document.Grid(
            "Milestones, in the order in which they happened", "#no", "time", "who", "what",
            "events")
        for (index, milestone) in chronicle.milestones.enumerated() {
            table.add(
                .text("\(index + 1)"), .time(milestone.time), actor(milestone.act),
                .text(milestone.text), .events(milestone.evidence))
        }
        var lasted = Document.Grid(
            "What lasted", "what", "from", "until", "#how long", "events")
        for stretch in chronicle.stretches where stretch.kind != .life {
            let length = Duration.text((stretch.to ?? report.now) - stretch.from)
            lasted.add(
                .text(stretch.text), .time(stretch.from),
                stretch.to.map { [.time($0)] } ?? .text("goes on"), .text(length),
                .events(stretch.evidence))
        }
        var blocks: [Document.Block] = [.timeline(Timeline(chronicle, now: report.now))]
        if let (span, isOver) = report.downtime {
            let left = Span(
                milliseconds: Chronicle.documentedDowntime.milliseconds - span.milliseconds)
            blocks.append(
                .remark(
                    left < .seconds(0) ? .bad : .good,
                    [
                        .text(
                            "Customers had no shop for \(Duration.text(span))\(isOver ? "" : " so far"), "
                        ),
                        .text(
                            left < .seconds(0)
                                ? "\(Duration.text(left).dropFirst()) more than the documented hour."
                                : "\(Duration.text(left)) less than the documented hour."),
                    ]))
        }
        blocks.append(.table(table))
        if !lasted.rows.isEmpty { blocks.append(.table(lasted)) }
        return Document.Section(
            id: "timeline", title: "Who did what when", blocks: blocks, isWide: true)
    }

    /// What is paid for.
    var upkeep: Document.Section? {
        guard let chronicle = report.chronicle, !chronicle.upkeep.isEmpty else { return nil }
        var table = Document.Grid(
            "What this migration pays or paid for", "resource", "part", "size", "since", "until",
            "idle", "events")
        for upkeep in chronicle.upkeep {
            table.add(
                .code(name(upkeep.resource)), .text(upkeep.role),
                upkeep.plan.map { .text($0) } ?? [.faint("not seen")], .time(upkeep.since),
                upkeep.until.map { [.time($0)] } ?? [.word("still there", .plain)],
                idle(upkeep), .events(upkeep.evidence))
        }
        var blocks: [Document.Block] = []
        let idle = chronicle.upkeep.filter { $0.until == nil && $0.idleSince != nil }
        if !idle.isEmpty {
            blocks.append(
                .remark(
                    .doubtful,
                    .text(idle.map { $0.sentence(report.now) }.joined(separator: "; ") + ".")))
        }
        blocks.append(.table(table))
        return Document.Section(id: "upkeep", title: "What is paid for", blocks: blocks)
    }

    private func idle(_ upkeep: Chronicle.Upkeep) -> [Document.Inline] {
        guard let idleness = upkeep.idleness(report.now) else { return [.faint("–")] }
        return [.word(idleness, upkeep.until == nil ? .doubtful : .plain)]
    }
}
