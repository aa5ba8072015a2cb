import ArgumentParser
import Fleet
import Ledger
import Projector

/// The command `import`.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read transcripts, events or a bundle into the ledger.",
        discussion: """
            All files of one import are one transaction: a mistake in any of them writes nothing. \
            Importing the same file again adds nothing and says so. The kind of a file is told \
            from its name (.jsonl) and its first byte unless an option says it. A transcript is \
            what a terminal showed: fleet's commands, by themselves or behind run --, and record, \
            migration open|close and policy set count as what they did; any other command is kept \
            as a note. JSONL holds one CloudEvents event a line and may not steer \
            decisions (policies, plans, keys, voids, releases of holds): only a bundle restores \
            those. A bundle is a directory that export --bundle wrote; a whole ledger is restored \
            from it, verified, where none is yet or only an empty one.

            EXAMPLES
              $ ledger-cli import evening.transcript
              $ ledger-cli import --dry-run evening.transcript
              $ ledger-cli import --bundle audit-2017 --ledger restored.sqlite
              $ other-ledger history --format jsonl | ledger-cli import --jsonl -

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .noLedger, .busy, .keyMissing]))
            """)

    @Argument(help: "The files; - is stdin.", completion: .file())
    var files: [String]

    @Flag(help: "The files are transcripts.")
    var transcript = false

    @Flag(help: "The files hold one event a line.")
    var jsonl = false

    @Flag(help: "The only file is the directory of a bundle.")
    var bundle = false

    @Flag(help: "Show what each line would be taken for; write nothing.")
    var dryRun = false

    @OptionGroup var expected: ExpectedSize

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if [transcript, jsonl, bundle].count(where: { $0 }) > 1 {
            throw ValidationError("--transcript, --jsonl and --bundle exclude each other")
        }
        if bundle, files.count != 1 || expected.expectSize != nil {
            throw ValidationError("--bundle takes one directory and no --expect-size")
        }
        if files.filter({ $0 == "-" }).count > 1 {
            throw ValidationError("stdin can be read only once")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        if bundle || isBundle {
            return try BundleImport(name: files[0], global: global)
                .run(isDryRun: dryRun, format: format)
        }
        let store = try global.open(readOnly: dryRun)
        let reader = try Reader(self, store)
        let summary: AppendSummary
        // Who types or sends slowly must not keep the ledger locked meanwhile.
        let waiting = Waiting()
        do {
            if dryRun {
                return try print(dryRun: try reader.read(keepsLines: true) { _ in }, format: format)
            }
            summary = try store.append(
                recordedTime: reader.clock, expectedSize: expected.expectSize,
                existing: .compareContent(redacted: Redaction.mark)
            ) { take in
                guard files.allSatisfy(isAtHand) else {
                    try waiting.take(from: reader)
                    return try take(waiting.drafts)
                }
                // The events are handed over before this closure returns.
                _ = try withoutActuallyEscaping(take) { try reader.read($0) }
            }
        } catch let fault as ImportReading.Misplaced {
            throw CLIError.unimportable(
                reader.place(waiting) { index, _ in index == fault.index },
                why: fault.error.message,
                hint: fault.error.hint)
        } catch StoreError.event(let error, let place) {
            throw CLIError.unimportable(
                reader.place(waiting) { index, _ in index == place }, why: error.description,
                hint: nil)
        } catch StoreError.idConflict(let id, let sequence) {
            throw try taken(id, by: sequence, in: store, reader, waiting)
        }
        try reader.progress.clear()
        let isNew = summary.added > 0
        if let first = summary.first, let last = summary.last {
            Surroundings.current.recorded.note(from: first, to: last)
        }
        try print(summary, head: isNew ? HeadPrinter.head(after: store) : nil, format: format)
    }

    /// What is wrong when an id is that of another event, of the ledger or of this very import.
    ///
    /// An event that was taken back keeps its id: only the line as it was is known again.
    private func taken(
        _ id: EventID, by sequence: SequenceNumber, in store: LedgerStore, _ reader: Reader,
        _ waiting: Waiting
    ) throws -> CLIError {
        let place = reader.place(waiting) { $1 == id }
        guard sequence.number <= (try store.size()) else {
            let first = reader.place(waiting, first: true) { $1 == id }
            return .unimportable(
                place,
                why: "\(first ?? "another line") has the id of this one and says something else",
                hint: "keep the line that is right")
        }
        let leave =
            "leave the line as it was imported (ledger-cli show \(sequence)) or take it out; "
        let isVoided = try Voiding.voids(in: store).contains(sequence)
        return .unimportable(
            place,
            why:
                "event \(sequence)\(isVoided ? ", which is voided," : "") has the id of this one and "
                + "says something else",
            hint: leave
                + (isVoided
                    ? "what is so is recorded with ledger-cli record"
                    : "what is wrong there is taken back with record void \(sequence) and recorded "
                        + "anew with record"))
    }

    /// Reads the files with what a ledger says before them.
    private struct Reader {
        let command: Import
        let origin: String
        let settings: Settings
        let register: MigrationRegister
        let voids: ImportedVoids
        let clock = Surroundings.current.clock()
        let progress = Progress()

        init(_ command: Import, _ store: LedgerStore) throws {
            self.command = command
            origin = store.origin
            settings = try Settings(store)
            register = try MigrationRegister(store)
            voids = try ImportedVoids(store)
        }

        /// Reads every file and hands its events over.
        func read(
            keepsLines: Bool = false, _ take: @escaping ([EventDraft]) throws -> Void
        ) throws -> ImportReading {
            let reading = try read(keepsLines: keepsLines, voids: voids, take)
            for line in reading.leftOut {
                try Output.note("ledger: note: \(line)")
            }
            for line in reading.remarks.lines { try Output.note("ledger: note: \(line)") }
            return reading
        }

        private func read(
            keepsLines: Bool, voids: ImportedVoids?, _ take: @escaping ([EventDraft]) throws -> Void
        ) throws -> ImportReading {
            var reading = ImportReading(
                settings: settings, register: register, voids: voids, origin: origin,
                actor: try command.global.who(), keepsLines: keepsLines, clock: clock, take: take)
            for file in command.files {
                try progress.show("reading \(file)")
                try reading.take(file: file, isJSONL: { command.isJSONL(file, $0) }) { body in
                    try Surroundings.current.read(file, body)
                }
            }
            try reading.finish()
            try progress.clear()
            return reading
        }

        /// The file and line of the last event, or the first, that a body accepts; files that are at
        /// hand are read again for it.
        func place(
            _ waiting: Waiting, first: Bool = false,
            where isMeant: (_ index: Int, _ id: EventID) -> Bool
        ) -> String? {
            if waiting.places.isEmpty, command.files.allSatisfy(command.isAtHand) {
                waiting.places =
                    (try? read(keepsLines: true, voids: nil) { waiting.drafts += $0 })?.places
                    ?? []
            }
            let places = waiting.drafts.indices
            func isWanted(_ index: Int) -> Bool { isMeant(index, waiting.drafts[index].id) }
            let found = first ? places.first(where: isWanted) : places.last(where: isWanted)
            guard let found, found < waiting.places.count else { return nil }
            return waiting.places[found]
        }
    }

    /// What was read whole, and where each event of it stands.
    private final class Waiting {
        var drafts: [EventDraft] = []
        var places: [String] = []

        func take(from reader: Reader) throws {
            places = try reader.read(keepsLines: true) { self.drafts += $0 }.places
        }
    }

    /// True for a plain file, whose bytes are there without waiting.
    fileprivate func isAtHand(_ file: String) -> Bool {
        file != "-" && OperatingSystem.isRegular(Surroundings.current.path(file))
    }

    /// A directory can only be a bundle.
    private var isBundle: Bool {
        files.count == 1 && !transcript && !jsonl
            && OperatingSystem.isDirectory(Surroundings.current.path(files[0]))
    }

    fileprivate func isJSONL(_ file: String, _ bytes: [UInt8]) -> Bool {
        if transcript || jsonl { return jsonl }
        return file.hasSuffix(".jsonl") || file.hasSuffix(".ndjson")
            || EventLines.withoutMark(bytes).first == UInt8(ascii: "{")
    }

    private func print(dryRun reading: ImportReading, format: OutputFormat) throws {
        if format == .json {
            return try Output.json([
                "lines": .array(
                    reading.lines.map { line in
                        .object([
                            "file": .string(line.file), "line": .integer(line.number),
                            "meaning": .string(line.meaning),
                        ])
                    }), "events": .integer(reading.count),
            ])
        }
        var table = Table([("line", .right), ("taken for", .left), ("", .left)])
        var file: String?
        for line in reading.lines where line.meaning != "blank" {
            if files.count > 1, line.file != file {
                file = line.file
                table.add("", line.file, "")
            }
            table.add("\(line.number)", line.meaning, line.text)
        }
        try Output.table(table)
        try Output.line("\(reading.count) events; nothing was written")
    }

    private func print(
        _ summary: AppendSummary, head: SignedHead?, format: OutputFormat
    ) throws {
        if format == .json {
            return try Output.json(
                JSONObject([
                    ("added", .integer(summary.added)), ("known", .integer(summary.known)),
                    ("first", summary.first.map { .integer($0.number) }),
                    ("last", summary.last.map { .integer($0.number) }),
                    ("head", head.map(HeadPrinter.json)),
                ]))
        }
        guard let first = summary.first, let last = summary.last else {
            return try Output.line(
                summary.known == 0
                    ? "nothing to add: there is nothing in it"
                    : "nothing to add: all \(summary.known) events were imported before")
        }
        try Output.line(
            "added \(summary.added) \(summary.added == 1 ? "event" : "events"), "
                + (first == last ? "\(first)" : "\(first) to \(last)")
                + (summary.known > 0 ? "; \(summary.known) were imported before" : ""))
    }
}
