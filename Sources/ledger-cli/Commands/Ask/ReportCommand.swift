import ArgumentParser
import Ledger
import Projector

/// The command `report`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Tell a migration for auditors and whoever pays.",
        discussion: """
            One HTML file that stands alone and prints well, without scripts and without anything \
            to load: what was moved and why, who did what when, what is paid for, decisions and \
            approvals, the clean-up as derived and as executed, holds, erasures, every event, and \
            the signed head with records and receipts to check them by. --format markdown and json \
            say the same, csv is the table of events. Without a name the only open migration is \
            told, else the newest. One that is over is told as of its last event, so that its \
            report stays the same; one that still runs or left something to pay for, as of now. \
            --against, --key and --policy are those of verify. The report holds what notes, reasons and outputs hold, so mind who gets it.

            EXAMPLES
              $ ledger-cli report plan-move --output report.html
              $ ledger-cli report --format markdown --at 2017-05-03T22:30:00Z
              $ ledger-cli report --format json > report.json

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)

    @Argument(help: "The migration.")
    var migration: String?

    @Option(
        help: ArgumentHelp(
            "Write to a file instead of standard output; its ending says the format.",
            valueName: "file"), completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "A checkpoint kept elsewhere, or the size and root of one; may be repeated.",
            valueName: "checkpoint"), completion: .file())
    var against: [String] = []

    @OptionGroup var believing: TrustOptions
    @OptionGroup var options: EvaluationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if global.now != nil, options.at != nil {
            throw ValidationError("--now and --at exclude each other: --at is its own present")
        }
    }

    func run() throws {
        let format = try self.format()
        try global.refuseToWriteOver(output)
        let store = try global.open()
        let progress = Progress()
        let trust = try believing.source(ledger: global.given, log: store.origin)
        let question = ReportReader.Question(
            migration: migration, at: options.at,
            knownAt: options.knownAt.map { SequenceNumber($0) }, now: global.now,
            clock: Surroundings.current.clock(),
            demands: VerificationDemands(
                trust: trust.policy, isTrustExplicit: trust.isExplicit,
                demandsSignatures: believing.policy != nil,
                anchors: try against.map { try AnchorText.read($0, origin: store.origin) }),
            believed: trust.words)
        let report = try store.read(again: true) { snapshot in
            try ReportReader(snapshot, origin: store.origin, question).report { count in
                try progress.show("verified \(count) events")
            }
        }
        try progress.clear()
        if let obstacle = report.obstacle {
            try Output.note(
                "ledger: warning: \(obstacle); nothing is judged or planned in the report")
        }
        let bytes = try Self.bytes(of: report, format)
        guard let output, output != "-" else {
            return try Output.bytes(bytes)
        }
        try OperatingSystem.replace(
            Surroundings.current.path(output), mode: 0o644, bytes: bytes)
        try Output.note("wrote \(output): \(report.events.count) events as of \(report.now.short)")
    }

    /// A report in one of its forms.
    ///
    /// - Throws: `JSONError` when a number is not finite.
    static func bytes(of report: Report, _ format: OutputFormat) throws -> [UInt8] {
        switch format {
        case .json: return try CanonicalJSON.encode(report.json) + [0x0A]
        case .csv: return Array((CSVReport(report).lines.joined(separator: "\n") + "\n").utf8)
        case .markdown: return Array(MarkdownReport(ReportDocument(report).document).text.utf8)
        default: return HTMLReport(ReportDocument(report).document).bytes
        }
    }

    /// The format that was asked for, by name or by the ending of the file; HTML otherwise.
    private func format() throws(CLIError) -> OutputFormat {
        if let format = global.format {
            // Text for people is the page itself.
            if format == .text { return .html }
            return try global.format(.html, .markdown, .json, .csv)
        }
        let ending = output.flatMap { name in
            name.split(separator: ".").count > 1 ? name.split(separator: ".").last : nil
        }
        switch ending {
        case "md", "markdown": return .markdown
        case "json": return .json
        case "csv": return .csv
        default: return .html
        }
    }
}

extension TrustSource {
    /// Whom a verdict believes, in words that do not change with the place of files; nil when nobody.
    fileprivate var words: String? {
        switch origin {
        case .policy: "a policy that was given"
        case .key: "a key that was given"
        case .variable: "LEDGER_TRUST"
        case .beside: "the public key beside the ledger"
        case .none: nil
        }
    }
}
