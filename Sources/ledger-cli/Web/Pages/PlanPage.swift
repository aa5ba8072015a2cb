import Fleet
import Ledger
import Projector

/// A plan: every step with its reason, every resource with its verdict, all evidence one click away.
enum PlanPage {
    /// The page of a plan.
    static func markup(
        _ plan: Plan, migrations: [String], _ frame: Layout.Frame
    ) -> Markup {
        Layout.page("Plan: \(title(plan.kind))", .plans, frame) {
            choices(plan.kind, migrations, selected: plan.migration, frame.point)
            element("p", .class("lead")) {
                if let verdict = plan.extra["verdict"]?.string {
                    element("strong", .class("verdict", tone(ofWayBack: verdict))) { verdict }
                    " "
                    ReportDocument.meaning(ofWayBack: verdict)
                    element("br")
                }
                said(plan)
            }
            extras(plan)
            // What must be seen first comes first.
            if plan.steps.isEmpty, plan.kind != .cleanup { needs(plan) } else { steps(plan) }
            if plan.kind == .cleanup { verdicts(plan) }
            if !plan.steps.isEmpty || plan.kind == .cleanup { needs(plan) }
            element("p", .class("note")) {
                "Assumes: \(plan.assumes.joined(separator: "; ")). As of "
                Phrase.time(plan.now)
                ", event \(plan.head.size); digest "
                element("code") { String(plan.digest.prefix(12)) }
                "; holds until "
                Phrase.time(plan.expires)
                ". A plan changes nothing; "
                element("code") { "ledger-cli apply" }
                " does, after asking again."
            }
        }
    }

    /// The page when there is no plan.
    static func markup(
        refusing reason: String, kind: Plan.Kind, migrations: [String], _ frame: Layout.Frame
    ) -> Markup {
        Layout.page("Plan: \(title(kind))", .plans, frame) {
            choices(kind, migrations, selected: nil, frame.point)
            element("p", .class("alert")) { reason }
        }
    }

    /// What a plan begins with: its first step and why, or the look that must come before.
    static func first(_ plan: Plan) -> Markup? {
        if let step = plan.steps.first {
            return element("p") {
                Phrase.step(step, in: plan)
                element("br")
                "because \(step.because)"
                Phrase.evidence(step.evidence)
            }
        }
        return plan.needs.first.map { need in
            element("p") { Phrase.command(Shell.quote(need.command)) }
        }
    }

    /// The summary without what stands before it already.
    private static func said(_ plan: Plan) -> String {
        let verdict = plan.extra["verdict"]?.string ?? ""
        let prefix = "\(plan.kind.rawValue): \(verdict): "
        return plan.summary.hasPrefix(prefix)
            ? String(plan.summary.dropFirst(prefix.count)) : plan.summary
    }

    /// The colour of a rollback's verdict, among those of a clean-up.
    static func tone(ofWayBack verdict: String) -> String {
        switch verdict {
        case "nothing", "clean": "safe"
        case "impossible": "blocked"
        default: "unknown"
        }
    }

    private static func title(_ kind: Plan.Kind) -> String {
        switch kind {
        case .next: "what is next"
        case .rollback: "the way back"
        case .cleanup: "what may be destroyed"
        }
    }

    private static func choices(
        _ kind: Plan.Kind, _ migrations: [String], selected: String?, _ point: Point
    ) -> Markup {
        element("nav", .class("tabs"), Attribute("aria-label", "Kinds of plan")) {
            element("ul") {
                for other in [Plan.Kind.next, .rollback, .cleanup] {
                    element("li") {
                        element(
                            "a",
                            .href(
                                .path(
                                    "plans", other.rawValue,
                                    query: point.query + [("migration", selected)])),
                            other == kind ? Attribute("aria-current", "page") : nil
                        ) { title(other) }
                    }
                }
            }
            if migrations.count > 1 {
                element(
                    "form", .class("filter"), Attribute("method", "get"),
                    .action(.path("plans", kind.rawValue))
                ) {
                    for (name, value) in point.query where value != nil {
                        element(
                            "input", Attribute("type", "hidden"), Attribute("name", name),
                            Attribute("value", value ?? ""))
                    }
                    element("label") {
                        element("span") { "Migration" }
                        element("select", Attribute("name", "migration")) {
                            element("option", Attribute("value", "")) {
                                kind == .cleanup ? "all" : "the open one"
                            }
                            for name in migrations {
                                element(
                                    "option", Attribute("value", name),
                                    .flag("selected", if: name == selected)
                                ) { name }
                            }
                        }
                    }
                    element("button") { "Show" }
                }
            }
        }
    }

    private static func steps(_ plan: Plan) -> Markup {
        element("section", Attribute("aria-labelledby", "steps")) {
            element("h2", .id("steps")) { "Steps" }
            if plan.steps.isEmpty {
                element("p") {
                    plan.kind == .cleanup ? "None: nothing is safe to destroy now." : "None."
                }
            } else {
                list(plan.steps, in: plan, id: "step")
            }
            for (index, choice) in plan.choices.enumerated() {
                element("h3") { "Choice \(choice.name): \(choice.message)" }
                if choice.steps == plan.steps {
                    element("p") { "The steps above." }
                } else {
                    list(choice.steps, in: plan, id: "choice-\(index + 1)-step")
                }
            }
        }
    }

    private static func list(_ steps: [Step], in plan: Plan, id: String) -> Markup {
        element("ol", .class("steps")) {
            for (index, step) in steps.enumerated() {
                element("li", .id("\(id)-\(index + 1)")) {
                    Phrase.step(step, in: plan)
                    element("p") { details(step, id) }
                }
            }
        }
    }

    @MarkupBuilder private static func details(_ step: Step, _ id: String) -> Markup {
        "because \(step.because)"
        Phrase.evidence(step.evidence)
        if case .action(let action) = step.command, let answer = Echo.answer(action) {
            element("br")
            "the platform asks; the answer is "
            element("code") { answer }
        }
        for number in step.after {
            element("br")
            "after "
            element("a", .href(.fragment("\(id)-\(number)"))) { "step \(number)" }
            " is complete"
        }
        for text in step.requires {
            element("br")
            "first see: \(text)"
        }
        if let completes = step.completes {
            element("br")
            "done when \(completes)"
        }
    }

    private static func needs(_ plan: Plan) -> Markup? {
        guard !plan.needs.isEmpty else { return nil }
        return element("section", Attribute("aria-labelledby", "needs")) {
            element("h2", .id("needs")) { "Questions: answer each and ask again" }
            element("ul") {
                for need in plan.needs.prefix(100) {
                    element("li") {
                        need.fact
                        element("br")
                        Phrase.command(Shell.quote(need.command))
                    }
                }
            }
        }
    }

    private static func extras(_ plan: Plan) -> Markup? {
        var items: [Markup] = []
        if let exposure = plan.extra["exposure"]?.object {
            if let why = exposure["unknown"]?.string { items.append(Markup("Exposure: \(why)")) }
            if let from = exposure["from"]?.string {
                items.append(
                    Markup(
                        "Exposure: the destination may hold customer writes from \(short(from)) to "
                            + (exposure["to"]?.string.map(short) ?? "now and on")))
            }
        }
        for point in plan.extra["noReturn"]?.array ?? [] {
            let evidence = (point.object?["evidence"]?.array ?? []).compactMap(\.integer)
            items.append(
                Markup([
                    Markup(
                        "Passed \(point.object?["point"]?.string ?? ""): "
                            + (point.object?["message"]?.string ?? "")),
                    Phrase.evidence(evidence.map { SequenceNumber($0) }),
                ]))
        }
        for (name, words) in [
            ("unsafe", "Unsafe now"), ("observe", "First observe"), ("residue", "Left over"),
        ] {
            for text in plan.extra[name]?.array ?? [] {
                items.append(Markup("\(words): \(text.string ?? "")"))
            }
        }
        guard !items.isEmpty else { return nil }
        return element("ul", .class("extras")) {
            for item in items { element("li") { item } }
        }
    }

    /// A time without milliseconds that are zero.
    private static func short(_ text: String) -> String { Timestamp(text)?.short ?? text }
}
