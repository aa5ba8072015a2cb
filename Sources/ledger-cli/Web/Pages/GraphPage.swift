import Ledger
import Projector

/// The dependency graph as a drawing and, saying the same, as a list.
enum GraphPage {
    /// The page.
    static func markup(_ graph: DependencyGraph, _ frame: Layout.Frame) -> Markup {
        Layout.page("Graph", .graph, frame) {
            if graph.nodes.isEmpty {
                Phrase.beginning
            } else {
                legend
                element("p") {
                    "A broken line and a question mark: last seen so, too long ago to lean on. "
                    element("a", .href(.path("plans", "cleanup", query: frame.point.query))) {
                        "Every verdict with its reasons"
                    }
                }
                element(
                    "div", .class("scroll"), Attribute("role", "region"),
                    Attribute("aria-label", "Drawing"), Attribute("tabindex", "0")
                ) { GraphDrawing(graph).markup }
                if graph.omitted > 0 {
                    element("p", .class("note")) {
                        "\(graph.omitted) are left out: what is gone first, then what nothing is to be decided about."
                    }
                }
                list(graph)
            }
        }
    }

    /// What the colours say, in the words that stand in the boxes too.
    private static var legend: Markup {
        element("ul", .class("legend"), Attribute("aria-label", "Colours")) {
            for (verdict, meaning) in [
                (Projector.Verdict.safe, "may be destroyed now"), (.blocked, "something holds it"),
                (.unknown, "not known well enough"), (.notOurs, "somebody else's"),
                (.gone, "destroyed already"),
            ] {
                element("li") {
                    Phrase.verdict(verdict)
                    " \(meaning)"
                }
            }
        }
    }

    private static func list(_ graph: DependencyGraph) -> Markup {
        Phrase.table(
            "The same as a list", ["Resource", "Now", "May it go?", "Leans on", "Held by, events"]
        ) {
            for node in graph.nodes {
                element("tr") {
                    element("th", Attribute("scope", "row")) { Phrase.resource(node.resource) }
                    Phrase.cell("Now") { node.detail }
                    Phrase.cell("May it go?") { node.verdict.map { Phrase.verdict($0) } }
                    Phrase.cell("Leans on") {
                        for edge in graph.edges where edge.from == node.resource {
                            element("div") {
                                "\(edge.kind.rawValue) \(edge.to)\(edge.isAged ? "?" : "")"
                            }
                        }
                    }
                    Phrase.cell("Held by") {
                        node.holds.joined(separator: ", ")
                        Phrase.evidence(node.evidence, limit: 6)
                    }
                }
            }
        }
    }
}
