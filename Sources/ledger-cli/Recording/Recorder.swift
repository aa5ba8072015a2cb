import ArgumentParser
import Fleet
import Ledger

/// Appends what a recording command says and prints where it went.
struct Recorder {
    private let options: RecordingOptions
    private let format: OutputFormat
    private let actor: Actor
    private let store: LedgerStore

    /// A recorder on the ledger of the options.
    ///
    /// - Throws: `CLIError` for options that do not go together, `StoreError` for the ledger.
    init(_ options: RecordingOptions) throws {
        self.options = options
        format = try options.global.format(.text, .json)
        actor = try options.global.who()
        store = try options.global.openSigning(key: options.key)
    }

    /// Appends the entries of a command in one transaction.
    ///
    /// - Throws: `CLIError` when the time is ahead of the clock, what the command throws, and
    ///   `StoreError`.
    func record(_ command: some RecordingCommand) throws {
        let surroundings = Surroundings.current
        let clock = surroundings.clock()
        let time = options.at ?? clock
        let settings = try Settings(store)
        guard time <= clock + settings.clockSkew else {
            throw CLIError.inTheFuture(time, clock: clock)
        }
        let register = try MigrationRegister(store)
        let open = register.open(at: time)
        let context = RecordingContext(
            time: time, openMigrations: open, knownMigrations: register.names,
            patterns: settings.redaction, held: try LegalHold.held(in: store, at: time),
            read: { path, body in
                try surroundings.read(path, body)
                return true
            },
            voidable: { try Voiding.check($0, in: store) },
            event: { sequence in
                guard let event = try store.event(sequence) else {
                    throw CLIError.noSuchEvent(sequence.number, size: try store.size())
                }
                return event
            })
        let entries = try command.entries(in: context)
        let cleaning = SecretCleaning(settings.redaction)
        let drafts = try drafts(
            of: entries, basis: command.basis, time: time, settings, open
        ).map { try cleaning.cleaned($0) }
        let appended = try store.append(
            drafts, recordedTime: clock, expectedSize: options.expected.expectSize)
        for (draft, place) in zip(drafts, appended) {
            surroundings.recorded.note([place], as: draft.type)
        }
        for draft in drafts { Shortage(draft)?.tell() }
        // A policy that has just been set holds for the head under it.
        if store.signer != nil { Outbox.note(store, options.global.path) }
        try print(zip(drafts, appended).map { $0 })
    }

    private func drafts(
        of entries: [LedgerEntry], basis: Basis, time: Timestamp, _ settings: Settings,
        _ open: [MigrationRoles]
    ) -> [EventDraft] {
        var random = SystemRandomNumberGenerator()
        let owners = OpenMigrations(open)
        return entries.map { entry in
            EventDraft(
                id: EventID(time: time, using: &random), payload: entry.payload, time: time,
                actor: actor, basis: basis,
                migration: entry.migration ?? owners.owner(of: entry.payload, at: time),
                cause: entry.cause,
                traceparent: TraceContext.current,
                attachments: entry.attachments.mapValues { settings.redacted($0) })
        }
    }

    private func print(_ appended: [(draft: EventDraft, place: Appended)]) throws {
        let head = try HeadPrinter.head(after: store)
        if format == .json {
            let places: [JSONValue] = appended.map { draft, place in
                .object(
                    JSONObject([
                        ("sequence", .integer(place.sequence.number)),
                        ("id", .string(place.id.description)),
                        ("type", .string(draft.type.description)),
                        ("subject", .string(draft.subject)),
                        ("time", .string(draft.time.description)),
                        ("migration", draft.migration.map { .string($0) }),
                        ("new", .bool(place.isNew)),
                        (
                            "void",
                            Voiding.isVoidable(draft.type)
                                ? .array(
                                    (Voiding.command(place.sequence) + Voiding.reason)
                                        .map { .string($0) }) : nil
                        ),
                        (
                            "release",
                            draft.heldResource.map { resource in
                                .array(Voiding.release(of: resource).map { .string($0) })
                            }
                        ),
                    ]))
            }
            return try Output.json(
                JSONObject([
                    ("appended", .array(places)), ("head", head.map(HeadPrinter.json)),
                ]))
        }
        for (draft, place) in appended {
            try Output.line(
                "\(place.sequence)  \(draft.type)  \(Table.printable(draft.subject))  "
                    + draft.time.short)
        }
        for (draft, place) in appended {
            let command: [String]
            if Voiding.isVoidable(draft.type) {
                command = Voiding.command(place.sequence)
            } else if let resource = draft.heldResource {
                command = Voiding.release(of: resource)
            } else {
                continue
            }
            try Output.line("to take it back: " + Shell.quote(command) + " --reason …")
        }
        if let head { try Output.line(HeadPrinter.line(head)) }
    }
}

extension EventDraft {
    /// What a placed hold is on; such a hold is not voided but released.
    fileprivate var heldResource: String? {
        type == .decision(.holdPlaced) ? data["resource"]?.string : nil
    }
}

/// The W3C trace context that a caller may hand down in `TRACEPARENT`.
enum TraceContext {
    /// The value, when it has the form of version 00 (W3C Trace Context section 3.2).
    static var current: String? {
        guard let text = Surroundings.current.environment("TRACEPARENT") else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isHexadecimal = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 == 0x2D
        }
        guard isHexadecimal, parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] != "ff" else {
            return nil
        }
        return text
    }
}
