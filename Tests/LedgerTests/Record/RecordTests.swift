import Testing

@testable import Ledger

@Suite struct RecordTests {
    private func event(
        _ payload: EventPayload, number: Int = 1, full: Bool = true
    ) -> Event {
        Event(
            sequence: SequenceNumber(number), recordedTime: Drafts.start + .seconds(number),
            source: Drafts.origin,
            draft: EventDraft(
                id: Drafts.id(number), payload: payload, time: Drafts.start,
                actor: Actor(id: "Ren\u{E9} \u{1F456}", type: full ? "service_account" : "user"),
                basis: full ? .executed : .observed, migration: full ? "plan-move" : nil,
                cause: full ? Drafts.id(0) : nil,
                traceparent: full ? "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" : nil)
        )
    }

    @Test func `every payload comes back from its record`() throws {
        for (number, payload) in EventSamples.payloads.enumerated() {
            let event = event(payload, number: number + 1, full: number % 2 == 0)
            let record = try Record(event)
            let again = try Record(storedBytes: record.bytes).event()
            #expect(again == event)
            #expect(try Record(again) == record)
            #expect(try EventPayload(type: again.type, data: again.data) == payload)
        }
    }

    @Test func `a record is its event in canonical form`() throws {
        for (number, payload) in EventSamples.payloads.enumerated() {
            for full in [true, false] {
                let event = event(payload, number: number + 1, full: full)
                #expect(try Record(event).bytes == CanonicalJSON.encode(event.json))
            }
        }
        var strange = event(.decision(.go))
        strange.draft.subject = "a\"b\\c\u{1}\u{1F456}\n"
        strange.draft.data = [
            "\u{E000}": 1, "\u{10000}": [.number(1.5), .number(-0.0), "\u{7F}"], "": .null,
        ]
        #expect(try Record(strange).bytes == CanonicalJSON.encode(strange.json))
        strange.draft.data = ["no": .number(.infinity)]
        #expect(throws: EventError.self) { try Record(strange) }
    }

    @Test func `a type that is not known yet is kept as it is`() throws {
        var event = event(.decision(.go))
        event.draft.type = .other("future.thing")
        event.draft.data = ["deep": ["er": [1, "two", .null]]]
        #expect(try Record(event).event() == event)
    }

    @Test func `the bytes are these`() throws {
        let record = try Record(
            Event(
                sequence: SequenceNumber(41), recordedTime: Drafts.start, source: Drafts.origin,
                draft: EventDraft(
                    id: Drafts.id(7),
                    payload: .action(
                        .envMaintenance(environment: "prod", state: .on), .accepted,
                        ActionReport(exitStatus: 0)),
                    time: Drafts.start, actor: Actor(id: "alice"), basis: .reported)))
        let text = String(decoding: record.bytes, as: UTF8.self)
        #expect(
            text == """
                {"authid":"alice","authtype":"user","basis":"reported","data":{"environment":"prod",\
                "exit":0,"state":"ON"},"datacontenttype":"application/json","id":"\(Drafts.id(7))",\
                "recordedtime":"2017-05-01T10:00:00.000Z","sequence":"0000000000000041",\
                "source":"ledger.bestpants.example/fleet","specversion":"1.0",\
                "subject":"environment/prod","time":"2017-05-01T10:00:00.000Z",\
                "type":"env.maintenance.accepted"}
                """)
    }

    @Test func `no one-byte change of a record passes for the same`() throws {
        let samples: [EventPayload] = [
            .action(
                .envCreate(
                    EnvironmentCreation(
                        environment: "prod2", source: .none, snapshot: .named("\u{E9}\"\n"))),
                .unknown, EventSamples.reports[1]),
            .decision(.eventVoided(SequenceNumber(41))),
        ]
        for (number, payload) in samples.enumerated() {
            let event = event(payload, number: 123_456_789, full: number == 0)
            let bytes = try Record(event).bytes
            let leaf = MerkleTree.leafHash(bytes)
            for index in bytes.indices {
                // Every single bit, and bytes that JSON treats alike.
                let others = (0..<8).map { bytes[index] ^ (1 << $0) } + [0x20, 0x30, 0x5C, 0x00]
                for byte in others where byte != bytes[index] {
                    var edited = bytes
                    edited[index] = byte
                    #expect(MerkleTree.leafHash(edited) != leaf)
                    if let other = try? Record(storedBytes: edited).event() {
                        #expect(other != event)
                        #expect(try Record(other).bytes == edited)
                    }
                }
                #expect((try? Record(storedBytes: Array(bytes.dropLast(index + 1))).event()) == nil)
            }
        }
    }

    @Test func `a record of 65535 bytes passes and one more does not`() throws {
        var event = event(.decision(.noteAdded(Note(command: ""))))
        let empty = try Record(event).bytes.count
        event.draft.data["command"] = .string(
            String(repeating: "x", count: Record.byteLimit - empty))
        #expect(try Record(event).bytes.count == 65_535)
        event.draft.data["command"] = .string(
            String(repeating: "x", count: Record.byteLimit - empty + 1))
        #expect(throws: EventError.tooLarge(bytes: 65_536, member: "command")) { try Record(event) }
        let text = EventError.tooLarge(bytes: 65_536, member: "command").description
        #expect(text.contains("65535") && text.contains("as a file"))
    }

    @Test func `a number that is not finite makes no record`() throws {
        var event = event(.decision(.go))
        event.draft.data["x"] = .number(.nan)
        #expect(throws: EventError.self) { try Record(event) }
    }

    @Test func `an attribute that is missing, unknown or malformed is refused`() throws {
        let whole = event(.decision(.go)).json
        let optional: Set<String> = ["correlationid", "causationid", "traceparent"]
        for member in whole.members {
            var object = whole
            object[member.name] = nil
            if optional.contains(member.name) {
                #expect(throws: Never.self) { try Record.event(of: object) }
            } else {
                #expect(throws: EventError.self, "without \(member.name)") {
                    try Record.event(of: object)
                }
            }
            for wrong: JSONValue in [1, .null, [], true] {
                object[member.name] = wrong
                #expect(throws: EventError.self, "\(member.name)") {
                    try Record.event(of: object)
                }
            }
        }
        for (name, value): (String, JSONValue) in [
            ("extra", "x"), ("specversion", "1.1"), ("datacontenttype", "text/plain"),
            ("id", "41"), ("sequence", "1"), ("sequence", "0000000000000000"),
            ("sequence", "+000000000000001"), ("sequence", "-000000000000001"),
            ("time", "2017-05-01T10:00:00Z"), ("time", "2017-05-01T12:00:00.000+02:00"),
            ("recordedtime", "yesterday"), ("basis", "guessed"), ("causationid", "x"),
            ("data", "x"),
        ] {
            var object = whole
            object[name] = value
            #expect(throws: EventError.self, "\(name)") { try Record.event(of: object) }
        }
    }

    @Test func `a record that is not canonical is refused, an object in any order is read`() throws
    {
        let event = event(.decision(.go))
        let record = try Record(event)
        for bytes in [
            [0x20] + record.bytes, record.bytes + [0x0A], Array("[]".utf8), Array("1".utf8), [],
        ] {
            #expect(throws: EventError.self) { try Record(storedBytes: bytes).event() }
        }
        let members = event.json.members.reversed().map { member -> String in
            let name = String(
                decoding: (try? CanonicalJSON.encode(.string(member.name))) ?? [], as: UTF8.self)
            let value = String(
                decoding: (try? CanonicalJSON.encode(member.value)) ?? [], as: UTF8.self)
            return "\(name): \(value)"
        }
        let text = "{ " + members.joined(separator: " ,\n") + " }"
        let object = try #require(try JSONReader.parse(Array(text.utf8)).object)
        #expect(try Record.event(of: object) == event)
        #expect(throws: EventError.self) {
            try Record(storedBytes: Array(text.utf8)).event()
        }
    }
}
