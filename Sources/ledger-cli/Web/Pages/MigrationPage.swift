import Fleet
import Ledger
import Projector

/// One migration: how far it is and what is due, how long customers had no shop, what is exposed,
/// what it costs, and the way back.
struct MigrationPage: Sendable {
    /// The story.
    let chronicle: Chronicle
    /// What is due; nil when nothing can be said.
    let next: Plan?
    /// The way back.
    let rollback: Plan?
    /// How it was done, held against the procedure; nil when that cannot be said.
    let conformance: Conformance?
    /// The present of the page.
    let now: Timestamp

    private var migration: Migration { chronicle.migration }

    /// A migration of an evaluation.
    ///
    /// - Throws: `PlanError.unknownMigration`.
    init(_ name: String?, _ evaluation: Evaluation) throws {
        let planner = try evaluation.reader()
        guard let found = planner.migrations.first(where: { $0.name == name }) else {
            throw PlanError.unknownMigration(name ?? "", known: planner.migrations.map(\.name))
        }
        chronicle = planner.chronicle(of: found)
        next = try? planner.next(migration: found.name)
        rollback = try? planner.rollback(migration: found.name)
        conformance = try? planner.conformance(migration: found.name)
        now = evaluation.now
    }

    /// The page.
    func markup(_ frame: Layout.Frame) -> Markup {
        Layout.page("Migration \(migration.name)", .migrations, frame) {
            figures
            Phrase.facts([
                ("From", thing(migration.roles.source)),
                ("To", thing(migration.roles.destination)),
                ("Method", Markup(migration.roles.method.rawValue)),
                (
                    "Hostnames",
                    Markup(
                        chronicle.hostnames.isEmpty
                            ? "none known" : chronicle.hostnames.joined(separator: ", "))
                ),
                (
                    "Opened",
                    Markup([
                        Phrase.time(migration.opened.time), Phrase.evidence(migration.evidence),
                    ])
                ), ("State", Markup(MigrationsPage.state(of: migration))),
            ])
            Runbook(chronicle, phase: next?.extra["phase"]?.string)
                .markup(due: next.map { due($0, frame.point) })
            drawing
            lasted
            deviations
            back(frame.point)
            element("p") {
                plan("cleanup", frame.point, "What may be destroyed")
                " · "
                element("a", .href(.path("events", query: [("migration", migration.name)]))) {
                    "Its events"
                }
                " · the same for a file: "
                Phrase.command(
                    "ledger-cli report \(Shell.quote([migration.name])) --output report.html")
            }
        }
    }

    /// An environment with what is billed for it.
    private func thing(_ name: String) -> Markup {
        let upkeep = chronicle.upkeep.first { $0.resource == .environment(name) }
        return Markup([
            Phrase.resource(.environment(name)),
            Markup(upkeep?.plan.map { ", \($0)" } ?? ""),
            Markup(upkeep?.until == nil ? "" : ", gone"),
        ])
    }

    private func plan(_ kind: String, _ point: Point, _ text: String) -> Markup {
        element(
            "a",
            .href(.path("plans", kind, query: point.query + [("migration", migration.name)]))
        ) { text }
    }

    private var figures: Markup {
        element("dl", .class("figures")) {
            if let (span, isOver) = chronicle.downtime(as: conformance, until: now) {
                let left = Span(
                    milliseconds: Chronicle.documentedDowntime.milliseconds - span.milliseconds)
                figure(
                    "Customers without a shop", Duration.text(span) + (isOver ? "" : " so far"),
                    left < .seconds(0)
                        ? "\(Duration.text(left).dropFirst()) more than the documented hour"
                        : "\(Duration.text(left)) of the documented hour \(isOver ? "not used" : "left")",
                    left < .seconds(0) ? "blocked" : "safe")
            } else {
                figure("Customers without a shop", "never", "the source was not closed", "")
            }
            exposure
            if let verdict = rollback?.extra["verdict"]?.string {
                figure(
                    "The way back", verdict, ReportDocument.meaning(ofWayBack: verdict),
                    ["nothing", "clean"].contains(verdict)
                        ? "safe" : verdict == "impossible" ? "blocked" : "unknown")
            }
            if let conformance {
                let count = conformance.findings.filter { $0.check.severity != .note }.count
                figure(
                    "Off the procedure", count == 0 ? "nothing" : "\(count)",
                    "\(conformance.satisfied) of \(conformance.activated) checks hold",
                    count == 0 ? "safe" : "unknown")
            }
            if let idle = chronicle.upkeep.first(where: { $0.idleSince != nil && $0.until == nil })
            {
                figure(
                    "Paid for and idle", idle.idleness(now) ?? "",
                    [idle.name, idle.plan]
                        .compactMap { $0 }.joined(separator: ", "), "unknown")
            }
        }
    }

    private var exposure: Markup? {
        guard let stretch = chronicle.stretches.last(where: { $0.kind == .exposure }) else {
            return nil
        }
        return figure(
            "Exposure",
            Duration.text((stretch.to ?? now) - stretch.from)
                + (stretch.to == nil ? ", goes on" : ""), stretch.text,
            stretch.to == nil ? "unknown" : "")
    }

    private func figure(_ label: String, _ value: String, _ note: String, _ tone: String) -> Markup
    {
        Phrase.figure(label, value, tone: tone) { note }
    }

    private func due(_ next: Plan, _ point: Point) -> Markup {
        element("div", .class("due")) {
            element("p") { next.summary }
            PlanPage.first(next)
            element("p") { plan("next", point, "The whole plan") }
        }
    }

    private var drawing: Markup? {
        TimelineDrawing(Timeline(chronicle, now: now), id: "drawing").map { drawing in
            element(
                "div", .class("scroll drawing"), Attribute("tabindex", 0),
                Attribute("role", "region"), Attribute("aria-label", "Drawing of the evening")
            ) { drawing.markup }
        }
    }

    private var lasted: Markup? {
        let stretches = chronicle.stretches.filter { $0.kind != .life }
        guard !stretches.isEmpty else { return nil }
        return Phrase.table("What lasted", ["What", "From", "Until", "How long", "Events"]) {
            for stretch in stretches {
                element("tr") {
                    element("th", Attribute("scope", "row")) { stretch.text }
                    Phrase.cell("From") { Phrase.time(stretch.from) }
                    Phrase.cell("Until") {
                        stretch.to.map { Phrase.time($0) } ?? Markup("goes on")
                    }
                    Phrase.cell("How long") { Duration.text((stretch.to ?? now) - stretch.from) }
                    Phrase.cell("Events") { Phrase.evidence(stretch.evidence, limit: 6) }
                }
            }
        }
    }

    private var deviations: Markup? {
        guard let conformance, !conformance.findings.isEmpty else { return nil }
        return element("section", Attribute("aria-labelledby", "deviations")) {
            element("h2", .id("deviations")) { "Held against the procedure" }
            element("ul") {
                for finding in conformance.findings {
                    element("li") {
                        finding.check.severity == .note
                            ? "note: \(finding.message)" : finding.message
                        Phrase.evidence(finding.evidence, limit: 6)
                    }
                }
            }
        }
    }

    private func back(_ point: Point) -> Markup? {
        guard let rollback else { return nil }
        return element("section", Attribute("aria-labelledby", "back")) {
            element("h2", .id("back")) { "The way back" }
            element("p") {
                "\(rollback.summary). "
                plan("rollback", point, "The whole plan")
            }
        }
    }
}
