import Fleet
import Ledger

/// What a recording command may know besides its arguments.
///
/// The same arguments in the same context give the same entries, whether they were typed at a
/// prompt or stand in a transcript.
struct RecordingContext {
    /// When it happened.
    var time: Timestamp
    /// The migrations that are open then.
    var openMigrations: [MigrationRoles] = []
    /// The names of every migration that was ever opened; nil where that is not known.
    var knownMigrations: [String]?
    /// Patterns of the policy whose matches are secrets.
    var patterns: [RedactionPattern] = []
    /// True when the command stands in a transcript.
    var isTranscript = false
    /// What is held then, by what no release ended; nil where that is not known.
    var held: [Resource]?
    /// Reads a file a piece at a time; false when it is not there and that is no mistake.
    var read: (_ path: String, _ body: ([UInt8]) throws -> Void) throws -> Bool
    /// The type of the event at a position, which may be voided; throws when there is none.
    var voidable: (SequenceNumber) throws -> Void
    /// The event at a position; throws when there is none.
    var event: (SequenceNumber) throws -> Event

    /// The migration that a decision belongs to: the one given, else the only open one.
    ///
    /// - Throws: `CLIError` listing the open migrations, or the known ones for another name.
    func migration(_ given: String?) throws(CLIError) -> String {
        if let given { return try known(given) }
        switch openMigrations.count {
        case 0: throw .noOpenMigration
        case 1: return openMigrations[0].migration
        default: throw .severalOpenMigrations(openMigrations.map(\.migration))
        }
    }

    /// The migration given, or nil; the owner of anything else is told from what it touches.
    ///
    /// - Throws: `CLIError.unknownMigration`.
    func optionalMigration(_ given: String?) throws(CLIError) -> String? {
        guard let given else { return nil }
        return try known(given)
    }

    /// The whole content of a file; nil when it is not there and that is no mistake.
    ///
    /// - Throws: `SystemError` when the file cannot be read, `CLIError` when it is too long.
    func bytes(of path: String) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let isThere = try read(path) { try Surroundings.add($0, to: &bytes, of: path) }
        return isThere ? bytes : nil
    }

    private func known(_ name: String) throws(CLIError) -> String {
        guard let knownMigrations, !name.hasPrefix("derived/"), !knownMigrations.contains(name)
        else { return name }
        throw .unknownMigration(name, known: knownMigrations)
    }
}
