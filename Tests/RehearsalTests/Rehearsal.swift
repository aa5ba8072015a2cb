import CTerminal
import Foundation
import Glibc
import Ledger
import Testing

/// A folder with a simulated platform, its name server and a ledger, all real programs on one
/// simulated clock.
final class Rehearsal: Sendable {
    /// What a command gave.
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// The answer as JSON.
        var json: JSONObject {
            get throws { try #require(JSONReader.parse(Array(output.utf8)).object) }
        }
    }

    /// The folder; it goes with the rehearsal.
    let folder: String
    private let names: Spawned
    private let resolver: String

    /// The folder of the package.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The folder of the built programs: the tests are among them.
    static let programs: String = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        for _ in 0..<6 {
            let candidate = folder.appendingPathComponent("fleet-simulator").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return folder.path }
            folder = folder.deletingLastPathComponent()
        }
        return root + "/.build/debug"
    }()

    /// Where all rehearsals of these tests are; nothing is left of it when they end.
    private static let folders: String = {
        let path = FileManager.default.temporaryDirectory.path + "/rehearsals-\(getpid())"
        atexit {
            try? FileManager.default.removeItem(
                atPath: FileManager.default.temporaryDirectory.path + "/rehearsals-\(getpid())")
        }
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        return path
    }()

    static let hosts = ["www.bestpants.com", "bestpants.com", "admin.bestpants.com"]

    /// A rehearsal of its own, from the beginning or as another one stands.
    init(like other: Rehearsal? = nil, caching: Bool = false) async throws {
        let files = FileManager.default
        folder = Rehearsal.folders + "/" + UUID().uuidString
        try files.createDirectory(
            atPath: folder + "/bin", withIntermediateDirectories: true)
        for (name, program) in [
            ("fleet", "fleet-simulator"), ("fleet-simulator", "fleet-simulator"),
            ("ledger-cli", "ledger-cli"),
        ] {
            try files.createSymbolicLink(
                atPath: "\(folder)/bin/\(name)",
                withDestinationPath: "\(Rehearsal.programs)/\(program)")
        }
        if let other {
            for name in try files.contentsOfDirectory(atPath: other.folder) where name != "bin" {
                try files.copyItem(atPath: "\(other.folder)/\(name)", toPath: "\(folder)/\(name)")
            }
        } else {
            let start = try await Rehearsal.run(
                folder + "/bin/fleet-simulator", ["start"], in: folder,
                environment: Rehearsal.environment(folder))
            try #require(start.status == 0, "\(start.errors)")
        }
        var ends: [Int32] = [-1, -1]
        try #require(ledger_pipe(&ends) == 0)
        defer { close(ends[0]) }
        do {
            defer { close(ends[1]) }
            names = try Spawned(
                folder + "/bin/fleet-simulator", ["dns"] + (caching ? ["--caching"] : []),
                in: folder, environment: Rehearsal.environment(folder), output: ends[1],
                errors: ends[1])
        }
        try #require(await isReadable(ends[0], Spawned.deadline))
        var line = [UInt8](repeating: 0, count: 64)
        let count = read(ends[0], &line, line.count)
        resolver = String(decoding: line.prefix(max(0, count)), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(resolver.hasPrefix("127.0.0.1:"))
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Ends the name server; what is left can be copied.
    func stop() { names.terminate() }

    static func environment(_ folder: String) -> [String: String] {
        [
            "PATH": "\(folder)/bin:/usr/bin:/bin", "FLEET_STATE": "\(folder)/shop.state",
            "LEDGER_CLOCK": "\(folder)/shop.state.clock", "LEDGER_ACTOR": "alice",
            "LEDGER_PATH": "\(folder)/ledger.sqlite",
        ]
    }

    /// Runs a program to its end.
    static func run(
        _ path: String, _ arguments: [String], in folder: String, environment: [String: String]
    ) async throws -> Result {
        let names = (0..<2).map { _ in "\(folders)/\(UUID().uuidString)" }
        let files = names.map { open($0, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600) }
        let process = try Spawned(
            path, arguments, in: folder, environment: environment, output: files[0],
            errors: files[1])
        for file in files { close(file) }
        let status = await process.end()
        let texts = try names.map { name in
            defer { unlink(name) }
            return String(decoding: try Data(contentsOf: URL(fileURLWithPath: name)), as: UTF8.self)
        }
        return Result(status: status, output: texts[0], errors: texts[1])
    }

    /// The environment of every program.
    var variables: [String: String] {
        Rehearsal.environment(folder).merging(["LEDGER_RESOLVER": resolver]) { $1 }
    }

    /// Runs a program of the rehearsal.
    @discardableResult
    func run(_ words: [String], environment extra: [String: String] = [:]) async throws -> Result {
        try await Rehearsal.run(
            "\(folder)/bin/\(words[0])", Array(words.dropFirst()), in: folder,
            environment: variables.merging(extra) { $1 })
    }

    /// Runs a script of the shell in the folder.
    func shell(_ script: String) async throws -> Result {
        try await Rehearsal.run(
            "/bin/sh", ["-c", script], in: folder, environment: variables)
    }

    /// Runs `ledger-cli` with words in one text; `'…'` keeps words together.
    @discardableResult
    func ledger(_ line: String, environment: [String: String] = [:]) async throws -> Result {
        var words: [String] = []
        for (index, part) in line.split(separator: "'", omittingEmptySubsequences: false)
            .enumerated()
        {
            if index.isMultiple(of: 2) {
                words += part.split(separator: " ").map(String.init)
            } else {
                words.append(String(part))
            }
        }
        return try await run(["ledger-cli"] + words, environment: environment)
    }

    /// Runs `ledger-cli`, which must succeed.
    func must(_ line: String) async throws {
        let result = try await ledger(line)
        try #require(result.status == 0, "\(line): \(result.output)\(result.errors)")
    }

    /// Runs a command of the platform through the ledger, which must succeed.
    func act(_ line: String) async throws { try await must("run -- fleet \(line)") }

    /// Does something beside the ledger.
    func beside(_ line: String) async throws {
        let result = try await run(
            ["fleet-simulator"] + line.split(separator: " ").map(String.init))
        try #require(result.status == 0, "\(line): \(result.errors)")
    }

    /// Lets the next command that begins so go wrong.
    func fault(_ kind: String, on command: String) async throws {
        let result = try await run(["fleet-simulator", "fault", kind, "--on", command])
        try #require(result.status == 0, "\(result.errors)")
    }

    /// The commands that took effect on the platform, oldest first.
    var effects: [String] {
        get throws {
            let text = try String(contentsOfFile: folder + "/shop.state", encoding: .utf8)
            return try text.split(separator: "\n").compactMap { line in
                let entry = try #require(JSONReader.parse(Array(line.utf8)).object)
                guard let words = entry["command"]?.array?.compactMap(\.string),
                    entry["effect"]?.string != "none"
                else { return nil }
                return words.joined(separator: " ")
            }
        }
    }

    /// The events of the ledger.
    var events: [JSONObject] {
        get async throws {
            try await #require(ledger("history --format json").json["events"]?.array)
                .compactMap(\.object)
        }
    }

    /// The types of the events.
    var types: [String] { get async throws { try await events.compactMap { $0["type"]?.string } } }

    /// A fact of the status, such as `environment/prod there`.
    func standing(of resource: String) async throws -> String {
        let found = try await ledger("check \(resource) --format json")
        return try found.json["verdict"]?.string ?? found.errors
    }

    /// Saves the clean-up; the digest.
    func save(_ kind: String = "cleanup") async throws -> String {
        let name = "\(kind)-\(UUID().uuidString.prefix(8)).json"
        try await must("plan \(kind) --save \(name)")
        let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        return try #require(JSONReader.parse(Array(text.utf8)).object?["digest"]?.string)
    }
}
