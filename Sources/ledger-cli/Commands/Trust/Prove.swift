import ArgumentParser
import Ledger

/// The command `prove`.
struct Prove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove that an event was logged, or that the log only grew.",
        discussion: """
            The receipt of an event (c2sp.org/tlog-proof) holds its place, the hashes that lead from \
            its record to the root, and the signed head; with the record, which is written beside it, \
            it can be checked anywhere by verify --receipt, or by other tools, without this ledger. \
            Of several heads one that witnesses cosigned is taken. With --from the proof is that the \
            first SIZE events are still what they were, in the form in which witnesses take it: the \
            old size, the hashes, the new head.

            EXAMPLES
              $ ledger-cli prove 41 --output 41.tlog-proof
              $ ledger-cli verify --receipt 41.tlog-proof --record 41.json --key fleet.vkey
              $ ledger-cli prove --from 20

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy, .keyMissing]))
            """)

    @Argument(help: "The sequence of the event.")
    var sequence: Int?

    @Option(
        help: ArgumentHelp(
            "Write the proof to a file, and the record beside it (.json).", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("Prove growth from the head of that size.", valueName: "size"))
    var from: Int?

    @Option(
        help: ArgumentHelp("The head to prove to (else the newest signed one).", valueName: "size"))
    var to: Int?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if (sequence == nil) == (from == nil) {
            throw ValidationError("expected the sequence of an event, or --from and a size")
        }
        if let sequence, sequence < 1 { throw ValidationError("expected a sequence from 1") }
        if let from, from < 0 { throw ValidationError("--from: expected a size from 0") }
        if let to, to < from ?? sequence ?? 0 {
            throw ValidationError("--to: expected a size that is not below the other")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        try global.refuseToWriteOver(output)
        try global.refuseToWriteOver(output.map(ProofFiles.recordName))
        let store = try global.open()
        if let sequence {
            try proveInclusion(SequenceNumber(sequence), store, format)
        } else if let from {
            try proveGrowth(from, store, format)
        }
    }

    private func proveInclusion(
        _ sequence: SequenceNumber, _ store: LedgerStore, _ format: OutputFormat
    ) throws {
        let (record, receipt) = try store.read(again: true) { snapshot -> (Record, Receipt) in
            let size = try snapshot.size()
            guard let record = try snapshot.record(sequence) else {
                throw CLIError.noSuchEvent(sequence.number, size: size)
            }
            return (record, try makeReceipt(of: sequence, in: snapshot))
        }
        let bytes = receipt.format()
        if let output { try ProofFiles.write(bytes, record: record.bytes, name: output) }
        if format == .json {
            return try Output.json(
                JSONObject([
                    ("sequence", .integer(sequence.number)), ("index", .integer(receipt.index)),
                    ("size", .integer(receipt.checkpoint.size)),
                    ("root", .string(receipt.checkpoint.root.base64)),
                    ("leaf", .string(MerkleTree.leafHash(record.bytes).base64)),
                    ("proof", .array(receipt.proof.map { .string($0.base64) })),
                    ("receipt", .string(String(decoding: bytes, as: UTF8.self))),
                    ("record", .string(String(decoding: record.bytes, as: UTF8.self))),
                ]))
        }
        guard let output else { return try Output.bytes(bytes) }
        try Output.line("wrote \(output) and \(ProofFiles.recordName(output))")
    }

    private func makeReceipt(
        of sequence: SequenceNumber, in snapshot: LedgerSnapshot
    ) throws -> Receipt {
        guard let head = try snapshot.headToProve(sequence.number, size: to) else {
            if let to {
                throw CLIError.keyMissing("no signed head has \(to) events", hint: "leave --to out")
            }
            guard let newest = try snapshot.newestHead() else { throw HeadPrinter.noHead }
            throw CLIError.keyMissing(
                "event \(sequence) is under no signed head; the newest has \(newest.size) events",
                hint: "ledger-cli checkpoint --sign")
        }
        let note: SignedNote
        do { note = try SignedNote.parse(head.note) } catch {
            throw CLIError.unreadable(
                "signed head of \(head.size) events", why: "\(error)", hint: "ledger-cli verify")
        }
        // A proof that leads elsewhere would only be found out by whoever is handed it.
        guard let receipt = try snapshot.receipt(of: sequence, head, note) else {
            throw StoreError.headDiffers(size: head.size)
        }
        return receipt
    }

    private func proveGrowth(_ from: Int, _ store: LedgerStore, _ format: OutputFormat) throws {
        let growth = try store.read(again: true) {
            try GrowthProof($0, origin: store.origin, from: from, to: to)
        }
        let bytes = growth.format()
        if let output {
            try OperatingSystem.replace(
                Surroundings.current.path(output), mode: 0o644, bytes: bytes)
        }
        if format == .json { return try Output.json(growth.json) }
        guard let output else { return try Output.bytes(bytes) }
        try Output.line("wrote \(output)")
    }
}

extension LedgerSnapshot {
    /// The signed head to prove an event under: the newest that others cosigned, else the newest.
    ///
    /// - Throws: `StoreError`.
    func headToProve(_ sequence: Int, size: Int?) throws(StoreError) -> SignedHead? {
        // A head of more events than there are proves nothing, whoever put it there.
        let actual = try self.size()
        func covers(_ size: Int) -> Bool { size >= sequence && size <= actual }
        if let size { return covers(size) ? try newestHead(size: size) : nil }
        guard let newest = try newestHead(), covers(newest.size) else { return nil }
        // Lines of other names than the log's are those of witnesses.
        // Looked for among recent heads only, so that a proof does not read the whole log.
        let cosigned = try signedHeads(newest: 256).filter { head in
            guard covers(head.size),
                let note = try? SignedNote.parse(head.note),
                let checkpoint = try? Checkpoint.parse(note)
            else { return false }
            return note.signatures.contains { $0.name.text != checkpoint.origin }
        }
        return cosigned.max { $0.size < $1.size } ?? newest
    }
}

/// The files of a proof.
enum ProofFiles {
    /// The name of the record beside a receipt.
    static func recordName(_ receipt: String) -> String {
        let ending = ".tlog-proof"
        return (receipt.hasSuffix(ending) ? String(receipt.dropLast(ending.count)) : receipt)
            + ".json"
    }

    /// Writes a receipt and its record; a stranger's file of either name is left alone.
    ///
    /// - Throws: `CLIError.unreadable` when something else has one of the names, `SystemError`.
    static func write(_ receipt: [UInt8], record: [UInt8], name: String) throws {
        let surroundings = Surroundings.current
        let other = recordName(name)
        for (name, bytes, isReceipt) in [(name, receipt, true), (other, record, false)] {
            guard OperatingSystem.exists(surroundings.path(name)) else { continue }
            let there = try surroundings.bytes(of: name)
            let isOurs = isReceipt ? (try? Receipt.parse(there)) != nil : there == bytes
            guard isOurs else {
                throw CLIError.unreadable(
                    name, why: "exists and is something else", hint: "choose another name")
            }
        }
        try OperatingSystem.replace(surroundings.path(other), mode: 0o644, bytes: record)
        try OperatingSystem.replace(surroundings.path(name), mode: 0o644, bytes: receipt)
    }
}
