import ArgumentParser
import Fleet
import Ledger

/// The command `erase`.
struct Erase: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Remove an event's attachments from the file for good.",
        discussion: """
            Removes the content and the salt of the event's attachments (a note's text, captured \
            output, a reason, a report), or of the one named, and records that, by whom and, with \
            --reason, why. \
            The event itself stays and every proof still verifies; what an attachment said can \
            not even be guessed and confirmed. Freed pages are overwritten and the file is \
            searched for what must be gone. Backups, bundles and copies made before keep the \
            content: erase it there as well. A hold on event/SEQ, on the event's migration or on \
            the ledger forbids it.

            EXAMPLES
              $ ledger-cli erase 41 --reason 'a customer asked for it'
              $ ledger-cli erase 41 --attachment output --reason 'held a password'

            EXIT STATUS
              \(ExitStatus.help([.notSafe, .noLedger, .busy, .keyMissing]))
            """)

    @Argument(help: "The sequence of the event.")
    var sequence: Int

    @Option(help: ArgumentHelp("Only the attachment of this name.", valueName: "name"))
    var attachment: String?

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var reason: String?

    @OptionGroup var expected: ExpectedSize

    @Option(
        help: ArgumentHelp(
            "The file of the signing key (else LEDGER_KEY, else the ledger's .key file).",
            valueName: "file"), completion: .file())
    var key: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if sequence < 1 { throw ValidationError("expected a sequence from 1") }
        if let reason, reason.allSatisfy(\.isWhitespace) {
            throw ValidationError("--reason: expected some words")
        }
        if global.now != nil {
            throw ValidationError("--now: what is erased is erased now")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        let store = try global.openSigning(key: key)
        let position = SequenceNumber(sequence)
        guard let event = try store.event(position) else {
            throw CLIError.noSuchEvent(sequence, size: try store.size())
        }
        let names = try names(of: event)
        let now = Surroundings.current.clock()
        let holds = try LegalHold.standing(on: event, in: store, now: now)
        if !holds.isEmpty { return try refuse(holds, format: format) }
        let kept = try names.filter { try isKept($0, of: position, in: store) }
        guard !kept.isEmpty else {
            return try sayAgain(names, of: position, in: store, format: format)
        }
        let settings = try Settings(store)
        let actor = try global.who()
        var random = SystemRandomNumberGenerator()
        let erasures = kept.map { name in
            Erasure(
                position, name: name,
                recording: EventDraft(
                    id: EventID(time: now, using: &random),
                    payload: .decision(.attachmentErased(position, attachment: name)), time: now,
                    actor: actor, basis: .executed, migration: event.migration, cause: event.id,
                    traceparent: TraceContext.current,
                    attachments: reason.map {
                        ["reason": settings.redacted(AttachmentContent(text: $0))]
                    } ?? [:]))
        }
        let (appended, isScrubbed, failure) = try store.erase(
            erasures, recordedTime: now, expectedSize: expected.expectSize)
        Surroundings.current.recorded.note(appended, as: .decision(.attachmentErased))
        let head = try HeadPrinter.head(after: store)
        if format == .json {
            let places: [JSONValue] = zip(kept, appended).map { name, place in
                ["attachment": .string(name), "event": .integer(place.sequence.number)]
            }
            try Output.json(
                JSONObject([
                    ("erased", .array(places)), ("sequence", .integer(sequence)),
                    ("scrubbed", .bool(isScrubbed)), ("head", head.map(HeadPrinter.json)),
                ]))
        } else {
            for (name, place) in zip(kept, appended) {
                try Output.line(
                    "erased \(Table.printable(name)) of event \(position), recorded as event "
                        + "\(place.sequence)")
            }
            if let head { try Output.line(HeadPrinter.line(head)) }
        }
        try finish(isScrubbed: isScrubbed, failure)
    }

    /// The attachments that are meant.
    private func names(of event: Event) throws -> [String] {
        let all = event.attachments.map(\.name)
        guard !all.isEmpty else {
            throw CLIError.usage(
                "event \(sequence) has no attachment",
                hint: "only attachments can be erased; ledger-cli show \(sequence)")
        }
        guard let attachment else { return all }
        guard all.contains(where: { $0.utf8.elementsEqual(attachment.utf8) }) else {
            throw CLIError.usage(
                "event \(sequence) has no attachment \"\(Table.printable(attachment))\"",
                hint: "it has: " + all.map(Table.printable).joined(separator: ", "))
        }
        return [attachment]
    }

    /// Whether a content is there, be it what the record commits to or not.
    private func isKept(
        _ name: String, of position: SequenceNumber, in store: LedgerStore
    ) throws -> Bool {
        try store.read { try $0.sealedAttachment(position, name: name)?.seal != nil }
    }

    private func refuse(_ holds: [LegalHold.Standing], format: OutputFormat) throws {
        if format == .json {
            try Output.json([
                "erased": [], "sequence": .integer(sequence),
                "holds": .array(
                    holds.map {
                        .object(
                            JSONObject([
                                ("resource", .string($0.resource.description)),
                                ("event", .integer($0.sequence.number)),
                                ("until", $0.until.map { .string($0.description) }),
                            ]))
                    }),
            ])
        } else {
            let style = Style(
                Surroundings.current.errors, environment: Surroundings.current.environment)
            try Output.note(
                "ledger: \(style.red("error:")) nothing was erased: a hold forbids it")
            for hold in holds {
                let resource = Table.printable(hold.resource.description)
                try Output.note(
                    "ledger:        \(resource) is held by event \(hold.sequence)"
                        + (hold.until.map { " until \($0.short)" } ?? ""))
                try Output.note("ledger: hint: ledger-cli record release-hold \(resource)")
            }
        }
        throw Exit(status: .notSafe)
    }

    /// What is gone already is only searched for again, in case a reader kept the journal before.
    private func sayAgain(
        _ names: [String], of position: SequenceNumber, in store: LedgerStore, format: OutputFormat
    ) throws {
        let isScrubbed: Bool
        let failure: StoreError?
        do throws(StoreError) { (isScrubbed, failure) = (try store.scrub(), nil) } catch {
            (isScrubbed, failure) = (false, error)
        }
        let notes = try ErasureNote.all(in: store, of: position)[position] ?? []
        if format == .json {
            try Output.json([
                "erased": [], "sequence": .integer(sequence), "scrubbed": .bool(isScrubbed),
                "before": .array(notes.filter { names.contains($0.name) }.map(\.json)),
            ])
        } else {
            for name in names {
                let note = notes.last { $0.name == name }
                try Output.line(
                    "\(Table.printable(name)) of event \(position): "
                        + (note.map { Table.printable($0.text) } ?? "not in this file"))
            }
        }
        try finish(isScrubbed: isScrubbed, failure)
    }

    /// What was erased may still be read in the files: of a disk that fails nobody need be waited for.
    private func finish(isScrubbed: Bool, _ failure: StoreError?) throws {
        if isScrubbed { return }
        let bytes =
            "what was erased is recorded as erased, but the files may still hold the old bytes"
        switch failure {
        case nil, .busy?: break
        case .diskFull?:
            throw CLIError.unreadable(
                global.given, why: "\(bytes): no space left to write the ledger anew",
                hint: "free as much space as the ledger takes, then run the same command again")
        case let failure?:
            throw CLIError.unreadable(
                global.given, why: "\(bytes): \(Complaint(failure).message)",
                hint: "see to the disk, then run the same command again")
        }
        try Output.note(
            "ledger: note: another process reads the ledger, so its files may still hold the old "
                + "bytes; run the same command again later")
        throw Exit(status: .busy)
    }
}
