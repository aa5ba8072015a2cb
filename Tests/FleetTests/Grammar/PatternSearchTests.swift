import Ledger
import Testing

@testable import Fleet

/// What becomes of a text that was not searched in time.
@Suite struct PatternSearchTests {
    private func late<Value>(_ body: () throws -> Value) rethrows -> Value {
        try PatternSearch.$current.withValue(PatternSearch { _, _ in nil }) { try body() }
    }

    @Test func `a text that was not searched in time is left out whole`() throws {
        let pattern = try RedactionPattern("card=[0-9]+")
        late {
            #expect(Redaction.redact("card=4111", patterns: [pattern]) == Redaction.leftOut)
            #expect(Redaction.redact("card=4111") == "card=4111")
            let filter = SecretFilter(patterns: [pattern])
            let long = [UInt8](repeating: UInt8(ascii: "4"), count: Excerpt.bound + 100)
            for (head, count) in [(long, 10 * long.count), (Array("4111".utf8), 4)] {
                let kept = filter.excerpt(head: head, tail: head, count: count)
                #expect(String(decoding: kept, as: UTF8.self) == Redaction.leftOut)
            }
            #expect(filter.excerpt(head: [], tail: [], count: 0).isEmpty)
        }
    }

    @Test func `the event of a command whose output was not searched has its id and its outcome`()
        throws
    {
        let pattern = try RedactionPattern("card=[0-9]+")
        let text = """
            # at 2017-05-01T10:00:00Z
            $ fleet env maintenance prod ON
            Maintenance Mode for Environment prod is now being turned ON

            """
        let whole = try read(text).drafts[0]
        let draft = try late { try read(text, patterns: [pattern]).drafts[0] }
        #expect(draft.id == whole.id && draft.type == whole.type)
        #expect(draft.text("output") == Redaction.leftOut)
    }

    @Test func `the texts that try a pattern have long words of its letters`() throws {
        let pattern = try RedactionPattern("[k-m]+\\.\\d{1,9}@")
        let texts = pattern.hostileTexts(bytes: 8).map { String(decoding: $0, as: UTF8.self) }
        for letter in ["a", "0", "k", "m", ".", "@"] {
            #expect(texts.contains(String(repeating: letter, count: 8) + "\u{1}"), "\(letter)")
        }
        #expect(!texts.contains { $0.contains("d") || $0.contains("+") })
    }
}
