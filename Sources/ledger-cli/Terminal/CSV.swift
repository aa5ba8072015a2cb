/// Comma-separated values (RFC 4180), made so that a spreadsheet shows them and runs nothing.
enum CSV {
    /// What begins a formula in one spreadsheet or another, full-width forms included.
    private static let formulaStarts: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠",
    ]

    /// A line of cells.
    static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") }

    /// A cell; one that a spreadsheet would take for a formula has an apostrophe before it.
    private static func cell(_ text: String) -> String {
        var cell = text
        if let first = text.unicodeScalars.first, formulaStarts.contains(first) {
            cell = "'" + text
        }
        let isPlain = cell.utf8.allSatisfy { $0 != 0x22 && $0 != 0x2C && $0 != 0x0A && $0 != 0x0D }
        if isPlain { return cell }
        let doubled = cell.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"")
        return "\"\(doubled)\""
    }
}
