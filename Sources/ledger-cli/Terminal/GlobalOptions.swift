import ArgumentParser
import Fleet
import Ledger

/// The forms in which an answer can be printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text
    case json
    case jsonl
    case sh
    case csv
    case html
    case markdown
    case ocsf
}

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The ledger file (else LEDGER_PATH, else ledger.sqlite).", valueName: "path"),
        completion: .file(extensions: ["sqlite"]))
    var ledger: String?

    @Option(name: .long, help: "text, json; some commands jsonl, sh, csv, html, markdown, ocsf.")
    var format: OutputFormat?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Who acts (else LEDGER_ACTOR, else the login name).", valueName: "name"))
    var actor: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The present for everything that is evaluated.", valueName: "time"),
        transform: ArgumentText.time)
    var now: Timestamp?

    /// The ledger's path.
    var path: String {
        let surroundings = Surroundings.current
        return surroundings.path(given)
    }

    /// The ledger's path as the user wrote it.
    var given: String {
        if let ledger { return ledger }
        if let path = Surroundings.current.environment("LEDGER_PATH"), !path.isEmpty {
            return path
        }
        return "ledger.sqlite"
    }

    /// A longer name is none, and leaves no room for what is recorded.
    private static let longestActor = 1000

    /// The actor of what is recorded.
    ///
    /// - Throws: `CLIError.usage` when the name given is blank, very long, or holds a control character.
    func who() throws(CLIError) -> Actor {
        let surroundings = Surroundings.current
        let variable = surroundings.environment("LEDGER_ACTOR").flatMap { $0.isEmpty ? nil : $0 }
        let name = actor ?? variable ?? surroundings.loginName()
        let isBlank = name.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        guard !isBlank, name.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
            throw .usage("actor: expected a name", hint: "--actor alice")
        }
        guard name.utf8.count <= GlobalOptions.longestActor else {
            throw .usage(
                "actor: a name of \(name.utf8.count) bytes, expected at most "
                    + "\(GlobalOptions.longestActor)", hint: "--actor alice")
        }
        return Actor(id: Redaction.redact(name))
    }

    /// The format to print, text unless said otherwise.
    ///
    /// - Throws: `CLIError.unsupportedFormat`.
    func format(_ supported: OutputFormat...) throws(CLIError) -> OutputFormat {
        let wanted = format ?? .text
        guard supported.contains(wanted) else {
            throw .unsupportedFormat(wanted, supported: supported)
        }
        return wanted
    }

    /// The ledger; when opened for writing, every append is signed if a key is at hand.
    ///
    /// - Throws: `StoreError`; `CLIError.keyMissing` for a key that may not sign this ledger, or
    ///   `CLIError` when a rehearsal's clock is set and it is no rehearsal.
    func open(readOnly: Bool = true) throws -> LedgerStore {
        guard readOnly else { return try openSigning() }
        let store = try LedgerStore.open(path: path, readOnly: true)
        try RehearsalClock.check(store.origin)
        return store
    }
}

/// Reads the values of arguments and says what was expected.
enum ArgumentText {
    /// An RFC 3339 time.
    ///
    /// - Throws: `ValidationError`.
    static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(text) else {
            throw ValidationError("expected a time like 2017-05-01T10:00:00Z")
        }
        return time
    }

    /// A resource such as `environment/prod`.
    ///
    /// - Throws: `CLIError.notAResource`.
    static func resource(_ text: String) throws -> Resource {
        guard let resource = Resource(text) else { throw CLIError.notAResource(text) }
        return resource
    }

    /// ON or OFF in any case.
    ///
    /// - Throws: `ValidationError`.
    static func state(_ text: String) throws -> Switch {
        guard let state = Switch(word: text) else { throw ValidationError("expected on or off") }
        return state
    }

    /// A number of seconds, as DNS writes a time to live (RFC 2181 section 8).
    ///
    /// - Throws: `ValidationError`.
    static func seconds(_ text: String) throws -> Int {
        guard let count = Int(text), 0...2_147_483_647 ~= count else {
            throw ValidationError("expected whole seconds")
        }
        return count
    }

    /// A hostname, in lower case and without a final dot.
    ///
    /// - Throws: `ValidationError`.
    static func host(_ text: String) throws -> String {
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let isHost =
            !name.isEmpty && name.utf8.count <= 253
            && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63
                    && label.unicodeScalars.allSatisfy {
                        $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-"
                            || $0 == "_" || $0 == "*"
                    }
            }
        guard isHost else { throw ValidationError("expected a hostname like www.example.com") }
        return name
    }

    /// The name of an environment, a snapshot, a migration.
    ///
    /// - Throws: `ValidationError`.
    static func name(_ text: String) throws -> String {
        let isName =
            !text.isEmpty && !text.hasPrefix("-")
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.value > 0x20 && !(0x7F...0xA0).contains(scalar.value) && scalar != "/"
                    && scalar != "@" && !scalar.properties.isWhitespace
            }
        guard isName else {
            throw ValidationError("expected a name without spaces, slashes or @")
        }
        return text
    }
}
