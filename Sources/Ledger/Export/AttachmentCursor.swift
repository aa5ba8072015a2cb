/// The attachments of a bundle, taken in the order of the log beside its records.
struct AttachmentCursor {
    /// What cannot be read.
    private(set) var findings: [Finding] = []
    /// How many there were so far.
    private(set) var count = 0
    private let lines: LineReader?
    private var pending: SealedAttachment?

    init(_ bundle: BundleReader) throws(ExportError) {
        lines = bundle.isBundle ? try bundle.lines(LedgerBundle.attachmentsName) : nil
        pending = try next()
    }

    /// The rows up to an event that were not taken yet.
    mutating func rows(through sequence: Int) throws(ExportError) -> [SealedAttachment] {
        var rows: [SealedAttachment] = []
        while let row = pending, row.sequence.number <= sequence {
            rows.append(row)
            pending = try next()
        }
        return rows
    }

    /// The rows behind the last event.
    mutating func rest() throws(ExportError) -> [SealedAttachment] {
        try rows(through: .max)
    }

    private mutating func next() throws(ExportError) -> SealedAttachment? {
        guard let lines else { return nil }
        while let line = try lines.next() {
            if let row = SealedAttachment(line: line) {
                count += 1
                return row
            }
            findings.append(
                Finding(
                    .attachmentAltered,
                    message: "\(LedgerBundle.attachmentsName):\(lines.number) is no attachment"))
        }
        if lines.isCutOff { findings.append(.cutOff(LedgerBundle.attachmentsName)) }
        return nil
    }
}

extension Finding {
    /// The last line of a file of a bundle is not whole.
    static func cutOff(_ name: String) -> Finding {
        Finding(.edited, message: "\(name): the last line is cut off")
    }
}
