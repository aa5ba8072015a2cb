import ArgumentParser
import Ledger

/// The command `key` and those under it.
struct KeyGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Show, add and retire the keys that sign this ledger.",
        discussion: """
            Keys are changed in two steps: add the new one, from where old and new sign together, \
            and retire the old one when everybody who verifies has the new.

            EXAMPLES
              $ ledger-cli key show
              $ ledger-cli key add
              $ ledger-cli key retire 1a2b3c4d
            """,
        subcommands: [KeyShow.self, KeyList.self, KeyAdd.self, KeyRetire.self])
}

/// The command `key show`.
struct KeyShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the public key, to hand to whoever verifies.",
        discussion: """
            The public halves of the keys at hand, one a line; without a private key, those in the \
            .vkey file beside the ledger. The private key is never printed.

            EXAMPLES
              $ ledger-cli key show > fleet.vkey

            EXIT STATUS
              \(ExitStatus.help([.keyMissing]))
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let keys: [VerifierKey]
        if let found = try SigningKeys.find(ledger: global.given) {
            keys = found.keys.map(\.verifier)
        } else {
            keys = try beside()
        }
        if format == .json {
            return try Output.json([
                "keys": .array(keys.map { .object(KeyPrinter.json($0)) })
            ])
        }
        try Output.lines(keys.map(\.text))
    }

    private func beside() throws -> [VerifierKey] {
        let name = KeyFile.publicName(of: global.given)
        guard OperatingSystem.exists(Surroundings.current.path(name)) else {
            throw CLIError.keyMissing(
                "no key at hand, and no \(name)",
                hint: "ledger-cli key list names the keys of the ledger; key add makes one")
        }
        let bytes = try Surroundings.current.bytes(of: name)
        do { return try PublicKeyFile.parse(String(decoding: bytes, as: UTF8.self)) } catch {
            throw CLIError.unreadable(name, why: "\(error)", hint: "one public key a line")
        }
    }
}

/// The command `key list`.
struct KeyList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the keys that the ledger's events name.",
        discussion: """
            Which keys sign or signed this ledger, by its own events, and which of them are at hand. \
            One that was added without a key that signed before is not vouched for and signs nothing. \
            Whom to believe is for the verifier to say, not for the ledger.

            EXAMPLES
              $ ledger-cli key list

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy, .keyMissing]))
            """)

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let known = try global.open().logKeys()
        let entries = known.entries
        let strangers = known.unvouched.filter { $0.kind != .retired }
        let here = try SigningKeys.find(ledger: global.given)?.keys.map(\.verifier) ?? []
        if format == .json {
            return try Output.json([
                "keys": .array(
                    entries.map { entry in
                        var object = KeyPrinter.json(entry.key)
                        object["added"] = .integer(entry.added)
                        object["retired"] = entry.retired.map { .integer($0) }
                        object["active"] = .bool(entry.retired == nil)
                        object["here"] = .bool(here.contains(entry.key))
                        return .object(object)
                    }),
                "unvouched": .array(
                    known.unvouched.map { statement in
                        var object = KeyPrinter.json(statement.key)
                        object["sequence"] = .integer(statement.sequence)
                        object["retires"] = .bool(statement.kind == .retired)
                        return .object(object)
                    }),
            ])
        }
        guard !entries.isEmpty || !strangers.isEmpty else {
            return try Output.line("no keys; ledger-cli key add makes one")
        }
        var table = Table("id", "name", "added", "retired", "at hand", "public key")
        for entry in entries {
            table.add(
                entry.key.id.description, entry.key.name.text, "event \(entry.added)",
                entry.retired.map { "event \($0)" } ?? "-", here.contains(entry.key) ? "yes" : "no",
                entry.key.text)
        }
        for stranger in strangers {
            table.add(
                stranger.key.id.description, stranger.key.name.text,
                "event \(stranger.sequence), not vouched for", "-",
                here.contains(stranger.key) ? "yes" : "no", stranger.key.text)
        }
        try Output.lines(table.lines)
    }
}

/// Prints keys; there is no way here to print a private one.
enum KeyPrinter {
    /// The members of a public key in JSON answers.
    static func json(_ key: VerifierKey) -> JSONObject {
        [
            "name": .string(key.name.text), "id": .string(key.id.description),
            "vkey": .string(key.text),
        ]
    }
}
