import ArgumentParser
import Fleet
import Ledger

/// The root of the command line.
@main
struct LedgerCLI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger-cli",
        abstract: "Record a migration, plan the next step, the way back and the clean-up.",
        discussion: """
            The ledger is one SQLite file of immutable events. It is tamper-evident, never \
            tamper-proof. The file is --ledger PATH, else LEDGER_PATH, else ledger.sqlite here.

            EXIT STATUS
              \(ExitStatus.allCases.map { "\($0.rawValue) \($0.meaning)" }
                .joined(separator: " · "))
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(name: "Start", subcommands: [Init.self, Import.self]),
            CommandGroup(
                name: "Record",
                subcommands: [RecordGroup.self, MigrationGroup.self, PolicyGroup.self]),
            CommandGroup(name: "Tell", subcommands: [ReportCommand.self]),
            CommandGroup(
                name: "Ask",
                subcommands: [Status.self, History.self, Show.self, Diff.self]),
            CommandGroup(
                name: "Act", subcommands: [Run.self, Observe.self, Approve.self, Apply.self]),
            CommandGroup(
                name: "Plan", subcommands: [PlanGroup.self, Check.self, Rules.self, Conform.self]),
            CommandGroup(
                name: "Trust",
                subcommands: [Verify.self, CheckpointCommand.self, Prove.self, KeyGroup.self]),
            CommandGroup(name: "Keep", subcommands: [Export.self, Backup.self, Erase.self]),
            CommandGroup(name: "Share", subcommands: [Serve.self, WitnessGroup.self]),
        ])

    /// Runs the process and ends it with a status of the table.
    static func main() async {
        let status = await run(Array(CommandLine.arguments.dropFirst()), in: .process)
        OperatingSystem.exit(status)
    }

    /// Runs one command line and returns its exit status; nothing here ends the process.
    static func run(_ arguments: [String], in surroundings: Surroundings) async -> Int32 {
        await Surroundings.$current.withValue(surroundings) {
            let search = BoundedSearch.telling(surroundings.errors)
            let status = await PatternSearch.$current.withValue(search) {
                await outcome(of: arguments)
            }
            await surroundings.outbox.send()
            do {
                try surroundings.output.flush()
                try surroundings.errors.flush()
            } catch {
                // What was asked may be done; that its answer is lost must not look like success.
                let lost = Complaint.report(error, of: arguments)
                try? surroundings.errors.flush()
                return status == 0 ? lost : status
            }
            return status
        }
    }

    /// The command of a command line; what cannot be parsed is looked at once more for a mistyped
    /// command, of which the parser only says that it is unexpected.
    private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        do {
            return try parseAsRoot(arguments)
        } catch {
            try Suggestion.check(arguments, root: LedgerCLI.self)
            throw error
        }
    }

    private static func outcome(of arguments: [String]) async -> Int32 {
        do {
            let arguments = CommandWords.withLeadingOptionsMoved(arguments, root: LedgerCLI.self)
            var command = try parsed(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return ExitStatus.done.rawValue
        } catch let exit as Exit {
            return exit.status.rawValue
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            return Complaint.report(error, of: arguments)
        }
    }
}

/// The version of the program.
enum Version {
    /// The number that `--version` prints.
    static let text = "0.1.0"
}
