/// Writes the canonical record of an event, attribute by attribute in the order RFC 8785 puts them.
///
/// The same bytes as `CanonicalJSON.encode(event.json)`, without making and sorting the object.
enum RecordWriter {
    /// The bytes of an event's record.
    ///
    /// - Throws: `JSONError.notFinite` for a NaN or an infinity in the data.
    static func bytes(of event: Event) throws(JSONError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        let draft = event.draft
        put("{\"authid\":", draft.actor.id, &bytes)
        put(",\"authtype\":", draft.actor.type, &bytes)
        put(",\"basis\":", draft.basis.rawValue, &bytes)
        if let cause = draft.cause { put(",\"causationid\":", cause.description, &bytes) }
        if let migration = draft.migration { put(",\"correlationid\":", migration, &bytes) }
        put(",\"data\":", &bytes)
        try CanonicalJSON.append(draft.data, to: &bytes)
        put(",\"datacontenttype\":\"application/json\",\"id\":", draft.id.description, &bytes)
        put(",\"recordedtime\":\"", &bytes)
        bytes.append(contentsOf: event.recordedTime.utf8)
        put("\",\"sequence\":", event.sequence.padded, &bytes)
        put(",\"source\":", event.source, &bytes)
        put(",\"specversion\":\"1.0\",\"subject\":", draft.subject, &bytes)
        put(",\"time\":\"", &bytes)
        bytes.append(contentsOf: draft.time.utf8)
        if let traceparent = draft.traceparent {
            put("\",\"traceparent\":", traceparent, &bytes)
            put(",\"type\":", draft.type.description, &bytes)
        } else {
            put("\",\"type\":", draft.type.description, &bytes)
        }
        put("}", &bytes)
        return bytes
    }

    private static func put(_ text: StaticString, _ bytes: inout [UInt8]) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func put(_ name: StaticString, _ value: String, _ bytes: inout [UInt8]) {
        put(name, &bytes)
        CanonicalJSON.append(value, to: &bytes)
    }
}
