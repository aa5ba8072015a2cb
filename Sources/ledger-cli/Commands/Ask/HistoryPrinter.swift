import Ledger

/// Prints events one after the other, in one of four forms.
struct HistoryPrinter {
    private let format: OutputFormat
    private let isStreaming: Bool
    private var rows: [(event: Event, voidedBy: SequenceNumber?)] = []
    private var count = 0

    /// A printer of a format; one that streams prints each line at once, without common widths.
    init(_ format: OutputFormat, isStreaming: Bool) {
        self.format = format
        self.isStreaming = isStreaming
    }

    /// The columns of CSV; they are fixed.
    static let columns = [
        "sequence", "time", "recordedtime", "actor", "type", "subject", "migration", "basis", "id",
        "voidedby", "summary",
    ]

    /// The cells of those columns.
    static func cells(_ event: Event, voidedBy void: SequenceNumber?) -> [String] {
        [
            "\(event.sequence)", event.time.description, event.recordedTime.description,
            event.actor.id, event.type.description, event.subject, event.migration ?? "",
            event.basis.rawValue, event.id.description, void.map { "\($0)" } ?? "",
            EventSummary.text(of: event),
        ]
    }

    /// Prints what stands before the first event.
    ///
    /// - Throws: `SystemError`.
    func begin() throws {
        if format == .csv { try Output.line(CSV.line(Self.columns)) }
    }

    /// Prints an event.
    ///
    /// - Throws: `SystemError`; `EventError` when its record cannot be made again.
    mutating func print(_ event: Event, voidedBy void: SequenceNumber?) throws {
        count += 1
        switch format {
        case .jsonl:
            try Surroundings.current.output.write(Record(event).bytes + [0x0A])
        case .csv:
            try Output.line(CSV.line(Self.cells(event, voidedBy: void)))
        case .json where isStreaming: try Output.json(event.json)
        case .text where isStreaming:
            var table = Self.table
            Self.add(event, void, to: &table)
            let lines = table.lines(
                columns: Surroundings.current.output.columns, minimums: [4, 20, 8, 24, 28],
                paint: Self.painted)
            try Output.lines(Array(lines.dropFirst()))
        default: rows.append((event, void))
        }
    }

    /// Prints what was kept for common widths, and the count.
    ///
    /// - Throws: `SystemError`.
    func end() throws {
        if format == .json {
            try Output.json(["events": .array(rows.map { .object($0.event.json) })])
        }
        guard format == .text else { return }
        guard !rows.isEmpty else { return try Output.line("no events") }
        var table = Self.table
        for row in rows { Self.add(row.event, row.voidedBy, to: &table) }
        try Output.table(table, paint: Self.painted)
        try Output.line("\(count) \(count == 1 ? "event" : "events")")
    }

    private static var table: Table {
        Table([
            ("seq", .right), ("time", .whole), ("actor", .left), ("type", .left),
            ("subject", .left), ("what", .left),
        ])
    }

    /// An outcome that is not yes stands out; the word says it too.
    private static func painted(_ column: Int, _ cell: String) -> String {
        guard column == 3 else { return cell }
        let style = Style.output
        if cell.hasSuffix(".refused") { return style.red(cell) }
        if cell.hasSuffix(".unknown") || cell.hasSuffix(".started") { return style.yellow(cell) }
        return cell
    }

    private static func add(_ event: Event, _ void: SequenceNumber?, to table: inout Table) {
        let summary = EventSummary.text(of: event)
        table.add(
            "\(event.sequence)", event.time.short, event.actor.id, event.type.description,
            event.subject, void.map { "voided by \($0)  \(summary)" } ?? summary)
    }
}
