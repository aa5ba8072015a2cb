import Ledger

/// Prints events as they are read, some at a time, in one of four forms.
///
/// A history may have millions of events: nothing is kept of what was printed but the widths of the
/// columns, which never get narrower.
struct HistoryPrinter {
    private let format: OutputFormat
    private let isStreaming: Bool
    private let erasures: [SequenceNumber: [ErasureNote]]
    private let voids: [SequenceNumber: SequenceNumber]
    private var widths: [Int]
    private var count = 0

    /// A printer of a format; one that streams prints neither headings nor a count, and in JSON one
    /// event a line.
    init(
        _ format: OutputFormat, isStreaming: Bool,
        erasures: [SequenceNumber: [ErasureNote]] = [:],
        voids: [SequenceNumber: SequenceNumber] = [:]
    ) {
        self.format = format
        self.isStreaming = isStreaming
        self.erasures = erasures
        self.voids = voids
        widths = isStreaming ? [4, 20, 8, 24, 28] : []
    }

    /// The columns of CSV; they are fixed.
    static let columns = [
        "sequence", "time", "recordedtime", "actor", "type", "subject", "migration", "basis", "id",
        "voidedby", "summary",
    ]

    /// The cells of those columns.
    static func cells(
        _ event: Event, voidedBy void: SequenceNumber?, summary: String? = nil
    ) -> [String] {
        [
            "\(event.sequence)", event.time.description, event.recordedTime.description,
            event.actor.id, event.type.description, event.subject, event.migration ?? "",
            event.basis.rawValue, event.id.description, void.map { "\($0)" } ?? "",
            summary ?? EventSummary.text(of: event),
        ]
    }

    /// Prints what stands before the first event.
    ///
    /// - Throws: `SystemError`.
    func begin() throws {
        if format == .csv { try Output.line(CSV.line(Self.columns)) }
        if format == .json, !isStreaming { try Output.bytes(Array("{\"events\":[".utf8)) }
    }

    /// Prints the next events.
    ///
    /// - Throws: `SystemError`; `EventError` when a record cannot be made again.
    mutating func print(_ events: [Event]) throws {
        switch format {
        case .jsonl:
            for event in events { try Output.bytes(Record(event).bytes + [0x0A]) }
        case .csv:
            for event in events {
                try Output.line(
                    CSV.line(
                        Self.cells(
                            event, voidedBy: voids[event.sequence], summary: summary(of: event))))
            }
        case .json where isStreaming: for event in events { try Output.json(event.json) }
        case .json:
            for (index, event) in events.enumerated() {
                if count + index > 0 { try Output.bytes([0x2C]) }
                try Output.bytes(try CanonicalJSON.encode(event.json))
            }
        default: try print(table(events))
        }
        count += events.count
    }

    private mutating func print(_ table: Table) throws {
        let lines = table.lines(
            columns: Surroundings.current.output.columns, minimums: widths, paint: Self.painted)
        try Output.lines(isStreaming || count > 0 ? Array(lines.dropFirst()) : lines)
        // What follows the last column needs no place, and a follower knows nothing of what comes.
        guard !isStreaming else { return }
        widths = Array(table.widths(minimums: widths).dropLast())
    }

    /// Prints what stands after the last event.
    ///
    /// - Throws: `SystemError`.
    func end() throws {
        switch format {
        case .json: try Output.bytes(Array("]}\n".utf8))
        case .text where count == 0: try Output.line("no events")
        case .text: try Output.line("\(count) \(count == 1 ? "event" : "events")")
        default: break
        }
    }

    private func table(_ events: [Event]) -> Table {
        var table = Self.table
        for event in events {
            let (void, summary) = (voids[event.sequence], summary(of: event))
            table.add(
                "\(event.sequence)", event.time.short, event.actor.id, event.type.description,
                event.subject, void.map { "voided by \($0)  \(summary)" } ?? summary)
        }
        return table
    }

    private static var table: Table {
        Table([
            ("seq", .right), ("time", .whole), ("actor", .left), ("type", .left),
            ("subject", .left), ("what", .left),
        ])
    }

    /// The event in a few words, and what of it was erased.
    private func summary(of event: Event) -> String {
        let notes = erasures[event.sequence] ?? []
        return ([EventSummary.text(of: event)] + notes.map { "(\($0.name) \($0.text))" })
            .filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// An outcome that is not yes stands out; the word says it too.
    private static func painted(_ column: Int, _ cell: String) -> String {
        guard column == 3 else { return cell }
        let style = Style.output
        if cell.hasSuffix(".refused") { return style.red(cell) }
        if cell.hasSuffix(".unknown") || cell.hasSuffix(".started") { return style.yellow(cell) }
        return cell
    }
}
