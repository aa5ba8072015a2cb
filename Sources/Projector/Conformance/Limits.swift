import Ledger

/// The times that conduct is measured against; documented ones and, where the pages are silent, ours.
enum Limits {
    /// The whole snapshot method is "up to an hour of downtime" (migrate-between-plans.md).
    static let downtime = Span.hours(1)
    /// A snapshot is "a few minutes" (manage-databases.md); policy.
    static let snapshot = Span.minutes(15)
    /// A creation is "about 15-25 minutes" (manage-databases.md); policy.
    static let creation = Span.minutes(40)
    /// How soon a final snapshot is to be seen; policy.
    static let finalSnapshot = Span.hours(1)
    /// How long a source may stay closed without a switch or a rollback; policy.
    static let abandoned = Span.hours(2)
    /// How long protection may stay OFF when no destroy follows; policy.
    static let unprotected = Span.hours(1)
    /// A time to live in seconds that needs no lowering; policy.
    static let loweredTTL = 300

    /// The platform's own window that a moment falls into, if any: backups 13:00-14:00 UTC every
    /// day, restarts Tuesday 14:00-15:00 UTC (faq/updates-and-maintenance.md).
    static func window(_ time: Timestamp) -> String? {
        let day: Int64 = 86_400_000
        let ofDay = ((time.milliseconds % day) + day) % day
        let days = (time.milliseconds - ofDay) / day
        // 1970-01-01 was a Thursday.
        let isTuesday = ((days + 3) % 7 + 7) % 7 == 1
        switch ofDay / 3_600_000 {
        case 13: return "the backup window 13:00-14:00 UTC"
        case 14 where isTuesday: return "the maintenance window Tuesday 14:00-15:00 UTC"
        default: return nil
        }
    }
}
