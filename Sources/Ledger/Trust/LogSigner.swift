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
    /// An event that speaks of a key came in without a key of the ledger: nothing is signed over it.
    case unvouched(KeyStatement)
    /// A change of keys for which none of the keys at hand can vouch.
    case noVoucher(KeyStatement)
    /// A change of keys that is not the last event of its append, under whose head it would count.
    case changeNotLast(KeyStatement)
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
        case .unvouched(let statement):
            "\(statement), for which no key of this ledger vouched, and to sign over it would hide that; "
                + (statement.kind == .retired
                    ? "when that was none of you, ledger-cli key add makes a new key, signed with this one"
                    : "when that was none of you, ledger-cli key retire \(statement.key.id) says so, signed")
                + "; else go back to a backup without it"
        case .noVoucher(let statement):
            "\(statement), and none of the keys at hand signs this ledger"
        case .changeNotLast(let statement): "\(statement), and is not the last event of its append"
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
    /// Is told of the events before an append that its head is the first to cover.
    let onTail: (@Sendable (ClosedRange<Int>) -> Void)?

    /// A signer with one or more keys.
    ///
    /// - Parameters:
    ///   - keys: the keys at hand.
    ///   - onTail: is called, once they are signed, with the events that were recorded without a key
    ///     before an append of this signer.
    public init(keys: [SignerKey], onTail: (@Sendable (ClosedRange<Int>) -> Void)? = nil) {
        precondition(!keys.isEmpty, "a signer has a key")
        self.keys = keys
        self.onTail = onTail
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

    /// A log about to be signed.
    struct Growth {
        /// Its name.
        let origin: String
        /// How many events it has, those just appended included.
        let size: Int
        /// The root over them.
        let root: Digest
        /// How many there were before.
        let sizeBefore: Int
        /// The keys that it named then.
        let known: LogKeys
        /// What the appended events say of keys.
        let changes: [KeyStatement]
        /// The head that the store itself signed last.
        let own: SignedHead?
    }

    /// What there is to say of a new head.
    struct Signed {
        /// Its note.
        let note: String
        /// The keys that the log names now.
        let keys: LogKeys
        /// The events before the append that no head covered.
        let tail: ClosedRange<Int>?
    }

    /// The note of a new head.
    ///
    /// The store's own head, which it signed last, need not be verified while it is the newest one. What
    /// was recorded without a key is signed too, but not a change of keys: with the next one it would be
    /// as if a key had vouched for it. Only who changes keys now, and so looks at them, goes on after it;
    /// it counts for nothing all the same.
    ///
    /// - Throws: `SigningError`; `StoreError` when the file cannot be read.
    func sign(_ log: Growth, in snapshot: LedgerSnapshot) throws -> Signed {
        var keys = log.known
        for change in log.changes {
            guard change.sequence == log.size else { throw SigningError.changeNotLast(change) }
            keys.follow(change) { by in self.keys.contains { by.contains($0.verifier) } }
            if keys.unvouched.last == change { throw SigningError.noVoucher(change) }
        }
        let signers = try signing(size: log.size, keys)
        let covered = try confirmLastHead(of: log, snapshot)
        let unvouched = log.known.unvouched.first { $0.sequence > covered }
        if let unvouched, log.changes.isEmpty { throw SigningError.unvouched(unvouched) }
        do throws(NoteError) {
            let note = try Checkpoint(origin: log.origin, size: log.size, root: log.root)
                .sign(with: signers, time: 0)
            return Signed(
                note: String(decoding: note.format(), as: UTF8.self), keys: keys,
                tail: covered < log.sizeBefore ? covered + 1...log.sizeBefore : nil)
        } catch { throw SigningError.note(error) }
    }

    /// Reads the newest head again and checks that a key of this ledger signed just that.
    ///
    /// - Returns: how many events it covers.
    private func confirmLastHead(of log: Growth, _ snapshot: LedgerSnapshot) throws -> Int {
        guard let head = try snapshot.newestHead() else {
            // The event that names a key is signed with it, unless this very append holds it.
            let named = log.known.entries.map(\.key) + log.known.unvouched.map(\.key)
            if self.keys.contains(where: { named.contains($0.verifier) }) {
                throw SigningError.headsMissing
            }
            return 0
        }
        if head == log.own { return head.size }
        let keys = log.known.signing(size: head.size)
        do throws(NoteError) {
            let note = try SignedNote.parse(head.note).verify(with: keys).note
            let checkpoint = try Checkpoint.parse(note)
            let stated = Checkpoint(origin: log.origin, size: head.size, root: head.root)
            guard
                checkpoint.isOf(origin: log.origin), checkpoint.size == stated.size,
                checkpoint.root == stated.root
            else {
                throw NoteError.wrongOrigin(expected: [stated.text], found: checkpoint.text)
            }
        } catch {
            throw SigningError.lastHead(size: head.size, reason: "\(error)")
        }
        return head.size
    }
}
