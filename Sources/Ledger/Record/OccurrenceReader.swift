import Foundation

/// Reads occurrences off the records of a log, the quicker the more they repeat each other.
///
/// A record is taken apart at its ends: what stands before `data` is mostly that of the record
/// before, what follows it has fixed lengths but for three attributes. When the bytes between have
/// been read before, as canonical data of the same type, they need not be read again: a text that
/// is put together from pieces of canonical text in the right order is canonical. Of data with
/// attachments its gist must have been read before. Everything else goes the long way,
/// `Record.event()`, which says what is wrong with a record.
public struct OccurrenceReader {
    private var heads: [UInt64: Head] = [:]
    private var authors: [Author.Key: Author] = [:]
    private var source: [UInt8] = []
    private var known: [UInt64: Known] = [:]
    private var knownBytes = 0
    private var gist: [UInt8] = []

    /// How many bytes of data are remembered before all are forgotten.
    private static let byteLimit = 3 << 20
    /// How many beginnings, and how many authors, are remembered before all are forgotten.
    private static let headLimit = 4096

    /// A reader that has read nothing.
    public init() {}

    /// The occurrence of a record's bytes.
    ///
    /// - Throws: `EventError.notARecord` when they are none.
    public mutating func occurrence(
        of text: UnsafeRawBufferPointer
    ) throws(EventError) -> Occurrence {
        if let occurrence = recalled(text) { return occurrence }
        guard let (event, data) = EventReader.read(text) else {
            return Occurrence(try Record(storedBytes: Array(text)).parsedEvent())
        }
        let content = learn(event)
        if source.isEmpty, event.source.utf8.allSatisfy(Tail.isPlain) {
            source = Array(",\"source\":\"\(event.source)\"".utf8)
        }
        let author = author(event.actor, event.migration)
        if event.cause == nil {
            keep(
                Head(
                    author: author, basis: event.basis, bytes: Array(text[..<data.lowerBound])))
        }
        return Occurrence(
            sequence: event.sequence, id: event.id, time: event.time,
            recordedTime: event.recordedTime, basis: event.basis, cause: event.cause,
            author: author, content: content)
    }

    /// The occurrence of a record that is put together from known pieces; nil when it is not.
    private mutating func recalled(_ text: UnsafeRawBufferPointer) -> Occurrence? {
        guard let tail = Tail(text, source: source) else { return nil }
        let author: Author
        let basis: Basis
        var cause: EventID?
        let start: Int
        if let head = head(of: text, upTo: tail.start) {
            (author, basis, start) = (head.author, head.basis, head.bytes.count)
        } else {
            guard var reader = CanonicalReader(text), let origin = EventReader.Origin(&reader),
                reader.offset < tail.start
            else { return nil }
            author = self.author(origin.actor, origin.migration)
            (basis, cause, start) = (origin.basis, origin.cause, reader.offset)
            if cause == nil {
                keep(Head(author: author, basis: basis, bytes: Array(text[..<start])))
            }
        }
        let data = UnsafeRawBufferPointer(rebasing: text[start..<tail.start])
        let type = UnsafeRawBufferPointer(rebasing: text[tail.type])
        guard let content = content(type, data) else { return nil }
        return Occurrence(
            sequence: tail.sequence, id: tail.id, time: tail.time,
            recordedTime: tail.recordedTime, basis: basis, cause: cause, author: author,
            content: content)
    }

    /// What is known to be said by data of a type.
    private mutating func content(
        _ type: UnsafeRawBufferPointer, _ data: UnsafeRawBufferPointer
    ) -> EventContent? {
        guard DataGist.isNeeded(of: data) else { return known(type, data) }
        guard DataGist.write(data, to: &gist) else { return nil }
        return gist.withUnsafeBytes { known(type, $0) }
    }

    private func known(
        _ type: UnsafeRawBufferPointer, _ gist: UnsafeRawBufferPointer
    ) -> EventContent? {
        guard let entry = known[Known.key(type, gist)], entry.agrees(type, gist) else {
            return nil
        }
        return entry.content
    }

    /// The author of those names; one for all records that agree in them.
    private mutating func author(_ actor: Actor, _ migration: String?) -> Author {
        let key = Author.Key(actor: actor, migration: migration)
        if let known = authors[key] { return known }
        if authors.count >= Self.headLimit { authors = [:] }
        let author = Author(actor: actor, migration: migration)
        authors[key] = author
        return author
    }

    /// The known beginning of a record, up to its data.
    private func head(of text: UnsafeRawBufferPointer, upTo end: Int) -> Head? {
        // The first place where this stands is the name of that member: within a string the
        // quotation marks would be escaped.
        let name = Head.end.utf8CodeUnitCount
        guard let base = text.baseAddress else { return nil }
        var count = 0
        repeat {
            guard let comma = memchr(base + count, 0x2C, max(0, end - name - count)) else {
                return nil
            }
            count = UnsafeRawPointer(comma) - base + 1
        } while memcmp(base + count - 1, Head.end.utf8Start, name) != 0
        count += name - 1
        let start = UnsafeRawBufferPointer(rebasing: text[..<count])
        guard let head = heads[Known.stir(start, 0)], head.isBegin(of: text, upTo: end) else {
            return nil
        }
        return head
    }

    private mutating func keep(_ head: Head) {
        if heads.count >= Self.headLimit { heads = [:] }
        heads[head.bytes.withUnsafeBytes { Known.stir($0, 0) }] = head
    }

    private mutating func learn(_ event: Event) -> EventContent {
        let type = Array(event.type.description.utf8)
        guard let gist = DataGist.of(event.data) else {
            return EventContent(type: event.type, data: event.data)
        }
        // What is written in a rare way comes here each time, and is shared all the same.
        let before = type.withUnsafeBytes { type in gist.withUnsafeBytes { known(type, $0) } }
        if let before { return before }
        let content = EventContent(type: event.type, data: event.data)
        if knownBytes > Self.byteLimit {
            known = [:]
            knownBytes = 0
        }
        let entry = Known(type: type, gist: gist, content)
        let key = type.withUnsafeBytes { type in gist.withUnsafeBytes { Known.key(type, $0) } }
        knownBytes += gist.count - (known[key]?.gist.count ?? 0)
        known[key] = entry
        return content
    }
}

extension OccurrenceReader {
    /// The beginning that a record shared with the one before, up to its data.
    private struct Head {
        let author: Author
        let basis: Basis
        let bytes: [UInt8]

        /// What the beginning of a record ends with.
        static let end: StaticString = ",\"data\":"

        func isBegin(of text: UnsafeRawBufferPointer, upTo end: Int) -> Bool {
            guard bytes.count <= end, let base = text.baseAddress else { return false }
            return bytes.withUnsafeBytes { known in
                known.baseAddress.map { memcmp($0, base, known.count) == 0 } ?? false
            }
        }
    }

    /// The gist of data that was read before, and what it says.
    private final class Known {
        let type: [UInt8]
        let gist: [UInt8]
        let content: EventContent

        init(type: [UInt8], gist: [UInt8], _ content: EventContent) {
            self.type = type
            self.gist = gist
            self.content = content
        }

        func agrees(_ type: UnsafeRawBufferPointer, _ gist: UnsafeRawBufferPointer) -> Bool {
            self.type.withUnsafeBytes { $0.isSame(type) }
                && self.gist.withUnsafeBytes { $0.isSame(gist) }
        }

        /// A number that differs for most pairs of a type and a gist; which it is for, `agrees` says.
        static func key(_ type: UnsafeRawBufferPointer, _ gist: UnsafeRawBufferPointer) -> UInt64 {
            stir(gist, stir(type, 0))
        }

        static func stir(_ text: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
            let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
            var (a, b) = (seed &+ UInt64(text.count), seed ^ prime)
            var index = 0
            while text.count - index >= 16 {
                let one = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let two = text.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self)
                a = (a ^ one) &* prime
                b = (b ^ two) &* prime
                a ^= a >> 29
                b ^= b >> 31
                index += 16
            }
            while index < text.count {
                a = (a ^ UInt64(text[index])) &* prime
                index += 1
            }
            let mixed = (a ^ (b << 23 | b >> 41)) &* prime
            return mixed ^ mixed >> 32
        }
    }
}

extension Author {
    /// What tells authors apart.
    fileprivate struct Key: Hashable {
        let actor: Actor
        let migration: String?
    }
}
