import Ledger
import Projector

extension ReportDocument {
    /// The events.
    var events: Document.Section {
        var table = Document.Grid(
            "Events in the order in which they were recorded", "#no", "happened", "who", "type",
            "subject", "what", "known")
        for entry in report.events {
            let event = entry.event
            var what: [Document.Inline] = [.text(entry.summary)] + struck(entry)
            for text in entry.texts where text.name != "text" || text.text != nil {
                what += [.text(" "), .faint("\(text.name):"), .text(" ")] + words(text)
            }
            var known: [Document.Inline] = [.text(event.basis.rawValue)]
            if event.basis != .imported, event.recordedTime - event.time > .minutes(5) {
                known += [.text(", "), .faint("recorded "), .time(event.recordedTime)]
            }
            table.add(
                .text("\(event.sequence)"), .time(event.time), .text(event.actor.id),
                [.word(event.type.description, Self.tone(event.type))], .code(event.subject), what,
                known, anchor: event.sequence)
        }
        var blocks: [Document.Block] = []
        if report.otherEvents > 0 {
            let isOne = report.otherEvents == 1
            blocks.append(
                .paragraph([
                    .text(
                        "\(report.otherEvents) other \(isOne ? "event" : "events") of the ledger \(isOne ? "is" : "are") not about this migration and not cited here."
                    )
                ]))
        }
        let imported = Dictionary(
            grouping: report.events.filter { $0.event.basis == .imported }, by: \.event.recordedTime
        )
        for time in imported.keys.sorted() {
            let count = imported[time]?.count ?? 0
            blocks.append(
                .paragraph([
                    .text("\(count) of the events \(count == 1 ? "was" : "were") imported at "),
                    .time(time), .text("."),
                ]))
        }
        return Document.Section(
            id: "events", title: "Events", blocks: blocks + [.table(table)], isWide: true)
    }

    private static func tone(_ type: EventType) -> Document.Tone {
        switch type {
        case .action(_, .refused): .bad
        case .action(_, .unknown), .action(_, .started), .other: .doubtful
        default: .plain
        }
    }

    /// Whether the file can be trusted.
    var integrity: Document.Section {
        let integrity = report.integrity
        var blocks: [Document.Block] = [
            .remark(
                integrity.verdict == .doesNotVerify ? .bad : .good,
                [
                    .strong(integrity.verdict.rawValue),
                    .text(
                        ": every record, index and attachment of \(integrity.size) events was hashed again, root "
                    ),
                    .code(integrity.root.base64), .text("."),
                ])
        ]
        if !integrity.findings.isEmpty {
            blocks.append(
                .verbatim(
                    integrity.findings.map(\.description).joined(separator: "\n"),
                    label: "Findings"))
        }
        blocks.append(
            .paragraph([
                .text(
                    "What no file can show by itself: that its newest events were cut off, or that it was rewritten as a whole. A checkpoint that was kept elsewhere shows both."
                )
            ]))
        for anchor in integrity.anchors {
            blocks.append(
                .remark(
                    anchor.isContinued ? .good : .bad,
                    [
                        .text("This log "), .strong(anchor.isContinued ? "continues" : "breaks"),
                        .text(" the head that was kept elsewhere: "), .code(anchor.label),
                        .text("."),
                    ]))
        }
        if let head = integrity.head {
            blocks.append(
                .verbatim(head.note, label: "Newest signed head, \(head.size) events"))
            blocks.append(
                .paragraph([
                    .text(
                        integrity.believed.map { "Its signature was checked against \($0)." }
                            ?? "Its signature was not checked: no public key was at hand.")
                ]))
            if integrity.unsigned > 0 {
                blocks.append(
                    .remark(
                        .doubtful,
                        .text("\(integrity.unsigned) newer events stand under no signed head.")))
            }
        } else {
            blocks.append(
                .remark(
                    .doubtful,
                    .text(
                        "No head of this ledger is signed: only the root above, kept elsewhere, can show a change."
                    )))
        }
        var table = Document.Grid(
            "Records and receipts of the events that decide", "#event", "leaf hash", "to save")
        for proof in integrity.proofs {
            var files: [Document.Inline] = [
                .file(
                    name: "\(proof.sequence).json", label: "record", bytes: proof.record)
            ]
            if let receipt = proof.receipt {
                files += [
                    .text(" "),
                    .file(
                        name: "\(proof.sequence).tlog-proof", label: "receipt", bytes: receipt),
                ]
            }
            table.add(.events([proof.sequence]), .code(proof.leaf.base64), files)
        }
        if !table.rows.isEmpty { blocks.append(.table(table)) }
        return Document.Section(id: "integrity", title: "Integrity", blocks: blocks)
    }

    /// How a reader checks without trusting this report.
    var checking: Document.Section {
        let example =
            report.integrity.proofs.first { $0.receipt != nil }?.sequence
            ?? SequenceNumber(1)
        return Document.Section(
            id: "checking", title: "How to check this yourself",
            blocks: [
                .list([
                    [
                        .text("With the ledger: "), .code("ledger-cli verify"),
                        .text(" hashes every stored byte again; "),
                        .code("ledger-cli verify --against CHECKPOINT"),
                        .text(" shows whether it still continues a head that you kept."),
                    ],
                    [
                        .text(
                            "Without the ledger: save a record and its receipt from the table above, then "
                        ),
                        .code(
                            "ledger-cli verify --receipt \(example).tlog-proof --record \(example).json --key VKEY"
                        ), .text("."),
                    ],
                    [
                        .text("With other tools: a record is one leaf of an RFC 6962 tree ("),
                        .code("SHA-256(0x00 ‖ record)"),
                        .text(
                            "), a receipt is a C2SP tlog-proof, the head a C2SP checkpoint; "
                        ),
                        .code("ledger-cli export --tiles DIR"),
                        .text(" gives a tile log that other monitors read."),
                    ],
                    [
                        .text("The report itself: "), .code("ledger-cli report"),
                        .text(
                            " with the same --now, --at and --known-at gives the same bytes from the same ledger."
                        ),
                    ],
                ])
            ])
    }
}
