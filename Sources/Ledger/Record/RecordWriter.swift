/// Writes the canonical record of an event, attribute by attribute in the order RFC 8785 puts them.
///
/// The same bytes as `CanonicalJSON.encode(event.json)`, without making and sorting the object.
/// The two attributes that only the log can give, both of a fixed length, are filled in last, so that
/// the rest can be written before the event's turn comes.
struct RecordWriter: Sendable {
    private var bytes: [UInt8] = []
    private var recordedTimePlace = 0
    private var sequencePlace = 0

    /// The bytes of an event's record.
    ///
    /// - Throws: `JSONError.notFinite` for a NaN or an infinity in the data.
    static func bytes(of event: Event) throws(JSONError) -> [UInt8] {
        try RecordWriter(event.draft, source: event.source)
            .bytes(sequence: event.sequence, recordedTime: event.recordedTime)
    }

    /// The bytes when the event stands at its place.
    func bytes(sequence: SequenceNumber, recordedTime: Timestamp) -> [UInt8] {
        var bytes = bytes
        bytes.replaceSubrange(
            recordedTimePlace..<recordedTimePlace + RecordWriter.timeLength,
            with: recordedTime.utf8)
        let padded = sequence.padded.utf8
        bytes.replaceSubrange(
            sequencePlace..<sequencePlace + RecordWriter.sequenceLength, with: padded)
        return bytes
    }

    private static let timeLength = 24
    private static let sequenceLength = 16

    /// Writes all that a draft and the ledger's origin give.
    ///
    /// - Throws: `JSONError.notFinite` for a NaN or an infinity in the data.
    init(_ draft: EventDraft, source: String) throws(JSONError) {
        bytes.reserveCapacity(1024)
        put("{\"authid\":", draft.actor.id)
        put(",\"authtype\":", draft.actor.type)
        put(",\"basis\":", draft.basis.rawValue)
        if let cause = draft.cause { put(",\"causationid\":", cause.description) }
        if let migration = draft.migration { put(",\"correlationid\":", migration) }
        put(",\"data\":")
        try CanonicalJSON.append(draft.data, to: &bytes)
        put(",\"datacontenttype\":\"application/json\",\"id\":", draft.id.description)
        put(",\"recordedtime\":\"")
        recordedTimePlace = bytes.count
        bytes.append(contentsOf: repeatElement(0x30, count: RecordWriter.timeLength))
        put("\",\"sequence\":\"")
        sequencePlace = bytes.count
        bytes.append(contentsOf: repeatElement(0x30, count: RecordWriter.sequenceLength))
        put("\",\"source\":", source)
        put(",\"specversion\":\"1.0\",\"subject\":", draft.subject)
        put(",\"time\":\"")
        bytes.append(contentsOf: draft.time.utf8)
        put("\"")
        if let traceparent = draft.traceparent { put(",\"traceparent\":", traceparent) }
        put(",\"type\":", draft.type.description)
        put("}")
    }

    private mutating func put(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func put(_ name: StaticString, _ value: String) {
        put(name)
        CanonicalJSON.append(value, to: &bytes)
    }
}
