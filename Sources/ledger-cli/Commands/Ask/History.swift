import ArgumentParser
import Ledger

/// The command `history`.
struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the events.",
        discussion: """
            SUBJECT is a resource such as environment/prod, or the start of one with a slash at \
            its end: snapshot/. --actor NAME keeps what NAME did. The order is that of recording. jsonl prints each record byte for \
            byte as it is stored and hashed; csv has a header. --follow goes on with what other \
            processes append, a line at a time, until it is interrupted or nobody reads any more.

            EXAMPLES
              $ ledger-cli history environment/prod
              $ ledger-cli history --type env.destroy --since 2017-05-01T00:00:00Z
              $ ledger-cli history --format jsonl > events.jsonl

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)

    @Argument(help: "A resource, or the start of one that ends in a slash.")
    var subject: String?

    @Option(help: ArgumentHelp("A type, such as env.destroy.accepted or env.destroy."))
    var type: String?

    @Option(help: ArgumentHelp("Only what belongs to this migration.", valueName: "name"))
    var migration: String?

    @Option(
        help: ArgumentHelp("Only what happened then or later.", valueName: "time"),
        transform: ArgumentText.time)
    var since: Timestamp?

    @Option(
        help: ArgumentHelp("Only what happened then or earlier.", valueName: "time"),
        transform: ArgumentText.time)
    var until: Timestamp?

    @Option(help: ArgumentHelp("Only the newest so many.", valueName: "n"))
    var limit: Int?

    @Flag(help: "Go on with what is appended from now on.")
    var follow = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if let since, let until, until < since {
            throw ValidationError("--until precedes --since")
        }
        if let limit, limit < 1 { throw ValidationError("--limit: expected a number from 1") }
        if follow, until != nil || limit != nil {
            throw ValidationError("--follow goes with neither --until nor --limit")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json, .jsonl, .csv)
        let store = try global.open()
        var query = try query(store)
        var printer = HistoryPrinter(
            format, isStreaming: follow, erasures: try ErasureNote.all(in: store))
        let voids = try Voiding.all(in: store)
        if limit != nil { query.isNewestFirst = true }
        var (events, size) = try look(for: query, in: store)
        if limit != nil { events.reverse() }
        try printer.begin()
        for event in events { try printer.print(event, voidedBy: voids[event.sequence]) }
        guard follow else { return try printer.end() }
        let output = Surroundings.current.output
        do {
            try output.flush()
            while output.isRead(afterMilliseconds: 300) {
                guard try store.size() > size else { continue }
                query.after = SequenceNumber(size)
                (events, size) = try look(for: query, in: store)
                for event in events {
                    try printer.print(event, voidedBy: nil)
                    try output.flush()
                }
            }
        } catch let error as SystemError where error.isBrokenPipe {
            // Whoever read has seen enough: `history --follow | head` ends like `head`.
        }
    }

    /// What a query finds and how long the log was then, from one snapshot: an event that comes in
    /// between would otherwise be missed or shown twice.
    private func look(
        for query: HistoryQuery, in store: LedgerStore
    ) throws -> (events: [Event], size: Int) {
        try store.read(again: true) { (try $0.events(matching: query), try $0.size()) }
    }

    private func query(_ store: LedgerStore) throws -> HistoryQuery {
        HistoryQuery(
            subject: try subject.map { text in
                if text.hasSuffix("/") { return .prefix(text) }
                guard Resource(text) != nil else { throw CLIError.notAResource(text) }
                return .exact(text)
            }, type: try type.map { try match(type: $0, in: store) }, actor: global.actor,
            migration: migration,
            since: since, until: until, limit: limit)
    }

    private func match(
        type text: String, in store: LedgerStore
    ) throws -> HistoryQuery.Match {
        guard case .other = EventType(text) else { return .exact(text) }
        let all = EventType.all.map(\.description)
        let stem = text.hasSuffix(".") ? text : text + "."
        if all.contains(where: { $0.hasPrefix(stem) }) { return .prefix(stem) }
        // A newer version, or a mistake, may have brought types in that this one does not know.
        for match in [HistoryQuery.Match.exact(text), .prefix(stem)] {
            let found = try store.events(matching: HistoryQuery(type: match, limit: 1))
            if !found.isEmpty { return match }
        }
        let names = Array(Set(all + ActionName.allCases.map(\.rawValue))).sorted()
        let nearest = Suggestion.nearest(to: text, among: names)
        let isWellFormed = text.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0))
        }
        guard nearest == nil, isWellFormed, text.contains(".") else {
            throw CLIError.usage(
                "--type: unknown type \"\(text)\"",
                hint: nearest.map { "did you mean: \($0)" } ?? "types are listed in docs/events.md")
        }
        return .exact(text)
    }
}
