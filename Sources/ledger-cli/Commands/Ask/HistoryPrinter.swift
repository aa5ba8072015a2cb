import Ledger

/// Prints events one after the other, in one of four forms.
struct HistoryPrinter {
    private let format: OutputFormat
    private let isStreaming: Bool
    private let erasures: [SequenceNumber: [ErasureNote]]
    private var rows: [(event: Event, voidedBy: SequenceNumber?)] = []
    private var count = 0

    /// A printer of a format; one that streams prints each line at once, without common widths.
    init(
        _ format: OutputFormat, isStreaming: Bool,
        erasures: [SequenceNumber: [ErasureNote]] = [:]
    ) {
        self.format = format
        self.isStreaming = isStreaming
        self.erasures = erasures
    }

    /// The columns of CSV; they are fixed.
    static let columns = [
        "sequence", "time", "recordedtime", "actor", "type", "subject", "migration", "basis", "id",
        "voidedby", "summary",
    ]

    /// Prints what stands before the first event.
    ///
    /// - Throws: `SystemError`.
    func begin() throws {
        if format == .csv { try Output.line(Self.columns.joined(separator: ",")) }
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
            let cells = [
                "\(event.sequence)", event.time.description, event.recordedTime.description,
                event.actor.id, event.type.description, event.subject, event.migration ?? "",
                event.basis.rawValue, event.id.description, void.map { "\($0)" } ?? "",
                summary(of: event),
            ]
            try Output.line(cells.map(Self.quoted).joined(separator: ","))
        case .json where isStreaming: try Output.json(event.json)
        case .text where isStreaming:
            var table = Self.table
            add(event, void, to: &table)
            try Output.lines(Array(table.lines.dropFirst()))
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
        for row in rows { add(row.event, row.voidedBy, to: &table) }
        try Output.lines(table.lines)
        try Output.line("\(count) \(count == 1 ? "event" : "events")")
    }

    private static var table: Table {
        Table([
            ("seq", .right), ("time", .left), ("actor", .left), ("type", .left),
            ("subject", .left), ("what", .left),
        ])
    }

    /// The event in a few words, and what of it was erased.
    private func summary(of event: Event) -> String {
        let notes = erasures[event.sequence] ?? []
        return ([EventSummary.text(of: event)] + notes.map { "(\($0.name) \($0.text))" })
            .filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func add(_ event: Event, _ void: SequenceNumber?, to table: inout Table) {
        let summary = summary(of: event)
        table.add(
            "\(event.sequence)", event.time.short, event.actor.id, event.type.description,
            event.subject, void.map { "voided by \($0)  \(summary)" } ?? summary)
    }

    /// A cell of CSV (RFC 4180); a cell that a spreadsheet would take for a formula is quoted with
    /// an apostrophe before it.
    private static func quoted(_ text: String) -> String {
        var cell = text
        if let first = cell.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
            cell = "'" + cell
        }
        let isPlain = cell.utf8.allSatisfy { $0 != 0x22 && $0 != 0x2C && $0 != 0x0A && $0 != 0x0D }
        return isPlain
            ? cell
            : "\""
                + cell.split(
                    separator: "\"", omittingEmptySubsequences: false
                ).joined(separator: "\"\"") + "\""
    }
}
