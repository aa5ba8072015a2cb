import Fleet
import Ledger

/// Reads the files of an import, piece by piece, and hands their events over.
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
    let actor: Actor
    private let keepsLines: Bool
    let clock: Timestamp
    private let take: ([EventDraft]) throws -> Void
    private(set) var register: MigrationRegister
    private var voids: ImportedVoids?
    let secrets: SecretFilter.Prepared
    /// The migrations that decisions name, each with the first event that does.
    private var named: [(migration: String, index: Int)] = []

    /// How many events there were.
    private(set) var count = 0
    /// What may be a mistake in them.
    private(set) var remarks: ImportRemarks
    /// What was left out and why, and files with nothing in them.
    private(set) var leftOut: [String] = []
    /// Every line, when they are kept.
    private(set) var lines: [Line] = []
    /// Where each event stands, when lines are kept.
    private(set) var places: [String] = []

    /// A reading for a ledger with these policies, migrations and origin; `take` gets the events.
    ///
    /// Without `voids` nobody asks whether what is taken back is there.
    init(
        settings: Settings, register: MigrationRegister, voids: ImportedVoids?, origin: String,
        actor: Actor, keepsLines: Bool, clock: Timestamp,
        take: @escaping ([EventDraft]) throws -> Void
    ) {
        self.settings = settings
        self.origin = origin
        self.actor = actor
        self.keepsLines = keepsLines
        self.clock = clock
        remarks = ImportRemarks(clock: clock)
        self.take = take
        self.register = register
        self.voids = voids
        secrets = SecretFilter(patterns: settings.redaction).prepared
    }

    /// Takes a file, of a kind that is told or seen from its first byte.
    ///
    /// - Throws: `TranscriptError`, `CLIError.jsonLine`, and what handing the events over throws.
    mutating func take(
        file: String, isJSONL: @escaping (_ start: [UInt8]) -> Bool,
        read: (_ body: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        var start: [UInt8] = []
        var transcript: TranscriptFeed?
        var events: EventLines?
        var line = 0
        try read { piece in
            line = piece.lastIndex(of: 0x0A).map { piece.count - $0 - 1 } ?? line + piece.count
            guard line <= Surroundings.wholeLimit else {
                throw CLIError.unreadable(
                    file, why: "a line of more than 64 MiB",
                    hint: "a transcript or a file of events has lines")
            }
            if transcript == nil, events == nil {
                start += piece
                if start.isEmpty { return }
                if isJSONL(start) {
                    events = EventLines(file: file)
                } else if !keepsLines {
                    transcript = feed(file)
                } else {
                    return
                }
            }
            try hand(start.isEmpty ? piece : start, &transcript, &events)
            start = []
        }
        if var events {
            try finish(&events)
        } else if var transcript {
            try pass(on: try transcript.finish())
        } else if start.isEmpty {
            // Not even a byte says of which kind it is.
            leftOut.append("\(file): nothing to import: it is empty")
        } else {
            try takeTranscript(start, file: file)
        }
    }

    private mutating func hand(
        _ bytes: [UInt8], _ transcript: inout TranscriptFeed?, _ events: inout EventLines?
    ) throws {
        if transcript != nil {
            if let drafts = try transcript?.take(bytes) { try pass(on: drafts) }
        } else if var lines = events {
            events = nil
            lines.add(bytes)
            try takeLines(&lines)
            events = lines
        }
    }

    private func feed(_ file: String) -> TranscriptFeed {
        return TranscriptFeed(
            file: file, source: origin, actor: actor, openMigrations: openMigrations,
            patterns: settings.redaction, ledgerCommand: ledgerCommand())
    }

    /// The migrations of the ledger and of the files before.
    private var openMigrations: OpenMigrations {
        let register = register
        return OpenMigrations(declared: register.open) { register.openThen($0) }
    }

    /// Reads the `ledger-cli` commands of a transcript beside what is held by the ledger and the files
    /// before.
    private func ledgerCommand() -> LedgerCommandReader {
        let (patterns, register) = (settings.redaction, register)
        return { arguments, time, open in
            let entries = try LedgerLine.entries(
                arguments, time: time, openMigrations: open, patterns: patterns)
            for entry in entries {
                guard case .decision(.migrationOpened(let roles)) = entry.payload,
                    let closed = register.closing(
                        of: roles.migration, before: entry.time ?? time)
                else { continue }
                throw CLIError.migrationClosed(roles.migration, at: closed)
            }
            return entries
        }
    }

    /// Looks whether the migrations that were named are there, once all files were read: one may be
    /// declared behind what belongs to it.
    ///
    /// - Throws: `Misplaced`.
    func finish() throws {
        guard voids != nil else { return }
        let known = register.names
        for (name, index) in named where !name.hasPrefix("derived/") && !known.contains(name) {
            throw Misplaced(index: index, error: .unknownMigration(name, known: known))
        }
    }

    private mutating func note(migrationOf draft: EventDraft) {
        guard case .decision = draft.type, let name = draft.migration,
            !named.contains(where: { $0.migration == name }),
            case .decision(let decision)? = try? EventPayload(type: draft.type, data: draft.data),
            decision.countsForMigration
        else { return }
        named.append((name, count))
    }

    /// Hands events over, and follows them unless that was done before.
    private mutating func pass(
        on drafts: [EventDraft], follows: Bool = true,
        place: (_ index: Int) -> String? = { _ in nil }
    ) throws {
        guard !drafts.isEmpty else { return }
        for (index, draft) in drafts.enumerated() {
            if follows { try register.follow(draft) }
            note(migrationOf: draft)
            do {
                try voids?.follow(draft)
            } catch {
                throw Misplaced(index: count, error: error)
            }
            count += 1
            remarks.see(draft, line: place(index))
        }
        try take(drafts)
    }

    /// Takes a whole transcript and keeps what each of its lines is.
    ///
    /// - Throws: `TranscriptError`.
    private mutating func takeTranscript(_ bytes: [UInt8], file: String) throws {
        let patterns = settings.redaction
        let reading = try Transcript.read(
            bytes, file: file, source: origin, actor: actor,
            openMigrations: openMigrations, patterns: patterns, ledgerCommand: ledgerCommand())
        for line in reading.lines {
            guard case .command(_, let drafts) = line.meaning else { continue }
            places += drafts.map { _ in "\(file):\(line.number)" }
        }
        try pass(on: reading.drafts)
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

    /// Takes the lines that are there, an event each.
    ///
    /// An export of a whole ledger begins with the event of its creation, which belongs to that
    /// ledger alone; it is left out when others follow.
    ///
    /// - Throws: `CLIError.jsonLine` naming the line.
    private mutating func takeLines(_ events: inout EventLines) throws {
        var drafts: [EventDraft] = []
        var numbers: [Int] = []
        while let line = events.next() {
            let draft: EventDraft
            do {
                draft = try self.draft(of: line)
            } catch let error as JSONError {
                throw events.error(error.description)
            } catch let error as EventError {
                throw events.error(error.description)
            } catch let error as CLIError {
                throw events.error(error.message)
            } catch let error as ForeignEvent.RefusedType {
                let refusal = events.error(error.description)
                guard events.number == 1, error.type == .decision(.ledgerCreated) else {
                    throw refusal
                }
                events.creation = refusal
                continue
            }
            // The next line may be a decision of the migration that this one opens.
            try register.follow(draft)
            drafts.append(draft)
            numbers.append(events.number)
            if keepsLines {
                places.append("\(events.file):\(events.number)")
                lines.append(
                    Line(
                        file: events.file, number: events.number,
                        meaning: draft.type.description, text: draft.subject))
            }
        }
        events.count += drafts.count
        let file = events.file
        try pass(on: drafts, follows: false) { "\(file):\(numbers[$0])" }
    }

    private mutating func finish(_ events: inout EventLines) throws {
        events.end()
        try takeLines(&events)
        guard let creation = events.creation else {
            if events.count == 0 {
                leftOut.append("\(events.file): nothing to import: there is no event in it")
            }
            return
        }
        guard events.count > 0 else { throw creation }
        leftOut.append(
            "\(events.file):1: ledger.created belongs to another ledger and is left out")
    }

    /// What is wrong with the event at an index, which is to be said with its place.
    struct Misplaced: Error {
        let index: Int
        let error: CLIError
    }
}
