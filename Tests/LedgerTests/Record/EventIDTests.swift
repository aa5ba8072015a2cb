import Testing

@testable import Ledger

@Suite struct EventIDTests {
    @Test func `the example of RFC 9562 appendix A6 has this text`() throws {
        let time = try #require(Timestamp("2022-02-22T14:22:22-05:00"))
        let id = EventID(
            time: time, entropy: [0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F])
        #expect(id.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(EventID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f") == id)
    }

    @Test func `ids come back from their text and sort by time`() {
        var random = TrustRandom(seed: 41)
        var texts: [String] = []
        for second in 0..<500 {
            let id = EventID(time: Drafts.start + .seconds(second), using: &random)
            #expect(EventID(id.description) == id)
            texts.append(id.description)
        }
        #expect(texts == texts.sorted())
        #expect(Set(texts).count == 500)
    }

    @Test func `every bit of entropy that there is room for counts`() {
        let entropy = [UInt8](repeating: 0, count: 10)
        var ids: Set<EventID> = [EventID(time: Drafts.start, entropy: entropy)]
        for bit in 0..<80 {
            var other = entropy
            other[bit / 8] |= 1 << (bit % 8)
            ids.insert(EventID(time: Drafts.start, entropy: other))
        }
        #expect(ids.count == 1 + 74)
    }

    @Test(arguments: [
        "", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-18c4-dc0c0c07398f", "017f22e2-79b0-7cc3-d8c4-dc0c0c07398f",
        "017f22e279b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
    ]) func `another text is no id`(text: String) {
        #expect(EventID(text) == nil)
    }
}
