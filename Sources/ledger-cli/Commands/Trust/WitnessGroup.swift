import ArgumentParser
import Ledger

/// The command `witness`.
struct WitnessGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Be a witness for other ledgers.",
        discussion: """
            A witness remembers the newest head of each log and cosigns only what continues it \
            (C2SP tlog-witness), so that a log whose key was stolen cannot be rewritten unseen. \
            Two teams can witness each other without a third.

            EXAMPLES
              $ ledger-cli witness init w1 --name witness.example/w1
              $ ledger-cli witness serve w1 --logs logs.txt

            EXIT STATUS
              \(ExitStatus.help([.keyMissing]))
            """,
        subcommands: [WitnessInit.self, WitnessServe.self])
}

/// The command `witness init`.
struct WitnessInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the folder and the key of a witness.",
        discussion: """
            The key is written to the folder, readable by its owner only, and its public half is \
            printed: whoever trusts the witness puts that into a policy.

            EXAMPLES
              $ ledger-cli witness init w1 --name witness.example/w1

            EXIT STATUS
              \(ExitStatus.help([]))
            """)

    @Argument(help: "The folder, which must not exist.")
    var folder: String

    @Option(
        help: ArgumentHelp("The name of the key, such as witness.example/w1.", valueName: "name"))
    var name: String

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let keyName: KeyName
        do { keyName = try KeyName(name) } catch {
            throw CLIError.usage("--name: \(error)", hint: "--name witness.example/w1")
        }
        var random = SystemRandomNumberGenerator()
        let key = try SignerKey.generate(
            name: keyName, type: .cosignature, using: &random)
        let path = Surroundings.current.path(folder)
        guard !OperatingSystem.exists(path) else { throw CLIError.exists(folder) }
        try OperatingSystem.makeFolder(path)
        try OperatingSystem.create(
            path + "/key", mode: 0o600, bytes: Array(key.privateText.utf8) + [0x0A])
        if format == .json {
            return try Output.json(["vkey": .string(key.verifier.text), "folder": .string(folder)])
        }
        try Output.line(key.verifier.text)
    }
}

/// The command `witness serve`.
struct WitnessServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Cosign what other ledgers send.",
        discussion: """
            Answers POST /add-checkpoint for the logs of --logs, a file of lines "VKEY" or \
            "VKEY ORIGIN"; GET /SHA256-OF-ORIGIN/checkpoint shows the newest cosigned head. A head \
            is on the disk before it is cosigned. No token is needed: a request counts by the \
            log's signature. The connection is not encrypted and needs not be.

            EXAMPLES
              $ ledger-cli witness serve w1 --logs logs.txt --address 0.0.0.0 --port 8018

            EXIT STATUS
              \(ExitStatus.help([.keyMissing]))
            """)

    @Argument(help: "The folder of the witness.")
    var folder: String

    @Option(
        help: ArgumentHelp("The public keys of the logs, one a line.", valueName: "file"),
        completion: .file())
    var logs: String

    @OptionGroup var listening: ListenOptions

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        _ = try global.format(.text)
        try await listening.serve(
            try Witness.open(folder: folder, logs: logs), at: try listening.place())
    }
}

extension Witness {
    /// The witness of a folder.
    ///
    /// - Throws: `CLIError` for a key or a file of logs that cannot be used, `SystemError`.
    static func open(folder: String, logs: String) throws -> Witness {
        let surroundings = Surroundings.current
        let file = folder + "/key"
        let bytes: [UInt8]
        do { bytes = try surroundings.bytes(of: file) } catch {
            throw CLIError.keyMissing(
                "witness key: \(error)", hint: "ledger-cli witness init \(folder) --name NAME")
        }
        let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first
        guard let text, let key = try? SignerKey.parse(String(text)),
            key.verifier.type == .cosignature
        else {
            throw CLIError.keyMissing(
                "\(file): not the private key of a witness",
                hint: "ledger-cli witness init makes a folder with one")
        }
        let trusted = try TrustedLogs(
            String(decoding: try surroundings.bytes(of: logs), as: UTF8.self), file: logs)
        return Witness(
            logs: trusted, key: key,
            record: try WitnessRecord(folder: surroundings.path(folder), name: folder),
            clock: surroundings.clock)
    }
}
