import Ledger

/// What verification of every stored byte found.
struct VerifyPage: Sendable {
    private let report: VerificationReport

    /// The number of events that were verified.
    var size: Int { report.result.size }

    /// Verifies a ledger, believing whom the server was told to believe.
    ///
    /// - Throws: `StoreError`.
    init(_ store: LedgerStore, trust: TrustSource) throws {
        let demands = VerificationDemands(
            trust: trust.policy, isTrustExplicit: trust.isExplicit,
            demandsSignatures: false, anchors: [])
        let result = try store.read {
            try LogVerification($0, origin: store.origin, demands: demands) { _ in }
        }
        report = VerificationReport(result: result, trust: trust)
    }

    /// The answer for programs.
    var json: JSONObject { report.json }

    /// The page.
    func markup(_ frame: Layout.Frame) -> Markup {
        let result = report.result
        let findings = result.findings
        return Layout.page("Verify", .verify, frame) {
            element("p", .class("lead")) {
                element(
                    "strong",
                    .class("verdict", result.verdict == .doesNotVerify ? "blocked" : "safe")
                ) { result.verdict.description }
                ": every stored byte of \(size) events was hashed again"
            }
            Phrase.facts([
                ("Root", element("code") { result.root.base64 }),
                (
                    "Signed up to",
                    result.signedSize > 0
                        ? Phrase.event(SequenceNumber(result.signedSize))
                        : Markup("no head is signed")
                ),
                (
                    "Signed by",
                    Markup(
                        result.newestHead?.note.signatures
                            .map { "\($0.key.name)+\($0.key.id)" }.joined(separator: ", ")
                            ?? "nobody whose key this server was given")
                ),
            ])
            if !findings.isEmpty {
                Phrase.table("Findings", ["Class", "Event", "Message", "Expected", "Found"]) {
                    for finding in findings.prefix(500) {
                        element("tr") {
                            element("th", Attribute("scope", "row")) { finding.kind.rawValue }
                            element("td") {
                                if let sequence = finding.sequence, sequence > 0 {
                                    Phrase.event(SequenceNumber(sequence))
                                }
                            }
                            element("td") { finding.message }
                            element("td") { element("code") { finding.expected ?? "" } }
                            element("td") { element("code") { finding.found ?? "" } }
                        }
                    }
                }
            }
            element("h2") { "What this cannot see" }
            element("ul") {
                for line in report.unseen { element("li") { line } }
                element("li") { "whether this server tells the truth; check for yourself:" }
            }
            element("pre", Attribute("tabindex", "0"), Attribute("aria-label", "Commands")) {
                "ledger-cli verify --against CHECKPOINT"
            }
            element("p") {
                element("a", .href(.path("api", "v1", "checkpoint"))) { "The newest checkpoint" }
                " · this server is a tile log (C2SP tlog-tiles) at "
                element("code") { "/api/v1" }
            }
        }
    }
}
