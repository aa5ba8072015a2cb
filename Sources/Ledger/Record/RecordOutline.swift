/// The attributes of an ordinary record where they stand, without a copy.
///
/// Only what can be said without making an event: a record that names a key or erases something, or
/// that is written in a rare way, has no outline and is read in full. A record that has one is
/// canonical, and `Record.event()` gives an event with these attributes.
struct RecordOutline {
    let sequence: SequenceNumber
    let recordedTime: Timestamp
    /// The texts of the indexed columns, as long as the record stands there.
    let id: UnsafeRawBufferPointer
    let type: UnsafeRawBufferPointer
    let subject: UnsafeRawBufferPointer
    let actor: UnsafeRawBufferPointer
    let migration: UnsafeRawBufferPointer?
    let time: UnsafeRawBufferPointer
    /// Whether the data may refer to attachments.
    let mayHaveAttachments: Bool

    /// The outline of a record of a ledger with this origin; nil when it has none.
    init?(_ text: UnsafeRawBufferPointer, origin: UnsafeRawBufferPointer) {
        guard var reader = CanonicalReader(text), reader.take("{\"authid\":"),
            let actor = reader.plain(), reader.take(",\"authtype\":"), reader.plain() != nil,
            reader.take(",\"basis\":"), Self.passBasis(&reader)
        else { return nil }
        if reader.take(",\"causationid\":"), reader.id() == nil { return nil }
        var migration: UnsafeRawBufferPointer?
        if reader.take(",\"correlationid\":") {
            migration = reader.plain()
            if migration == nil { return nil }
        }
        guard reader.take(",\"data\":"), reader.passObject(),
            reader.take(",\"datacontenttype\":\"application/json\",\"id\":")
        else { return nil }
        let idStart = reader.offset
        guard reader.id() != nil, let id = Self.inside(text, idStart, reader.offset),
            reader.take(",\"recordedtime\":"), let recordedTime = reader.time(),
            reader.take(",\"sequence\":"), let sequence = reader.sequence(),
            reader.take(",\"source\":"), let source = reader.plain(),
            source.isSame(origin),
            reader.take(",\"specversion\":\"1.0\",\"subject\":"), let subject = reader.plain(),
            reader.take(",\"time\":")
        else { return nil }
        let timeStart = reader.offset
        guard reader.time() != nil, let time = Self.inside(text, timeStart, reader.offset) else {
            return nil
        }
        if reader.take(",\"traceparent\":"), reader.plain() == nil { return nil }
        guard reader.take(",\"type\":"), let type = reader.plain(), !Self.isRead(type),
            reader.take("}"), reader.isAtEnd
        else { return nil }
        self.sequence = sequence
        self.recordedTime = recordedTime
        self.id = id
        self.type = type
        self.subject = subject
        self.actor = actor
        self.migration = migration
        self.time = time
        mayHaveAttachments = reader.mayHavePassedReference
    }

    /// Passes one of the words of `Basis`.
    private static func passBasis(_ reader: inout CanonicalReader) -> Bool {
        reader.take("\"imported\"") || reader.take("\"executed\"") || reader.take("\"reported\"")
            || reader.take("\"observed\"")
    }

    /// What stands between the quotation marks of a place.
    private static func inside(
        _ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int
    ) -> UnsafeRawBufferPointer? {
        guard end - start >= 2 else { return nil }
        return UnsafeRawBufferPointer(rebasing: text[start + 1..<end - 1])
    }

    private static func begins(
        _ text: UnsafeRawBufferPointer, with prefix: StaticString
    ) -> Bool {
        guard text.count >= prefix.utf8CodeUnitCount else { return false }
        return UnsafeRawBufferPointer(rebasing: text[..<prefix.utf8CodeUnitCount]).isSame(prefix)
    }

    /// True for the types whose events say something of the log itself.
    private static func isRead(_ type: UnsafeRawBufferPointer) -> Bool {
        begins(type, with: "ledger.") || begins(type, with: "key.")
            || begins(type, with: "attachment.")
    }
}
