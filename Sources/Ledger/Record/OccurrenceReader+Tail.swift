import Foundation

extension OccurrenceReader {
    /// What follows the data of a record, read from its end.
    ///
    /// No value between quotation marks may hold a quotation mark or a backslash here, nor
    /// anything but plain ASCII, so that each ends where it seems to.
    struct Tail {
        let start: Int
        let type: Range<Int>
        let time: Timestamp
        let recordedTime: Timestamp
        let sequence: SequenceNumber
        let id: EventID

        init?(_ text: UnsafeRawBufferPointer, source: [UInt8]) {
            guard !source.isEmpty, var end = Tail.cut("\"}", from: text, at: text.count),
                let type = Tail.plain(from: text, before: end),
                let afterTime = Tail.cut(",\"type\":\"", from: text, at: type.lowerBound),
                let time = Tail.fixed(
                    ",\"time\":", 26, from: text, at: afterTime, { $0.time() }),
                let afterSubject = Tail.cut("\"", from: text, at: time.start),
                let subject = Tail.plain(from: text, before: afterSubject),
                let afterSource = Tail.cut(
                    ",\"specversion\":\"1.0\",\"subject\":\"", from: text, at: subject.lowerBound)
            else { return nil }
            end = afterSource - source.count
            guard end > 0,
                source.withUnsafeBytes({ known in
                    guard let base = text.baseAddress, let from = known.baseAddress else {
                        return false
                    }
                    return memcmp(base + end, from, known.count) == 0
                }),
                let sequence = Tail.fixed(
                    ",\"sequence\":", 18, from: text, at: end, { $0.sequence() }),
                let recorded = Tail.fixed(
                    ",\"recordedtime\":", 26, from: text, at: sequence.start, { $0.time() }),
                let id = Tail.fixed(",\"id\":", 38, from: text, at: recorded.start, { $0.id() }),
                let start = Tail.cut(
                    ",\"datacontenttype\":\"application/json\"", from: text, at: id.start)
            else { return nil }
            self.start = start
            self.type = type
            self.time = time.value
            recordedTime = recorded.value
            self.sequence = sequence.value
            self.id = id.value
        }

        /// Where a piece of text begins that must end at a place.
        private static func cut(
            _ piece: StaticString, from text: UnsafeRawBufferPointer, at end: Int
        ) -> Int? {
            let start = end - piece.utf8CodeUnitCount
            guard start >= 0, let base = text.baseAddress,
                memcmp(base + start, piece.utf8Start, piece.utf8CodeUnitCount) == 0
            else { return nil }
            return start
        }

        /// True for a byte that stands for itself in a string and is a whole character.
        static func isPlain(_ byte: UInt8) -> Bool {
            0x20..<0x7F ~= byte && byte != 0x22 && byte != 0x5C
        }

        /// The plain characters before a place, back to a quotation mark.
        private static func plain(
            from text: UnsafeRawBufferPointer, before end: Int
        ) -> Range<Int>? {
            var start = end
            while start > 0, text[start - 1] != 0x22 {
                guard isPlain(text[start - 1]) else { return nil }
                start -= 1
            }
            return start > 0 ? start..<end : nil
        }

        /// An attribute of fixed length that must end at a place.
        private static func fixed<Value>(
            _ name: StaticString, _ count: Int, from text: UnsafeRawBufferPointer, at end: Int,
            _ read: (inout CanonicalReader) -> Value?
        ) -> (value: Value, start: Int)? {
            let first = end - count
            guard let start = cut(name, from: text, at: first),
                var reader = CanonicalReader(
                    UnsafeRawBufferPointer(rebasing: text[first..<end])), let value = read(&reader)
            else { return nil }
            return (value, start)
        }
    }
}
