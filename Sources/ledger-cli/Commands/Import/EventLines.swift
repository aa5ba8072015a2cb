/// The lines of a file of events whose bytes come piece by piece.
struct EventLines {
    /// The file as the user named it.
    let file: String
    /// The number of the line that was read last, from 1; blank ones count.
    private(set) var number = 0
    /// How many events there were.
    var count = 0
    /// Why the event of a ledger's creation on the first line is not taken.
    var creation: CLIError?

    private var bytes: [UInt8] = []
    private var start = 0
    /// Up to where no line feed was found: a line that does not end is not searched again and again.
    private var searched = 0
    private var isEnded = false

    init(file: String) { self.file = file }

    /// Takes the next bytes.
    mutating func add(_ piece: [UInt8]) {
        bytes.removeSubrange(..<start)
        searched = max(searched - start, 0)
        start = 0
        bytes += piece
    }

    /// No more bytes come.
    mutating func end() { isEnded = true }

    /// The next line that is not blank; nil when there is none, or it has not come whole.
    mutating func next() -> [UInt8]? {
        while start < bytes.count {
            let from = max(start, searched)
            let feed = bytes.withUnsafeBufferPointer { $0[from...].firstIndex(of: 0x0A) }
            guard feed != nil || isEnded else {
                searched = bytes.count
                return nil
            }
            number += 1
            var end = feed ?? bytes.count
            if number == 1 {
                start += bytes[start..<end].count - Self.withoutMark(bytes[start..<end]).count
            }
            let first = start
            start = feed.map { $0 + 1 } ?? bytes.count
            if end > first, bytes[end - 1] == 0x0D { end -= 1 }
            if first < end { return Array(bytes[first..<end]) }
        }
        return nil
    }

    /// The bytes without a byte order mark, which is no text.
    static func withoutMark<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    /// What is wrong with the line that was read last.
    func error(_ why: String) -> CLIError { .jsonLine(file: file, line: number, why: why) }
}
