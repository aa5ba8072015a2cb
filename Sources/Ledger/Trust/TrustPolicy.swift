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
