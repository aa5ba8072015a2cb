import ArgumentParser
import Ledger
import Projector

/// The command `migration list`.
struct MigrationList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the migrations.",
        discussion: """
            Those that were opened, then those that are derived from the events alone; nothing of \
            these is ever safe to destroy but what was made for them, so open them.

            EXAMPLES
              $ ledger-cli migration list

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let register = try MigrationRegister(global.open())
        let derived = try Evaluation(global, .asked()).reader().migrations
            .filter { !$0.isDeclared }
        if format == .json {
            return try Output.json([
                "migrations": .array(
                    (register.entries.map(\.json) + derived.map(\.json)).map { .object($0) })
            ])
        }
        guard !register.entries.isEmpty || !derived.isEmpty else {
            return try Output.line("no migration was opened, and none is derived")
        }
        var table = Table("name", "state", "from", "to", "method", "hostnames", "opened", "event")
        for entry in register.entries {
            let roles = entry.roles
            table.add(
                roles.migration, entry.state, roles.source, roles.destination,
                roles.method.rawValue + (roles.temporary.map { " via \($0)" } ?? ""),
                roles.hostnames.joined(separator: " "), entry.openedTime.short,
                entry.opened.map { "\($0)" } ?? "")
        }
        for migration in derived {
            let roles = migration.roles
            table.add(
                migration.name, "derived", roles.source, roles.destination, roles.method.rawValue,
                roles.hostnames.joined(separator: " "), "",
                migration.evidence.first.map { "\($0)" } ?? "")
        }
        try Output.table(table)
        let open = register.open.count
        try Output.line(
            "\(register.entries.count) migrations, \(open) open"
                + (derived.isEmpty ? "" : "; \(derived.count) derived"))
    }
}

extension Migration {
    /// The members of a derived migration in JSON answers.
    fileprivate var json: JSONObject {
        JSONObject([
            ("migration", .string(name)), ("state", "derived"), ("from", .string(roles.source)),
            ("to", .string(roles.destination)), ("method", .string(roles.method.rawValue)),
            ("temp", roles.temporary.map { .string($0) }),
            ("hostnames", .array(roles.hostnames.map { .string($0) })),
            ("evidence", .array(evidence.map { .integer($0.number) })),
        ])
    }
}

extension MigrationRegister.Entry {
    /// `open`, `closed` or `abandoned`.
    var state: String { closedTime == nil ? "open" : isAbandoned ? "abandoned" : "closed" }

    /// The members of the entry in JSON answers.
    var json: JSONObject {
        JSONObject([
            ("migration", .string(roles.migration)), ("state", .string(state)),
            ("from", .string(roles.source)), ("to", .string(roles.destination)),
            ("method", .string(roles.method.rawValue)),
            ("temp", roles.temporary.map { .string($0) }),
            ("hostnames", .array(roles.hostnames.map { .string($0) })),
            ("opened", opened.map { .integer($0.number) }),
            ("openedTime", .string(openedTime.description)),
            ("closed", closed.map { .integer($0.number) }),
            ("closedTime", closedTime.map { .string($0.description) }),
        ])
    }
}
