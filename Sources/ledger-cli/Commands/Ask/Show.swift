import ArgumentParser
import Ledger
import Projector

/// The command `show`.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one event in full.",
        discussion: """
            Every attribute, every member of its data, its attachments (of erased ones when, by \
            whom and why), what voided it and what it changed. jsonl prints the record byte for \
            byte.

            EXAMPLES
              $ ledger-cli show 41

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)

    @Argument(help: "The sequence of the event.")
    var sequence: Int

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if sequence < 1 { throw ValidationError("expected a sequence from 1") }
    }

    func run() throws {
        let format = try global.format(.text, .json, .jsonl)
        let store = try global.open()
        let position = SequenceNumber(sequence)
        guard let event = try store.event(position), let record = try store.record(position) else {
            throw CLIError.noSuchEvent(sequence, size: try store.size())
        }
        if format == .jsonl {
            return try Output.bytes(record.bytes + [0x0A])
        }
        let void = try Voiding.all(in: store)[position]
        let erasures = try ErasureNote.all(in: store, of: position)[position] ?? []
        let attachments = try event.attachments.map { name, reference in
            ShownAttachment(
                name: name, reference: reference,
                stored: try store.attachment(position, name: name),
                erasure: erasures.last { $0.name == name })
        }
        let leaf = MerkleTree.leafHash(record.bytes)
        let changes = try self.changes()
        if format == .json {
            return try Output.json(
                JSONObject([
                    ("event", .object(event.json)), ("leaf", .string(leaf.base64)),
                    ("attachments", .array(attachments.map { .object($0.json) })),
                    ("voidedBy", void.map { .integer($0.number) }),
                    ("changes", changes?.json),
                ]))
        }
        try Output.lines(text(of: event, leaf: leaf, void: void))
        for attachment in attachments { try Output.lines(attachment.lines) }
        if let changes, !changes.changes.isEmpty {
            try Output.lines(["  what it changed"] + changes.lines.map { "    " + $0 })
        }
    }

    /// What was known before and after; nil in a ledger that this version cannot plan with.
    private func changes() throws -> FactChanges? {
        do {
            let before = sequence > 1 ? try FactChanges.facts(global, knownAt: sequence - 1) : [:]
            return FactChanges(from: before, to: try FactChanges.facts(global, knownAt: sequence))
        } catch is PlanError {
            return nil
        }
    }

    private func text(of event: Event, leaf: Digest, void: SequenceNumber?) -> [String] {
        let style = Style.output
        var table = Table("", "")
        let summary = EventSummary.text(of: event)
        if !summary.isEmpty { table.add("what", summary) }
        table.add("subject", event.subject)
        table.add("happened", event.time.short)
        table.add("recorded", event.recordedTime.short)
        table.add(
            "actor", event.actor.id + (event.actor.type == "user" ? "" : " (\(event.actor.type))"))
        table.add("basis", event.basis.rawValue)
        if let migration = event.migration { table.add("migration", migration) }
        if let cause = event.cause { table.add("follows from", cause.description) }
        if let trace = event.draft.traceparent { table.add("traceparent", trace) }
        table.add("id", event.id.description)
        table.add("leaf", leaf.base64)
        for member in event.data.members where AttachmentReference(member.value) == nil {
            table.add(member.name, Self.text(of: member.value))
        }
        var lines = [style.bold("event \(event.sequence)  \(event.type)")]
        if let void { lines.append(style.yellow("voided by event \(void)")) }
        return lines + table.lines.map { "  " + $0 }
    }

    private static func text(of value: JSONValue) -> String {
        if let string = value.string { return string }
        guard let bytes = try? CanonicalJSON.encode(value) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// An attachment as `show` prints it.
private struct ShownAttachment {
    let name: String
    let reference: AttachmentReference
    let stored: StoredAttachment?
    let erasure: ErasureNote?

    var json: JSONObject {
        var members: [(String, JSONValue?)] = [
            ("name", .string(name)), ("reference", reference.json),
        ]
        switch stored {
        case .content(let content)?:
            members.append(("state", "kept"))
            members.append(
                ("text", String(validating: content.bytes, as: UTF8.self).map { .string($0) }))
        case .erased?:
            members.append(("state", "erased"))
            members.append(("erasure", erasure?.json))
        case .absent?, nil:
            members.append(("state", reference.isElsewhere ? "elsewhere" : "missing"))
        }
        return JSONObject(members)
    }

    var lines: [String] {
        let head = "\(name), \(reference.byteCount) bytes of \(reference.mediaType)"
        switch stored {
        case .content(let content)?:
            guard let text = String(validating: content.bytes, as: UTF8.self) else {
                return [head + ": not text"]
            }
            let body = text.split(separator: "\n", omittingEmptySubsequences: false)
                .map {
                    "    "
                        + Table.printable($0.hasSuffix("\r") ? String($0.dropLast()) : String($0))
                }
            return [head + ":"] + body
        case .erased?:
            return [head + ": " + (erasure.map { Table.printable($0.text) } ?? "erased")]
        case .absent?, nil:
            return [
                head
                    + (reference.isElsewhere
                        ? ": elsewhere, it did not come with the event"
                        : ": missing; ledger-cli verify")
            ]
        }
    }
}
