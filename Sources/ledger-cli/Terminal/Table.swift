/// Columns of text: two spaces between, no boxes, numbers to the right.
struct Table {
    /// Which side of its column a cell keeps to.
    enum Side { case left, right }

    /// The heading of each column; none are printed when all are empty.
    let headings: [String]
    private let sides: [Side]
    private var rows: [[String]] = []

    /// An empty table.
    init(_ columns: [(heading: String, side: Side)]) {
        headings = columns.map(\.heading)
        sides = columns.map(\.side)
    }

    /// An empty table of left-aligned columns.
    init(_ headings: String...) {
        self.headings = headings
        sides = headings.map { _ in .left }
    }

    /// True when there are no rows.
    var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; missing cells are empty.
    mutating func add(_ cells: String...) { rows.append(cells.map(Table.printable)) }

    /// Adds a row; missing cells are empty.
    mutating func add(_ cells: [String]) { rows.append(cells.map(Table.printable)) }

    /// The lines, headings first, without white space at their ends.
    var lines: [String] {
        let all = headings.allSatisfy(\.isEmpty) ? rows : [headings] + rows
        let widths = headings.indices.map { column in
            all.map { column < $0.count ? Table.width($0[column]) : 0 }.max() ?? 0
        }
        return all.map { row in
            var line = ""
            for (column, width) in widths.enumerated() {
                let cell = column < row.count ? row[column] : ""
                let padding = String(repeating: " ", count: width - Table.width(cell))
                line += sides[column] == .left ? cell + padding : padding + cell
                if column + 1 < widths.count { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// How many columns of a terminal a text takes; wide East Asian characters and emoji take two.
    static func width(_ text: String) -> Int {
        text.reduce(0) { sum, character in
            guard let scalar = character.unicodeScalars.first, scalar.value >= 0x1100 else {
                return sum + 1
            }
            switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3,
                0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
                0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                return sum + 2
            default: return sum + 1
            }
        }
    }

    /// The text with control characters made visible, so that a recorded name cannot drive the
    /// terminal that shows it.
    static func printable(_ text: String) -> String {
        let isClean = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        if isClean { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0x09: result += "\\t"
            case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
