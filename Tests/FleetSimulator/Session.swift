import Fleet
import FleetModel
import Foundation
import Ledger

/// One `fleet …` command, as someone at a terminal sees it.
struct Session {
    /// The state file.
    let path: String
    /// The time.
    let clock: SimulatorClock
    /// What the environment asks to go wrong.
    let wanted: Fault?

    /// What is left to do when the state file is free again.
    enum End {
        case exit(Int32)
        case hang
    }

    /// Runs a command, the words after `fleet`; the exit status.
    ///
    /// - Throws: `SimulatorError` when there is no platform.
    func run(_ words: [String]) throws -> Int32 {
        let isTerminal = isatty(0) == 1
        guard let command = try? Grammar.parse(words, inputIsTerminal: isTerminal) else {
            Session.say("Usage: fleet COMMAND; unknown command: \(words.joined(separator: " "))\n")
            return 2
        }
        let fed = isFed(command) ? String(decoding: readAll(), as: UTF8.self) : ""
        // The person at the prompt may take their time; others use the file meanwhile.
        if case .action(let action, _) = command, try confirm(action, words) == false {
            Session.say("Aborted\n")
            return 1
        }
        let lock = try FileLock(path + ".lock")
        var journal = try Journal(path: path)
        let now = try clock.now()
        let waiting = waiting(for: words, in: journal)
        if let waiting { journal.entries.append((now, .faulted(waiting.fault, on: waiting.on))) }
        let fault = waiting?.fault ?? wanted
        let fleet = SimulatedFleet(journal, at: now)
        let end: End
        switch command {
        case .action(let action, _):
            let effect = effect(of: action, fleet, fault)
            journal.entries.append(
                (now, .command(words, effect: effect, loaded: SimulatedFleet.writes(in: fed))))
            end = answer(action, fleet, fault, effect)
        case .read(let read): end = answer(read, fleet, fault)
        case .other: end = answerOther(words, fault)
        }
        try journal.write(to: path)
        if case .exit = end { try clock.advance(by: .seconds(1)) }
        lock.release()
        switch end {
        case .exit(let status): return status
        case .hang:
            // Whoever waits has to give up; one that is left alone goes.
            let parent = getppid()
            while getppid() == parent { sleep(1) }
            return 255
        }
    }

    private func isFed(_ command: FleetCommand) -> Bool {
        if case .action(.databaseLoad, _) = command { true } else { false }
    }

    private func readAll() -> [UInt8] { Array(FileHandle.standardInput.readDataToEndOfFile()) }

    private func waiting(
        for words: [String], in journal: Journal
    ) -> (fault: Fault, on: String)? {
        journal.faults.first { words.joined(separator: " ").hasPrefix($0.on) }
    }

    /// Whether the question of `env destroy` was answered rightly; nil when it asks nothing.
    private func confirm(_ action: Action, _ words: [String]) throws -> Bool? {
        guard case .envDestroy(let name, _, noConfirm: false) = action else { return nil }
        let journal = try Journal(path: path)
        let fleet = SimulatedFleet(journal, at: try clock.now())
        let fault = waiting(for: words, in: journal)?.fault ?? wanted
        guard fleet.refusal(of: action) == nil, fault != .lostBefore, fault != .hang else {
            return nil
        }
        let other = fleet.platform.environments.keys.sorted().first { $0 != name }
        let asked = fault == .otherPrompt ? other ?? "staging" : name
        Session.say(fleet.prompt(of: asked))
        return readLine()?.trimmingCharacters(in: .whitespaces) == asked
    }

    private func effect(
        of action: Action, _ fleet: SimulatedFleet, _ fault: Fault?
    ) -> Journal.Effect {
        if fleet.refusal(of: action) != nil { return .none }
        switch fault {
        case .lostBefore, .hang, .refuse, .otherPrompt: return .none
        case .lostMidway: return .damaged
        default: return .done
        }
    }

    private func answer(
        _ action: Action, _ fleet: SimulatedFleet, _ fault: Fault?, _ effect: Journal.Effect
    ) -> End {
        switch fault {
        case .lostBefore?, .lostAfter?: return lose()
        case .hang?, .hangAfter?: return .hang
        case .refuse?: return refuse("You have reached the limit of your plan")
        default: break
        }
        if let refusal = fleet.refusal(of: action) { return refuse(refusal) }
        if case .databaseDump(let name, _, _) = action {
            let dump = fleet.dump(of: name)
            if fault == .lostMidway {
                Session.say(String(dump.prefix(dump.count / 2)))
                return lose()
            }
            Session.say(dump)
        }
        if fault == .lostMidway { return lose() }
        if let echo = Echo.expected(action) {
            Session.say(
                (fault == .otherEcho || fault == .otherPrompt ? renamed(echo, action) : echo) + "\n"
            )
        }
        return .exit(0)
    }

    private func renamed(_ echo: String, _ action: Action) -> String {
        let name = action.subject.description.split(separator: "/").last.map(String.init) ?? ""
        return echo.replacing(name, with: "staging")
    }

    private func answer(_ read: ReadCommand, _ fleet: SimulatedFleet, _ fault: Fault?) -> End {
        var text: String
        switch read {
        case .envList: text = fleet.environmentList()
        case .envDescribe(let name):
            guard let description = fleet.description(of: name) else {
                return refuse("Environment \(name) does not exist")
            }
            text = description
        case .snapshotList(let kind): text = fleet.snapshotList(kind ?? .database)
        case .releaseList: text = fleet.releaseList()
        case .defaultEnvironment:
            text = "Default environment is '\(fleet.platform.defaultEnvironment)'\n"
        case .sqlScripts: text = fleet.scripts.map { $0 + "\n" }.joined()
        }
        switch fault {
        case .hang?, .hangAfter?: return .hang
        case .lostBefore?: return lose()
        case .refuse?: return refuse("Internal error")
        case .cut?: text = String(text.prefix(text.count * 2 / 3))
        case .lostAfter?, .lostMidway?:
            Session.say(String(text.prefix(text.count / 2)))
            return lose()
        default: break
        }
        Session.say(text)
        return .exit(0)
    }

    private func answerOther(_ words: [String], _ fault: Fault?) -> End {
        switch fault {
        case .hang?, .hangAfter?: return .hang
        case .lostBefore?, .lostAfter?: return lose()
        default: break
        }
        if words == ["--version"] { Session.say("fleet 1.0 (simulated)\n") }
        return .exit(0)
    }

    private func lose() -> End {
        FileHandle.standardError.write(
            Data("Connection to aux.bestpants.f.nchr.io closed by remote host.\n".utf8))
        return .exit(255)
    }

    private func refuse(_ text: String) -> End {
        Session.say("Error: \(text)\n")
        return .exit(1)
    }

    /// Prints at once, as a remote host does.
    static func say(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}

/// Keeps two commands from using the state file at the same time.
struct FileLock {
    private let descriptor: Int32

    /// Waits until the lock is free and takes it; the process's end gives it back.
    ///
    /// - Throws: `SimulatorError` when the file cannot be made.
    init(_ path: String) throws {
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SimulatorError("\(path): cannot be opened") }
        flock(descriptor, LOCK_EX)
    }

    /// Gives the lock back.
    func release() {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
