import ArgumentParser
import Breakage
import Foundation
import Ledger

/// The command `torturer`.
@main struct Torturer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "torturer",
        abstract: "Break ledgers in every way and see what is left.",
        discussion: """
            Exit status: 0 when everything that was acknowledged was there afterwards and every \
            ledger verified, 1 otherwise.
            """,
        subcommands: [Kills.self, Faults.self, PowerCuts.self, Write.self, Attempts.self])
}

/// A folder that goes when it is not needed any more.
struct Scratch: ~Copyable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "ledger-torture-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Shows how far a run is: over and over on a terminal, now and then elsewhere.
struct Gauge {
    private let isTerminal = isatty(2) == 1
    private var last = Date.distantPast

    mutating func show(_ text: @autoclosure () -> String) {
        let now = Date()
        guard now.timeIntervalSince(last) > (isTerminal ? 0.2 : 10) else { return }
        last = now
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K" : "").utf8))
        FileHandle.standardError.write(Data((text() + (isTerminal ? "" : "\n")).utf8))
    }

    func end() {
        if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}

/// Writers that are killed.
struct Kills: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kill writers of one ledger at random instants.")

    @Option(help: "How many writers are killed.") var kills = 1000
    @Option(help: "Stop after so long, done or not.") var minutes: Double?
    @Option(help: "How many writers there are at a time.") var writers = 8
    @Option(help: "Where the random instants come from.") var seed = UInt64.random(in: 0..<1 << 32)
    @Option(help: "The ledger, to be made and kept; else one that is thrown away.")
    var ledger: String?

    func run() async throws {
        let scratch = try Scratch()
        let path = ledger ?? scratch.path + "/ledger.sqlite"
        try Specimen.create(path).close()
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).path
        var run = KillRun(path: path, program: program)
        run.kills = kills
        run.writers = writers
        run.seed = seed
        run.end = minutes.map { ContinuousClock.now + .seconds($0 * 60) }
        var gauge = Gauge()
        let start = Date()
        let tally = try run.run { tally in
            gauge.show("killed \(tally.kills) of \(kills), \(tally.acknowledged) acknowledged")
        }
        gauge.end()
        print(
            """
            writers       \(writers) at a time, seed \(seed)
            kills         \(tally.kills), \(tally.together) of them all writers at once, \
            \(tally.early) before a first append
            events        \(tally.events)
            acknowledged  \(tally.acknowledged)
            present       \(tally.present)
            lost          \(tally.lost)
            inspections   \(tally.inspections), \(tally.problems.count) problems
            seconds       \(Int(Date().timeIntervalSince(start)))
            """)
        for problem in tally.problems.prefix(20) { print("problem: \(problem)") }
        let isSound =
            tally.lost == 0 && tally.problems.isEmpty
            && tally.present == tally.acknowledged && tally.kills > 0
        throw ExitCode(isSound ? 0 : 1)
    }
}

/// A writer.
struct Write: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Append until killed, printing what is acknowledged.", shouldDisplay: false)

    @Argument var path: String
    @Argument var number: Int

    func run() async throws { try await WriterProgram.run(path, number: number) }
}

/// A try to append.
struct Attempts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attempt", abstract: "Append until it fails.", shouldDisplay: false)

    @Argument var path: String
    @Option var user: Int?
    @Option var limit: Int?
    @Option var most = 1

    func run() { WriterProgram.attempt(path, user: user, limit: limit, most: most) }
}
