import Fleet
import Ledger

/// The platform's language: transcripts, listings, commands.
extension FuzzTarget {
    private static let transcript = """
        # at 2017-05-01T10:00:00Z
        # actor alice
        $ fleet env maintenance prod ON
        Maintenance Mode for Environment prod is now being turned ON
        # +5m
        # -- a comment
        $ fleet config sql list
        # no output
        $ ledger-cli record dns www.bestpants.com --to prod2 --ttl 300
        $ fleet env destroy prod --delete-logs
        \\# odd output
        # exit 255
        $ fleet env list
        name   status   release  created
        -----  -------  -------  --------------------
        prod   RUNNING  c341606  2017-04-01T10:00:00Z

        """
    private static let description = """
        0name         prod
        status       RUNNING
        created      2017-04-01T10:00:00Z

        endpoints
        --------
        www          www.prod.example.f.nchr.io

        """
    private static let list = """
        1name   status   release  created
        -----  -------  -------  --------------------
        prod   RUNNING  c341606  2017-04-01T10:00:00Z

        """
    private static let words = [
        "fleet ", "env ", "destroy ", "snapshot ", "create ", "list", "describe ", "release ",
        "config ", "sql ", "default-env ", "log delete ", "database ", "dump ", "connect ",
        "autoscaling ", "limits ", "newrelic ", "--newrelic-licence ", "--clear-newrelic-licence",
        "--name ", "--type nfs", "--force", "--url ", "https://u:p@h/x", "--delete-logs",
        "--no-confirm", "--source-environment ", "--no-snapshot", "--ha", " ON", " OFF", " < f",
        " > f", "'", "\"", "\\", "$(", "`", " | ", " && ", "\u{A0}", "'\u{301}", "\u{301}", "# at ",
        "# +5m", "# exit 1", "# timeout", "# no output", "# -- x", "$ ", "\n", "\r\n", "prod",
        "-----", "RUNNING", "2017-05-01T10:00:00Z", "\u{1B}[31m", "ssh ", "sudo ", "\u{0}",
    ]

    static let platform: [FuzzTarget] = [
        FuzzTarget(
            "transcript", seeds: [transcript], words: words, check: { checkTranscript($0) }),
        FuzzTarget(
            "listing", seeds: [list, description, "5Default environment is 'prod'.\n", "6a.sql\n"],
            words: words, check: { checkListing($0) }),
        FuzzTarget(
            "grammar",
            seeds: [
                "env create --size f1 --ha --source-environment prod --snapshot s prod2",
                "env autoscaling limits prod 1 4", "snapshot create prod --name s --type nfs",
                "env newrelic prod --newrelic-licence abc", "env sectionio prod a b c",
                "database connect prod shop < 'dump 1.sql'", "database dump prod > dump.sql",
                "release create --url https://u:p@h/shop.git c341606", "env prod load c341606",
                "config sql add a.sql", "log delete --environment prod --group g",
                "env destroy prod --delete-logs --no-confirm", "env cert prod shop",
            ], words: words, check: { checkGrammar($0) }),
        FuzzTarget(
            "shell",
            seeds: [
                "fleet env destroy 'it'\\''s' \"a \\\"b\\\"\" c\\ d", "a\u{0}b c\u{0}\u{0}d'e",
                "x < in > out",
            ], words: words, check: { checkShell($0) }),
    ]

    private static func read(_ bytes: [UInt8]) -> Result<TranscriptReading, TranscriptError> {
        Result { () throws(TranscriptError) in
            try Transcript.read(bytes, file: "f", source: "ledger.test/fleet") { words, _, _ in
                [
                    LedgerEntry(
                        payload: .decision(
                            .noteAdded(Note(command: words.joined(separator: " ")))))
                ]
            }
        }
    }

    private static func checkTranscript(_ bytes: [UInt8]) -> String? {
        let lineCount = bytes.count { $0 == 0x0A } + (bytes.last == 0x0A || bytes.isEmpty ? 0 : 1)
        let reading: TranscriptReading
        switch read(bytes) {
        case .failure(let error):
            guard let place = error.place else { return nil }
            return 1...max(1, lineCount) ~= place.line && place.column > 0
                ? nil : "an error at \(place) of \(lineCount) lines"
        case .success(let good): reading = good
        }
        if reading.lines.map(\.number) != Array((1...max(1, lineCount)).prefix(lineCount)) {
            return "\(reading.lines.count) of \(lineCount) lines have a meaning"
        }
        if Set(reading.drafts.map(\.id)).count != reading.drafts.count {
            return "two events have one id"
        }
        for (index, draft) in reading.drafts.enumerated() {
            var draft = draft
            draft.attachments = [:]
            do {
                _ = try Record(
                    Event(
                        sequence: SequenceNumber(index + 1), recordedTime: draft.time,
                        source: "ledger.test/fleet", draft: draft))
            } catch {
                if case .tooLarge = error { continue }
                return "an event makes no record: \(error)"
            }
        }
        // A comment changes nothing, wherever it stands.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = bytes.starts(with: mark) ? mark : []
        let commented = start + Array("# -- x\n".utf8) + bytes.dropFirst(start.count)
        guard case .success(let again) = read(commented),
            again.drafts.map(\.id) == reading.drafts.map(\.id)
        else { return "a comment changes the events" }
        return nil
    }

    private static let reads: [ReadCommand] = [
        .envDescribe("prod"), .envList, .snapshotList(nil), .snapshotList(.nfs), .releaseList,
        .defaultEnvironment, .sqlScripts,
    ]

    private static func checkListing(_ bytes: [UInt8]) -> String? {
        let read = reads[Int(bytes.first ?? 0) % reads.count]
        let output = String(decoding: bytes.dropFirst(), as: UTF8.self)
        let observation = Listings.observation(read, output: output, exitStatus: 0)
        let payload = EventPayload.observation(observation)
        guard let again = try? EventPayload(type: payload.type, data: payload.json),
            (try? CanonicalJSON.encode(again.json)) == (try? CanonicalJSON.encode(payload.json))
        else { return "an observation does not survive its record" }
        for cut in [
            Listings.observation(read, output: output, exitStatus: nil),
            Listings.observation(read, output: output, exitStatus: 1),
            Listings.observation(read, output: output, exitStatus: 0, timedOut: true),
        ] where isComplete(cut) {
            return "a listing of a command that failed is complete"
        }
        _ = OutcomeRule.classify(.envDestroy(environment: "prod"), output: output, exitStatus: 0)
        return nil
    }

    private static func isComplete(_ observation: Observation) -> Bool {
        switch observation {
        case .environment(let description): description.isComplete
        case .environments(let listing): listing.isComplete
        case .snapshots(_, let listing): listing.isComplete
        case .releases(let listing): listing.isComplete
        case .sqlScripts(let listing): listing.isComplete
        case .defaultEnvironment(let name): name != nil
        case .dns, .file: false
        }
    }

    private static func checkGrammar(_ bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self),
            let line = try? Shell.split(text),
            let command = try? Grammar.parse(
                line.words.map(\.text), input: line.input, output: line.output)
        else { return nil }
        let rendered: String
        switch command {
        case .action(let action, _): rendered = Grammar.renderShell(action)
        case .read(let read): rendered = Shell.quote(Grammar.render(read))
        case .other: return nil
        }
        guard let again = try? Shell.split(rendered) else { return "not for a shell: \(rendered)" }
        let words = again.words.dropFirst().map(\.text)
        switch (
            command, try? Grammar.parse(Array(words), input: again.input, output: again.output)
        ) {
        case (.action(let action, _), .action(let second, let remarks)):
            return action == second && remarks.isEmpty
                && Grammar.renderShell(second).utf8.elementsEqual(rendered.utf8)
                ? nil : "\(action) is rendered as \(rendered)"
        case (.read(let read), .read(let second)):
            return read == second ? nil : "\(read) is rendered as \(rendered)"
        default: return "\(command) is rendered as \(rendered)"
        }
    }

    private static func checkShell(_ bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let words = bytes.split(separator: 0, omittingEmptySubsequences: false)
            .map { Array($0) }
        let quoted = Shell.quote(words.map { String(decoding: $0, as: UTF8.self) })
        if PlainShell.words(Array(quoted.utf8)) != words {
            return "a shell takes other words from \(quoted)"
        }
        guard let own = try? Shell.split(quoted) else { return "refused: \(quoted)" }
        if own.words.map({ Array($0.text.utf8) }) != words || own.input != nil || own.output != nil
        {
            return "other words are read from \(quoted)"
        }
        // What is understood of any line is what a shell understands, other spaces aside: a page that
        // a transcript was copied from may have put them there.
        guard !bytes.contains(0),
            !text.unicodeScalars.contains(where: {
                $0.properties.isWhitespace && $0 != " " && $0 != "\t"
            }), let line = try? Shell.split(text), line.input == nil,
            line.output == nil
        else { return nil }
        return PlainShell.words(bytes) == line.words.map { Array($0.text.utf8) }
            ? nil : "a shell takes other words from the line"
    }
}
