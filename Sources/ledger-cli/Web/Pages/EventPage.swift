import Ledger
import Projector

/// One event in full: what it says, what it changed, its exact bytes and its receipt.
struct EventPage: Sendable {
    /// The event.
    let event: Event
    /// Its bytes.
    let record: Record
    /// The event that took it back.
    let voidedBy: SequenceNumber?
    /// Its attachments, by name.
    let attachments: [(name: String, reference: AttachmentReference, stored: StoredAttachment?)]
    /// True when the newest signed head covers it.
    let hasReceipt: Bool
    /// The number of the newest event.
    let size: Int
    /// The event that it follows from.
    let cause: SequenceNumber?
    /// True when its migration was opened, and so has a page.
    let isMigrationKnown: Bool

    /// An event of a ledger.
    ///
    /// - Throws: `Refusal` when there is none, `StoreError`.
    init(_ sequence: SequenceNumber, in snapshot: LedgerSnapshot) throws {
        size = try snapshot.size()
        guard let event = try snapshot.event(sequence),
            let record = try snapshot.record(sequence)
        else {
            throw CLIError.noSuchEvent(sequence.number, size: size)
        }
        self.event = event
        self.record = record
        let voidings = try snapshot.events(
            matching: HistoryQuery(
                subject: .exact("event/\(sequence)"),
                type: .exact(DecisionName.eventVoided.rawValue)))
        let isVoid = try Voided.among([event], in: snapshot).contains(sequence)
        voidedBy = isVoid ? voidings.last?.sequence : nil
        attachments = try event.attachments.map { name, reference in
            (name, reference, try snapshot.attachment(sequence, name: name))
        }
        let head = try snapshot.newestHead()
        hasReceipt = (head?.size ?? 0) >= sequence.number
        cause = try event.cause.flatMap { try snapshot.sequence(of: $0) }
        isMigrationKnown = try EventPage.isOpened(event.migration, in: snapshot)
    }

    private static func isOpened(_ migration: String?, in snapshot: LedgerSnapshot) throws -> Bool {
        guard let migration else { return false }
        let openings = try snapshot.events(
            matching: HistoryQuery(
                subject: .exact("migration/\(migration)"),
                type: .exact(DecisionName.migrationOpened.rawValue)))
        let voided = try Voided.among(openings, in: snapshot)
        return openings.contains { !voided.contains($0.sequence) }
    }

    /// The page; `changes` is nil in a ledger that cannot be planned with.
    func markup(_ frame: Layout.Frame, changes: FactChanges?) -> Markup {
        Layout.page("Event \(event.sequence)", nil, frame) {
            element("nav", .class("pager"), Attribute("aria-label", "Neighbours")) {
                if event.sequence.number > 1 { step(-1, "Previous", rel: "prev") }
                " "
                if event.sequence.number < size { step(1, "Next", rel: "next") }
            }
            element("p", .class("lead")) {
                element("strong") { event.type.description }
                " "
                EventSummary.text(of: event)
            }
            if let voidedBy {
                element("p", .class("alert")) {
                    "It does not count: voided by event "
                    Phrase.event(voidedBy)
                }
            }
            Phrase.facts(facts)
            data
            for attachment in attachments { markup(attachment) }
            if let changes { markup(changes) }
            element("section", Attribute("aria-labelledby", "record")) {
                element("h2", .id("record")) { "The record, byte for byte" }
                element("pre", Attribute("tabindex", "0"), Attribute("aria-labelledby", "record")) {
                    String(decoding: record.bytes, as: UTF8.self)
                }
                Phrase.facts([
                    ("Leaf hash", element("code") { MerkleTree.leafHash(record.bytes).base64 }),
                    ("Bytes", Markup("\(record.bytes.count)")),
                ])
                element("p") { downloads }
            }
        }
    }

    private func step(_ by: Int, _ text: String, rel: String) -> Markup {
        element(
            "a", Attribute("rel", rel), .href(.path("events", "\(event.sequence.number + by)"))
        ) { text }
    }

    private var facts: [(String, Markup)] {
        var facts: [(String, Markup)] = [
            ("Subject", Phrase.subject(event.subject)), ("Happened", Phrase.time(event.time)),
            ("Recorded", Phrase.time(event.recordedTime)),
            (
                "Actor",
                Markup(
                    event.actor.id + (event.actor.type == "user" ? "" : " (\(event.actor.type))"))
            ),
            ("Known by", Markup(event.basis.rawValue)),
        ]
        if let migration = event.migration {
            let name =
                isMigrationKnown
                ? element("a", .href(.path("migrations", migration))) { migration }
                : Markup(migration)
            facts.append(("Migration", name))
        }
        if let cause { facts.append(("Follows from", Phrase.event(cause))) }
        facts += [
            ("Id", element("code") { event.id.description }),
            (
                "True then",
                element("a", .href(.path("timeline", query: [("at", event.time.short)]))) {
                    "the state at that time"
                }
            ),
        ]
        return facts
    }

    /// What the event says beside who, when and about what.
    private var data: Markup? {
        let members = event.data.members.filter { AttachmentReference($0.value) == nil }
        guard !members.isEmpty else { return nil }
        return element("section", Attribute("aria-labelledby", "data")) {
            element("h2", .id("data")) { "What it says" }
            Phrase.facts(
                members.map { member in
                    (member.name, element("code") { EventPage.text(of: member.value) })
                })
        }
    }

    private static func text(of value: JSONValue) -> String {
        if let string = value.string { return string }
        guard let bytes = try? CanonicalJSON.encode(value) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func markup(
        _ attachment: (name: String, reference: AttachmentReference, stored: StoredAttachment?)
    ) -> Markup {
        let id = "attachment-\(attachment.name)"
        return element("section", Attribute("aria-labelledby", id)) {
            element("h2", .id(id)) {
                "\(attachment.name), \(attachment.reference.byteCount) bytes"
            }
            switch attachment.stored {
            case .content(let content)?:
                if let text = String(validating: content.bytes, as: UTF8.self) {
                    element("pre", Attribute("tabindex", "0"), Attribute("aria-labelledby", id)) {
                        text
                    }
                } else {
                    element("p") { "It is not text." }
                }
            case .erased?:
                element("p") { "It was erased; the record still proves that it was there." }
            case .absent?, nil:
                element("p") {
                    attachment.reference.isElsewhere
                        ? "It did not come with the event." : "It is missing: run verify."
                }
            }
        }
    }

    private func markup(_ changes: FactChanges) -> Markup {
        element("div") {
            if changes.changes.isEmpty {
                element("p") { "It changed no fact." }
            } else {
                Phrase.table("What it changed", ["Fact", "Before", "After"]) {
                    for change in changes.changes {
                        element("tr") {
                            element("th", Attribute("scope", "row")) { change.fact }
                            element("td") { change.from ?? "–" }
                            element("td") { change.to ?? "–" }
                        }
                    }
                }
            }
        }
    }

    @MarkupBuilder private var downloads: Markup {
        element("a", .href(.path("api", "v1", "events", "\(event.sequence)"))) { "The record" }
        " · "
        if hasReceipt {
            element("a", .href(.path("api", "v1", "events", "\(event.sequence)", "receipt"))) {
                "The receipt (tlog-proof)"
            }
        } else {
            "No receipt: no signed head covers this event yet"
        }
    }
}
