import Testing

@testable import Ledger

/// The outline of a record says what its event says, and only a record that has an event has one.
@Suite struct RecordOutlineTests {
    private func record(_ payload: EventPayload, _ number: Int, _ variant: Int) throws -> [UInt8] {
        try Record(
            Event(
                sequence: SequenceNumber(number + 1), recordedTime: Drafts.start + .seconds(number),
                source: Drafts.origin,
                draft: EventDraft(
                    id: Drafts.id(number), payload: payload,
                    time: Drafts.start + .seconds(number * 7),
                    actor: Actor(id: variant % 2 == 0 ? "alice" : "Ren\u{E9}"),
                    basis: Basis.allCases[variant % Basis.allCases.count],
                    migration: variant % 3 == 0
                        ? "plan-move" : variant % 3 == 1 ? "\"odd\"\n" : nil,
                    cause: variant % 5 == 0 ? Drafts.id(0) : nil,
                    traceparent: variant % 11 == 0 ? "00-0af7-b7ad-01" : nil))
        ).bytes
    }

    /// What an outline says; nil when there is none.
    private func outlined(
        _ bytes: [UInt8]
    ) -> (
        sequence: SequenceNumber, recordedTime: Timestamp, sums: IndexSums, mayHaveAttachments: Bool
    )? {
        bytes.withUnsafeBytes { text in
            Array(Drafts.origin.utf8).withUnsafeBytes { origin in
                RecordOutline(text, origin: origin).map { outline in
                    var sums = IndexSums(size: .max)
                    sums.add(outline)
                    return (
                        outline.sequence, outline.recordedTime, sums, outline.mayHaveAttachments
                    )
                }
            }
        }
    }

    /// Whether there is an outline; what it says must be right.
    private func check(_ bytes: [UInt8]) -> Bool {
        guard let outline = outlined(bytes) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let event = try? Record(storedBytes: bytes).event() else {
            Issue.record("an outline of what is no record: \(text)")
            return true
        }
        var sums = IndexSums(size: .max)
        sums.add(event, at: event.sequence)
        #expect(outline.sequence == event.sequence, "\(text)")
        #expect(outline.recordedTime == event.recordedTime, "\(text)")
        #expect(outline.sums == sums, "\(text)")
        #expect(event.source == Drafts.origin, "\(text)")
        #expect(event.attachments.isEmpty || outline.mayHaveAttachments, "\(text)")
        return true
    }

    @Test func `most records have an outline, and each says what its event says`() throws {
        var (with, all) = (0, 0)
        for variant in 0..<12 {
            for payload in EventSamples.payloads {
                if check(try record(payload, all, variant)) { with += 1 }
                all += 1
            }
        }
        // Without those that are written in a rare way, or speak of the log itself.
        #expect(with * 2 > all, "\(with) of \(all)")
    }

    @Test func `whatever byte is changed, no outline says more than the record`() throws {
        for (number, payload) in EventSamples.payloads.enumerated() where number % 5 == 0 {
            let bytes = try record(payload, number, number)
            for index in bytes.indices {
                for byte: UInt8 in [0x00, 0x22, 0x2C, 0x30, 0x5C, 0x61, 0x7D, 0xC3] {
                    var changed = bytes
                    changed[index] = byte
                    _ = check(changed)
                }
                _ = check(Array(bytes[..<index]))
            }
        }
    }

    @Test
    func `what names a key or is of another ledger is read in full, and attachments are noticed`()
        throws
    {
        var draft = Drafts.note(1, text: "x")
        func event(_ draft: EventDraft, source: String = Drafts.origin) throws -> [UInt8] {
            try Record(
                Event(
                    sequence: SequenceNumber(1), recordedTime: Drafts.start, source: source,
                    draft: draft)
            ).bytes
        }
        #expect(try #require(outlined(try event(draft))).mayHaveAttachments == false)
        draft.data["output"] =
            AttachmentReference(AttachmentContent(text: "x"), salt: [1, 2, 3]).json
        #expect(try #require(outlined(try event(draft))).mayHaveAttachments)
        #expect(check(try event(draft)))
        for type in [DecisionName.ledgerCreated, .keyAdded, .keyRetired, .attachmentErased] {
            var draft = Drafts.maintenance(2)
            draft.type = .decision(type)
            #expect(outlined(try event(draft)) == nil)
        }
        #expect(outlined(try event(Drafts.maintenance(3), source: "ledger.other/x")) == nil)
        #expect(outlined(try event(Drafts.maintenance(3))) != nil)
    }
}
