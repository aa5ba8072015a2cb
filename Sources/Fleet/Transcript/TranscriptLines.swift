import Ledger

/// The lines of a transcript, one after the other.
struct TranscriptLines {
    /// One line without its end.
    struct Line {
        let text: String
        let number: Int
        /// False for a last line without a line feed.
        let isTerminated: Bool
    }

    private var bytes: [UInt8] = []
    private let file: String
    private var index = 0
    /// Up to where no line feed was found: a line that does not end is not searched again and again.
    private var searched = 0
    private var number = 0
    private var isEnded = false

    /// The lines of a whole file.
    init(_ bytes: [UInt8], file: String) {
        self.init(file: file)
        self.bytes = bytes
        isEnded = true
    }

    /// The lines of a file whose bytes come piece by piece.
    init(file: String) { self.file = file }

    /// Takes the next bytes.
    mutating func add(_ piece: [UInt8]) {
        bytes.removeSubrange(..<index)
        searched = max(searched - index, 0)
        index = 0
        bytes += piece
    }

    /// No more bytes come.
    mutating func end() { isEnded = true }

    /// The next line; nil at the end, or when the rest of the line has not come yet.
    mutating func next() throws(TranscriptError) -> Line? {
        guard index < bytes.count else { return nil }
        let from = max(index, searched)
        let feed = bytes.withUnsafeBufferPointer { $0[from...].firstIndex(of: 0x0A) }
        guard feed != nil || isEnded else {
            searched = bytes.count
            return nil
        }
        // A byte order mark is no text.
        if number == 0, bytes[index...].starts(with: [0xEF, 0xBB, 0xBF]) { index += 3 }
        guard index < bytes.count else { return nil }
        number += 1
        let start = index
        var end = feed ?? bytes.count
        index = feed.map { $0 + 1 } ?? bytes.count
        while end > start, bytes[end - 1] == 0x0D { end -= 1 }
        guard let text = String(utf8: bytes[start..<end]) else {
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
