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
    public func isQuorumMet(by cosigners: Set<Name>) -> Bool {
        guard let quorum else { return true }
        // Members are defined before their group, so one pass settles every group.
        var signed = cosigners
        for group in groups where group.members.count(where: signed.contains) >= group.threshold {
            signed.insert(group.name)
        }
        return signed.contains(quorum)
    }
}
