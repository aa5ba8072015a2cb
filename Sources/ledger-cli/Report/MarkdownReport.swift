import Ledger

/// Renders a document as Markdown that reads well as plain text too (CommonMark with the tables of
/// GitHub Flavored Markdown).
struct MarkdownReport {
    private let document: Document

    /// The Markdown of a document.
    init(_ document: Document) { self.document = document }

    /// The text, with a line feed at its end.
    var text: String {
        var lines = ["# \(Self.escaped(document.title))", "", inline(document.subtitle), ""]
        lines += document.figures.map {
            "- \(Self.escaped($0.label)): **\(Self.escaped($0.value))**, \(Self.escaped($0.note))"
        }
        for section in document.sections {
            lines += ["", "## \(Self.escaped(section.title))"]
            for block in section.blocks {
                let rendered = self.block(block)
                if !rendered.isEmpty { lines += [""] + rendered }
            }
        }
        lines += ["", "---", "", inline(document.footer)]
        return lines.joined(separator: "\n") + "\n"
    }

    private func block(_ block: Document.Block) -> [String] {
        switch block {
        case .paragraph(let text): return [inline(text)]
        case .heading(let text): return ["### \(Self.escaped(text))"]
        case .facts(let facts):
            return facts.map { "- \(Self.escaped($0.name)): \(inline($0.text))" }
        case .list(let items): return items.map { "- \(inline($0))" }
        case .remark(_, let text): return ["> \(inline(text))"]
        case .verbatim(let text, let label):
            // Indented, so that no line of the text can end it.
            return ["\(Self.escaped(label)):", ""]
                + text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { "    \(Table.printable(String($0)))" }
        // The tables beside it say in words what the drawing shows.
        case .timeline: return []
        case .table(let grid):
            let rule = grid.columns.map { $0.isNumber ? "---:" : "---" }
            return [
                "\(Self.escaped(grid.caption)):", "", row(grid.columns.map(\.heading)), row(rule),
            ]
                + grid.rows.map { row($0.cells.map(inline)) }
        }
    }

    private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    private func inline(_ text: [Document.Inline]) -> String { text.map(inline).joined() }

    private func inline(_ piece: Document.Inline) -> String {
        switch piece {
        case .text(let text), .faint(let text), .part(_, let text): return Self.escaped(text)
        case .strong(let text): return "**\(Self.escaped(text))**"
        case .word(let text, let tone):
            return tone == .plain ? Self.escaped(text) : "**\(Self.escaped(text))**"
        case .code(let text): return Self.code(text)
        case .quote(let text): return "“\(Self.escaped(text))”"
        case .time(let time): return time.short
        case .events(let evidence):
            let numbers = Set(evidence).sorted().map(\.description)
            return numbers.isEmpty ? "–" : "\\[\(numbers.joined(separator: " "))\\]"
        case .file(let name, let label, _): return Self.escaped("\(label) \(name)")
        }
    }

    /// A text in which nothing is markup, of Markdown or of the HTML that it lets through.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in Table.printable(text.replacing("\n", with: " ⏎ ")).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!":
                result += "\\"
                result.unicodeScalars.append(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A code span; text that would end it is escaped instead.
    private static func code(_ text: String) -> String {
        let plain = Table.printable(text)
        if plain.contains("`") || plain.contains("|") || plain.isEmpty { return escaped(text) }
        return "`\(plain)`"
    }
}
