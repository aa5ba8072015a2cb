import Fleet
import Ledger
import Projector

/// What may become of every resource.
extension PlanPage {
    /// What may go first, then what something holds, what is not known and what is not ours; what is
    /// gone already is only named.
    static func verdicts(_ plan: Plan) -> Markup {
        let limit = 300
        let shown = [Projector.Verdict.safe, .blocked, .unknown, .notOurs].flatMap { verdict in
            plan.resources.filter { $0.verdict == verdict }
        }
        let gone = plan.resources.filter { $0.verdict == .gone }
        return element("section", Attribute("aria-labelledby", "verdicts")) {
            element("h2", .id("verdicts")) { "Every resource" }
            if plan.resources.isEmpty {
                element("p") { "The ledger knows of no resource yet." }
                Phrase.beginning
            }
            for resource in shown.prefix(limit) {
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
            if !gone.isEmpty { destroyed(Array(gone.prefix(limit))) }
            let omitted = max(0, shown.count - limit) + max(0, gone.count - limit)
            if omitted > 0 {
                element("p", .class("note")) {
                    "\(omitted) more are left out here; "
                    element("a", .href(.path("api", "v1", "plans", "cleanup"))) { "all as JSON" }
                }
            }
        }
    }

    private static func destroyed(_ resources: [ResourceVerdict]) -> Markup {
        element("article", .class("resource gone")) {
            element("h3") {
                "Destroyed already "
                Phrase.verdict(.gone)
            }
            element("ul") {
                for resource in resources {
                    element("li", .id(resource.resource.description)) {
                        Phrase.resource(resource.resource)
                        Phrase.evidence(resource.evidence)
                    }
                }
            }
        }
    }
}
