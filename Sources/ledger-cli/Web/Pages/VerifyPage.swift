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
        let result = try store.read(again: true) {
            try LogVerification($0, origin: store.origin, demands: demands) { _ in }
        }
        report = VerificationReport(result: result, trust: trust)
    }

    /// The answer for programs.
    var json: JSONObject { report.json }

    /// What the verdict is worth, and what would make it worth more.
    private var meaning: String {
        switch report.result.verdict {
        case .intactAndAnchored:
            "Nothing disagrees, and somebody outside this machine vouches for it."
        case .intactNotAnchored:
            "Nothing disagrees. Nobody outside this machine vouches for it yet: keep a checkpoint "
                + "elsewhere, or let a witness sign, and a rewriting of the whole is seen too."
        case .doesNotVerify:
            "Something was changed after it was recorded. Keep the file as it is; the findings "
                + "below say where."
        case .couldNotRun: "There is no answer, neither good nor bad."
        }
    }

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
                size == 1
                    ? " every stored byte of the one event was hashed again"
                    : " every stored byte of \(size) events was hashed again"
            }
            element("p") { meaning }
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
                            Phrase.cell("Event") {
                                if let sequence = finding.sequence, sequence > 0 {
                                    Phrase.event(SequenceNumber(sequence))
                                }
                            }
                            Phrase.cell("Message") { finding.message }
                            Phrase.cell("Expected") {
                                finding.expected.map { text in element("code") { text } }
                            }
                            Phrase.cell("Found") {
                                finding.found.map { text in element("code") { text } }
                            }
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
