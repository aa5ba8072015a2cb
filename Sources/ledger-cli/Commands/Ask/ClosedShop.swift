import Ledger
import Projector

/// A source that is in maintenance while customers may still be led to it, held against the hour
/// that the procedure allows.
struct ClosedShop: Sendable {
    /// The environment.
    let environment: String
    /// When it was told to close.
    let since: Timestamp
    /// How long ago that was.
    let span: Span

    /// True when the documented hour is over.
    var isOver: Bool { span > Chronicle.documentedDowntime }

    /// The whole minutes.
    var minutes: Int { Int(span.milliseconds / 60_000) }

    /// What it says: against the hour in minutes, beyond it in the greatest units.
    var sentence: String {
        isOver
            ? "\(Table.printable(environment)) is in maintenance for \(Duration.text(span)), longer than the documented hour (since \(since.short))"
            : "\(Table.printable(environment)) is in maintenance for \(minutes) min of the documented hour (since \(since.short))"
    }

    /// The closed sources of an overview.
    ///
    /// A hostname that was last seen at the destination has left, however long ago that was; so the
    /// `past`, when nothing had aged, must say the same.
    static func all(_ overview: Overview, past: Overview, now: Timestamp) -> [ClosedShop] {
        overview.closed.filter { shop in
            past.closed.contains { $0.environment == shop.environment }
        }.map {
            ClosedShop(environment: $0.environment, since: $0.since, span: now - $0.since)
        }
    }
}
