import ArgumentParser
import Hummingbird
import Ledger

/// The command `serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Show the ledger in a browser.",
        discussion: """
            Pages for people and an interface for programs (/api/v1/openapi.json), read-only, on \
            this machine only, until it is stopped. On any other address --token-file is \
            required: a file of lines "ACTOR TOKEN", which the browser asks for as name and \
            password. The connection is not encrypted; put a proxy with TLS or an ssh tunnel \
            before it. --accept-writes lets programs record with a token that names the actor.

            EXAMPLES
              $ ledger-cli serve
              $ ledger-cli serve --port 0 --accept-writes --token-file tokens

            EXIT STATUS
              \(ExitStatus.help([.noLedger, .busy]))
            """)

    @OptionGroup var listening: ListenOptions

    @Option(
        help: ArgumentHelp(
            "Lines of an actor and a token; only they are let in.", valueName: "file"),
        completion: .file())
    var tokenFile: String?

    @Flag(help: "Let programs record with POST /api/v1/events.")
    var acceptWrites = false

    @OptionGroup var believing: TrustOptions

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() async throws {
        _ = try global.format(.text)
        let surroundings = Surroundings.current
        let address = try listening.place()
        let tokens = try tokenFile.map { file in
            try Tokens(
                String(decoding: try surroundings.bytes(of: file), as: UTF8.self), file: file)
        }
        if !address.isLoopback, tokens == nil {
            throw CLIError.usage(
                "--address \(address.host): other machines can reach it, so --token-file is required",
                hint: "echo \"$USER $(openssl rand -hex 32)\" > tokens; chmod 600 tokens")
        }
        if acceptWrites, tokens == nil {
            throw CLIError.usage(
                "--accept-writes: --token-file is required, since a token names the actor")
        }
        let site = try Site.open(
            path: global.path, trust: try believing.source(ledger: global.given, log: nil),
            tokens: tokens, isLoopback: address.isLoopback,
            writer: acceptWrites ? try global.openSigning() : nil, clock: surroundings.clock)
        try await listening.serve(
            site, at: address,
            // The first replay of a long ledger takes a while; nobody needs to wait for it.
            onStart: { _ = try? await site.archive.evaluate(.now) { _ in true } },
            onEnd: {
                site.live.close()
                site.archive.close()
            })
    }
}

/// Where a server listens.
struct ListenOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The address to listen on.", valueName: "host"))
    var address = "127.0.0.1"

    @Option(help: ArgumentHelp("The port to listen on; 0 is any that is free.", valueName: "n"))
    var port = 8017

    func validate() throws {
        if !(0...65_535 ~= port) { throw ValidationError("--port: expected 0 to 65535") }
    }

    /// The address.
    ///
    /// - Throws: `CLIError.usage`.
    func place() throws(CLIError) -> ListenAddress {
        guard !address.isEmpty, address.unicodeScalars.allSatisfy({ $0.value > 0x20 }) else {
            throw .usage("--address: expected a name or an IP address")
        }
        return ListenAddress(host: address, port: port)
    }

    /// Serves until the process is told to stop, and says where.
    ///
    /// - Throws: `CLIError` when the address cannot be listened on.
    func serve(
        _ service: some WebService, at address: ListenAddress,
        onStart: @escaping @Sendable () async -> Void = {},
        onEnd: @escaping @Sendable () -> Void = {}
    ) async throws {
        let surroundings = Surroundings.current
        let application = WebServer(service).application(
            at: address,
            onRunning: { port in
                try? surroundings.output.line("listening on \(address.url(port: port))")
                try? surroundings.output.flush()
                Task { await onStart() }
            }, onEnd: onEnd)
        do {
            try await application.runService()
        } catch {
            throw CLIError.unreadable(
                "\(address.host):\(address.port)", why: "cannot be listened on: \(error)",
                hint: "--port 0 takes any free port")
        }
    }
}

extension Site {
    /// The site of a ledger file.
    ///
    /// - Throws: `StoreError`.
    static func open(
        path: String, trust: TrustSource, tokens: Tokens?, isLoopback: Bool, writer: LedgerStore?,
        clock: @escaping @Sendable () -> Timestamp
    ) throws(StoreError) -> Site {
        let archive = try Archive(path: path, trust: trust, clock: clock)
        return Site(
            archive: archive, live: EventStream(archive), tokens: tokens, isLoopback: isLoopback,
            recording: writer.map { PostedEvents($0, clock: clock) })
    }
}
