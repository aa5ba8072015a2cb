import Ledger

/// What became of a head at one place.
struct Published: Sendable, Equatable {
    /// What was done.
    enum State: String, Sendable {
        /// A file was written.
        case written
        /// A witness cosigned.
        case cosigned
        /// The place had the newest head already.
        case current
    }

    /// The place.
    let target: PublishTarget
    /// What was done.
    let state: State
    /// The size of the head.
    let size: Int
    /// When the witness says it saw the head, in POSIX seconds.
    var time: Int?

    /// The line for people.
    var line: String {
        switch state {
        case .written: "head \(size) written to \(Table.printable(target.description))"
        case .cosigned: "head \(size) cosigned by \(Table.printable(target.description))"
        case .current: "head \(size) is at \(Table.printable(target.description)) already"
        }
    }

    /// The members of the JSON answer.
    var json: JSONObject {
        JSONObject([
            ("target", .string(target.description)), ("state", .string(state.rawValue)),
            ("size", .integer(size)), ("time", time.map { .integer($0) }),
        ])
    }
}

/// Brings the newest signed head to places outside.
///
/// What is still to be done is never kept: a file is looked at, a witness's cosignature is in the
/// ledger or not. So whatever failed is due until it succeeds, across crashes, and a witness that
/// was away for a hundred heads needs only the newest.
struct Publisher {
    let ledger: String
    let post: @Sendable (String, [UInt8]) async throws -> Transmission.Answer

    /// A publisher for a ledger file.
    init(ledger: String) {
        self.ledger = ledger
        post = Surroundings.current.post
    }

    /// Brings the newest head to one place.
    ///
    /// - Throws: `CLIError.notPublished` when it did not get there, `.notContinued` when the place
    ///   has a head that this log does not continue: evidence of tampering.
    func publish(to target: PublishTarget) async throws -> Published {
        switch target {
        case .file(let path): try writeFile(path, target)
        case .witness(let url, let key): try await submit(to: url, key: key, target)
        }
    }

    private func newestHead() throws -> (store: LedgerStore, head: SignedHead) {
        let store = try Outbox.open(ledger)
        guard let head = try store.newestHead() else { throw HeadPrinter.noHead }
        return (store, head)
    }

    private func writeFile(_ path: String, _ target: PublishTarget) throws -> Published {
        let (store, head) = try newestHead()
        let isNew = try CheckpointFile.write(head, to: path, of: store)
        return Published(target: target, state: isNew ? .written : .current, size: head.size)
    }

    private func submit(
        to url: String, key: VerifierKey, _ target: PublishTarget
    ) async throws -> Published {
        let name = Table.printable(url)
        let (store, head) = try newestHead()
        // A cosignature further back is not missed: the witness itself says what it signed last.
        let notes = try store.signedHeads(newest: 256).compactMap {
            kept -> (size: Int, note: SignedNote)? in
            (try? SignedNote.parse(kept.note)).map { (kept.size, $0) }
        }
        let cosigned = notes.filter { $0.note.cosigned(by: key) != nil }.map(\.size)
        if cosigned.contains(head.size) {
            return Published(target: target, state: .current, size: head.size)
        }
        let note: SignedNote
        do { note = try SignedNote.parse(head.note) } catch {
            throw CLIError.notPublished("signed head of \(head.size) events: \(error)", hint: nil)
        }
        var old = cosigned.max() ?? 0
        for _ in 0..<3 {
            let growth = try store.read { try GrowthProof($0, origin: store.origin, from: old) }
            guard growth.head.size == head.size else {
                // Somebody appended meanwhile; their process brings the newer head.
                throw CLIError.notPublished("\(name): the ledger grew meanwhile", hint: Self.again)
            }
            let request = try WitnessRequest(
                oldSize: old, proof: growth.hashes, note: note.withLogLines)
            let answer: Transmission.Answer
            do { answer = try await post(url + "/add-checkpoint", request.format()) } catch {
                throw CLIError.notPublished("\(name): \(error)", hint: Self.again)
            }
            switch try parse(answer, name) {
            case .cosigned(let lines):
                let time = try keep(lines, by: key, of: head, notes, name)
                return Published(target: target, state: .cosigned, size: head.size, time: time)
            case .conflict(let size) where size > head.size:
                let newest = try Outbox.open(ledger).newestHead()
                if let newest, newest.size >= size {
                    throw CLIError.notPublished(
                        "\(name): the ledger grew meanwhile", hint: Self.again)
                }
                throw CLIError.notContinued(
                    "\(name): the witness has signed a head of \(size) events, this ledger has "
                        + "\(head.size): it was cut short, or is not the only one of its name")
            case .conflict(let size): old = size
            case .refused(let status, let text): throw refusal(status, text, name, old: old)
            }
        }
        throw CLIError.notPublished(
            "\(name): the witness does not say twice what it signed last", hint: Self.again)
    }

    private func parse(
        _ answer: Transmission.Answer, _ name: String
    ) throws(CLIError) -> WitnessAnswer {
        do { return try WitnessAnswer.parse(status: answer.status, body: answer.body) } catch {
            throw .notPublished("\(name): \(error)", hint: nil)
        }
    }

    private func refusal(_ status: Int, _ text: String, _ name: String, old: Int) -> CLIError {
        let words = Table.printable(String(text.prefix { $0 != "\n" }))
        let said = words.isEmpty ? "" : " (\(words))"
        switch status {
        case 403:
            return .notPublished(
                "\(name): the witness does not know the key that signed\(said)",
                hint: "hand the witness what ledger-cli key show prints")
        case 404:
            return .notPublished(
                "\(name): the witness does not know this log\(said)",
                hint: "hand the witness the origin and what ledger-cli key show prints")
        case 422:
            return .notContinued(
                "\(name): the witness has signed another head of \(old) events than this ledger "
                    + "has\(said): it was rewritten, or is not the only one of its name")
        default:
            return .notPublished("\(name): status \(status)\(said)", hint: Self.again)
        }
    }

    /// Keeps a cosignature that holds, beside those that other witnesses gave for that head.
    private func keep(
        _ lines: [NoteSignature], by key: VerifierKey, of head: SignedHead,
        _ notes: [(size: Int, note: SignedNote)], _ name: String
    ) throws -> Int {
        guard let first = notes.first(where: { $0.size == head.size })?.note else {
            throw HeadPrinter.noHead
        }
        var merged = first
        for (_, note) in notes where note.textBytes == first.textBytes {
            let new = note.signatures.filter { !merged.signatures.contains($0) }
            if let more = try? merged.adding(new) { merged = more }
        }
        let (note, time): (SignedNote, Int)
        do throws(WitnessError) { (note, time) = try merged.adding(lines, by: key) } catch {
            throw CLIError.notPublished("\(name): \(error)", hint: nil)
        }
        let kept = String(decoding: note.format(), as: UTF8.self)
        try LedgerStore.open(path: ledger)
            .keep(SignedHead(size: head.size, root: head.root, note: kept))
        return time
    }

    private static let again = "ledger-cli checkpoint --publish-all tries again"
}
