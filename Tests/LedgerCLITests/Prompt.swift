import Foundation
import Ledger
import Synchronization
import Testing

@testable import ledger_cli

/// A prompt in a folder of its own: runs command lines inside this process, with a clock that
/// stands still unless it is moved, an environment and streams of the test's own.
final class Prompt: Sendable {
    /// What a command line gave.
    struct Result: Equatable {
        let status: Int32
        let output: String
        let errors: String

        /// The answer as JSON.
        var json: JSONObject {
            get throws { try #require(JSONReader.parse(Array(output.utf8)).object) }
        }

        /// The lines of the answer.
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// The folder; it goes with the prompt.
    let directory: String
    private let clock: Mutex<Timestamp>
    private let variables: Mutex<[String: String]>
    private let post = Mutex<Post?>(nil)

    /// Answers what a command posts to an address.
    typealias Post = @Sendable (String, [UInt8]) async throws -> (status: Int, body: [UInt8])

    init(
        at time: String = "2017-05-01T09:00:00Z", environment: [String: String] = [:]
    ) throws {
        directory =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-cli-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        clock = Mutex(try #require(Timestamp(time)))
        variables = Mutex(environment)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// A prompt with a ledger.
    static func withLedger(at time: String = "2017-05-01T09:00:00Z") async throws -> Prompt {
        let prompt = try Prompt(at: time)
        let result = await prompt.run("init", "--origin", "ledger.test/fleet")
        try #require(result.status == 0, "\(result.errors)")
        return prompt
    }

    /// Moves the clock to a time.
    func setClock(_ time: String) throws {
        let time = try #require(Timestamp(time))
        clock.withLock { $0 = time }
    }

    /// Sets an environment variable.
    func set(_ name: String, _ value: String) { variables.withLock { $0[name] = value } }

    /// Lets every post of a command go to a witness, and nothing else.
    func connect(to witness: TestWitness) { connect(witness.post) }

    /// Lets every post of a command be answered so.
    func connect(_ post: @escaping Post) { self.post.withLock { $0 = post } }

    /// Runs a command line.
    func run(_ words: String..., input: String = "", isTerminal: Bool = false) async -> Result {
        await run(words, input: input, isTerminal: isTerminal)
    }

    /// Runs a command line.
    func run(
        _ words: [String], input: String = "", isTerminal: Bool = false,
        lookUp: (@Sendable (String) -> DNSAnswer)? = nil
    ) async -> Result {
        let output = Sink(isTerminal: isTerminal)
        let errors = Sink(isTerminal: isTerminal)
        var surroundings = Surroundings(
            environment: { name in self.variables.withLock { $0[name] } },
            clock: { self.clock.withLock { $0 } },
            pause: { span in self.clock.withLock { $0 = $0 + span } }, loginName: { "login" },
            readInput: { try $0(Array(input.utf8)) }, lookUp: lookUp, directory: directory,
            output: output,
            errors: errors)
        if let post = post.withLock({ $0 }) {
            surroundings.post = { address, body in
                let (status, answer) = try await post(address, body)
                return Transmission.Answer(status: status, body: answer)
            }
        }
        let status = await LedgerCLI.run(words, in: surroundings)
        return Result(status: status, output: output.text, errors: errors.text)
    }

    /// Writes a file into the folder.
    func write(_ text: String, to name: String) throws {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    }

    /// Writes bytes into the folder.
    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { directory + "/" + name }

    /// The types in the ledger, in order, the first event aside.
    func types() async throws -> [String] {
        let history = await run("history", "--format", "json")
        let events = try #require(history.json["events"]?.array)
        return events.dropFirst().compactMap { $0.object?["type"]?.string }
    }

    /// An event of the ledger.
    func event(_ sequence: Int) async throws -> JSONObject {
        let shown = await run("show", "\(sequence)", "--format", "json")
        return try #require(shown.json["event"]?.object, "\(shown.errors)")
    }
}
