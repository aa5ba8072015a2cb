/// Whom the verifier believes: the logs, the witnesses, and how many of them it takes.
///
/// The value of a C2SP tlog-policy file, or of a few bare keys. It always comes from the person
/// who verifies, never from the ledger that is verified.
public struct TrustPolicy: Hashable, Sendable {
    /// A log whose heads are accepted.
    public struct Log: Hashable, Sendable {
        /// The key that signs the log's heads.
        public let key: VerifierKey
        /// The origin line its heads must have.
        public let origin: String
        /// Where the log can be reached, if the policy says so.
        public let url: String?
    }

    /// A cosigner, under the name by which groups and the quorum refer to it.
    public struct Witness: Hashable, Sendable {
        /// The name within this policy.
        public let name: Name
        /// The key that cosigns.
        public let key: VerifierKey
        /// Where the witness can be reached, if the policy says so.
        public let url: String?
    }

    /// A set of witnesses and earlier groups, of which a number must have signed.
    public struct Group: Hashable, Sendable {
        /// The name within this policy.
        public let name: Name
        /// How many members must have signed, from 1 to the number of members.
        public let threshold: Int
        /// Witnesses and groups defined before this one.
        public let members: [Name]
    }

    /// The name of a witness or group: bytes, compared as such, without meaning elsewhere.
    public struct Name: Hashable, Sendable, CustomStringConvertible {
        let bytes: [UInt8]

        init(_ bytes: some Collection<UInt8>) { self.bytes = Array(bytes) }

        /// The name as text; bytes that are not UTF-8 show as replacement characters.
        public var description: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// The logs in the order of the file.
    public let logs: [Log]
    /// The witnesses in the order of the file.
    public let witnesses: [Witness]
    /// The groups in the order of the file, each after its members.
    public let groups: [Group]
    /// The witness or group that must have signed a head; nil when no witness is demanded.
    public let quorum: Name?

    init(logs: [Log], witnesses: [Witness], groups: [Group], quorum: Name?) {
        self.logs = logs
        self.witnesses = witnesses
        self.groups = groups
        self.quorum = quorum
    }

    /// The policy of someone who has log keys only: any of them, and no witness.
    ///
    /// Each key stands for the log of its own name, or all of them for `origin` when given.
    public init(logKeys: [VerifierKey], origin: String? = nil) {
        let logs = logKeys.map { Log(key: $0, origin: origin ?? $0.name.text, url: nil) }
        self.init(logs: logs, witnesses: [], groups: [], quorum: nil)
    }
}

/// A log's head that a log of the policy signed.
///
/// Obtained from `TrustPolicy` only: whoever holds one knows that its origin and its log
/// signature were checked.
public struct VerifiedCheckpoint: Hashable, Sendable {
    /// The head.
    public let checkpoint: Checkpoint
    /// The log of the policy that signed it.
    public let log: TrustPolicy.Log
    /// The note with all the signatures that were checked.
    public let note: VerifiedNote
    /// The policy's witnesses that cosigned, in the order of the policy.
    public let witnesses: [TrustPolicy.Witness]
    /// Whether the policy's quorum signed; true when it demands none.
    public let isQuorumMet: Bool
    /// Whether witnesses vouch for this head: a quorum is demanded and it signed.
    public let isWitnessed: Bool

    fileprivate init(
        checkpoint: Checkpoint, log: TrustPolicy.Log, note: VerifiedNote,
        witnesses: [TrustPolicy.Witness], isQuorumMet: Bool, isWitnessed: Bool
    ) {
        self.checkpoint = checkpoint
        self.log = log
        self.note = note
        self.witnesses = witnesses
        self.isQuorumMet = isQuorumMet
        self.isWitnessed = isWitnessed
    }
}

extension TrustPolicy {
    /// Checks origin and log signature of a head and reports, without demanding, its quorum.
    ///
    /// Throws `NoteError`: malformed, signed by no log of the policy, of another origin, or with
    /// a line by a log or witness of the policy that does not hold.
    public func evaluate(_ note: SignedNote) throws(NoteError) -> VerifiedCheckpoint {
        let checkpoint = try Checkpoint.parse(note)
        let verified = try note.verify(with: logs.map(\.key) + witnesses.map(\.key))
        let signers = logs.filter { verified.signature(by: $0.key) != nil }
        guard !signers.isEmpty else { throw .noKnownSignature }
        guard let log = signers.first(where: { checkpoint.isOf(origin: $0.origin) }) else {
            throw .wrongOrigin(expected: signers.map(\.origin), found: checkpoint.origin)
        }
        let cosigners = witnesses.filter { verified.signature(by: $0.key) != nil }
        let isMet = isQuorumMet(by: Set(cosigners.map(\.name)))
        return VerifiedCheckpoint(
            checkpoint: checkpoint, log: log, note: verified, witnesses: cosigners,
            isQuorumMet: isMet, isWitnessed: isMet && quorum != nil)
    }

    /// Checks everything the policy demands of a head: origin, log signature and quorum.
    ///
    /// Throws as `evaluate`, and `NoteError.quorumNotMet`.
    public func verify(_ note: SignedNote) throws(NoteError) -> VerifiedCheckpoint {
        let head = try evaluate(note)
        guard head.isQuorumMet else {
            throw .quorumNotMet(
                quorum: quorum.map(\.description) ?? "none",
                signed: head.witnesses.map(\.name.description))
        }
        return head
    }

    /// Whether the quorum has signed when these witnesses have.
    func isQuorumMet(by cosigners: Set<Name>) -> Bool {
        guard let quorum else { return true }
        // Members are defined before their group, so one pass settles every group.
        var signed = cosigners
        for group in groups where group.members.count(where: signed.contains) >= group.threshold {
            signed.insert(group.name)
        }
        return signed.contains(quorum)
    }
}
