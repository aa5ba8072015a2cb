/// The lines of a transcript, one after the other.
struct TranscriptLines {
    /// One line without its end.
    struct Line {
        let text: String
        let number: Int
        /// False for a last line without a line feed.
        let isTerminated: Bool
    }

    private let bytes: [UInt8]
    private let file: String
    private var index: Int
    private var number = 0

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        // A byte order mark is no text.
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next line, nil at the end.
    mutating func next() throws(TranscriptError) -> Line? {
        guard index < bytes.count else { return nil }
        number += 1
        let start = index
        let feed = bytes[start...].firstIndex(of: 0x0A)
        var end = feed ?? bytes.count
        index = feed.map { $0 + 1 } ?? bytes.count
        while end > start, bytes[end - 1] == 0x0D { end -= 1 }
        guard let text = String(validating: bytes[start..<end], as: UTF8.self) else {
            throw .notUTF8(
                TranscriptPlace(file: file, line: number, column: column(of: start..<end)))
        }
        return Line(text: text, number: number, isTerminated: feed != nil)
    }

    /// The column of the first byte that is not UTF-8: one after the characters that still decode.
    private func column(of range: Range<Int>) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        // Whether a prefix decodes is monotonous up to the bytes of one unfinished character.
        var good = low
        while low < high {
            let middle = (low + high + 1) / 2
            let isGood = (0..<4).contains { back in
                middle - back >= range.lowerBound
                    && String(
                        validating: bytes[range.lowerBound..<(middle - back)], as: UTF8.self)
                        != nil
            }
            if isGood {
                low = middle
                good = middle
            } else {
                high = middle - 1
            }
        }
        while String(validating: bytes[range.lowerBound..<good], as: UTF8.self) == nil { good -= 1 }
        return String(decoding: bytes[range.lowerBound..<good], as: UTF8.self).count + 1
    }
}
