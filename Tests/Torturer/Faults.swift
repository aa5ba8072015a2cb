import ArgumentParser
import Breakage
import Foundation

/// Calls that fail.
struct Faults: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let each call of a workload to the disk fail in its turn.")

    func run() throws {
        let scratch = try Scratch()
        let matrix = FaultMatrix(folder: scratch.path)
        var errors: Set<String> = []
        var isSound = true
        print("fault                                       runs  refused  acknowledged  lost")
        for way in FaultMatrix.ways {
            let tally = try matrix.run(way)
            print(
                "\(way)".padding(toLength: 42, withPad: " ", startingAt: 0)
                    + Columns.text([(tally.runs, 6), (tally.refused, 9), (tally.acknowledged, 14)])
                    + Columns.text([(tally.lost, 6)]))
            for problem in tally.problems.prefix(10) { print("problem: \(problem)") }
            errors.formUnion(tally.errors)
            isSound = isSound && tally.lost == 0 && tally.problems.isEmpty
        }
        for error in errors.sorted() { print("said: \(error)") }
        throw ExitCode(isSound ? 0 : 1)
    }
}

/// Power that is cut.
struct PowerCuts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cut the power after each call of a workload to the disk.")

    @Option(help: "How many mixtures of what was not synced, at each call.") var mixtures = 20
    @Option(help: "How many syncs the disk lies about, each in its turn.") var lies = 12

    func run() throws {
        let scratch = try Scratch()
        var matrix = PowerCutMatrix(folder: scratch.path)
        matrix.mixtures = mixtures
        var isSound = true
        print("disk                                       calls  disks  acknowledged  lost")
        func row(_ name: String, _ tally: PowerCutMatrix.Tally, mayLose: Bool = false) {
            print(
                name.padding(toLength: 42, withPad: " ", startingAt: 0)
                    + Columns.text([(tally.calls, 6), (tally.disks, 7)])
                    + Columns.text([(tally.acknowledged, 14), (tally.lost, 6)]))
            for problem in tally.problems.prefix(10) { print("problem: \(problem)") }
            isSound = isSound && (mayLose || tally.lost == 0) && tally.problems.isEmpty
        }
        row("honest, while a ledger is made", try matrix.runCreation())
        row("honest, an evening's work", try matrix.run())
        matrix.mixtures = min(mixtures, 2)
        for lie in stride(from: 1, through: lies, by: 1) {
            row("lies from sync \(lie) on; no loss unseen", try matrix.run(lie: lie), mayLose: true)
        }
        throw ExitCode(isSound ? 0 : 1)
    }
}

/// Numbers in columns.
enum Columns {
    static func text(_ numbers: [(Int, Int)]) -> String {
        numbers.map { number, width in
            let text = String(number)
            return String(repeating: " ", count: max(0, width - text.count)) + text
        }.joined()
    }
}
