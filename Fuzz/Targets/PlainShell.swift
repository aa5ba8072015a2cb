/// The words that a POSIX shell takes from a line without operators and expansions, byte by byte.
enum PlainShell {
    /// The words; nil when a quote is not closed or there is something that is no plain word.
    static func words(_ line: [UInt8]) -> [[UInt8]]? {
        var words: [[UInt8]] = []
        var word: [UInt8]?
        var rest = line[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"):
                if let word { words.append(word) }
                word = nil
            case UInt8(ascii: "'"):
                guard let end = rest.firstIndex(of: byte) else { return nil }
                word = (word ?? []) + rest[..<end]
                rest = rest[(end + 1)...]
            case UInt8(ascii: "\""):
                guard let inner = doublyQuoted(&rest) else { return nil }
                word = (word ?? []) + inner
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { return nil }
                // A line that goes on behind its end.
                if next != UInt8(ascii: "\n") { word = (word ?? []) + [next] }
            case UInt8(ascii: "#") where word == nil: return nil
            case let byte where "|&;<>()`".utf8.contains(byte): return nil
            default: word = (word ?? []) + [byte]
            }
        }
        if let word { words.append(word) }
        return words
    }

    private static func doublyQuoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        var inner: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return inner
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { return nil }
                if "\"\\$`".utf8.contains(next) {
                    inner.append(next)
                } else if next != UInt8(ascii: "\n") {
                    inner += [byte, next]
                }
            case UInt8(ascii: "`"): return nil
            default: inner.append(byte)
            }
        }
        return nil
    }
}
