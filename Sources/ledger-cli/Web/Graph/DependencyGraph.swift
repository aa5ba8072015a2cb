import Ledger
import Projector

/// Which resource leans on which: hostnames on environments, environments on releases and on the
/// snapshots that they were made from, snapshots on the environments that they are of.
struct DependencyGraph: Sendable {
    /// A resource.
    struct Node: Sendable, Hashable {
        /// The resource.
        let resource: Resource
        /// Its column, from the customers on the left to what is kept on the right.
        let column: Int
        /// What is known of it in a few words.
        let detail: String
        /// True when it is proven to be gone.
        let isGone: Bool
        /// Whether it may be destroyed; nil for what is never destroyed.
        let verdict: Projector.Verdict?
        /// The rules that hold it.
        let holds: [String]
        /// The events behind it.
        let evidence: [SequenceNumber]
    }

    /// A dependency.
    struct Edge: Sendable, Hashable {
        /// What one is to the other.
        enum Kind: String, Sendable, Hashable {
            case served = "is served by"
            case loads = "runs release"
            case madeFrom = "was made from"
            case copyOf = "is a copy of"
            case moves = "moves to"
        }

        let from: Resource
        let to: Resource
        let kind: Kind
        /// True when it was last seen so, too long ago to lean on.
        var isAged = false
    }

    /// The resources, column by column.
    private(set) var nodes: [Node] = []
    /// The dependencies.
    private(set) var edges: [Edge] = []
    /// How many resources are left out.
    private(set) var omitted = 0

    /// How many resources a drawing holds.
    static let limit = 120

    /// The graph of what an evaluation knows.
    ///
    /// - Throws: `PlanError`.
    init(_ evaluation: Evaluation) throws {
        let planner = try evaluation.reader()
        let (overview, before) = try evaluation.overviews(planner)
        let past = Dictionary(
            before.rows.map { ($0.resource, DependencyGraph.texts($0)) },
            uniquingKeysWith: { first, _ in first })
        let judged = planner.obstacle == nil ? try evaluation.cleanup().resources : []
        let verdicts = Dictionary(
            judged.map { ($0.resource, $0) }, uniquingKeysWith: { first, _ in first })
        for row in overview.rows {
            // Releases are drawn by their verdicts.
            if case .release = row.resource { continue }
            guard let column = DependencyGraph.column(of: row.resource) else { continue }
            let cells = DependencyGraph.texts(row)
            let old = past[row.resource] ?? cells
            let verdict = verdicts[row.resource]
            nodes.append(
                Node(
                    resource: row.resource, column: column,
                    detail: DependencyGraph.detail(
                        of: row.resource,
                        // What is known no more is shown as it was, with a mark.
                        cells.reduce(into: [:]) { texts, cell in
                            let before = old[cell.key] ?? cell.value
                            let isAged = cell.value == "unknown" && before != "unknown"
                            texts[cell.key] = isAged ? before + "?" : cell.value
                        }),
                    isGone: cells["there"] == "gone", verdict: verdict?.verdict,
                    holds: DependencyGraph.unique(verdict?.reasons.map(\.rule.rawValue) ?? []),
                    evidence: row.cells.flatMap(\.cell.evidence)))
            connect(row.resource, cells, isAged: false)
            connect(
                row.resource, old.filter { cells[$0.key] == "unknown" && $0.value != "unknown" },
                isAged: true)
        }
        for release in judged {
            guard case .release(let name) = release.resource,
                !nodes.contains(where: { $0.resource == release.resource })
            else { continue }
            nodes.append(
                Node(
                    resource: .release(name), column: 2, detail: "",
                    isGone: release.verdict == .gone,
                    verdict: release.verdict,
                    holds: DependencyGraph.unique(release.reasons.map(\.rule.rawValue)),
                    evidence: release.evidence))
        }
        creations(planner)
        for migration in planner.migrations where migration.closed == nil {
            edges.append(
                Edge(
                    from: .environment(migration.roles.source),
                    to: .environment(migration.roles.destination), kind: .moves))
        }
        trim()
    }

    private static func texts(_ row: Overview.Row) -> [String: String] {
        Dictionary(
            row.cells.map { ($0.name, $0.cell.text) }, uniquingKeysWith: { first, _ in first })
    }

    private static func column(of resource: Resource) -> Int? {
        switch resource {
        case .dns: 0
        case .environment: 1
        case .snapshot, .release: 2
        default: nil
        }
    }

    private static func detail(of resource: Resource, _ cells: [String: String]) -> String {
        switch resource {
        case .environment:
            let there = cells["there"] ?? "unknown"
            var words = [["yes", "yes?"].contains(there) ? cells["status"] ?? "" : there]
            for (name, value) in [("maintenance", "ON"), ("protected", "ON")] {
                if cells[name] == value { words.append(name) }
                if cells[name] == value + "?" { words.append(name + "?") }
            }
            return words.filter { !$0.isEmpty }.joined(separator: ", ")
        case .snapshot:
            return ["yes", "yes?"].contains(cells["there"])
                ? cells["status"] ?? "" : cells["there"] ?? ""
        case .dns: return "at \(cells["at"] ?? "unknown")"
        default: return ""
        }
    }

    private mutating func connect(
        _ resource: Resource, _ cells: [String: String], isAged: Bool
    ) {
        switch resource {
        case .dns:
            if let place = cells["at"], place != "unknown" {
                edges.append(
                    Edge(from: resource, to: .environment(place), kind: .served, isAged: isAged))
            }
        case .environment:
            if let release = cells["release"], !["unknown", "none"].contains(release) {
                edges.append(
                    Edge(from: resource, to: .release(release), kind: .loads, isAged: isAged))
            }
        case .snapshot:
            if let environment = cells["of"], environment != "unknown" {
                edges.append(
                    Edge(
                        from: resource, to: .environment(environment), kind: .copyOf, isAged: isAged
                    ))
            }
        default: break
        }
    }

    /// What environments were made from.
    private mutating func creations(_ planner: Planner) {
        for (name, incarnations) in planner.world.incarnations.sorted(by: { $0.key < $1.key }) {
            guard case .envCreate(let arguments)? = incarnations.last?.creation?.action else {
                continue
            }
            for (choice, kind) in [
                (arguments.snapshot, SnapshotKind.database), (arguments.nfsSnapshot, .nfs),
            ] {
                guard let snapshot = choice.name else { continue }
                edges.append(
                    Edge(from: .environment(name), to: .snapshot(kind, snapshot), kind: .madeFrom))
            }
        }
    }

    /// Leaves out what is gone when there is too much, then what tells least; keeps whole edges.
    private mutating func trim() {
        let before = nodes.count
        if nodes.count > Self.limit { nodes.removeAll(where: \.isGone) }
        if nodes.count > Self.limit { thin() }
        omitted = before - nodes.count
        let kept = Set(nodes.map(\.resource))
        var seen: Set<Edge> = []
        edges = edges.filter {
            kept.contains($0.from) && kept.contains($0.to) && seen.insert($0).inserted
        }
    }

    /// Keeps a third of environments, first those that move and those that something is to be decided
    /// about, and beside them what leans on them.
    private mutating func thin() {
        let share = Self.limit / 3
        let moving = Set(edges.filter { $0.kind == .moves }.flatMap { [$0.from, $0.to] })
        func rank(_ node: Node) -> Int {
            moving.contains(node.resource) ? 0 : node.verdict == .blocked ? 2 : 1
        }
        let environments = nodes.filter { $0.column == 1 }
        let chosen = (0...2).flatMap { place in environments.filter { rank($0) == place } }
        var kept = Set(chosen.prefix(share).map(\.resource))
        let near = Set(
            edges.flatMap { edge in
                kept.contains(edge.from) ? [edge.to] : kept.contains(edge.to) ? [edge.from] : []
            })
        for column in [0, 2] {
            let others = nodes.filter { $0.column == column }
            let order =
                others.filter { near.contains($0.resource) }
                + others.filter { !near.contains($0.resource) }
            kept.formUnion(order.prefix(share).map(\.resource))
        }
        nodes.removeAll { !kept.contains($0.resource) }
    }

    private static func unique(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }
    }

    /// The graph as JSON.
    var json: JSONObject {
        [
            "nodes": .array(
                nodes.map { node in
                    .object(
                        JSONObject([
                            ("resource", .string(node.resource.description)),
                            ("detail", .string(node.detail)), ("gone", .bool(node.isGone)),
                            ("verdict", node.verdict.map { .string($0.rawValue) }),
                            ("holds", .array(node.holds.map { .string($0) })),
                            (
                                "evidence",
                                .array(Set(node.evidence).sorted().map { .integer($0.number) })
                            ),
                        ]))
                }),
            "edges": .array(
                edges.map {
                    [
                        "from": .string($0.from.description), "to": .string($0.to.description),
                        "kind": .string($0.kind.rawValue), "aged": .bool($0.isAged),
                    ]
                }), "omitted": .integer(omitted),
        ]
    }
}
