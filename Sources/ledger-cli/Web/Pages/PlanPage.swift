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
            element("p", .class("lead")) { plan.summary }
            extras(plan)
            steps(plan)
            if plan.kind == .cleanup { verdicts(plan) }
            needs(plan)
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

    /// The words of a step as a shell reads them.
    static func words(of step: Step, in plan: Plan) -> String {
        if case .manual(let words) = step.command { return "by hand: \(words)" }
        return PlanPrinter.command(of: step, in: plan)
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
                element("p") { "None." }
            } else {
                element("ol", .class("steps")) {
                    for (index, step) in plan.steps.enumerated() {
                        element("li", .id("step-\(index + 1)")) {
                            Phrase.command(words(of: step, in: plan))
                            element("p") {
                                "because \(step.because)"
                                Phrase.evidence(step.evidence)
                                for number in step.after {
                                    element("br")
                                    "after "
                                    element("a", .href(.fragment("step-\(number)"))) {
                                        "step \(number)"
                                    }
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
                        }
                    }
                }
            }
        }
    }

    private static func verdicts(_ plan: Plan) -> Markup {
        element("section", Attribute("aria-labelledby", "verdicts")) {
            element("h2", .id("verdicts")) { "Every resource" }
            for resource in plan.resources.prefix(300) {
                element(
                    "article", .class("resource", resource.verdict.rawValue),
                    .id(resource.resource.description)
                ) {
                    element("h3") {
                        Phrase.resource(resource.resource)
                        " "
                        Phrase.verdict(resource.verdict)
                        Phrase.evidence(resource.evidence)
                    }
                    if !resource.reasons.isEmpty {
                        element("ul") {
                            for reason in resource.reasons {
                                element("li") {
                                    element("code", .class("rule")) { reason.rule.rawValue }
                                    " \(reason.message)"
                                    Phrase.evidence(reason.evidence)
                                    element("br")
                                    element("span", .class("unblock")) { "→ \(reason.unblock)" }
                                }
                            }
                        }
                    }
                }
            }
            if plan.resources.count > 300 {
                element("p", .class("note")) {
                    "\(plan.resources.count - 300) more are left out here; "
                    element("a", .href(.path("api", "v1", "plans", "cleanup"))) { "all as JSON" }
                }
            }
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
                        "Exposure: the destination may hold customer writes from \(from) to "
                            + (exposure["to"]?.string ?? "now and on")))
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
        for choice in plan.extra["choices"]?.array ?? [] {
            items.append(
                Markup(
                    "Choice \(choice.object?["choice"]?.string ?? ""): "
                        + (choice.object?["message"]?.string ?? "")))
        }
        guard !items.isEmpty else { return nil }
        return element("ul", .class("extras")) {
            for item in items { element("li") { item } }
        }
    }
}
