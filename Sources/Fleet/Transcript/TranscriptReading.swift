public import Ledger

/// What a transcript says: the events to append, and what every line was taken for.
public struct TranscriptReading: Sendable {
    /// One event a command, in the order of the file; a `ledger-cli` command gives one an entry.
    public var drafts: [EventDraft] = []
    /// Every line of the file in order.
    public var lines: [TranscriptLine] = []
}

/// A line of a transcript and what it was taken for.
public struct TranscriptLine: Sendable, Hashable {
    /// The kinds of line.
    public enum Meaning: Sendable, Hashable {
        /// Nothing.
        case blank
        /// `# -- …`
        case comment
        /// `# at …` or `# +…`: the clock from here on.
        case time(Timestamp)
        /// `# actor …`: who acts from here on.
        case actor(String)
        /// Another directive, in its own words.
        case directive(String)
        /// A command and the events that it became, by their place among the drafts.
        case command([EventType], drafts: Range<Int>)
        /// Output of the command above.
        case output
    }

    /// The number of the line, from 1.
    public var number: Int
    /// What it was taken for.
    public var meaning: Meaning
}

extension TranscriptLine: CustomStringConvertible {
    /// The meaning in words, for a dry run.
    public var description: String {
        switch meaning {
        case .blank: "blank"
        case .comment: "comment"
        case .time(let time): "time \(time.short)"
        case .actor(let name): "actor \(name)"
        case .directive(let text): text
        case .command(let types, _): types.map(\.description).joined(separator: ", ")
        case .output: "output"
        }
    }
}

/// What a `ledger-cli` command in a transcript stands for.
public struct LedgerEntry: Sendable, Hashable {
    /// What the event says.
    public var payload: EventPayload
    /// The migration that it belongs to.
    public var migration: String?
    /// Content that is kept beside the log.
    public var attachments: [String: AttachmentContent]
    /// The event that it follows from.
    public var cause: EventID?
    /// When it happened, where the command itself says so.
    public var time: Timestamp?
    /// Who did it, where the command itself says so.
    public var actor: String?

    /// An event to be; time and actor are those of the command unless it says others.
    public init(
        payload: EventPayload, migration: String? = nil,
        attachments: [String: AttachmentContent] = [:], cause: EventID? = nil
    ) {
        self.payload = payload
        self.migration = migration
        self.attachments = attachments
        self.cause = cause
    }
}

/// Reads the words after `ledger-cli` with the syntax of the real commands.
///
/// It is given the time of the command and the migrations that are open then, and throws what the
/// command itself would say; the transcript adds the place.
public typealias LedgerCommandReader = (
    _ arguments: [String], _ time: Timestamp, _ openMigrations: [MigrationRoles]
) throws -> [LedgerEntry]
