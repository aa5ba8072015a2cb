import Ledger

/// Records: the quick readers against the plain one.
extension FuzzTarget {
    private static let text = """
        {"authid":"alice","authtype":"user","basis":"reported","correlationid":"plan-move",\
        "data":{"environment":"prod","exit":0,"state":"ON"},"datacontenttype":"application/json",\
        "id":"015bc36a-7480-7000-8000-000000000001",\
        "recordedtime":"2017-05-01T10:00:00.000Z","sequence":"0000000000000002",\
        "source":"ledger.bestpants.example/fleet","specversion":"1.0",\
        "subject":"environment/prod","time":"2017-05-01T10:00:00.000Z",\
        "type":"env.maintenance.accepted"}
        """
    private static let caused = text.replacing(
        ",\"correlationid\"",
        with: ",\"causationid\":\"015bc36a-7480-7000-8000-000000000000\",\"correlationid\"")
    private static let reference = """
        {"bytes":5,"commitment":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",\
        "mediatype":"text/plain"}
        """
    private static let attached = text.replacing(
        ",\"state\"", with: ",\"output\":\(reference),\"state\"")
    private static let words =
        [
            "\"causationid\":", "\"traceparent\":", "\"data\":", "\"sequence\":", "\\u001f",
            "\\u0041",
            "\\ud83d\\ude00", "\\n", "\\\"", "1e21", "-0", "0.1", "9007199254740993", "null",
            "true",
            "[]", "{}", "é", "e\u{301}", "\u{10000}", "\u{E000}", ",\"a\":1", "observed.dns",
            "2017-05-01T10:00:00.001Z", "0000000000000003", "\"output\":", "{\"bytes\":",
            reference,
        ]

    static let records: [FuzzTarget] = [
        FuzzTarget(
            "json",
            seeds: [
                text, "[1,2.5,-3,1e-7,1e+21,true,false,null,\"\\u001f\\n\\\"\",{\"a\":{}}]",
                "{\"\u{10000}\":1,\"\u{E000}\":[[],[[]]]}",
            ], words: words, check: { checkJSON($0) }),
        FuzzTarget(
            "record", seeds: [text, caused, attached], words: words,
            check: { checkRecord($0) }),
    ]

    /// The value when the bytes are what would be written for it: the plain way to be canonical.
    private static func plainValue(_ bytes: [UInt8]) -> JSONValue? {
        guard let value = try? JSONReader.parse(bytes),
            let again = try? CanonicalJSON.encode(value), again == bytes
        else { return nil }
        return value
    }

    private static func checkJSON(_ bytes: [UInt8]) -> String? {
        let quick = try? JSONReader.parseCanonical(bytes)
        let plain = plainValue(bytes)
        if (quick == nil) != (plain == nil) {
            return quick == nil ? "canonical JSON is refused" : "other JSON is taken for canonical"
        }
        // Not by value: Swift takes canonically equivalent strings for equal.
        if let quick, (try? CanonicalJSON.encode(quick)) != bytes {
            return "canonical JSON is read as something else"
        }
        guard let value = try? JSONReader.parse(bytes), let form = try? CanonicalJSON.encode(value)
        else { return nil }
        return plainValue(form) == nil ? "the canonical form is not canonical" : nil
    }

    private static func checkRecord(_ bytes: [UInt8]) -> String? {
        let event = try? Record(storedBytes: bytes).event()
        let plain = plainValue(bytes)?.object.flatMap { try? Record.event(of: $0) }
        if (event == nil) != (plain == nil) {
            return event == nil ? "a record is refused" : "something else is taken for a record"
        }
        if let event, bytes.count <= Record.byteLimit, (try? Record(event))?.bytes != bytes {
            return "a record is read as another one"
        }
        // A reader that knows such records already must not take this one for another.
        var reader = OccurrenceReader()
        for known in [text, caused, attached] { _ = occurrence(Array(known.utf8), &reader) }
        for _ in 0..<2 {
            let occurrence = occurrence(bytes, &reader)
            if (occurrence == nil) != (event == nil) {
                return "as an occurrence, a record is \(event == nil ? "taken" : "refused")"
            }
            guard let occurrence, let event else { continue }
            if let difference = difference(occurrence, Occurrence(event)) {
                return "an occurrence has another \(difference)"
            }
        }
        return nil
    }

    private static func occurrence(_ bytes: [UInt8], _ reader: inout OccurrenceReader)
        -> Occurrence?
    {
        bytes.withUnsafeBytes { try? reader.occurrence(of: $0) }
    }

    private static func difference(_ found: Occurrence, _ right: Occurrence) -> String? {
        func differ(_ a: String?, _ b: String?) -> Bool {
            a.map { Array($0.utf8) } != b.map { Array($0.utf8) }
        }
        if found.sequence != right.sequence { return "sequence" }
        if found.id != right.id { return "id" }
        if found.time != right.time { return "time" }
        if found.basis != right.basis { return "basis" }
        if found.cause != right.cause { return "cause" }
        if differ(found.author.actor.id, right.author.actor.id)
            || differ(found.author.actor.type, right.author.actor.type)
        {
            return "actor"
        }
        if differ(found.author.migration, right.author.migration) { return "migration" }
        if differ(found.type.description, right.type.description) { return "type" }
        return found.content.payload == right.content.payload ? nil : "payload"
    }
}
