/// The line of dashes under a header: it says where the columns are.
struct Ruler {
    /// The columns, counted in Unicode scalars.
    let spans: [Range<Int>]

    /// The ruler of a line; nil when it holds anything but runs of two dashes or more.
    init?(_ line: String) {
        var spans: [Range<Int>] = []
        var start: Int?
        var index = 0
        for byte in line.utf8 {
            switch byte {
            case UInt8(ascii: "-"): if start == nil { start = index }
            case 0x20:
                if let first = start { spans.append(first..<index) }
                start = nil
            default: return nil
            }
            index += 1
        }
        if let first = start { spans.append(first..<index) }
        guard !spans.isEmpty, spans.allSatisfy({ $0.count >= 2 }) else { return nil }
        self.spans = spans
    }

    /// The cells of a row, cut where the ruler says; nil when the row does not keep to it.
    ///
    /// A cell may overflow into the gap to its right as long as a space is left there, as a snapshot
    /// name one character too long does in the documentation. The last column has no right edge.
    func cells(_ line: String) -> [String]? {
        let row = Array(line.unicodeScalars)
        func text(_ range: Range<Int>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: row[range.clamped(to: 0..<row.count)])
            return String(view).trimmed
        }
        func isBlank(_ index: Int) -> Bool { index >= row.count || row[index] == " " }
        guard (0..<spans[0].lowerBound).allSatisfy(isBlank) else { return nil }
        var cells: [String] = []
        for (column, span) in spans.enumerated() {
            guard column + 1 < spans.count else {
                cells.append(text(span.lowerBound..<max(row.count, span.lowerBound)))
                break
            }
            let next = spans[column + 1].lowerBound
            var end = span.upperBound
            while !isBlank(end), end < next { end += 1 }
            // The run must be joined to this cell, end before the next one, and be the only one.
            let overflows = end > span.upperBound
            guard !overflows || (!isBlank(span.upperBound - 1) && end < next),
                (end..<next).allSatisfy(isBlank)
            else { return nil }
            cells.append(text(span.lowerBound..<end))
        }
        return cells
    }

    /// The column names of a header, which need not stand exactly above the ruler.
    ///
    /// Nil when they cannot be told apart, or when a run of dashes is shorter than its name, as when
    /// the ruler was cut off: the last column alone may be narrow, when something follows the ruler.
    func names(_ header: String, isFollowed: Bool) -> [String]? {
        let byGaps = header.components(separatedByAtLeast: 2)
        let byWords = header.split(separator: " ").map { String($0) }
        let names =
            [byGaps, byWords].first { $0.count == spans.count } ?? cells(header) ?? []
        let strict = isFollowed ? names.count - 1 : names.count
        guard names.count == spans.count,
            zip(names, spans).prefix(strict).allSatisfy({ $0.unicodeScalars.count <= $1.count })
        else { return nil }
        return names.map { $0.lowercased() }
    }
}

/// A table with a header, as the list commands print it.
struct Table {
    /// The cells of each row that could be read, by column name.
    private(set) var rows: [[String: String]] = []
    /// The names of the columns.
    private(set) var columns: [String] = []
    /// True when header, ruler and every line after them were read.
    private(set) var isWhole = false
    /// True when the last line is a row of this table.
    private(set) var endsInRow = false

    /// Reads the first table whose header has the given columns.
    init(_ lines: some Collection<String>, columns wanted: [String]) {
        let lines = Array(lines)
        func isFollowed(_ index: Int) -> Bool {
            lines[(index + 1)...].contains { !$0.isEmpty }
        }
        guard
            let start = lines.indices.dropLast().first(where: { index in
                guard !lines[index].isEmpty, Ruler(lines[index]) == nil,
                    let names = Ruler(lines[index + 1])?.names(
                        lines[index], isFollowed: isFollowed(index + 1))
                else { return false }
                return wanted.allSatisfy(names.contains)
            }), let ruler = Ruler(lines[start + 1]),
            let names = ruler.names(lines[start], isFollowed: isFollowed(start + 1))
        else { return }
        columns = names
        isWhole = !lines[..<start].contains {
            Wording.speaksOfError($0) || Wording.speaksOfLoss($0)
        }
        var isClosed = false
        for line in lines[(start + 2)...] where !line.isEmpty {
            endsInRow = false
            if Ruler(line) != nil {
                isClosed = true
            } else if let cells = ruler.cells(line), !isClosed, let first = cells.first,
                !first.isEmpty, !first.contains(" ")
            {
                rows.append(
                    Dictionary(zip(names, cells), uniquingKeysWith: { first, _ in first }))
                endsInRow = true
            } else {
                isWhole = false
            }
        }
    }
}

extension String {
    /// The text without spaces at its ends.
    var trimmed: String {
        // A character that is a space begins and ends with the byte of one.
        guard utf8.first == 0x20 || utf8.last == 0x20 else { return self }
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// The parts between runs of at least so many spaces, trimmed and not empty.
    func components(separatedByAtLeast count: Int) -> [String] {
        var parts: [String] = []
        var part = ""
        var spaces = 0
        for character in self {
            if character == " " {
                spaces += 1
                continue
            }
            if spaces >= count, !part.isEmpty {
                parts.append(part)
                part = ""
            } else if !part.isEmpty {
                part += String(repeating: " ", count: spaces)
            }
            spaces = 0
            part.append(character)
        }
        if !part.isEmpty { parts.append(part) }
        return parts
    }
}
