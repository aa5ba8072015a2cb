import ArgumentParser
import Fleet
import Ledger

/// The command `init`.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create a ledger.",
        discussion: """
            Creates the file and its first event, which names the ledger's origin. The origin is a \
            name for this log that no other log has, such as a host and a path; it can never be \
            changed. A signing key is made too: PATH.key holds it, for its owner's eyes only, and \
            PATH.vkey the public half, to hand to whoever verifies. A key that LEDGER_KEY holds or \
            names is used instead.

            EXAMPLES
              $ ledger-cli init --origin ledger.bestpants.example/fleet

            EXIT STATUS
              \(ExitStatus.help([.keyMissing]))
            """)

    @Option(help: ArgumentHelp("The name of the log, for ever.", valueName: "name"))
    var origin: String

    @Flag(help: "Make no key: nothing is signed.")
    var noKey = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard origin.utf8.count <= 200 else {
            throw ValidationError(
                "--origin: \(origin.utf8.count) bytes are too long, expected at most 200")
        }
        let isName =
            !origin.isEmpty
            && origin.unicodeScalars.allSatisfy {
                $0.value > 0x20 && !$0.properties.isWhitespace && $0 != "+"
            }
        if !isName {
            throw ValidationError(
                "--origin: expected a name without spaces and +, such as "
                    + "ledger.bestpants.example/fleet")
        }
    }

    func run() throws {
        let format = try global.format(.text, .json)
        let surroundings = Surroundings.current
        guard !OperatingSystem.isEmptyFile(global.path) else {
            throw CLIError.unreadable(
                global.given, why: "exists already and is empty",
                hint: Complaint.placeOfEmptyFile)
        }
        guard !OperatingSystem.exists(global.path) else { throw CLIError.exists(global.given) }
        if let target = OperatingSystem.absentTarget(ofLink: global.path) {
            throw CLIError.unreadable(
                global.given, why: Complaint.leadsNowhere(target),
                hint: Complaint.placeOfEmptyLink)
        }
        let folder = global.path.lastIndex(of: "/").map { String(global.path[..<$0]) } ?? ""
        guard folder.isEmpty || OperatingSystem.isDirectory(folder) else {
            throw CLIError.unreadable(
                global.given, why: "its folder is not there",
                hint: Shell.quote(["mkdir", "-p", folder]))
        }
        try RehearsalClock.check(origin)
        let now = surroundings.clock()
        var random = SystemRandomNumberGenerator()
        let key = noKey ? nil : try signingKey(using: &random)
        var created = EventDraft(
            id: EventID(time: now, using: &random),
            payload: .decision(.ledgerCreated(origin: origin)), time: now,
            actor: try global.who(), basis: .reported, traceparent: TraceContext.current)
        created.data["vkey"] = key.map { .string($0.key.verifier.text) }
        let publicName = KeyFile.publicName(of: global.given)
        guard key == nil || !OperatingSystem.exists(surroundings.path(publicName)) else {
            throw CLIError.keyFileExists(publicName)
        }
        // The key first: a ledger whose key was lost on the way could never be signed.
        if let file = key?.file { try file.create() }
        do {
            if let key { try PublicKeyFile.write([key.key.verifier], name: publicName) }
            // A ledger that is there but cannot be opened, as on a full disk, keeps its key.
            try LedgerStore.make(
                path: global.path, origin: origin, created: created,
                signer: key.map { LogSigner(keys: [$0.key]) })
        } catch {
            if let file = key?.file { OperatingSystem.remove(surroundings.path(file.name)) }
            if key != nil { OperatingSystem.remove(surroundings.path(publicName)) }
            throw error
        }
        if format == .json {
            return try Output.json(
                JSONObject([
                    ("ledger", .string(global.given)), ("origin", .string(origin)),
                    ("key", key?.file.map { .string($0.name) }),
                    ("vkey", key.map { .string($0.key.verifier.text) }),
                    ("vkeyFile", key.map { _ in .string(publicName) }),
                ]))
        }
        try Output.line("created \(global.given) of \(origin)")
        guard let key else { return }
        if let file = key.file {
            try Output.line("signing key \(file.name): keep it to yourself")
        }
        try Output.line("public key \(publicName): hand it to whoever verifies")
    }

    /// The key of the new ledger, and the file that is yet to be written for it.
    ///
    /// - Throws: `CLIError.keyMissing` when the key at hand is not named like the log.
    private func signingKey(
        using random: inout some RandomNumberGenerator
    ) throws -> (key: SignerKey, file: KeyFile?) {
        let name = KeyFile.privateName(of: global.given)
        if let value = Surroundings.current.environment("LEDGER_KEY"), !value.isEmpty,
            let found = try SigningKeys.find(ledger: global.given), let key = found.keys.first
        {
            // A policy file knows a log by the name of its key.
            guard key.verifier.name.text.utf8.elementsEqual(origin.utf8) else {
                throw CLIError.keyMissing(
                    "LEDGER_KEY: the key is named \(key.verifier.name), the ledger \(origin)",
                    hint: "a log's key has the log's name; unset LEDGER_KEY to make one")
            }
            return (key, nil)
        }
        guard !OperatingSystem.exists(Surroundings.current.path(name)) else {
            throw CLIError.keyFileExists(name)
        }
        let key = try SignerKey.generate(name: KeyName(origin), using: &random)
        return (key, KeyFile(name: name, keys: [key]))
    }
}
