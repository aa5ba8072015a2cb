import Ledger
import Projector

/// A dependency graph as SVG: three columns of boxes and curves between them.
struct GraphDrawing {
    private let graph: DependencyGraph
    private var boxes: [Resource: (x: Double, y: Double)] = [:]
    private var height = 0.0

    private static let boxWidth = 230.0
    private static let boxHeight = 48.0
    private static let rowGap = 16.0
    private static let columnGap = 130.0
    private static let top = 34.0
    private static let titles = ["Hostnames", "Environments", "Snapshots and releases"]

    private static var width: Double { 3 * boxWidth + 2 * columnGap + 4 }

    /// The drawing of a graph.
    init(_ graph: DependencyGraph) {
        self.graph = graph
        var counts = [0, 0, 0]
        for node in graph.nodes { counts[node.column] += 1 }
        let step = Self.boxHeight + Self.rowGap
        let most = Double(counts.max() ?? 0)
        height = Self.top + max(1, most) * step
        var next = counts.map { Self.top + (most - Double($0)) * step / 2 }
        for node in graph.nodes {
            boxes[node.resource] = (
                2 + Double(node.column) * (Self.boxWidth + Self.columnGap), next[node.column]
            )
            next[node.column] += step
        }
    }

    /// The drawing.
    var markup: Markup {
        element(
            "svg", .class("graph"), Attribute("role", "group"),
            Attribute(
                "aria-label", "Resources and what they lean on; the list below says the same"),
            Attribute("viewBox", "0 0 \(Int(Self.width)) \(Int(height))"),
            Attribute("width", Int(Self.width)), Attribute("height", Int(height))
        ) {
            element("defs") {
                element(
                    "marker", .id("tip"), Attribute("viewBox", "0 0 8 8"), Attribute("refX", 7),
                    Attribute("refY", 4), Attribute("markerWidth", 7),
                    Attribute("markerHeight", 7), Attribute("orient", "auto")
                ) { element("path", .class("tip"), Attribute("d", "M0 0L8 4L0 8z")) }
            }
            for (column, title) in Self.titles.enumerated() {
                element(
                    "text", .class("column"),
                    Attribute("x", 2 + Double(column) * (Self.boxWidth + Self.columnGap)),
                    Attribute("y", 16)
                ) { title }
            }
            for edge in graph.edges { curve(edge) }
            for node in graph.nodes { box(node) }
        }
    }

    private func curve(_ edge: DependencyGraph.Edge) -> Markup? {
        guard let from = boxes[edge.from], let to = boxes[edge.to] else { return nil }
        let middle = Self.boxHeight / 2
        let path: String
        if from.x == to.x {
            // Two of one column: out on the left and back in.
            let bow = from.x - 46
            path =
                "M\(number(from.x)) \(number(from.y + middle))C\(number(bow)) \(number(from.y + middle)) "
                + "\(number(bow)) \(number(to.y + middle)) \(number(to.x - 2)) \(number(to.y + middle))"
        } else {
            let isForward = from.x < to.x
            let start = isForward ? from.x + Self.boxWidth : from.x
            let end = isForward ? to.x - 2 : to.x + Self.boxWidth + 2
            // Back edges run a little lower, so that they do not hide those that come the other way.
            let shift = isForward ? 0.0 : 10.0
            let half = (start + end) / 2
            path =
                "M\(number(start)) \(number(from.y + middle + shift))C\(number(half)) "
                + "\(number(from.y + middle + shift)) \(number(half)) \(number(to.y + middle + shift)) "
                + "\(number(end)) \(number(to.y + middle + shift))"
        }
        return element(
            "path", .class("edge", GraphDrawing.name(of: edge.kind), edge.isAged ? "aged" : ""),
            Attribute("d", path),
            Attribute("marker-end", "url(#tip)")
        ) {
            element("title") {
                "\(edge.from) \(edge.kind.rawValue) \(edge.to)\(edge.isAged ? ", when last seen" : "")"
            }
        }
    }

    private func box(_ node: DependencyGraph.Node) -> Markup? {
        guard let place = boxes[node.resource] else { return nil }
        let (name, full) = (TextWidth.abridged(node.name, to: 27), node.resource.description)
        let second =
            node.verdict.map { verdict in
                node.detail.isEmpty || node.detail == verdict.rawValue
                    ? verdict.rawValue : "\(verdict.rawValue) · \(node.detail)"
            } ?? node.detail
        return element(
            "a", .href(.path("events", query: [("subject", full)])),
            .class("node", node.verdict?.rawValue ?? "", node.isGone ? "gone" : "")
        ) {
            element("title") {
                ([full, node.detail]
                    + (node.holds.isEmpty ? [] : ["held by " + node.holds.joined(separator: ", ")]))
                    .filter { !$0.isEmpty }.joined(separator: "; ")
            }
            element(
                "rect", Attribute("x", place.x), Attribute("y", place.y),
                Attribute("width", Self.boxWidth), Attribute("height", Self.boxHeight),
                Attribute("rx", 6))
            element(
                "text", .class("name"), Attribute("x", place.x + 12), Attribute("y", place.y + 20)
            ) { name }
            element(
                "text", .class("detail"), Attribute("x", place.x + 12),
                Attribute("y", place.y + 38)
            ) { TextWidth.fitted(second, to: 31) }
        }
    }

    private func number(_ value: Double) -> String { Attribute("d", value).value }

    private static func name(of kind: DependencyGraph.Edge.Kind) -> String {
        switch kind {
        case .served: "served"
        case .loads: "loads"
        case .madeFrom: "made-from"
        case .copyOf: "copy-of"
        case .moves: "moves"
        }
    }
}

extension DependencyGraph.Node {
    /// The resource without its kind, where the column says it already.
    var name: String {
        switch resource {
        case .dns(let host): host
        case .environment(let name, _): name
        case .snapshot(let kind, let name): "\(kind.rawValue) \(name)"
        case .release(let name): "release \(name)"
        default: resource.description
        }
    }
}
