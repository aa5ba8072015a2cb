import ArgumentParser
import Ledger

/// The command `export`.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the ledger in open formats.",
        discussion: """
            --tiles makes a directory that any web server can publish as a C2SP tile log: the \
            checkpoint is written last, a further export adds what is new, and full tiles are \
            never written again. --bundle adds what an auditor needs or a ledger is restored from: \
            attachments with their salts, every signed head, a receipt for each event (up to \
            10,000 events unless --receipts says otherwise) and a README; it holds what notes and \
            outputs hold, so mind who gets it. --jsonl prints the records, one a line, byte for \
            byte as they are hashed; - is standard output. --format ocsf \
            prints the events for security event systems: API Activity of OCSF 1.9.0-dev with the \
            profile record_integrity.

            EXAMPLES
              $ ledger-cli export --tiles /srv/log
              $ ledger-cli export --bundle audit-2017
              $ ledger-cli export --jsonl events.jsonl
              $ ledger-cli export --format ocsf > events.ocsf.jsonl

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .noLedger, .busy, .keyMissing]))
            """)

    @Option(
        help: ArgumentHelp("Write a static tile log.", valueName: "dir"), completion: .directory)
    var tiles: String?

    @Option(
        help: ArgumentHelp("Write everything, to be checked or restored.", valueName: "dir"),
        completion: .directory)
    var bundle: String?

    @Option(
        help: ArgumentHelp("Write one record a line.", valueName: "file"), completion: .file())
    var jsonl: String?

    @Flag(help: "Write a receipt for each event, however many there are.")
    var receipts = false

    @Flag(help: "Leave the receipts out of the bundle.")
    var noReceipts = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        let count = [tiles, bundle, jsonl].count { $0 != nil }
        guard count == (global.format == .ocsf ? 0 : 1) else {
            throw ValidationError(
                "expected one of --tiles DIR, --bundle DIR, --jsonl FILE, --format ocsf")
        }
        if receipts || noReceipts, bundle == nil {
            throw ValidationError("--receipts and --no-receipts go with --bundle")
        }
        if receipts, noReceipts {
            throw ValidationError("--receipts and --no-receipts exclude each other")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json, .ocsf)
        try global.refuseToWriteOver(jsonl)
        let store = try global.open()
        if format == .ocsf { return try printSecurityEvents(store) }
        let progress = Progress()
        let answer = try store.read { snapshot in
            try write(snapshot, origin: store.origin, progress)
        }
        try progress.clear()
        try answer.print(format, isAskedForReceipts: receipts || noReceipts)
    }

    /// Prints every event for security event systems, all from one snapshot.
    private func printSecurityEvents(_ store: LedgerStore) throws {
        var events = SecurityEvents(origin: store.origin)
        try store.read { snapshot in
            try snapshot.forEachRecord { stored in
                try Output.json(events.next(stored.record.event(), record: stored.record))
            }
        }
    }

    private func write(
        _ snapshot: LedgerSnapshot, origin: String, _ progress: Progress
    ) throws -> ExportAnswer {
        let surroundings = Surroundings.current
        if let tiles {
            let summary = try snapshot.exportTiles(to: surroundings.path(tiles), origin: origin) {
                try progress.show("exported \($0) events")
            }
            return .tiles(tiles, summary, size: try snapshot.size())
        }
        if let bundle {
            let manifest = try snapshot.exportBundle(
                to: surroundings.path(bundle), origin: origin,
                hasReceipts: receipts ? true : noReceipts ? false : nil
            ) { what, count in try progress.show("exported \(count) \(what)") }
            return .bundle(bundle, manifest)
        }
        let file = jsonl ?? "-"
        if file == "-" {
            try snapshot.forEachLine { line in try surroundings.output.write(line) }
            return .lines(file, 0)
        }
        let count = try snapshot.exportLines(to: surroundings.path(file)) { count in
            try progress.show("exported \(count) events")
        }
        return .lines(file, count)
    }
}

/// What an export says that it did.
private enum ExportAnswer {
    case tiles(String, TileSummary, size: Int)
    case bundle(String, LedgerBundle.Manifest)
    case lines(String, Int)

    func print(_ format: OutputFormat, isAskedForReceipts: Bool) throws {
        switch self {
        case .tiles(let path, let summary, let size):
            if size > summary.size {
                try Output.note(
                    "ledger: note: \(size - summary.size) events after the newest signed head "
                        + "are not in the tiles; ledger-cli checkpoint --sign signs them")
            }
            if format == .json {
                return try Output.json([
                    "tiles": .string(path), "size": .integer(summary.size),
                    "previous": .integer(summary.previousSize),
                    "written": .integer(summary.written),
                ])
            }
            try Output.line(
                "exported \(summary.size) events to \(path), \(summary.written) new files"
                    + (summary.previousSize > 0 ? "; it held \(summary.previousSize)" : ""))
        case .bundle(let path, let manifest):
            if !manifest.hasReceipts, manifest.tiles > 0, !isAskedForReceipts {
                try Output.note(
                    "ledger: note: no receipts for so many events; --receipts writes them")
            }
            if format == .json {
                return try Output.json([
                    "bundle": .string(path), "size": .integer(manifest.size),
                    "root": .string(manifest.root.base64), "signed": .integer(manifest.tiles),
                    "heads": .integer(manifest.heads),
                    "attachments": .integer(manifest.attachments),
                    "receipts": .bool(manifest.hasReceipts),
                ])
            }
            try Output.line(
                "exported \(manifest.size) events (\(manifest.tiles) signed), "
                    + "\(manifest.attachments) attachments, \(manifest.heads) heads to \(path)")
            try Output.line("root \(manifest.root.base64)")
        case .lines("-", _): return
        case .lines(let path, let count):
            if format == .json {
                return try Output.json(["jsonl": .string(path), "size": .integer(count)])
            }
            try Output.line("exported \(count) events to \(path)")
        }
    }
}
