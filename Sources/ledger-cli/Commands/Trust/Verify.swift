import ArgumentParser
import Ledger

/// The command `verify`.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Look for tampering in every stored byte.",
        discussion: """
            Hashes every record again and holds it against the hash beside it, its place, its \
            index entries, its attachments, every head that was signed and every checkpoint that \
            --against names. A ledger that was cut short or rewritten as a whole can look intact: \
            only a checkpoint kept elsewhere, or a witness's signature that --policy demands, \
            shows that. Whom to believe comes from --policy, else --key, else LEDGER_TRUST (a \
            policy file, a file of public keys or a key), else the .vkey file beside the ledger, \
            and then the verdict says so. With --bundle DIR (what export --bundle or --tiles wrote) no \
            ledger is needed, nor with --receipt: with --record it is the receipt of an event, with \
            --against a proof of growth from that checkpoint. --projections also replays the log \
            and holds the state that is kept beside it, to answer sooner, against what comes of it.

            EXAMPLES
              $ ledger-cli verify
              $ ledger-cli verify --against monday.checkpoint --key fleet.vkey
              $ ledger-cli verify --policy trust.policy --require-anchor
              $ ledger-cli verify --projections
              $ ledger-cli verify --bundle audit-2017 --key fleet.vkey
              $ ledger-cli verify --receipt 41.tlog-proof --record 41.json --policy trust.policy
              $ ledger-cli verify --receipt growth --against monday.checkpoint --key fleet.vkey

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .notAnchored, .noLedger, .busy, .keyMissing]))
            """)

    @Option(
        help: ArgumentHelp(
            "A checkpoint kept elsewhere, or the size and root of one; may be repeated.",
            valueName: "checkpoint"), completion: .file())
    var against: [String] = []

    @OptionGroup var believing: TrustOptions

    @Flag(help: "Fail unless someone outside vouches for the log.")
    var requireAnchor = false

    @Flag(help: "Fail when an event stands under no signed head.")
    var requireSigned = false

    @Flag(help: "Replay the log and compare the state kept beside it.")
    var projections = false

    @Option(
        help: ArgumentHelp("A bundle or tile log to check without a ledger.", valueName: "dir"),
        completion: .directory)
    var bundle: String?

    @Option(
        help: ArgumentHelp(
            "A receipt, or a proof of growth, to check without a ledger.", valueName: "file"),
        completion: .file())
    var receipt: String?

    @Option(
        help: ArgumentHelp("The record that the receipt is for.", valueName: "file"),
        completion: .file())
    var record: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if receipt == nil, record != nil {
            throw ValidationError("--record goes with --receipt")
        }
        if receipt != nil, (record == nil) == against.isEmpty {
            throw ValidationError(
                "--receipt goes with --record, or, for a proof of growth, with --against")
        }
        if projections, receipt != nil || bundle != nil {
            throw ValidationError("--projections goes with neither --receipt nor --bundle")
        }
        if receipt != nil, requireSigned || bundle != nil {
            throw ValidationError("--receipt goes with neither --require-signed nor --bundle")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        if let receipt, let record {
            return try ReceiptCheck(receipt: receipt, record: record, trust: try besideLedger())
                .run(requiresAnchor: requireAnchor, format: format)
        }
        if let receipt {
            return try GrowthCheck(proof: receipt, against: against, trust: try besideLedger())
                .run(format)
        }
        if let bundle {
            return try tell(try verify(bundle: bundle), format: format)
        }
        let store: LedgerStore
        var report: VerificationReport
        do {
            store = try global.open()
            report = try verify(store)
            if projections, report.result.verdict != .doesNotVerify {
                report.projections = try ProjectionCheck.all(of: store)
            }
        } catch let error as StoreError {
            guard let damage = Verify.damage(error) else { throw error }
            try print(damage, format)
            throw Exit(status: .doesNotVerify)
        }
        if report.result.verdict != .doesNotVerify,
            report.result.findings.contains(where: { $0.kind == .derivedDataWrong })
        {
            report.rebuilt = rebuild(store)
        }
        try tell(report, format: format)
    }

    /// Whom to believe about a receipt: it needs no ledger, but the key beside one may be at hand.
    private func besideLedger() throws -> TrustSource {
        try believing.source(ledger: global.given, log: nil)
    }

    private func tell(_ report: VerificationReport, format: OutputFormat) throws {
        if format == .json {
            try Output.json(report.json)
        } else {
            try Output.lines(report.lines)
        }
        let status = report.status(requiresAnchor: requireAnchor)
        if status != .done { throw Exit(status: status) }
    }

    private func verify(bundle path: String) throws -> VerificationReport {
        let bundle = try BundleReader(Surroundings.current.path(path))
        let origin = bundle.manifest.origin
        let trust = try believing.source(ledger: nil, log: origin)
        let progress = Progress()
        let result = try LogVerification(
            bundle, demands: try demands(trust, origin: origin)
        ) { try progress.show("verified \($0) events") }
        try progress.clear()
        if !bundle.isBundle, bundle.strayParts.isEmpty {
            try Output.note(
                "ledger: note: a tile log: attachments and what came after its head are not in it")
        }
        return VerificationReport(result: result, trust: trust)
    }

    /// The finding of a file that cannot be read to its end; nil when that is no damage.
    private static func damage(_ error: StoreError) -> Finding? {
        switch error {
        // SQLITE_CORRUPT; SQLITE_ERROR, as every statement fits the tables of an unaltered file.
        case .io(let code, let message) where [1, 11].contains(code & 0xFF):
            Finding(.edited, message: "the file is damaged: \(message)")
        case .damagedRecord, .damagedTree, .schemaDiffers, .attachmentAltered:
            Finding(.edited, message: error.description)
        default: nil
        }
    }

    private func print(_ damage: Finding, _ format: OutputFormat) throws {
        let verdict = Verdict.doesNotVerify
        if format == .json {
            return try Output.json([
                "verdict": .string(verdict.rawValue), "findings": [.object(damage.json)],
            ])
        }
        try Output.line("\(Style.output.red(verdict.description)): not all of it can be read")
        try Output.line(Table.printable(damage.description))
    }

    private func demands(
        _ trust: TrustSource, origin: String, signatures: Bool = false
    ) throws -> VerificationDemands {
        VerificationDemands(
            trust: trust.policy, isTrustExplicit: trust.isExplicit,
            demandsSignatures: requireSigned || believing.policy != nil || signatures,
            anchors: try against.map { try AnchorText.read($0, origin: origin) })
    }

    private func verify(_ store: LedgerStore) throws -> VerificationReport {
        let origin = try origin(of: store)
        let trust = try believing.source(ledger: global.given, log: origin)
        let demands = try demands(
            trust, origin: origin, signatures: try demandsSignatures(store))
        let progress = Progress()
        let result = try store.read(again: true) { snapshot in
            try LogVerification(snapshot, origin: origin, demands: demands) { count in
                try progress.show("verified \(count) events")
            }
        }
        try progress.clear()
        return VerificationReport(result: result, trust: trust)
    }

    /// Whether the ledger's own policy wants a signed head over every event; a ledger whose events
    /// cannot be read is in for worse findings than that.
    private func demandsSignatures(_ store: LedgerStore) throws -> Bool {
        do { return try Settings(store).value(.signatures) == "required" } catch { return false }
    }

    /// The log's name as its newest head has it: the first record may have been altered.
    private func origin(of store: LedgerStore) throws -> String {
        guard let head = try store.newestHead(), let note = try? SignedNote.parse(head.note),
            let checkpoint = try? Checkpoint.parse(note)
        else { return store.origin }
        return checkpoint.origin
    }

    /// Makes derived data again; evidence of tampering would have been left alone.
    private func rebuild(_ store: LedgerStore) -> String {
        do {
            try store.close()
            let writer = try LedgerStore.open(path: global.path)
            try writer.rebuildDerived()
            try writer.close()
            return "derived data was made again"
        } catch {
            return "derived data was not made again: \(error)"
        }
    }
}

/// The options that say whom to believe.
struct TrustOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The log's public key, or a file of keys; may be repeated.", valueName: "vkey"))
    var key: [String] = []

    @Option(
        help: ArgumentHelp(
            "A policy file (c2sp.org/tlog-policy): logs, witnesses, quorum.", valueName: "file"),
        completion: .file())
    var policy: String?

    /// Whom to believe.
    ///
    /// - Throws: `CLIError`.
    func source(ledger: String?, log: String?) throws -> TrustSource {
        if policy != nil, !key.isEmpty {
            try Output.note("ledger: note: --key is not used: --policy says whom to believe")
        }
        return try TrustSource.find(policy: policy, keys: key, ledger: ledger, log: log)
    }
}

/// Reads what `--against` is given.
enum AnchorText {
    /// A checkpoint file, or a size and a root as recording commands print them.
    ///
    /// - Throws: `CLIError.unreadable`.
    static func read(_ text: String, origin: String) throws(CLIError) -> Anchor {
        if let (size, root) = Anchor.sizeAndRoot(text) {
            return Anchor(label: "head \(size)", origin: origin, size: size, root: root)
        }
        let bytes: [UInt8]
        do { bytes = try Surroundings.current.bytes(of: text) } catch {
            throw .unreadable("--against", why: "\(error)", hint: "name the file of a checkpoint")
        }
        if let (size, root) = Anchor.sizeAndRoot(String(decoding: bytes, as: UTF8.self)) {
            return Anchor(label: text, origin: origin, size: size, root: root)
        }
        do throws(NoteError) {
            return try Anchor(label: text, note: try SignedNote.parse(bytes))
        } catch {
            throw .unreadable(
                text, why: "\(error)", hint: "ledger-cli checkpoint prints what is needed")
        }
    }
}
