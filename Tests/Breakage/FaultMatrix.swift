import Foundation
import Ledger

/// A workload on a disk that fails at the first, the second, the third … call of a kind, until a
/// call that does not come any more.
public struct FaultMatrix: Sendable {
    /// A way in which disks fail.
    public struct Way: Sendable, CustomStringConvertible {
        /// Its name.
        public let description: String
        let fault: FaultyDisk.Fault

        init(_ description: String, _ fault: FaultyDisk.Fault) {
            self.description = description
            self.fault = fault
        }
    }

    // Codes of SQLite, extended ones among them.
    private static let full: Int32 = 13
    private static let readFailed: Int32 = 266
    private static let writeFailed: Int32 = 778
    private static let syncFailed: Int32 = 1034
    private static let cutFailed: Int32 = 1546
    private static let deleteFailed: Int32 = 2570
    private static let cannotOpen: Int32 = 14

    /// All ways: each for a moment, and for good.
    public static let ways: [Way] = [false, true].flatMap { isLasting in
        func way(
            _ name: String, _ calls: FaultyDisk.Calls, _ code: Int32,
            _ manner: FaultyDisk.Fault.Manner = .fails
        ) -> Way {
            Way(
                name + (isLasting ? ", from then on" : ", once"),
                FaultyDisk.Fault(calls, code: code, manner: manner, isLasting: isLasting))
        }
        return [
            way("write fails", .write, writeFailed), way("disk full", .write, full),
            way("half written, then full", .write, full, .failsShort),
            way("half written, then fails", .write, writeFailed, .failsShort),
            way("sync fails", .sync, syncFailed), way("read fails", .read, readFailed),
            way("cut fails", .truncate, cutFailed), way("delete fails", .delete, deleteFailed),
            way("open fails", .open, cannotOpen),
        ]
    }

    /// What came of one way.
    public struct Tally: Sendable {
        /// How many runs there were: one for each call that can fail, and one without a fault.
        public var runs = 0
        /// How many runs had an append that was refused.
        public var refused = 0
        /// How many events were acknowledged.
        public var acknowledged = 0
        /// How many of them are lost.
        public var lost = 0
        /// What was wrong.
        public var problems: [String] = []
        /// The errors that were given, each once.
        public var errors: Set<String> = []
    }

    /// Where the runs take place: a folder that can be thrown away.
    public let folder: String

    /// Runs in a folder.
    public init(folder: String) { self.folder = folder }

    /// Lets every call fail in its turn.
    ///
    /// - Parameters:
    ///   - way: how they fail.
    ///   - stride: 1 for every call, 3 for every third.
    /// - Returns: what came of it.
    /// - Throws: when the ledger to be broken cannot be made.
    public func run(_ way: Way, stride: Int = 1) throws -> Tally {
        let specimen = folder + "/specimen.sqlite"
        if !FileManager.default.fileExists(atPath: specimen) {
            try Specimen.create(specimen, events: Specimen.nearlyBlock).close()
        }
        var tally = Tally()
        for number in Swift.stride(from: 1, through: .max, by: stride) {
            if try run(way, number: number, specimen, &tally) { break }
        }
        return tally
    }

    /// One run; true when there was no such call any more.
    private func run(
        _ way: Way, number: Int, _ specimen: String, _ tally: inout Tally
    ) throws -> Bool {
        let room = folder + "/\(UUID().uuidString)"
        let path = room + "/ledger.sqlite"
        try FileManager.default.createDirectory(atPath: room, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: room) }
        try FileManager.default.copyItem(atPath: specimen, toPath: path)
        guard let disk = FaultyDisk(folder: room) else {
            throw StoreError.io(code: 0, message: "\(room): no faulty disk can be put there")
        }
        var fault = way.fault
        fault.number = number
        disk.arm(fault)
        var workload = Workload(isTriedAgain: true)
        workload.run(path)
        let hasFailed = disk.faultCount > 0
        disk.disarm()
        let place = "\(way), call \(number)"
        if !fault.isLasting {
            tally.problems += workload.repeatedFailures.map {
                "\(place): failed again when it was tried again: \($0)"
            }
        }
        tally.runs += 1
        if !workload.failures.isEmpty { tally.refused += 1 }
        tally.acknowledged += workload.acknowledged.count
        tally.errors.formUnion(
            workload.failures.map { "\($0)".replacing(room, with: "") })
        let inspection = Inspection(
            path, acknowledged: workload.acknowledged, attempted: workload.attempted,
            before: Specimen.nearlyBlock + 1)
        // Till now, so that nothing of it waits for the real disk.
        withExtendedLifetime(disk) {}
        tally.lost += inspection.lost
        tally.problems += inspection.problems.map { "\(place): \($0)" }
        return !hasFailed
    }
}
