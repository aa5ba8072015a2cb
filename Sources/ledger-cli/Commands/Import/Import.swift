import ArgumentParser
import Fleet
import Ledger

/// The command `import`.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read transcripts or events into the ledger.",
        discussion: """
            All files of one import are one transaction: a mistake in any of them writes nothing. \
            Importing the same file again adds nothing and says so. The kind of a file is told \
            from its name (.jsonl) and its first byte unless an option says it. A transcript is \
            what a terminal showed; JSONL holds one CloudEvents event a line and may not steer \
            decisions (policies, plans, keys, voids, releases of holds): only a bundle restores \
            those.

            EXAMPLES
              $ ledger-cli import evening.transcript
              $ ledger-cli import --dry-run evening.transcript
              $ other-ledger history --format jsonl | ledger-cli import --jsonl -

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)

    @Argument(help: "The files; - is stdin.", completion: .file())
    var files: [String]

    @Flag(help: "The files are transcripts.")
    var transcript = false

    @Flag(help: "The files hold one event a line.")
    var jsonl = false

    @Flag(help: "Show what each line would be taken for; write nothing.")
    var dryRun = false

    @Option(
        name: .long,
        help: ArgumentHelp("Append only while the ledger holds so many events.", valueName: "n"))
    var expectSize: Int?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if transcript, jsonl {
            throw ValidationError("--transcript and --jsonl exclude each other")
        }
        if files.filter({ $0 == "-" }).count > 1 {
            throw ValidationError("stdin can be read only once")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        let store = try global.open(readOnly: dryRun)
        let progress = Progress()
        var reading = ImportReading(
            settings: try Settings(store), register: try MigrationRegister(store),
            origin: store.origin, actor: try global.who(), isDryRun: dryRun)
        for file in files {
            try progress.show("reading \(file)")
            let bytes = try Surroundings.current.bytes(of: file)
            if isJSONL(file, bytes) {
                try reading.takeJSONL(bytes, file: file)
            } else {
                try reading.takeTranscript(bytes, file: file)
            }
        }
        try progress.clear()
        try warnOfFuture(reading.drafts)
        if dryRun {
            return try print(dryRun: reading, format: format)
        }
        try progress.show("appending \(reading.drafts.count) events")
        let appended = try store.append(
            reading.drafts, recordedTime: Surroundings.current.clock(), expectedSize: expectSize,
            existing: .skip)
        try progress.clear()
        let isNew = appended.contains(where: \.isNew)
        try print(appended, head: isNew ? HeadPrinter.head(after: store) : nil, format: format)
    }

    /// A year that is mistyped makes everything else look old.
    private func warnOfFuture(_ drafts: [EventDraft]) throws {
        let clock = Surroundings.current.clock()
        let future = drafts.filter { clock < $0.time }
        guard let newest = future.map(\.time).max() else { return }
        try Output.note(
            "ledger: note: \(future.count) \(future.count == 1 ? "event lies" : "events lie") in the "
                + "future, up to \(newest.short); the clock says \(clock.short)")
    }

    private func isJSONL(_ file: String, _ bytes: [UInt8]) -> Bool {
        if transcript || jsonl { return jsonl }
        return file.hasSuffix(".jsonl") || file.hasSuffix(".ndjson")
            || bytes.first == UInt8(ascii: "{")
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
                    }), "events": .integer(reading.drafts.count),
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
        try Output.line("\(reading.drafts.count) events; nothing was written")
    }

    private func print(_ appended: [Appended], head: SignedHead?, format: OutputFormat) throws {
        let new = appended.filter(\.isNew)
        if format == .json {
            return try Output.json(
                JSONObject([
                    ("added", .integer(new.count)),
                    ("known", .integer(appended.count - new.count)),
                    ("first", new.first.map { .integer($0.sequence.number) }),
                    ("last", new.last.map { .integer($0.sequence.number) }),
                    ("head", head.map(HeadPrinter.json)),
                ]))
        }
        guard let first = new.first, let last = new.last else {
            return try Output.line(
                "nothing to add: all \(appended.count) events were imported before")
        }
        let known = appended.count - new.count
        try Output.line(
            "added \(new.count) \(new.count == 1 ? "event" : "events"), "
                + (first.sequence == last.sequence
                    ? "\(first.sequence)" : "\(first.sequence) to \(last.sequence)")
                + (known > 0 ? "; \(known) were imported before" : ""))
    }
}
