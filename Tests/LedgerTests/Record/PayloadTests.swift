import Testing

@testable import Ledger

@Suite struct PayloadTests {
    @Test func `the samples show every type of the vocabulary`() {
        #expect(Set(EventSamples.payloads.map(\.type)) == Set(EventType.all))
        #expect(EventType.all.count == 22 * 4 + 8 + 21)
    }

    @Test func `every payload comes back from its type and data`() throws {
        for payload in EventSamples.payloads {
            let bytes = try CanonicalJSON.encode(payload.json)
            let data = try #require(try JSONReader.parseCanonical(bytes).object)
            let again = try EventPayload(type: EventType(payload.type.description), data: data)
            #expect(again == payload)
            #expect(again?.json == payload.json)
        }
    }

    @Test func `every type comes back from its text, and others are kept`() {
        for type in EventType.all { #expect(EventType(type.description) == type) }
        for text in ["", "env.create", "env.create.done", "ENV.CREATE.started", "future.thing"] {
            #expect(EventType(text) == .other(text))
            #expect(EventType(text).description == text)
        }
    }

    @Test func `a type of the future has no payload, and no error`() throws {
        #expect(try EventPayload(type: .other("future.thing"), data: ["x": 1]) == nil)
    }

    @Test func `every resource comes back from its text, and other texts are none`() {
        for resource in EventSamples.resources {
            #expect(Resource(resource.description) == resource)
        }
        for text in [
            "", "/", "environment", "environment/", "snapshot/database", "snapshot/database/",
            "snapshot/files/x", "snapshot//x", "event/0", "event/-1", "event/x", "what/ever",
            "ledger/x/", "Fleet",
        ] { #expect(Resource(text) == nil, "\(text)") }
    }

    @Test func `a member of the wrong kind is named, a missing one too`() throws {
        for payload in EventSamples.payloads {
            for member in payload.json.members {
                var data = payload.json
                // No member of any payload is a number below zero and a fraction.
                data[member.name] = .number(-0.5)
                #expect(throws: EventError.self, "\(payload.type) \(member.name)") {
                    try EventPayload(type: payload.type, data: data)
                }
                data[member.name] = nil
                // Without it the data is refused or means something else.
                #expect(
                    (try? EventPayload(type: payload.type, data: data)) != payload
                        || isDefault(member))
            }
        }
    }

    private func isDefault(_ member: JSONObject.Member) -> Bool {
        member.value == false || member.value == [] || member.name == "complete"
    }

    @Test func `a subject is the resource that the payload is about`() {
        for payload in EventSamples.payloads {
            let subject = payload.subject(migration: "plan-move")
            #expect(Resource(subject.description) == subject)
        }
        #expect(
            EventPayload.decision(.go).subject(migration: "plan-move") == .migration("plan-move"))
        #expect(EventPayload.decision(.go).subject(migration: nil) == .ledger)
    }
}
