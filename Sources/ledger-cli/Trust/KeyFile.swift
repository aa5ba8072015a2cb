import Ledger

/// A file of private keys, one a line; empty lines and lines that begin with `#` say nothing.
struct KeyFile: Sendable {
    /// The path as the user knows it.
    let name: String
    /// The keys in the order of the file.
    var keys: [SignerKey]

    /// The file of a ledger's private keys, beside it.
    static func privateName(of ledger: String) -> String { beside(ledger, ".key") }

    /// The file of a ledger's public keys, beside it.
    static func publicName(of ledger: String) -> String { beside(ledger, ".vkey") }

    /// The file beside what the user named; of a symbolic link, when nothing is there, the one beside
    /// the ledger that it leads to.
    ///
    /// A link may stand among files that others put there; whoever puts a key beside it on purpose
    /// means that one.
    private static func beside(_ ledger: String, _ suffix: String) -> String {
        let surroundings = Surroundings.current
        guard !OperatingSystem.exists(surroundings.path(ledger + suffix)),
            let target = OperatingSystem.target(ofLink: surroundings.path(ledger))
        else { return ledger + suffix }
        return target + suffix
    }

    /// A file that is yet to be written.
    init(name: String, keys: [SignerKey]) {
        self.name = name
        self.keys = keys
    }

    /// Reads a file of keys; of one that lies beside the ledger nothing but its place says that it is
    /// meant.
    ///
    /// - Throws: `CLIError.keyMissing` when it cannot be read or holds something else; what is in
    ///   it is never repeated.
    init(reading name: String, isBeside: Bool = false) throws(CLIError) {
        let hint =
            isBeside
            ? "put the file of the key there, or move \(name) away; ledger-cli key list shows which keys sign"
            : KeyFile.hint
        let surroundings = Surroundings.current
        let bytes: [UInt8]
        do {
            bytes = try surroundings.bytes(of: name)
        } catch {
            throw .keyMissing("signing key: \(error)", hint: hint)
        }
        self.init(
            name: name,
            keys: try KeyFile.parse(
                String(decoding: bytes, as: UTF8.self), name: name, hint: hint))
        if name != "-", let mode = OperatingSystem.mode(surroundings.path(name)), mode & 0o077 != 0
        {
            // Who can read the key can sign as this ledger: a nuisance on every command is right.
            try? Output.note(
                "ledger: note: \(name) can be read by others; chmod 600 \(name)")
        }
    }

    /// The keys in a text.
    ///
    /// - Throws: `CLIError.keyMissing` naming the place and the line.
    static func parse(
        _ text: String, name: String, hint: String = KeyFile.hint
    ) throws(CLIError) -> [SignerKey] {
        var keys: [SignerKey] = []
        let lines = text.linesOfKeys
        for (index, line) in lines.enumerated() {
            let word = line.trimmingSpaces
            guard !word.isEmpty, !word.hasPrefix("#") else { continue }
            let place = lines.count > 1 ? "\(name):\(index + 1)" : name
            let key: SignerKey
            do { key = try SignerKey.parse(word) } catch {
                throw .keyMissing("\(place): \(error)", hint: hint)
            }
            guard key.verifier.type == .ed25519 else {
                throw .keyMissing(
                    "\(place): a witness's key cannot sign a log",
                    hint: "a log signs with an Ed25519 key of type 1")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else {
            throw .keyMissing("\(name): no private key in it", hint: hint)
        }
        return keys
    }

    /// Writes a new file that only its owner can read.
    ///
    /// - Throws: `CLIError.exists` when something is there, `SystemError`.
    func create() throws {
        let path = Surroundings.current.path(name)
        guard !OperatingSystem.exists(path) else { throw CLIError.keyFileExists(name) }
        OperatingSystem.removeDrafts(of: path)
        try OperatingSystem.create(path, mode: 0o600, bytes: bytes)
    }

    /// Replaces the file, in one step, by one that only its owner can read.
    ///
    /// - Throws: `SystemError`.
    func replace() throws {
        let path = Surroundings.current.path(name)
        // One that was interrupted has left private keys, also such as are retired now.
        OperatingSystem.removeDrafts(of: path)
        try OperatingSystem.replace(path, mode: 0o600, bytes: bytes)
    }

    private var bytes: [UInt8] { keys.flatMap { Array($0.privateText.utf8) + [0x0A] } }

    private static let hint =
        "name the file of the key in LEDGER_KEY, or unset it; ledger-cli key list shows which keys sign"
}

/// A file of public keys, one a line, as `init` and `key` write it beside the ledger.
enum PublicKeyFile {
    /// Writes the public keys of a ledger.
    ///
    /// - Throws: `SystemError`.
    static func write(_ keys: [VerifierKey], name: String) throws {
        let path = Surroundings.current.path(name)
        OperatingSystem.removeDrafts(of: path)
        try OperatingSystem.replace(
            path, mode: 0o644,
            bytes: keys.flatMap { Array($0.text.utf8) + [0x0A] })
    }

    /// The public keys in a text; nil when a line is none.
    ///
    /// - Throws: `KeyError` for the first line at fault.
    static func parse(_ text: String) throws(KeyError) -> [VerifierKey] {
        var keys: [VerifierKey] = []
        for line in text.linesOfKeys {
            let word = line.trimmingSpaces
            guard !word.isEmpty, !word.hasPrefix("#") else { continue }
            keys.append(try VerifierKey.parse(word))
        }
        return keys
    }
}

extension StringProtocol {
    /// The lines; what other systems write at the end of one, a carriage return and a line feed, is one
    /// character to Swift.
    fileprivate var linesOfKeys: [SubSequence] {
        split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    /// The text without blanks and carriage returns around it.
    var trimmingSpaces: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        let start = drop(while: isBlank)
        return String(String(start.reversed().drop(while: isBlank)).reversed())
    }
}
