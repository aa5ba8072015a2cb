public import Ledger

/// Takes secrets out of what a command was told and of what it printed: the usual ones, what the
/// policy's patterns match, and values that are known to be secret, as from the environment.
public struct SecretFilter: Sendable, Hashable {
    /// The policy's patterns.
    public var patterns: [RedactionPattern]
    /// Texts that are secrets wherever they stand.
    public var values: [String]

    /// How much beyond the kept ends of an output is looked at, so that a secret that reaches over
    /// the end of what is kept is recognised.
    public static let margin = 64 * 1024

    /// A filter.
    public init(patterns: [RedactionPattern] = [], values: [String] = []) {
        self.patterns = patterns
        self.values = values
    }

    /// The text without its secrets.
    public func redact(_ text: String) -> String { redactor.redact(text) }

    /// The words of a command without their secrets.
    public func redact(arguments: [String]) -> [String] { redactor.redact(arguments: arguments) }

    /// The object with every text in it without its secrets.
    public func redact(_ object: JSONObject) -> JSONObject {
        let prepared = prepared
        return JSONObject(object.members.map { ($0.name, Optional(prepared.redact($0.value))) })
    }

    /// The filter, ready for many values.
    public var prepared: Prepared { Prepared(redactor: redactor) }

    /// A filter that is ready for many values.
    public struct Prepared {
        fileprivate let redactor: Redactor

        /// The data of an event without its secrets; what refers to an attachment stays, since a pattern
        /// may match a commitment.
        public func redact(dataOf event: EventDraft) -> JSONObject {
            JSONObject(
                event.data.members.map { member in
                    let isReference = AttachmentReference(member.value) != nil
                    return (member.name, isReference ? member.value : redact(member.value))
                })
        }

        /// The value with every text in it without its secrets.
        public func redact(_ value: JSONValue) -> JSONValue {
            switch value {
            case .string(let text): .string(redactor.redact(text))
            case .array(let values): .array(values.map(redact))
            case .object(let object):
                .object(
                    JSONObject(object.members.map { ($0.name, Optional(redact($0.value))) }))
            default: value
            }
        }
    }

    /// The first and the last 64 KiB of an output without its secrets, and a line between them that
    /// counts what is missing.
    ///
    /// - Parameters:
    ///   - head: its first bytes, `margin` more than are kept when there are so many.
    ///   - tail: its last bytes, likewise.
    ///   - count: how many bytes there were in all.
    /// - Returns: text, with what is no UTF-8 repaired.
    public func excerpt(head: [UInt8], tail: [UInt8], count: Int) -> [UInt8] {
        let bound = Excerpt.bound
        let redactor = redactor
        if count <= head.count, count <= 2 * bound {
            return redactor.redact(Self.repaired(head[...]), border: 0)?.bytes
                ?? Array(Redaction.leftOut.utf8)
        }
        let kept = Self.start(ofCharacterAt: min(bound, head.count), in: head)
        let dropped = Self.start(ofCharacterAt: max(0, tail.count - bound), in: tail)
        // Apart from each other, so that a repair cannot move the border.
        let front = Self.repaired(head[..<kept])
        let before = Self.repaired(tail[..<dropped])
        guard
            let first = redactor.redact(
                front + Self.repaired(head[kept...]), border: front.count),
            let last = redactor.redact(
                before + Self.repaired(tail[dropped...]), border: before.count)
        else { return Array(Redaction.leftOut.utf8) }
        let missing = count - kept - (tail.count - dropped)
        return first.bytes[..<first.border] + Array("\n[… \(missing) bytes left out …]\n".utf8)
            + last.bytes[last.border...]
    }

    private var redactor: Redactor { Redactor(patterns, values: values) }

    private static func repaired(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Array(String(decoding: bytes, as: UTF8.self).utf8)
    }

    /// The index, or the one before it at which its character starts.
    private static func start(ofCharacterAt index: Int, in bytes: [UInt8]) -> Int {
        var start = index
        while start > 0, start < bytes.count, index - start < 3, bytes[start] & 0xC0 == 0x80 {
            start -= 1
        }
        return start
    }
}
