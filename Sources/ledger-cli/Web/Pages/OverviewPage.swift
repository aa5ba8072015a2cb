import Fleet
import Ledger
import Projector

/// The first page: what is in doubt, what is due, what is true.
struct OverviewPage: Sendable {
    /// The facts.
    let facts: FactTables
    /// What may be in flight or lost.
    let inDoubt: [Attempt]
    /// Commands without an action of their own of which nobody knows how they ended.
    let unfinished: [UnfinishedNote]
    /// The source that is closed, since when, and for how many minutes.
    let closed: (environment: String, since: Timestamp, minutes: Int)?
    /// What is due; nil when nothing can be said.
    let next: Plan?
    /// Why nothing can be said.
    let obstacle: String?
    /// The present of the page.
    let now: Timestamp

    /// The overview of an evaluation.
    ///
    /// - Throws: `PlanError` when the ledger cannot be planned with.
    init(_ evaluation: Evaluation) throws {
        let planner = try evaluation.planner()
        let overview = planner.overview()
        facts = try FactTables(overview, past: evaluation.past().overview(), evaluation.bases)
        inDoubt = overview.inDoubt
        unfinished = overview.unfinishedNotes
        now = evaluation.now
        closed = overview.closedSince.map { environment, since in
            (environment, since, Int((evaluation.now - since).milliseconds / 60_000))
        }
        var obstacle: String?
        do {
            next = try planner.next(migration: nil)
        } catch {
            next = nil
            obstacle = error.description
        }
        self.obstacle = obstacle
    }

    /// The page.
    func markup(_ frame: Layout.Frame, newest: [Event], voided: Set<SequenceNumber>) -> Markup {
        Layout.page("Overview", .overview, frame) {
            if !inDoubt.isEmpty || !unfinished.isEmpty { doubts }
            if let closed { clock(closed) }
            due(frame.point)
            facts.markup(limit: 200)
            element("section", Attribute("aria-label", "Newest events")) {
                Phrase.events(
                    newest, voided: voided,
                    caption: frame.point.isPresent ? "Newest events" : "Newest events then")
                element("p") { element("a", .href(.path("events"))) { "All events" } }
            }
            element("p", .class("note")) {
                "As of "
                Phrase.time(now)
            }
        }
    }

    private var doubts: Markup {
        element("section", .class("alert"), Attribute("aria-labelledby", "doubt")) {
            element("h2", .id("doubt")) { "In doubt" }
            element("ul") {
                for attempt in inDoubt {
                    element("li") {
                        Phrase.command(
                            attempt.report.command
                                ?? Shell.quote(Grammar.render(attempt.action)))
                        attempt.isInDoubt
                            ? " was started and has no outcome" : " has an unknown outcome"
                        Phrase.evidence(attempt.evidence)
                    }
                }
                for note in unfinished {
                    element("li") {
                        Phrase.command(note.command)
                        " was started and has no outcome"
                        Phrase.evidence([note.started.sequence])
                    }
                }
            }
        }
    }

    private func clock(
        _ closed: (environment: String, since: Timestamp, minutes: Int)
    ) -> Markup {
        element("p", .class("clock")) {
            element("label", Attribute("for", "hour")) {
                "\(closed.environment) is in maintenance for \(closed.minutes) min of the "
                    + "documented hour, since "
                Phrase.time(closed.since)
            }
            " "
            element(
                "meter", .id("hour"), Attribute("min", 0), Attribute("max", 60),
                Attribute("high", 45), Attribute("optimum", 0),
                Attribute("value", min(closed.minutes, 60))
            ) { "\(closed.minutes) min" }
        }
    }

    private func due(_ point: Point) -> Markup {
        element("section", .class("due"), Attribute("aria-labelledby", "due")) {
            element("h2", .id("due")) { "Due next" }
            if let next {
                element("p") { next.summary }
                if let step = next.steps.first {
                    element("p") {
                        Phrase.command(PlanPage.words(of: step, in: next))
                        element("br")
                        "because \(step.because)"
                        Phrase.evidence(step.evidence)
                    }
                }
                element("p") {
                    element("a", .href(.path("plans", "next", query: point.query))) {
                        "The whole plan"
                    }
                }
            } else {
                element("p") { obstacle ?? "nothing" }
            }
        }
    }
}
