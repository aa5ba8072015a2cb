/// What someone who verifies brings along: whom to believe, and what was kept elsewhere.
public struct VerificationDemands: Sendable {
    /// The keys and witnesses to believe; nil when none are known, so that no signature is checked.
    public var trust: TrustPolicy?
    /// True when they come from the verifier, not from a file beside the ledger.
    public var isTrustExplicit: Bool
    /// True when every event must stand under a signed head.
    public var demandsSignatures: Bool
    /// Heads that were kept elsewhere.
    public var anchors: [Anchor]

    /// Demands; by default none, so that only the file is held against itself.
    public init(
        trust: TrustPolicy? = nil, isTrustExplicit: Bool = false, demandsSignatures: Bool = false,
        anchors: [Anchor] = []
    ) {
        self.trust = trust
        self.isTrustExplicit = isTrustExplicit
        self.demandsSignatures = demandsSignatures
        self.anchors = anchors
    }
}
