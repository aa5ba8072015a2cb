import Ledger
import Projector

/// What is true of every resource, one table a kind, each fact with its newest event.
struct FactTables: Sendable {
    /// A fact as a cell.
    struct Cell: Sendable {
        /// The value; with a question mark when it was seen too long ago to lean on.
        var text: String
        /// True when nothing is known.
        var isUnknown: Bool
        /// The newest event behind it.
        var event: SequenceNumber?
        /// How that event is known.
        var basis: Basis?
        /// True for what nobody asks of a thing that is gone.
        var isMoot = false
    }

    /// The tables, in the order of the overview.
    private(set) var tables: [(kind: String, columns: [String], rows: [(Resource, [Cell])])] = []

    /// The tables of an overview; `past` is the same when nothing had aged.
    init(_ overview: Overview, past: Overview, _ bases: BasisLetters) {
        let old = Dictionary(
            past.rows.map { ($0.resource, $0.cells) }, uniquingKeysWith: { first, _ in first })
        for row in overview.rows {
            let kind = String(row.resource.description.prefix { $0 != "/" })
            if tables.last?.kind != kind {
                tables.append((kind, row.cells.map(\.name), []))
            }
            let isGone = row.cells.first?.cell.text == "gone"
            let cells = row.cells.enumerated().map { index, named in
                let last = named.cell.evidence.max()
                let before = old[row.resource]?[index].cell.text ?? named.cell.text
                let isAged = named.cell.text == "unknown" && before != "unknown"
                return Cell(
                    text: isAged ? before + "?" : named.cell.text,
                    isUnknown: named.cell.text == "unknown", event: last,
                    basis: last.flatMap {
                        bases.indices.contains($0.number - 1) ? bases[$0.number - 1] : nil
                    }, isMoot: isGone && named.cell.text == "unknown")
            }
            tables[tables.count - 1].rows.append((row.resource, cells))
        }
    }

    /// True when nothing is known of any resource.
    var isEmpty: Bool { tables.allSatisfy { $0.kind == "fleet" } }

    /// The tables as markup, each with so many rows at most.
    func markup(limit: Int) -> Markup {
        element("div", .class("tables")) {
            for table in tables {
                element("div", .class(table.columns.count > 2 ? "broad" : "")) {
                    Phrase.table(
                        FactTables.title(table.kind),
                        ["Name"] + table.columns.map(FactTables.heading)
                    ) {
                        for (resource, cells) in table.rows.prefix(limit) {
                            element("tr") {
                                element("th", Attribute("scope", "row")) {
                                    Phrase.resource(resource)
                                }
                                for (column, cell) in zip(table.columns, cells) {
                                    FactTables.markup(cell, FactTables.heading(column))
                                }
                            }
                        }
                    }
                    if table.rows.count > limit {
                        element("p", .class("note")) {
                            "\(table.rows.count - limit) more are left out here; "
                            element("a", .href(.path("api", "v1", "state"))) { "all as JSON" }
                        }
                    }
                }
            }
        }
    }

    private static func heading(_ column: String) -> String {
        column == "nfs" ? "NFS" : column.prefix(1).uppercased() + column.dropFirst()
    }

    private static func markup(_ cell: Cell, _ heading: String) -> Markup {
        if cell.isMoot { return Phrase.cell(heading, .class("fact moot")) { "–" } }
        return Phrase.cell(heading, .class("fact", cell.isUnknown ? "unsure" : "")) {
            cell.text
            if let event = cell.event {
                " "
                element(
                    "a", .class("event"), .href(.path("events", "\(event)")),
                    Attribute("aria-label", "event \(event)"),
                    cell.basis.map { Attribute("title", $0.rawValue) }
                ) { "\(event)" }
            }
        }
    }

    private static func title(_ kind: String) -> String {
        switch kind {
        case "environment": "Environments"
        case "snapshot": "Snapshots"
        case "release": "Releases"
        case "dns": "Hostnames"
        case "fleet": "Platform"
        case "migration": "Migrations"
        default: kind
        }
    }
}
