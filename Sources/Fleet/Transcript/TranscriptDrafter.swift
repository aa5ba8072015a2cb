import Ledger

/// Turns the commands of a transcript into events.
struct TranscriptDrafter {
    private let source: String
    private let redactor: Redactor
    /// Only the secrets that are always taken out: ids must not change with the policy.
    private let plainRedactor = Redactor([])
    private let ledgerCommand: LedgerCommandReader
    private var migrations: OpenMigrations
    private var identity: TranscriptIdentity

    init(
        file: String, source: String, openMigrations: OpenMigrations,
        patterns: [RedactionPattern], ledgerCommand: @escaping LedgerCommandReader
    ) {
        self.source = source
        redactor = Redactor(patterns)
        self.ledgerCommand = ledgerCommand
        migrations = openMigrations
        identity = TranscriptIdentity(source: source)
    }

    /// What a command line is, so that a mistake in it is found before its output is read.
    ///
    /// - Throws: `TranscriptError` with the place of the mistake.
    func understand(
        _ text: String, at place: TranscriptPlace
    ) throws(TranscriptError) -> TranscriptCommand.Kind {
        try TranscriptCommand.Kind(text, at: place)
    }

    /// The events of a command whose output has ended.
    ///
    /// - Throws: `TranscriptError.ledgerCommand` when the reader refuses a `ledger-cli` command.
    mutating func drafts(
        of command: TranscriptCommand
    ) throws(TranscriptError) -> [EventDraft] {
        // A ledger command that failed has recorded nothing; that it was tried is a note.
        if case .ledger(let arguments) = command.kind, command.status == 0 {
            return try ledgerDrafts(of: command, arguments)
        }
        let (command, payload, isAttached) = read(command)
        let plain = plainRedactor.redact(command.output)
        let seed = identity.seed(
            time: command.time, actor: command.actor,
            command: plainRedactor.redact(command.text), output: plain)
        let migration = migrations.owner(of: payload, at: command.time)
        migrations.note(payload, migration, at: command.time)
        return [
            EventDraft(
                id: identity.id(seed, entry: 0, time: command.time), payload: payload,
                time: command.time, actor: command.actor, basis: .imported, migration: migration,
                attachments: isAttached
                    ? attachments(redactor.isPlain ? plain : redactor.redact(command.output)) : [:])
        ]
    }

    /// The command as it is kept, and what it says.
    ///
    /// A file may end without a line feed, and one that is added later changes nothing. Only a listing
    /// that says less without it may have been cut off there: it stays the event that it is.
    private func read(
        _ command: TranscriptCommand
    ) -> (TranscriptCommand, EventPayload, isAttached: Bool) {
        let whole = payload(of: command)
        guard command.lacksLineEnd, case .fleet(.read) = command.kind else {
            return (command, whole.0, whole.isAttached)
        }
        var cut = command
        cut.output.removeLast()
        let less = payload(of: cut)
        return less.0 == whole.0
            ? (command, whole.0, whole.isAttached) : (cut, less.0, less.isAttached)
    }

    private func payload(of command: TranscriptCommand) -> (EventPayload, isAttached: Bool) {
        let text = Excerpt.line(redactor.redact(command.text))
        switch command.kind {
        case .fleet(.action(let action, let remarks)):
            let said = ActionOutput(action, output: command.output)
            let (outcome, detail) = OutcomeRule.classify(
                said, exitStatus: command.status, timedOut: command.timedOut)
            // A dump is all customers' data.
            var isAttached = true
            if case .databaseDump = action { isAttached = false }
            let report = ActionReport(
                command: text, exitStatus: command.status, detail: detail,
                echoed: said.otherActions, remarks: remarks)
            return (.action(action, outcome, report), isAttached)
        case .fleet(.read(let read)):
            let observation = Listings.observation(
                read, output: command.output, exitStatus: command.status,
                timedOut: command.timedOut, saidNoOutput: command.saidNoOutput)
            return (.observation(observation), true)
        case .fleet(.other), .ledger, .note:
            let note = Note(
                command: text, outcome: outcome(of: command), exitStatus: command.status)
            return (.decision(.noteAdded(note)), true)
        }
    }

    /// The outcome of a command that has no rule of its own.
    private func outcome(of command: TranscriptCommand) -> Outcome {
        guard !command.timedOut, let status = command.status, status < 255,
            !(129...159 ~= status)
        else { return .unknown }
        return status == 0 ? .accepted : .refused
    }

    private func attachments(_ redacted: String) -> [String: AttachmentContent] {
        guard !redacted.isEmpty else { return [:] }
        return ["output": AttachmentContent(bytes: Excerpt.bounded(redacted))]
    }

    private mutating func ledgerDrafts(
        of command: TranscriptCommand, _ arguments: [String]
    ) throws(TranscriptError) -> [EventDraft] {
        let entries: [LedgerEntry]
        do {
            entries = try ledgerCommand(
                arguments, command.time, migrations.open(at: command.time))
        } catch {
            throw .ledgerCommand(command.place, message: String(describing: error))
        }
        for entry in entries {
            guard case .decision(.migrationOpened(let roles)) = entry.payload,
                let closed = migrations.closing(
                    of: roles.migration, before: entry.time ?? command.time)
            else { continue }
            throw .ledgerCommand(
                command.place,
                message:
                    "migration \"\(roles.migration)\" was closed at \(closed.short); choose another name"
            )
        }
        // What a ledger command printed (sequence numbers, heads) is not part of what it said.
        let seed = identity.seed(
            time: command.time, actor: command.actor,
            command: plainRedactor.redact(command.text), output: "")
        return entries.enumerated().map { index, entry in
            let time = entry.time ?? command.time
            let migration =
                entry.migration ?? migrations.owner(of: entry.payload, at: command.time)
            migrations.note(entry.payload, migration, at: time)
            return EventDraft(
                id: identity.id(seed, entry: index, time: time), payload: entry.payload,
                time: time,
                actor: entry.actor.map { Actor(id: $0, type: command.actor.type) }
                    ?? command.actor, basis: .imported, migration: migration,
                attachments: entry.attachments.mapValues { content in
                    guard content.mediaType.hasPrefix("text/"),
                        let text = String(validating: content.bytes, as: UTF8.self)
                    else { return content }
                    return AttachmentContent(
                        bytes: Array(redactor.redact(text).utf8), mediaType: content.mediaType)
                })
        }
    }
}
