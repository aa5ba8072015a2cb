/// Why a head is not signed; nothing is written then.
public enum SigningError: Error, Equatable, Sendable {
    /// None of the keys at hand is one that the ledger's events name.
    case notAKey(keys: [String])
    /// All of the keys at hand are retired.
    case retired(keys: [String])
    /// The ledger names signing keys but holds no signed head: they were removed.
    case headsMissing
    /// The newest signed head is not what its signature covers, or no key of the ledger signed it.
    case lastHead(size: Int, reason: String)
    /// The note could not be made.
    case note(NoteError)
}

extension SigningError: CustomStringConvertible {
    /// One line with the keys concerned, never their secret.
    public var description: String {
        switch self {
        case .notAKey(let keys):
            "key \(keys.joined(separator: ", ")) is not one of this ledger's"
        case .retired(let keys): "key \(keys.joined(separator: ", ")) is retired"
        case .headsMissing: "the ledger names its key but holds no signed head; run verify"
        case .lastHead(let size, let reason):
            "the last signed head, of \(size) events, cannot be continued: \(reason); run verify"
        case .note(let error): error.description
        }
    }
}

/// Signs the heads of one log with the keys at hand.
///
/// Every append of a store that has one ends with a signed head, in the same transaction. What was
/// signed last is read again from the file first: its signature must hold, unless it is to the byte
/// what the store itself wrote, and the store holds its root against the tree. On any doubt nothing is
/// signed and nothing is written.
public struct LogSigner: Sendable {
    /// The keys at hand; those that the ledger does not name or has retired do not sign.
    public let keys: [SignerKey]

    /// A signer with one or more keys.
    public init(keys: [SignerKey]) {
        precondition(!keys.isEmpty, "a signer has a key")
        self.keys = keys
    }

    /// The keys at hand that may sign the head of a size.
    ///
    /// Throws `SigningError.notAKey` or `.retired` when there is none.
    public func signing(size: Int, _ known: LogKeys) throws(SigningError) -> [SignerKey] {
        let usable = keys.filter { known.entry(of: $0.verifier)?.signs(size: size) ?? false }
        guard usable.isEmpty else { return usable }
        let names = keys.map { "\($0.verifier.name)+\($0.verifier.id)" }
        throw keys.contains { known.entry(of: $0.verifier) != nil }
            ? .retired(keys: names) : .notAKey(keys: names)
    }

    /// The note of a new head of a log that names these keys.
    ///
    /// The store's own head, which it signed last, need not be verified while it is the newest one.
    ///
    /// - Throws: `SigningError`; `StoreError` when the file cannot be read.
    func note(
        origin: String, size: Int, root: Digest, _ known: LogKeys, in snapshot: LedgerSnapshot,
        sizeBefore: Int, own: SignedHead?
    ) throws -> String {
        let signers = try signing(size: size, known)
        try confirmLastHead(origin: origin, snapshot, known, sizeBefore: sizeBefore, own: own)
        do throws(NoteError) {
            let note = try Checkpoint(origin: origin, size: size, root: root)
                .sign(with: signers, time: 0)
            return String(decoding: note.format(), as: UTF8.self)
        } catch { throw SigningError.note(error) }
    }

    /// Reads the newest head again and checks that a key of this ledger signed just that.
    private func confirmLastHead(
        origin: String, _ snapshot: LedgerSnapshot, _ known: LogKeys, sizeBefore: Int,
        own: SignedHead?
    ) throws {
        guard let head = try snapshot.newestHead() else {
            // The event that names a key is signed with it, unless this very append holds it.
            let named = known.entries.filter { $0.added <= sizeBefore }.map(\.key)
            if self.keys.contains(where: { named.contains($0.verifier) }) {
                throw SigningError.headsMissing
            }
            return
        }
        if head == own { return }
        let keys = known.entries.filter { $0.signs(size: head.size) }.map(\.key)
        do throws(NoteError) {
            let note = try SignedNote.parse(head.note).verify(with: keys).note
            let checkpoint = try Checkpoint.parse(note)
            let stated = Checkpoint(origin: origin, size: head.size, root: head.root)
            guard
                checkpoint.isOf(origin: origin), checkpoint.size == stated.size,
                checkpoint.root == stated.root
            else {
                throw NoteError.wrongOrigin(expected: [stated.text], found: checkpoint.text)
            }
        } catch {
            throw SigningError.lastHead(size: head.size, reason: "\(error)")
        }
    }
}
