import Ledger
import Projector

/// The migrations that the ledger knows.
enum MigrationsPage {
    /// The page.
    static func markup(_ migrations: [Migration], _ frame: Layout.Frame) -> Markup {
        Layout.page("Migrations", .migrations, frame) {
            if migrations.isEmpty {
                element("section", .class("due"), Attribute("aria-labelledby", "none")) {
                    element("h2", .id("none")) { "No migration is known" }
                    element("p") {
                        "Say who moves to where, and the ledger tells what is due: "
                        Phrase.command(
                            "ledger-cli migration open NAME --from ENV --to ENV --method snapshot")
                    }
                    element("p") { "One that was never opened is found by what was done." }
                }
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
                            Phrase.cell("From") { migration.roles.source }
                            Phrase.cell("To") { migration.roles.destination }
                            Phrase.cell("Method") { migration.roles.method.rawValue }
                            Phrase.cell("Opened") { Phrase.time(migration.opened.time) }
                            Phrase.cell("State") {
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
