import ArgumentParser
import Ledger

/// The command `checkpoint`.
struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Print the newest signed head, to keep elsewhere.",
        discussion: """
            The head is a signed note (c2sp.org/tlog-checkpoint): origin, size, root and signatures. \
            Kept on another machine, in git or in a ticket, it is what verify --against needs to see \
            that the ledger was cut short or rewritten. Every recording command that has the key \
            signs a new head; --sign signs what was recorded without it.

            EXAMPLES
              $ ledger-cli checkpoint
              $ ledger-cli checkpoint --output /mnt/elsewhere/fleet.checkpoint

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .noLedger, .busy, .keyMissing]))
            """)

    @Option(
        help: ArgumentHelp(
            "Write the note to a file, in one step, instead of printing it.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(help: "Sign the head first, when events were recorded without the key.")
    var sign = false

    @Option(
        help: ArgumentHelp(
            "The file of the signing key (else LEDGER_KEY, else the ledger's .key file).",
            valueName: "file"), completion: .file())
    var key: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        if sign { try signTail() }
        let store = try global.open()
        let (size, newest) = try store.read { (try $0.size(), try $0.newestHead()) }
        guard let head = newest else { throw HeadPrinter.noHead }
        if let output {
            try OperatingSystem.replace(
                Surroundings.current.path(output), mode: 0o644, bytes: Array(head.note.utf8))
        }
        if size > head.size {
            try Output.note(
                "ledger: note: \(size - head.size) newer "
                    + "\(size - head.size == 1 ? "event is" : "events are") under no signed head; "
                    + "ledger-cli checkpoint --sign")
        }
        if format == .json {
            var object = JSONObject([
                ("size", .integer(head.size)), ("root", .string(head.root.base64)),
                ("origin", .string(store.origin)), ("note", .string(head.note)),
                ("unsigned", .integer(max(0, size - head.size))),
            ])
            object["output"] = output.map { .string($0) }
            return try Output.json(object)
        }
        if output == nil { try Surroundings.current.output.write(Array(head.note.utf8)) }
    }

    private func signTail() throws {
        let store = try global.openSigning(key: key)
        guard store.signer != nil else {
            throw CLIError.keyMissing(
                "--sign: no key at hand",
                hint: "name the file of the key in LEDGER_KEY, or make one with ledger-cli key add")
        }
        if try store.size() > (try store.newestHead())?.size ?? 0 { try store.signHead() }
    }
}

extension HeadPrinter {
    /// The complaint of a command that needs a signed head where there is none.
    static var noHead: CLIError {
        .keyMissing(
            "no head of this ledger is signed yet",
            hint: "ledger-cli key add makes a key; ledger-cli checkpoint --sign signs with it")
    }
}
