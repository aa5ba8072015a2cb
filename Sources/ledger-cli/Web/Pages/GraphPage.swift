import Ledger
import Projector

/// The dependency graph as a drawing and, saying the same, as a list.
enum GraphPage {
    /// The page.
    static func markup(_ graph: DependencyGraph, _ frame: Layout.Frame) -> Markup {
        Layout.page("Graph", .graph, frame) {
            element("p") {
                "Green may be destroyed now, red is held, yellow is not known well enough, grey is "
                    + "gone or somebody else's. A broken line and a question mark: last seen so, too "
                    + "long ago to lean on. "
                element("a", .href(.path("plans", "cleanup", query: frame.point.query))) {
                    "The reasons"
                }
            }
            if graph.nodes.isEmpty {
                element("p") { "Nothing is known yet." }
            } else {
                element(
                    "div", .class("scroll"), Attribute("role", "region"),
                    Attribute("aria-label", "Drawing"), Attribute("tabindex", "0")
                ) { GraphDrawing(graph).markup }
                if graph.omitted > 0 {
                    element("p", .class("note")) {
                        "\(graph.omitted) are left out: what is gone first."
                    }
                }
                list(graph)
            }
        }
    }

    private static func list(_ graph: DependencyGraph) -> Markup {
        Phrase.table(
            "The same as a list", ["Resource", "Now", "May it go?", "Leans on", "Held by"]
        ) {
            for node in graph.nodes {
                element("tr") {
                    element("th", Attribute("scope", "row")) { Phrase.resource(node.resource) }
                    element("td") { node.detail }
                    element("td") { node.verdict.map { Phrase.verdict($0) } }
                    element("td") {
                        for edge in graph.edges where edge.from == node.resource {
                            element("div") {
                                "\(edge.kind.rawValue) \(edge.to)\(edge.isAged ? "?" : "")"
                            }
                        }
                    }
                    element("td") {
                        node.holds.joined(separator: ", ")
                        Phrase.evidence(node.evidence, limit: 6)
                    }
                }
            }
        }
    }
}
