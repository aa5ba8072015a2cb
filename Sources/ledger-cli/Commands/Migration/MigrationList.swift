import ArgumentParser
import Ledger

/// The command `migration list`.
struct MigrationList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the declared migrations.",
        discussion: """
            Migrations that were never opened are derived from the events; status shows them.

            EXAMPLES
              $ ledger-cli migration list

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let register = try MigrationRegister(global.open())
        if format == .json {
            return try Output.json([
                "migrations": .array(register.entries.map { .object($0.json) })
            ])
        }
        guard !register.entries.isEmpty else {
            return try Output.line("no migration was opened")
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
        try Output.table(table)
        let open = register.open.count
        try Output.line("\(register.entries.count) migrations, \(open) open")
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
