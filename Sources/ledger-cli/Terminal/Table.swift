/// Columns of text: two spaces between, no boxes, numbers to the right.
struct Table {
    /// Which side of its column a cell keeps to; a whole one keeps left and is never cut, a name keeps
    /// left and is cut last and in its middle, since names often begin alike.
    enum Side { case left, right, whole, name }

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

    /// The columns that the lines take when nothing is cut.
    var width: Int { lines.map(TextWidth.columns).max() ?? 0 }

    /// The lines in full, headings first, without white space at their ends.
    var lines: [String] { lines() }

    /// The lines, headings first, without white space at their ends.
    ///
    /// With a number of columns, texts that are too long end in an ellipsis: the last column gives
    /// way first, then the widest. Numbers and whole cells never do; `paint` colours a cell after it was measured.
    /// Without, a cell that is wider than the widest column pushes what follows it in its line aside.
    /// `minimums` keep rows that are printed one by one under each other.
    func lines(
        columns limit: Int? = nil, minimums: [Int] = [],
        paint: (_ column: Int, _ cell: String) -> String = { $1 }
    ) -> [String] {
        var widths = widths(minimums: minimums)
        if let limit {
            shrink(&widths, to: limit)
        } else {
            widths = widths.map { min($0, Table.widest) }
        }
        return all.enumerated().map { index, row in
            var line = ""
            var spaces = 0
            for (column, width) in widths.enumerated() {
                let text = column < row.count ? row[column] : ""
                let cell: String
                if limit == nil {
                    cell = text
                } else if sides[column] == .name {
                    cell = TextWidth.abridged(text, to: width)
                } else {
                    cell = TextWidth.fitted(text, to: width)
                }
                let padding = max(0, width - TextWidth.columns(cell))
                if sides[column] == .right { spaces += padding }
                if !cell.isEmpty {
                    line += String(repeating: " ", count: spaces)
                    line += hasHeadings && index == 0 ? cell : paint(column, cell)
                    spaces = 0
                }
                if sides[column] != .right { spaces += padding }
                spaces += 2
            }
            return line
        }
    }

    private var hasHeadings: Bool { !headings.allSatisfy(\.isEmpty) }

    private var all: [[String]] { hasHeadings ? [headings] + rows : rows }

    /// What each column takes when nothing is cut, or so much where that is more.
    func widths(minimums: [Int] = []) -> [Int] {
        headings.indices.map { column in
            all.map { column < $0.count ? TextWidth.columns($0[column]) : 0 }
                .reduce(column < minimums.count ? minimums[column] : 0, max)
        }
    }

    /// No line is filled up to a column beyond this: one long cell would make every line as long.
    private static let widest = 100

    /// A column is never made narrower than this: what is left of a name must still tell it apart.
    private static let narrowest = 8

    /// Makes columns narrower: the last one while it is wide, then the widest; what names the row,
    /// the first, comes last.
    private func shrink(_ widths: inout [Int], to limit: Int) {
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - limit
        func take(_ count: Int, from column: Int, downTo least: Int) {
            let gain = min(count, excess, widths[column] - least)
            guard gain > 0 else { return }
            widths[column] -= gain
            excess -= gain
        }
        let texts = widths.indices.filter { sides[$0] == .left || sides[$0] == .name }
        guard let first = texts.first, let last = texts.last else { return }
        take(excess, from: last, downTo: 2 * Table.narrowest)
        while excess > 0, let widest = texts.dropFirst().max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Table.narrowest
        {
            take(1, from: widest, downTo: Table.narrowest)
        }
        take(excess, from: first, downTo: Table.narrowest)
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
