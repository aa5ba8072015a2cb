import ArgumentParser
import Ledger

/// The command `verify`.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Look for tampering in every stored byte.",
        discussion: """
            Hashes every record again and holds it against the hash beside it, its place, its \
            index columns, its attachments, and every head that was signed. A ledger that was cut \
            short or rewritten as a whole can look intact: only a checkpoint kept elsewhere shows \
            that.

            EXAMPLES
              $ ledger-cli verify

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .noLedger, .busy]))
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let store = try global.open()
        let progress = Progress()
        let result = try store.read { snapshot in
            try LogVerification(snapshot, origin: store.origin) { count in
                try progress.show("verified \(count) events")
            }
        }
        try progress.clear()
        let verdict = Verdict(findings: result.findings, isAnchored: false)
        if format == .json {
            try Output.json([
                "verdict": .string(verdict.rawValue), "size": .integer(result.size),
                "root": .string(result.root.base64),
                "findings": .array(result.findings.map { .object($0.json) }),
            ])
        } else {
            let style = Style.output
            let word = verdict.description
            try Output.line(
                "\(verdict == .doesNotVerify ? style.red(word) : style.green(word)): "
                    + "\(result.size) events, root \(result.root.base64)")
            for finding in result.findings { try Output.line(finding.description) }
            if verdict != .doesNotVerify {
                try Output.line(
                    "not seen without a checkpoint from elsewhere: newest events cut off, "
                        + "or the whole log rewritten")
            }
        }
        if verdict == .doesNotVerify { throw Exit(status: .doesNotVerify) }
    }
}

extension Finding {
    /// The members of a finding in JSON answers.
    var json: JSONObject {
        JSONObject([
            ("class", .string(kind.rawValue)), ("sequence", sequence.map { .integer($0) }),
            ("expected", expected.map { .string($0) }), ("found", found.map { .string($0) }),
            ("message", .string(message)), ("fatal", .bool(isFatal)),
        ])
    }
}
