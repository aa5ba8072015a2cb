import ArgumentParser
import Ledger

/// The command `checkpoint`.
struct CheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Print or publish the newest signed head.",
        discussion: """
            The head is a signed note (c2sp.org/tlog-checkpoint): origin, size, root and signatures. \
            Kept on another machine, in git or in a ticket, it is what verify --against needs to see \
            that the ledger was cut short or rewritten. Every recording command that has the key \
            signs a new head; --sign signs what was recorded without it. --publish puts the head in \
            the place of an older one in a file, in one step, or has a witness \
            (c2sp.org/tlog-witness) cosign it and keeps the cosignature. A place that has a head \
            which this log does not continue is evidence of tampering: status 3. The policy publish \
            names places to which every recording command publishes; what fails stays due.

            EXAMPLES
              $ ledger-cli checkpoint
              $ ledger-cli checkpoint --output /mnt/elsewhere/fleet.checkpoint
              $ ledger-cli checkpoint --publish https://witness.example --witness "$(cat witness.vkey)"
              $ ledger-cli checkpoint --publish-all

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .noLedger, .busy, .keyMissing]))
            """)

    @Option(
        help: ArgumentHelp(
            "Write the note to a file, in one step, instead of printing it.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "A file or the address of a witness; may be repeated.", valueName: "path|url"),
        completion: .file())
    var publish: [String] = []

    @Flag(help: "Publish to every place that the policy publish names.")
    var publishAll = false

    @Option(
        help: ArgumentHelp(
            "The public key of a witness; may be repeated, as --publish.", valueName: "vkey"))
    var witness: [String] = []

    @Option(
        help: ArgumentHelp(
            "A policy file (c2sp.org/tlog-policy) with witnesses (else LEDGER_TRUST).",
            valueName: "file"), completion: .file())
    var policy: String?

    @Flag(help: "Sign the head first, when events were recorded without the key.")
    var sign = false

    @Option(
        help: ArgumentHelp(
            "The file of the signing key (else LEDGER_KEY, else the ledger's .key file).",
            valueName: "file"), completion: .file())
    var key: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        let format = try global.format(.text, .json)
        let targets = try targets()
        if sign { try signTail() }
        if publishAll || !publish.isEmpty {
            guard !targets.isEmpty else {
                throw CLIError.usage(
                    "--publish-all: no place to publish to",
                    hint: "ledger-cli policy set publish PATH, or 'URL VKEY' for a witness")
            }
            return try await publish(to: targets, format)
        }
        let store = try global.open()
        let (size, newest) = try store.read(again: true) { (try $0.size(), try $0.newestHead()) }
        guard let head = newest else { throw HeadPrinter.noHead }
        if let output {
            _ = try CheckpointFile.write(
                head, to: output, of: store, again: "ledger-cli checkpoint --output tries again")
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
        if output == nil { try Output.bytes(Array(head.note.utf8)) }
    }

    private func signTail() throws {
        let store = try global.openSigning(key: key)
        guard store.signer != nil else {
            let hasKeys = try !store.logKeys().entries.isEmpty
            throw CLIError.keyMissing(
                "--sign: no key at hand",
                hint: "name the file of the key in LEDGER_KEY"
                    + (hasKeys ? "" : ", or make one with ledger-cli key add"))
        }
        if try store.size() > (try store.newestHead())?.size ?? 0 { try store.signHead() }
    }

    /// The places that the options and the policy name.
    private func targets() throws -> [PublishTarget] {
        let isPublishing = publishAll || !publish.isEmpty
        let known =
            isPublishing
            ? try TrustSource.find(
                policy: policy, keys: [], ledger: nil, log: nil, needsLog: false
            ).policy : nil
        let witnesses = known?.witnesses ?? []
        var given: [VerifierKey] = []
        for text in witness {
            do { given.append(try VerifierKey.parse(text.trimmingSpaces)) } catch {
                throw CLIError.usage("--witness: \(error)", hint: "give a witness's public key")
            }
        }
        if given.contains(where: { $0.type != .cosignature }) {
            throw CLIError.usage("--witness: the key is not a witness's", hint: "its type is 4")
        }
        var targets: [PublishTarget] = []
        var next = given[...]
        for place in publish {
            targets.append(
                try PublishTarget.parse(place) { url in
                    if let key = next.popFirst() { return key }
                    let there = witnesses.first { $0.url?.withoutFinalSlashes == url }
                    return (there ?? (witnesses.count == 1 ? witnesses.first : nil))?.key
                })
        }
        guard publishAll else { return targets }
        targets += try Outbox.targets(of: global.path)
        targets += witnesses.compactMap { witness in
            witness.url.map { .witness(url: $0.withoutFinalSlashes, key: witness.key) }
        }
        return targets
    }

    /// Publishes to all places, whatever becomes of each, and fails with the gravest failure.
    private func publish(to targets: [PublishTarget], _ format: OutputFormat) async throws {
        var done: [Published] = []
        var failures: [CLIError] = []
        for target in targets {
            do {
                done.append(try await Publisher(ledger: global.path).publish(to: target))
            } catch let error as CLIError {
                failures.append(error)
            }
        }
        if format == .json {
            try Output.json(["published": .array(done.map { .object($0.json) })])
        } else {
            try Output.lines(done.map(\.line))
        }
        let gravest = failures.first { $0.status == .doesNotVerify } ?? failures.first
        for failure in failures where failure != gravest {
            try Output.note("ledger: note: \(failure.message)")
        }
        if let gravest { throw gravest }
    }
}

extension String {
    /// An address as witnesses' prefixes are compared.
    fileprivate var withoutFinalSlashes: String {
        var text = self
        while text.hasSuffix("/") { text.removeLast() }
        return text
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
