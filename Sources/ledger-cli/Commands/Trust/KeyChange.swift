import ArgumentParser
import Ledger

/// The command `key add`.
struct KeyAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a key that signs from here on.",
        discussion: """
            Makes a key and adds it to the ledger's .key file, or takes the key in LEDGER_KEY when \
            the ledger does not name it yet, or names a colleague's public key. The event is signed \
            by the keys at hand, old and new, so that who trusts the old one can trust the new one. \
            One that signs this ledger must be among them, unless it never had a key: nobody else \
            can make a key of the ledger.

            EXAMPLES
              $ ledger-cli key add
              $ ledger-cli key add "$(cat colleague.vkey)"

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .noLedger, .busy, .keyMissing]))
            """)

    @Argument(help: "A colleague's public key (else a key is made).")
    var vkey: String?

    @OptionGroup var expected: ExpectedSize

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let change = try KeyChange(global, expectedSize: expected.expectSize)
        if let vkey { return try change.name(try KeyChange.publicKey(vkey), format) }
        try change.addOwn(format)
    }
}

/// The command `key retire`.
struct KeyRetire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "End a key: it signs this event and nothing after it.",
        discussion: """
            Another key must be there to go on with. The private key is removed from the ledger's \
            .key file; a copy of it elsewhere can still sign, but not in a way that verify accepts.

            EXAMPLES
              $ ledger-cli key retire 1a2b3c4d

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .noLedger, .busy, .keyMissing]))
            """)

    @Argument(help: "The id of the key, or the public key.")
    var key: String

    @OptionGroup var expected: ExpectedSize

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let change = try KeyChange(global, expectedSize: expected.expectSize)
        let matches = change.known.entries.filter { isMeant($0.key) }
        guard let entry = matches.first, matches.count == 1 else {
            // One that nobody vouched for is no key of the ledger; to say so needs no other one.
            let strangers = Set(change.known.unvouched.map(\.key)).filter(isMeant)
            if let stranger = strangers.first, matches.isEmpty, strangers.count == 1 {
                return try change.retire(stranger, format)
            }
            throw CLIError.keyMissing(
                "\(Table.printable(key)): not a key of this ledger", hint: "ledger-cli key list")
        }
        if let retired = entry.retired {
            throw CLIError.keyMissing(
                "key \(entry.key.id) was retired by event \(retired)", hint: "ledger-cli key list")
        }
        guard change.known.active.count > 1 else {
            throw CLIError.keyMissing(
                "key \(entry.key.id) is the only one that signs", hint: "ledger-cli key add")
        }
        try change.retire(entry.key, format)
    }

    private func isMeant(_ other: VerifierKey) -> Bool {
        [other.id.description, other.text, "\(other.name)+\(other.id)"].contains(key)
    }
}

/// Changes which keys sign a ledger: an event, and the files beside it.
struct KeyChange {
    private let global: GlobalOptions
    private let held: SigningKeys?
    private let expectedSize: Int?
    private let origin: String
    /// The keys that the ledger names.
    let known: LogKeys
    /// What the unsigned tail says of keys.
    private let unsigned: [KeyStatement]

    /// Looks at the ledger and the keys at hand.
    ///
    /// - Throws: `StoreError`, `CLIError.keyMissing`.
    init(_ global: GlobalOptions, expectedSize: Int? = nil) throws {
        self.global = global
        self.expectedSize = expectedSize
        held = try SigningKeys.find(ledger: global.given)
        let store = try global.open()
        origin = store.origin
        let (known, covered) = try store.read {
            (try $0.logKeys(), try $0.newestHead()?.size ?? 0)
        }
        self.known = known
        unsigned = known.unvouched.filter { $0.sequence > covered }
    }

    /// A public key that can sign a log.
    ///
    /// - Throws: `CLIError.usage`.
    static func publicKey(_ text: String) throws(CLIError) -> VerifierKey {
        guard !text.utf8.starts(with: "PRIVATE+KEY+".utf8) else {
            throw .usage(
                "key add: expected a public key, not a private one",
                hint: "put the private key into a file and name it in LEDGER_KEY")
        }
        let key: VerifierKey
        do { key = try VerifierKey.parse(text.trimmingSpaces) } catch {
            throw .usage("key add: \(error)", hint: "ledger-cli key show prints a public key")
        }
        guard key.type == .ed25519 else {
            throw .usage(
                "key add: a witness's key cannot sign a log", hint: "use an Ed25519 key of type 1")
        }
        return key
    }

    /// Names a key whose private half is elsewhere; the keys at hand vouch for it.
    func name(_ key: VerifierKey, _ format: OutputFormat) throws {
        try check(key)
        guard let held else { throw noVoucher }
        try append(.keyAdded(vkey: key.text), signing: try vouching(held.keys), key, format)
        try writePublicFile(adding: key)
    }

    /// Makes a key, or takes the one at hand that the ledger does not name yet.
    func addOwn(_ format: OutputFormat) throws {
        if let held, let new = held.keys.first(where: { known.entry(of: $0.verifier) == nil }) {
            try check(new.verifier)
            try append(
                .keyAdded(vkey: new.verifier.text), signing: try vouching(held.keys), new.verifier,
                format)
            return try writePublicFile(adding: new.verifier)
        }
        if let held, held.source.file == nil {
            throw CLIError.keyMissing(
                "LEDGER_KEY holds a key that signs already, and a new one needs a file",
                hint: "unset LEDGER_KEY, or name a file in it")
        }
        let old = try vouching(held?.keys ?? [])
        var random = SystemRandomNumberGenerator()
        let new = try SignerKey.generate(name: KeyName(origin), using: &random)
        let name = held?.source.file ?? KeyFile.privateName(of: global.given)
        let file = KeyFile(name: name, keys: (held?.keys ?? []) + [new])
        // The key first: one that is named by an event and then lost would never sign.
        if held == nil { try file.create() } else { try file.replace() }
        do {
            try append(
                .keyAdded(vkey: new.verifier.text), signing: old + [new], new.verifier, format)
        } catch {
            if let held {
                try KeyFile(name: name, keys: held.keys).replace()
            } else {
                OperatingSystem.remove(Surroundings.current.path(name))
            }
            throw error
        }
        try writePublicFile(adding: new.verifier)
    }

    /// The keys that sign a change: those at hand, and those beside the ledger when only they vouch.
    ///
    /// - Throws: `CLIError.keyMissing` when none of them signs this ledger, and it has keys.
    private func vouching(_ keys: [SignerKey]) throws(CLIError) -> [SignerKey] {
        let isVoucher: (SignerKey) -> Bool = { known.active.contains($0.verifier) }
        guard !known.entries.isEmpty, !keys.contains(where: isVoucher) else { return keys }
        let beside = SigningKeys.beside(global.given).filter(isVoucher)
        guard !beside.isEmpty else { throw noVoucher }
        return keys + beside
    }

    private var noVoucher: CLIError {
        .keyMissing(
            "no key at hand that signs this ledger and could vouch for the new one",
            hint:
                "name the file of the ledger's key in LEDGER_KEY (ledger-cli key list shows which "
                + "sign), or ask who has it: ledger-cli key add VKEY adds yours")
    }

    /// Retires a key.
    func retire(_ key: VerifierKey, _ format: OutputFormat) throws {
        guard let held else {
            throw CLIError.keyMissing(
                "no key at hand that could sign the retirement",
                hint: "name the file of the ledger's key in LEDGER_KEY")
        }
        let rest = held.keys.filter { $0.verifier != key }
        guard rest.contains(where: { known.active.contains($0.verifier) }) else {
            throw CLIError.keyMissing(
                "no other key at hand could go on signing",
                hint: "ledger-cli key add, or use a colleague's machine")
        }
        try append(.keyRetired(vkey: key.text), signing: held.keys, key, format)
        if let file = held.source.file, file != "-", rest.count < held.keys.count {
            try KeyFile(name: file, keys: rest).replace()
        }
        try writePublicFile(removing: key)
    }

    private func check(_ key: VerifierKey) throws(CLIError) {
        guard key.name.text.utf8.elementsEqual(origin.utf8) else {
            throw .keyMissing(
                "the key is named \(key.name), the ledger \(origin)",
                hint: "a log's key has the log's name, by which a policy file knows it")
        }
        guard let entry = known.entry(of: key) else { return }
        throw .keyMissing(
            entry.retired.map { "key \(key.id) was retired by event \($0)" }
                ?? "key \(key.id) was added by event \(entry.added)",
            hint: "ledger-cli key list")
    }

    private func append(
        _ decision: Decision, signing keys: [SignerKey], _ key: VerifierKey, _ format: OutputFormat
    ) throws {
        let now = Surroundings.current.clock()
        var random = SystemRandomNumberGenerator()
        let draft = EventDraft(
            id: EventID(time: now, using: &random), payload: .decision(decision), time: now,
            actor: try global.who(), basis: .executed, traceparent: TraceContext.current)
        let store = try LedgerStore.open(path: global.path, signer: SigningKeys.signer(keys))
        try RehearsalClock.check(store.origin)
        Outbox.note(store, global.path)
        let appended = try store.append(
            [draft], recordedTime: now, expectedSize: expectedSize)
        Surroundings.current.recorded.note(appended, as: draft.type)
        for statement in unsigned {
            try Output.note(
                "ledger: note: \(Table.printable(statement.description)), for which no key of this "
                    + "ledger vouched: it counts for nothing")
        }
        guard let place = appended.first else { return }
        let head = try store.newestHead()
        if format == .json {
            var object = KeyPrinter.json(key)
            object["sequence"] = .integer(place.sequence.number)
            object["type"] = .string(draft.type.description)
            object["head"] = head.map(HeadPrinter.json)
            return try Output.json(object)
        }
        try Output.line("\(place.sequence)  \(draft.type)  \(key.text)")
        if let head { try Output.line(HeadPrinter.line(head)) }
    }

    /// The file for verifiers beside the ledger follows, when there is one or there are no others.
    private func writePublicFile(
        adding new: VerifierKey? = nil, removing old: VerifierKey? = nil
    ) throws {
        let name = KeyFile.publicName(of: global.given)
        var keys = known.active.filter { $0 != old }
        if let new { keys.append(new) }
        try PublicKeyFile.write(keys, name: name)
    }
}
