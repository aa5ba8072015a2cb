import Testing

@testable import Ledger

/// Records taken apart at their ends say what the whole of them says.
@Suite struct OccurrenceReaderTests {
    private func event(_ payload: EventPayload, _ number: Int, _ variant: Int) -> Event {
        Event(
            sequence: SequenceNumber(number + 1), recordedTime: Drafts.start + .seconds(number),
            source: Drafts.origin,
            draft: EventDraft(
                id: Drafts.id(number), payload: payload, time: Drafts.start + .seconds(number * 7),
                actor: Actor(id: variant % 2 == 0 ? "alice" : "Ren\u{E9}"),
                basis: Basis.allCases[variant % Basis.allCases.count],
                migration: variant % 3 == 0 ? "plan-move" : variant % 3 == 1 ? "\"odd\"\n" : nil,
                cause: variant % 5 == 0 ? Drafts.id(0) : nil,
                traceparent: variant % 11 == 0 ? "00-0af7-b7ad-01" : nil))
    }

    private func records() throws -> [[UInt8]] {
        var records: [[UInt8]] = []
        for variant in 0..<12 {
            for payload in EventSamples.payloads {
                var event = event(payload, records.count, variant)
                if variant % 4 == 3 {
                    event.draft.data["output"] = reference(records.count)
                    event.draft.data["a \(variant)"] = reference(1)
                }
                records.append(try Record(event).bytes)
            }
        }
        return records
    }

    private func reference(_ number: Int, mediaType: String = "text/plain") -> JSONValue {
        AttachmentReference(
            AttachmentContent(bytes: [UInt8](repeating: 7, count: number), mediaType: mediaType),
            salt: [1]
        ).json
    }

    private func check(_ bytes: [UInt8], _ reader: inout OccurrenceReader) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let plain = try? Record(storedBytes: bytes).parsedEvent()
        #expect(EventReader.event(of: bytes) == plain, "\(text)")
        let found = try? bytes.withUnsafeBytes { try reader.occurrence(of: $0) }
        guard let plain, let found else {
            #expect((plain == nil) == (found == nil), "\(text)")
            return
        }
        #expect(found.sequence == plain.sequence)
        #expect(found.id == plain.id)
        #expect(found.time == plain.time)
        #expect(found.recordedTime == plain.recordedTime)
        #expect(found.basis == plain.basis)
        #expect(found.cause == plain.cause)
        #expect(found.author.actor == plain.actor)
        #expect(found.author.migration == plain.migration)
        #expect(found.type == plain.type)
        let payload = Result { () throws(EventError) in
            try EventPayload(type: plain.type, data: plain.data)
        }
        #expect(found.content.payload == payload)
    }

    @Test func `a reader that has read much still reads each record right`() throws {
        var reader = OccurrenceReader()
        let records = try records()
        for record in records + records.reversed() { try check(record, &reader) }
    }

    @Test func `a type that is not known and data that does not fit are kept for whoever asks`()
        throws
    {
        var reader = OccurrenceReader()
        var strange = event(.decision(.go), 1, 2)
        strange.draft.type = .other("future.thing")
        strange.draft.data = ["deep": ["er": [1, "two", .null]]]
        var wrong = event(.decision(.testPassed(environment: "prod")), 2, 2)
        wrong.draft.data = ["environment": 7]
        for _ in 0..<3 {
            for event in [strange, wrong] { try check(try Record(event).bytes, &reader) }
        }
    }

    @Test func `a source that needs escapes is never taken for granted`() throws {
        var reader = OccurrenceReader()
        for source in ["a\"b", "plain", "a\\b", "\u{E9}", "plain"] {
            for number in 0..<3 {
                var event = event(.decision(.go), number, 2)
                event.source = source
                let bytes = try Record(event).bytes
                try check(bytes, &reader)
                // As it would look were the escapes left out.
                let text = String(decoding: bytes, as: UTF8.self)
                try check(Array(text.replacing("\\", with: "").utf8), &reader)
            }
        }
    }

    @Test(arguments: 1...8) func `damaged records are refused as the plain reader refuses them`(
        seed: UInt64
    ) throws {
        var random = OddJSON(seed: seed)
        var reader = OccurrenceReader()
        let records = try records()
        for record in records.prefix(200) { try check(record, &reader) }
        for _ in 0..<400 {
            let record = records[random.number(below: 200)]
            try check(random.damaged(record), &reader)
        }
    }

    @Test(arguments: [false, true]) func `every byte counts, wherever it stands`(
        hasAttachment: Bool
    ) throws {
        var reader = OccurrenceReader()
        var event = event(
            .observation(.dns(DNSAnswer(host: "www.bestpants.com", target: "prod", ttl: 300))),
            3, 3)
        if hasAttachment { event.draft.data["output"] = reference(3) }
        let record = try Record(event).bytes
        for _ in 0..<2 { try check(record, &reader) }
        for index in record.indices {
            for byte in [record[index] ^ 1, record[index] ^ 0x20, 0x22, 0x5C, 0x30, 0x00, 0xFF] {
                var edited = record
                edited[index] = byte
                try check(edited, &reader)
            }
        }
    }

    @Test func `what says the same is shared`() throws {
        var reader = OccurrenceReader()
        let payload = EventPayload.observation(
            .dns(DNSAnswer(host: "www.bestpants.com", target: "prod", ttl: 300)))
        let contents = try (0..<3).map { number in
            let bytes = try Record(event(payload, number, 2)).bytes
            return try bytes.withUnsafeBytes { try reader.occurrence(of: $0).content }
        }
        #expect(contents.allSatisfy { $0 === contents[0] })
    }

    @Test func `what says the same is shared, whatever is in its attachments`() throws {
        var reader = OccurrenceReader()
        let action = Action.envMaintenance(environment: "prod", state: .on)
        func content(
            _ number: Int, command: String = "fleet x", _ members: [String: JSONValue]
        ) throws -> EventContent {
            var event = event(.action(action, .accepted, ActionReport(command: command)), number, 2)
            for (name, value) in members { event.draft.data[name] = value }
            let bytes = try Record(event).bytes
            try check(bytes, &reader)
            return try bytes.withUnsafeBytes { try reader.occurrence(of: $0).content }
        }
        for command in ["fleet x", "fleet \"x\""] {
            let first = try content(1, command: command, ["output": reference(1)])
            let second = try content(
                2, command: command, ["output": reference(20, mediaType: "image/png")])
            #expect(first === second)
            // What only looks like a reference is data.
            let others: [[String: JSONValue]] = [
                [:], ["input": reference(1)], ["output": reference(1), "text": reference(2)],
                ["output": [:]], ["output": ["bytes": 1, "commitment": "x", "mediatype": "y"]],
                ["output": ["bytes": -1]], ["output": [reference(1)]],
                ["output": ["deep": reference(1)]], ["output": ["deep": reference(2)]],
            ]
            let contents = try others.enumerated().map {
                try content(3 + $0.offset, command: command, $0.element)
            }
            #expect(Set((contents + [first]).map(ObjectIdentifier.init)).count == others.count + 1)
        }
    }
}
