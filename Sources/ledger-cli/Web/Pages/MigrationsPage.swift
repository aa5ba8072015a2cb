import Ledger
import Projector

/// The migrations that the ledger knows.
enum MigrationsPage {
    /// The page.
    static func markup(_ migrations: [Migration], _ frame: Layout.Frame) -> Markup {
        Layout.page("Migrations", .migrations, frame) {
            if migrations.isEmpty {
                element("p") { "None yet." }
            } else {
                Phrase.table("Migrations", ["Name", "From", "To", "Method", "Opened", "State"]) {
                    for migration in migrations.reversed() {
                        element("tr") {
                            element("th", Attribute("scope", "row")) {
                                element(
                                    "a",
                                    .href(
                                        .path(
                                            "migrations", migration.name, query: frame.point.query))
                                ) { migration.name }
                            }
                            element("td") { migration.roles.source }
                            element("td") { migration.roles.destination }
                            element("td") { migration.roles.method.rawValue }
                            element("td") { Phrase.time(migration.opened.time) }
                            element("td") {
                                state(of: migration)
                                Phrase.evidence(migration.evidence)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Whether it is open.
    static func state(of migration: Migration) -> String {
        if let closed = migration.closed { return closed.value ? "abandoned" : "closed" }
        return migration.isDeclared ? "open" : "derived from the events"
    }
}
