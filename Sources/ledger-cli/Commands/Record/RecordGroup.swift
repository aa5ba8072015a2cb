import ArgumentParser

/// The command `record` and those under it.
struct RecordGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record what was done, seen or decided.",
        discussion: """
            Appends events and prints their sequence and how to take them back. Nothing is ever \
            edited: a mistake is voided by another event.

            EXAMPLES
              $ ledger-cli record command -- fleet env maintenance prod ON
              $ ledger-cli record dns www.bestpants.com --to prod2 --ttl 300
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Acts", subcommands: [RecordCommand.self, RecordDNS.self]),
            CommandGroup(
                name: "Evidence", subcommands: [RecordObservation.self, RecordFile.self]),
            CommandGroup(
                name: "Judgement",
                subcommands: [
                    RecordTest.self, RecordDecision.self, AcceptLoss.self, Reconciled.self,
                    Acknowledge.self,
                ]),
            CommandGroup(name: "Holds", subcommands: [RecordHold.self, ReleaseHold.self]),
            CommandGroup(name: "Words", subcommands: [RecordNote.self, RecordVoid.self]),
        ])
}

/// The help of a recording command.
enum RecordingHelp {
    /// One paragraph, examples and the exit statuses of an append.
    static func text(_ paragraph: String, examples: String...) -> String {
        ([paragraph, "", "EXAMPLES"] + examples.map { "  $ ledger-cli \($0)" } + [
            "", "EXIT STATUS", "  \(ExitStatus.help([.noLedger, .busy]))",
        ]).joined(separator: "\n")
    }
}
