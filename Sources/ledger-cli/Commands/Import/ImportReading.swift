import Fleet
import Ledger

/// The events of all files of an import, before any is written.
struct ImportReading {
    /// A line of a file and what it was taken for.
    struct Line {
        let file: String
        let number: Int
        let meaning: String
        let text: String
    }

    private let settings: Settings
    private let origin: String
    private let actor: Actor
    private let isDryRun: Bool
    private var register: MigrationRegister

    /// The events in the order of the files.
    private(set) var drafts: [EventDraft] = []
    /// Lines that were left out, and what they are.
    private(set) var leftOut: [String] = []
    /// Every line, in a dry run.
    private(set) var lines: [Line] = []

    /// A reading for a ledger with these policies, migrations and origin.
    init(
        settings: Settings, register: MigrationRegister, origin: String, actor: Actor,
        isDryRun: Bool
    ) {
        self.settings = settings
        self.origin = origin
        self.actor = actor
        self.isDryRun = isDryRun
        self.register = register
    }

    /// Takes a transcript.
    ///
    /// - Throws: `TranscriptError`.
    mutating func takeTranscript(_ bytes: [UInt8], file: String) throws {
        let patterns = settings.redaction
        let reading = try Transcript.read(
            bytes, file: file, source: origin, actor: actor,
            openMigrations: Self.start(of: bytes).map { register.open(at: $0) } ?? register.open,
            patterns: patterns,
            ledgerCommand: {
                try LedgerLine.entries($0, time: $1, openMigrations: $2, patterns: patterns)
            })
        try follow(reading.drafts)
        drafts += reading.drafts
        guard isDryRun else { return }
        let source = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for line in reading.lines {
            let text = line.number <= source.count ? source[line.number - 1] : []
            lines.append(
                Line(
                    file: file, number: line.number, meaning: line.description,
                    text: Redaction.redact(
                        String(decoding: text.filter { $0 != 0x0D }, as: UTF8.self),
                        patterns: patterns)))
        }
    }

    /// Takes events, one a line.
    ///
    /// An export of a whole ledger begins with the event of its creation, which belongs to that
    /// ledger alone; it is left out when others follow.
    ///
    /// - Throws: `CLIError.jsonLine` naming the line.
    mutating func takeJSONL(_ bytes: [UInt8], file: String) throws {
        var number = 0
        let before = drafts.count
        var creation: CLIError?
        defer { if creation != nil { leftOut.append("\(file):1: ledger.created") } }
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let text = line.last == 0x0D ? line.dropLast() : line
            if text.isEmpty { continue }
            let draft: EventDraft
            do {
                draft = try Self.draft(of: Array(text))
            } catch let error as JSONError {
                throw CLIError.jsonLine(file: file, line: number, why: error.description)
            } catch let error as EventError {
                throw CLIError.jsonLine(file: file, line: number, why: error.description)
            } catch let error as RefusedType {
                let refusal = CLIError.jsonLine(
                    file: file, line: number, why: error.description)
                guard number == 1, error.type == .decision(.ledgerCreated) else { throw refusal }
                creation = refusal
                continue
            }
            drafts.append(draft)
            if isDryRun {
                lines.append(
                    Line(
                        file: file, number: number, meaning: draft.type.description,
                        text: draft.subject))
            }
        }
        if let creation, drafts.count == before { throw creation }
    }

    /// The event of a line as ours: its id, time and data stay; the basis is that it was imported.
    private static func draft(of line: [UInt8]) throws -> EventDraft {
        guard let object = try JSONReader.parse(line).object else {
            throw EventError.notARecord("not a JSON object")
        }
        var draft = try Record.event(of: object).draft
        if let why = refusal(of: draft.type) { throw RefusedType(type: draft.type, why: why) }
        // A payload that cannot be read would be kept for ever; say so while it can be mended.
        _ = try EventPayload(type: draft.type, data: draft.data)
        draft.basis = .imported
        return draft
    }

    /// Why an event of a type may not come in this way; nil when it may.
    private static func refusal(of type: EventType) -> String? {
        switch type {
        case .decision(.ledgerCreated): "belongs to another ledger"
        case .decision(.policySet), .decision(.planIssued), .decision(.planApproved),
            .decision(.planFinished), .decision(.holdReleased), .decision(.keyAdded),
            .decision(.keyRetired), .decision(.eventVoided), .decision(.attachmentErased):
            "steers decisions; only a bundle restores it"
        default: nil
        }
    }

    private struct RefusedType: Error, CustomStringConvertible {
        let type: EventType
        let why: String
        var description: String { "\(type): \(why)" }
    }

    /// When a transcript starts, which tells the migrations that were open then.
    private static func start(of bytes: [UInt8]) -> Timestamp? {
        let mark = Array("# at ".utf8)
        for line in bytes.split(separator: 0x0A) where line.starts(with: mark) {
            let text = String(decoding: line.dropFirst(mark.count), as: UTF8.self)
            return Timestamp(String(text.filter { !$0.isWhitespace }))
        }
        return nil
    }

    private mutating func follow(_ drafts: [EventDraft]) throws {
        for draft in drafts { try register.follow(draft) }
    }
}
