/// What a terminal shows, made plain: the lines that a person would read.
///
/// Colour codes, carriage returns and the `# ` that the documentation puts before output go; so does
/// ssh's farewell, which it prints after every session.
struct ConsoleText {
    /// The lines, without white space at their ends.
    private(set) var lines: [String] = []
    /// True when the last line that is not blank ended in a line feed.
    private(set) var isTerminated = true

    /// The plain lines of captured output.
    init(_ output: String) {
        var line: [UInt8] = []
        let bytes = Array(output.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x0A: end(&line)
            case 0x0D:
                // A return before a line feed is the terminal's; alone it starts the line over.
                var next = index
                while next < bytes.count, bytes[next] == 0x0D { next += 1 }
                if next < bytes.count, bytes[next] != 0x0A { end(&line) }
                index = next
            case 0x1B: index = ConsoleText.endOfEscape(bytes, index)
            case 0x08:
                // A backspace takes back one character, which may be several bytes.
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            case 0x09: line.append(0x20)
            case 0x00..<0x20, 0x7F: break
            default: line.append(byte)
            }
        }
        let isOpen = line.contains { $0 != 0x20 }
        if isOpen { end(&line) }
        if isOpen, !lines.isEmpty { isTerminated = false }
    }

    /// True when nothing but blank lines is there.
    var isEmpty: Bool { lines.allSatisfy(\.isEmpty) }

    private mutating func end(_ line: inout [UInt8]) {
        defer { line.removeAll(keepingCapacity: true) }
        while line.last == 0x20 { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        if ConsoleText.isFarewell(text) { return }
        if text == "#" {
            lines.append("")
        } else {
            lines.append(text.hasPrefix("# ") ? String(text.dropFirst(2)) : text)
        }
    }

    /// True for `Connection to HOST closed.`, the line with which ssh ends every session.
    ///
    /// It says nothing; with "by remote host" it says that the connection was lost.
    private static func isFarewell(_ line: String) -> Bool {
        guard line.hasSuffix("closed.") else { return false }
        let words = line.lowercased().split(separator: " ")
        let isShared = words.first == "shared"
        let rest = words.dropFirst(isShared ? 1 : 0)
        return rest.count == 4 && rest.starts(with: ["connection", "to"])
    }

    /// The index after an escape sequence: `ESC [ … letter`, `ESC ] … BEL`, or `ESC` and one byte.
    private static func endOfEscape(_ bytes: [UInt8], _ start: Int) -> Int {
        guard start < bytes.count else { return start }
        var index = start + 1
        switch bytes[start] {
        case UInt8(ascii: "["):
            while index < bytes.count, 0x20...0x3F ~= bytes[index] { index += 1 }
            return index < bytes.count && 0x40...0x7E ~= bytes[index] ? index + 1 : index
        case UInt8(ascii: "]"):
            while index < bytes.count, bytes[index] != 0x07, bytes[index] != 0x0A {
                if bytes[index] == 0x1B { return min(index + 2, bytes.count) }
                index += 1
            }
            return index < bytes.count && bytes[index] == 0x07 ? index + 1 : index
        case 0x0A, 0x0D: return start
        case UInt8(ascii: "("), UInt8(ascii: ")"): return min(start + 2, bytes.count)
        default: return index
        }
    }
}
