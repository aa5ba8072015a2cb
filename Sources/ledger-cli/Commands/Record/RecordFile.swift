import ArgumentParser
import Fleet
import Ledger

/// The command `record file`.
struct RecordFile: RecordingCommand {
    static let configuration = CommandConfiguration(
        commandName: "file",
        abstract: "Record evidence about a dump or a report.",
        discussion: RecordingHelp.text(
            """
            Reads the file once and records its length and SHA-256, and for a dump whether its \
            last line is mysqldump's completion trailer and whether carriage returns crept in. \
            The content itself is not kept.
            """,
            examples: "record file shop.sql --role dump"))

    @Argument(help: "The file.", completion: .file())
    var path: String

    @Option(help: "dump, report or other.")
    var role: String

    @OptionGroup var recording: RecordingOptions

    var basis: Basis { .observed }

    func validate() throws {
        if FileRole(rawValue: role) == nil {
            throw ValidationError("--role: expected dump, report or other")
        }
    }

    func entries(in context: RecordingContext) throws -> [LedgerEntry] {
        var inspector = FileInspector()
        guard try context.read(path, { inspector.update($0) }) else { return [] }
        let evidence = inspector.evidence(path: path, role: FileRole(rawValue: role) ?? .other)
        return [
            LedgerEntry(
                payload: .observation(.file(evidence)),
                migration: try context.optionalMigration(recording.migration))
        ]
    }
}
