import ArgumentParser

/// The command `migration` and those under it.
struct MigrationGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migration",
        abstract: "Say which environments take part in a migration.",
        subcommands: [
            MigrationOpen.self, MigrationClose.self, MigrationList.self, MigrationTemplate.self,
        ])
}
