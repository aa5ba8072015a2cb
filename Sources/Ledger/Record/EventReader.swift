/// Reads an event off a canonical record, attribute by attribute in the order RFC 8785 puts them.
///
/// It gives nil for whatever is not such a record; `Record.event()` then says what is wrong.
enum EventReader {
    /// The event of a record; nil when the bytes are none.
    static func event(of bytes: [UInt8]) -> Event? {
        bytes.withUnsafeBytes { read($0)?.event }
    }

    /// The event of a record and where its `data` stands.
    static func read(_ text: UnsafeRawBufferPointer) -> (event: Event, data: Range<Int>)? {
        guard var reader = CanonicalReader(text), let origin = Origin(&reader) else { return nil }
        let start = reader.offset
        guard let data = reader.object() else { return nil }
        let end = reader.offset
        guard reader.take(",\"datacontenttype\":\"application/json\",\"id\":"),
            let id = reader.id(), reader.take(",\"recordedtime\":"),
            let recordedTime = reader.time(), reader.take(",\"sequence\":"),
            let sequence = reader.sequence(), reader.take(",\"source\":"),
            let source = reader.string(),
            reader.take(",\"specversion\":\"1.0\",\"subject\":"),
            let subject = reader.string(), reader.take(",\"time\":"), let time = reader.time()
        else { return nil }
        var traceparent: String?
        if reader.take(",\"traceparent\":") {
            traceparent = reader.string()
            if traceparent == nil { return nil }
        }
        guard reader.take(",\"type\":"), let type = reader.string(), reader.take("}"),
            reader.isAtEnd
        else { return nil }
        let event = Event(
            sequence: sequence, recordedTime: recordedTime, source: source,
            draft: EventDraft(
                id: id, type: EventType(type), subject: subject, time: time, actor: origin.actor,
                basis: origin.basis, migration: origin.migration, cause: origin.cause,
                traceparent: traceparent, data: data))
        return (event, start..<end)
    }

    /// The attributes that stand before `data`: who, how known, after what and of which migration.
    struct Origin {
        let actor: Actor
        let basis: Basis
        let cause: EventID?
        let migration: String?

        /// Reads up to and with the name `data`.
        init?(_ reader: inout CanonicalReader) {
            guard reader.take("{\"authid\":"), let id = reader.string(),
                reader.take(",\"authtype\":"), let type = reader.string(),
                reader.take(",\"basis\":"), let basis: Basis = reader.word()
            else { return nil }
            actor = Actor(id: id, type: type)
            self.basis = basis
            if reader.take(",\"causationid\":") {
                guard let id = reader.id() else { return nil }
                cause = id
            } else {
                cause = nil
            }
            if reader.take(",\"correlationid\":") {
                guard let name = reader.string() else { return nil }
                migration = name
            } else {
                migration = nil
            }
            guard reader.take(",\"data\":") else { return nil }
        }
    }
}
