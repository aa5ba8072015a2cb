import Ledger
import Projector

/// The events of a report as a table for spreadsheets.
struct CSVReport {
    private let report: Report

    /// The columns; they are fixed, and others may be added after them.
    static let columns = HistoryPrinter.columns + ["milestone", "decisive", "texts"]

    /// The table of a report.
    init(_ report: Report) { self.report = report }

    /// The lines, headings first.
    var lines: [String] {
        var points: [SequenceNumber: String] = [:]
        for milestone in report.chronicle?.milestones ?? [] {
            for sequence in milestone.evidence {
                points[sequence] =
                    (points[sequence].map { "\($0) " } ?? "") + milestone.point.rawValue
            }
        }
        let rows = report.events.map { entry in
            HistoryPrinter.cells(entry.event, voidedBy: entry.voidedBy) + [
                points[entry.event.sequence] ?? "", entry.isDecisive ? "yes" : "no",
                entry.texts.map { "\($0.name): \($0.text ?? $0.absence ?? "")" }
                    .joined(separator: "\n"),
            ]
        }
        return ([Self.columns] + rows).map(CSV.line)
    }
}
