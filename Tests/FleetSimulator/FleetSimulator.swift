import ArgumentParser
import FleetModel
import Foundation
import Ledger

/// A platform to rehearse on: the ground truth of the proof behind the commands of Fleet.
///
/// Called `fleet` (by a link of that name) it is the platform; otherwise it is what moves the
/// platform: its time, its DNS provider, its faults.
@main
struct FleetSimulator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet-simulator",
        abstract: "A platform to rehearse a migration on.",
        discussion: """
            FLEET_STATE names the state file; its time is in the file of that name and ".clock", \
            which LEDGER_CLOCK may name too. FLEET_FAULT makes a command go wrong.
            """,
        subcommands: [
            Start.self, Command.self, Advance.self, Now.self, Point.self, DNS.self,
            FaultCommand.self, Truth.self,
        ])

    static func main() {
        let name = CommandLine.arguments.first?.split(separator: "/").last
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            if name == "fleet" { throw ExitCode(try Surroundings.session().run(words)) }
            var command = try parseAsRoot(words)
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}

/// What the simulator takes from its environment.
enum Surroundings {
    /// The state file.
    static var path: String {
        ProcessInfo.processInfo.environment["FLEET_STATE"] ?? "fleet.state"
    }

    /// The time.
    static var clock: SimulatorClock { SimulatorClock(path: path + ".clock") }

    /// A session at the platform.
    static func session() -> Session {
        Session(
            path: path, clock: clock,
            wanted: ProcessInfo.processInfo.environment["FLEET_FAULT"].flatMap(Fault.init))
    }

    /// Adds an entry at the present.
    ///
    /// - Throws: `SimulatorError` when there is no platform.
    static func append(_ entry: Journal.Entry) throws {
        let lock = try FileLock(path + ".lock")
        var journal = try Journal(path: path)
        journal.entries.append((try clock.now(), entry))
        try journal.write(to: path)
        lock.release()
    }
}

/// The command `fleet-simulator start`.
struct Start: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a shop on prod, serving customers.")

    @Option(help: "When it begins.") var at = "2026-03-02T19:00:00Z"
    @Option(help: "What the durations are drawn from.") var seed = 1
    @Option(name: .customLong("hostname"), help: "A hostname of the shop; may be repeated.")
    var hostnames: [String] = []

    func run() throws {
        guard let time = Timestamp(at), SimulatedFleet.second(time) > 200_000 else {
            throw ValidationError("--at: expected a time from 2026-01-04 on")
        }
        var beginning = Journal.Beginning(start: time, seed: UInt64(max(0, seed)))
        if !hostnames.isEmpty { beginning.hostnames = hostnames }
        try Journal(beginning).write(to: Surroundings.path)
        try Surroundings.clock.set(time)
    }
}

/// The command `fleet-simulator fleet …`.
struct Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet", abstract: "Run a command of the platform.")

    @Argument(parsing: .captureForPassthrough) var words: [String] = []

    func run() throws { throw ExitCode(try Surroundings.session().run(words)) }
}

/// The command `fleet-simulator advance`.
struct Advance: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let time pass, as in: advance 90s.")

    @Argument(help: "90s, 5m, 2h") var span: String

    func run() throws {
        let units = ["s": 1, "m": 60, "h": 3600]
        guard let unit = span.last.flatMap({ units[String($0)] }),
            let count = Int(span.dropLast()), count >= 0
        else { throw ValidationError("expected a span like 90s, 5m or 2h") }
        try Surroundings.clock.advance(by: .seconds(count * unit))
    }
}

/// The command `fleet-simulator now`.
struct Now: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say what time it is.")

    func run() throws { Session.say("\(try Surroundings.clock.now().short)\n") }
}

/// The command `fleet-simulator point`.
struct Point: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change a record at the DNS provider.")

    @Argument(help: "The hostname.") var host: String
    @Option(help: "The environment (else it stays).") var to: String?
    @Option(help: "The time to live in seconds (else it stays).") var ttl: Int?

    func run() throws {
        try Surroundings.append(.point(host: host, target: to, ttl: ttl))
    }
}

/// The command `fleet-simulator dns`.
struct DNS: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dns", abstract: "Answer look-ups on UDP; prints its address.")

    @Option(help: "The port; 0 for any.") var port: UInt16 = 0
    @Flag(help: "Answer as a caching resolver.") var caching = false

    func run() throws {
        try NameServer(path: Surroundings.path, clock: Surroundings.clock, isCaching: caching)
            .serve(port: port)
    }
}

/// The command `fleet-simulator fault`.
struct FaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fault", abstract: "Let the next matching command go wrong, once.",
        discussion: Fault.allCases.map { "\($0.rawValue): \($0.meaning)" }.joined(separator: "\n"))

    @Argument(help: "What goes wrong.") var fault: String
    @Option(help: "How the command begins, after fleet.") var on = ""

    func run() throws {
        guard let fault = Fault(rawValue: fault) else {
            throw ValidationError(
                "expected one of \(Fault.allCases.map(\.rawValue).joined(separator: " "))")
        }
        try Surroundings.append(.fault(fault, on: on))
    }
}

/// The command `fleet-simulator truth`.
struct Truth: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is really so, customer writes included.")

    func run() throws {
        let fleet = SimulatedFleet(
            try Journal(path: Surroundings.path), at: try Surroundings.clock.now())
        let platform = fleet.platform
        var text = ""
        for (name, environment) in platform.environments.sorted(by: { $0.key < $1.key }) {
            text +=
                "environment \(name): \(environment.contents.count) writes, "
                + (platform.isOpen(name) ? "open" : "closed")
                + (platform.serves(name) ? ", customers are sent there" : "") + "\n"
        }
        for (name, snapshot) in platform.snapshots.sorted(by: { $0.key < $1.key }) {
            text += "snapshot \(name): \(snapshot.contents.count) writes\n"
        }
        Session.say(text)
    }
}
