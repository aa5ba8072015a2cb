import Ledger
import Projector

/// One migration: who plays which part, how far it is, how long the source was closed, what is due.
struct MigrationPage: Sendable {
    /// A time during which an environment was told to be in maintenance.
    struct Window: Sendable {
        let environment: String
        let from: Timestamp
        /// When it was told to open again; nil while it was not.
        let to: Timestamp?
        let evidence: [SequenceNumber]
    }

    /// The migration.
    let migration: Migration
    /// What is due; nil when nothing can be said.
    let next: Plan?
    /// The way back.
    let rollback: Plan?
    /// The maintenance windows of its environments, by time.
    let windows: [Window]
    /// The present of the page.
    let now: Timestamp

    /// A migration of an evaluation.
    ///
    /// - Throws: `PlanError.unknownMigration`.
    init(_ name: String?, _ evaluation: Evaluation) throws {
        let planner = try evaluation.planner()
        guard let found = planner.migrations.first(where: { $0.name == name }) else {
            throw PlanError.unknownMigration(name ?? "", known: planner.migrations.map(\.name))
        }
        migration = found
        next = try? planner.next(migration: found.name)
        rollback = try? planner.rollback(migration: found.name)
        now = evaluation.now
        windows = [found.source, found.destination].compactMap { $0 }
            .flatMap { MigrationPage.windows(of: $0, since: found.opened.time) }
            .sorted { $0.from < $1.from }
    }

    private static func windows(of environment: Incarnation, since: Timestamp) -> [Window] {
        var windows: [Window] = []
        var start: Attempt?
        for attempt in environment.attempts where attempt.isAccepted {
            guard case .envMaintenance(_, let state) = attempt.action else { continue }
            if state == .on {
                if start == nil { start = attempt }
            } else if let begun = start {
                windows.append(
                    Window(
                        environment: environment.name, from: begun.started.time,
                        to: attempt.started.time, evidence: begun.evidence + attempt.evidence))
                start = nil
            }
        }
        if let start {
            windows.append(
                Window(
                    environment: environment.name, from: start.started.time, to: nil,
                    evidence: start.evidence))
        }
        return windows.filter { $0.to.map { since <= $0 } ?? true }
    }

    /// The page.
    func markup(_ frame: Layout.Frame) -> Markup {
        Layout.page("Migration \(migration.name)", .migrations, frame) {
            Phrase.facts([
                ("Source", Phrase.resource(.environment(migration.roles.source))),
                ("Destination", Phrase.resource(.environment(migration.roles.destination))),
                ("Method", Markup(migration.roles.method.rawValue)),
                ("Hostnames", Markup(migration.roles.hostnames.joined(separator: ", "))),
                (
                    "Opened",
                    Markup([
                        Phrase.time(migration.opened.time), Phrase.evidence(migration.evidence),
                    ])
                ), ("State", Markup(MigrationsPage.state(of: migration))),
            ])
            progress
            if let next { due(next, frame.point) }
            closed
            if let rollback {
                element("section", Attribute("aria-labelledby", "back")) {
                    element("h2", .id("back")) { "The way back" }
                    element("p") {
                        "\(rollback.summary). "
                        plan("rollback", frame.point, "The whole plan")
                    }
                }
            }
            element("p") {
                plan("cleanup", frame.point, "What may be destroyed")
                " · "
                element("a", .href(.path("events", query: [("migration", migration.name)]))) {
                    "Its events"
                }
            }
        }
    }

    private func plan(_ kind: String, _ point: Point, _ text: String) -> Markup {
        element(
            "a",
            .href(.path("plans", kind, query: point.query + [("migration", migration.name)]))
        ) { text }
    }

    /// The phases of the procedure, up to where it is.
    private var progress: Markup? {
        guard let phase = next?.extra["phase"]?.string else { return nil }
        let phases = Runbook.phases(migration.roles.method)
        guard let current = phases.firstIndex(of: phase) else {
            return element("p", .class("lead")) { "Phase: \(phase)" }
        }
        return element("section", Attribute("aria-labelledby", "progress")) {
            element("h2", .id("progress")) { "Progress" }
            element("ol", .class("phases")) {
                for (index, name) in phases.enumerated() {
                    let isDone = index < current || name == "done" && index == current
                    element(
                        "li", .class(isDone ? "done" : index == current ? "current" : ""),
                        index == current ? Attribute("aria-current", "step") : nil
                    ) {
                        name
                        if isDone, name != "done" { element("span", .class("hidden")) { ", done" } }
                    }
                }
            }
        }
    }

    private func due(_ next: Plan, _ point: Point) -> Markup {
        element("section", .class("due"), Attribute("aria-labelledby", "due")) {
            element("h2", .id("due")) { "Due next" }
            element("p") { next.summary }
            if let step = next.steps.first {
                element("p") {
                    Phrase.command(PlanPage.words(of: step, in: next))
                    element("br")
                    "because \(step.because)"
                    Phrase.evidence(step.evidence)
                }
            }
            element("p") { plan("next", point, "The whole plan") }
        }
    }

    /// How long each environment was in maintenance.
    private var closed: Markup? {
        guard !windows.isEmpty else { return nil }
        return Phrase.table(
            "Maintenance, against the documented hour",
            ["Environment", "From", "To", "Minutes", "Events"]
        ) {
            for window in windows {
                let minutes = ((window.to ?? now) - window.from).milliseconds / 60_000
                element("tr") {
                    element("th", Attribute("scope", "row")) { window.environment }
                    element("td") { Phrase.time(window.from) }
                    element("td") {
                        window.to.map { Phrase.time($0) } ?? Markup("not told to open")
                    }
                    element("td", minutes > 60 ? .class("unsure") : nil) { Int(minutes) }
                    element("td") { Phrase.evidence(window.evidence) }
                }
            }
        }
    }
}

/// The phases of the published procedure, in order.
enum Runbook {
    /// The phases of a method.
    static func phases(_ method: MigrationMethod) -> [String] {
        let end = ["test", "protect", "switch", "open", "default", "drain", "clean up", "done"]
        switch method {
        case .snapshot:
            return ["prepare", "close the source", "copy", "create the destination", "release"]
                + end
        case .dump:
            return ["prepare", "create the destination", "release", "close both", "copy"] + end
        }
    }
}
