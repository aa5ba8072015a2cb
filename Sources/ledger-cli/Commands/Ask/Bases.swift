import Ledger
import Projector

/// How the events that a status cites are known.
struct Bases {
    private let bases: BasisLetters

    /// The bases of a log, the first event first.
    init(_ bases: BasisLetters) { self.bases = bases }

    private subscript(sequence: SequenceNumber) -> Basis? {
        bases.indices.contains(sequence.number - 1) ? bases[sequence.number - 1] : nil
    }

    /// How the events behind a cell are known.
    func names(_ cell: Overview.Cell) -> [String] {
        Set(cell.evidence.compactMap { self[$0]?.rawValue }).sorted()
    }

    /// A cell as people read it: a value that has aged with a question mark, then its newest event.
    func text(_ cell: Overview.Cell, past: Overview.Cell?, isCited: Bool) -> String {
        var text = cell.text
        if text == "unknown", let old = past?.text, old != text { text = old + "?" }
        guard isCited, let last = cell.evidence.max() else { return text }
        let letter =
            switch self[last] {
            case .executed: "x"
            case .observed: "o"
            case .reported: "r"
            case .imported: "i"
            case nil: ""
            }
        return "\(text) \(letter)\(last)"
    }
}
