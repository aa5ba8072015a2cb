import Foundation
import Ledger

/// A workload whose power is cut after each call that changes a file, with any of what was not
/// synced there or not.
public struct PowerCutMatrix: Sendable {
    /// What came of it.
    public struct Tally: Sendable {
        /// How many calls there were after which the power was cut.
        public var calls = 0
        /// How many disks were looked at.
        public var disks = 0
        /// How many acknowledged events those must have had.
        public var acknowledged = 0
        /// How many were lost.
        public var lost = 0
        /// How many disks had fewer events than were acknowledged, or could not be read.
        ///
        /// Only a disk that lies about a sync may.
        public var short = 0
        /// What was wrong.
        public var problems: [String] = []
    }

    /// Where disks are put; best a folder in memory.
    public let folder: String
    /// How many random mixtures there are of what was not synced, at each call.
    public var mixtures = 1
    /// 1 to cut after every call, 3 after every third.
    public var stride = 1

    /// Cuts in a folder.
    public init(folder: String) { self.folder = folder }

    /// Cuts the power of a workload on a ledger that is there.
    ///
    /// - Parameter lie: the first sync, from 1, that the disk only says it has done; 0 for none.
    /// - Returns: what came of it.
    /// - Throws: when the ledger cannot be made.
    public func run(lie: Int = 0) throws -> Tally {
        let room = try self.room()
        defer { try? FileManager.default.removeItem(atPath: room) }
        let path = room + "/ledger.sqlite"
        try Specimen.create(path, events: Specimen.nearlyBlock).close()
        let start = ["ledger.sqlite": try bytes(path)]
        guard let disk = FaultyDisk(folder: room) else {
            throw StoreError.io(code: 0, message: "\(room): no faulty disk can be put there")
        }
        disk.record()
        if lie > 0 {
            disk.arm(.init(.sync, number: lie, code: 0, manner: .lies, isLasting: true))
        }
        var workload = Workload()
        workload.run(path) { disk.mark($0) }
        var tally = Tally()
        tally.problems += workload.failures.map { "without a fault: \($0)" }
        let heads = try self.heads(path)
        try cut(
            disk.recorded, PowerCut(start), workload.acknowledged, workload.attempted,
            lies: lie > 0, heads, &tally)
        return tally
    }

    /// Cuts the power while a ledger is made: there is a whole one afterwards, or none.
    ///
    /// - Throws: when the ledger cannot be made.
    public func runCreation() throws -> Tally {
        let room = try self.room()
        defer { try? FileManager.default.removeItem(atPath: room) }
        guard let disk = FaultyDisk(folder: room) else {
            throw StoreError.io(code: 0, message: "\(room): no faulty disk can be put there")
        }
        disk.record()
        let store = try Specimen.create(room + "/ledger.sqlite")
        disk.mark(1)
        try store.close()
        var tally = Tally()
        let ending = ".making"
        let draft = disk.recorded.first { $0.name.hasSuffix(ending) }?.name ?? ""
        // The file was made before SQLite saw it.
        var cut = PowerCut([draft: []])
        var isCreated = false
        var isNamed = false
        for call in disk.recorded {
            if case .marked = call.change {
                isCreated = true
            } else if !isNamed, !call.name.contains(ending) {
                // It gets its name when all of it is in it; neither the sync before that nor the renaming
                // is SQLite's.
                isNamed = true
                cut.move(draft, to: "ledger.sqlite")
            }
            cut.take(call)
            tally.calls += 1
            for survival in survivals(tally.calls) {
                tally.disks += 1
                tally.acknowledged += isCreated ? 1 : 0
                try with(cut.remains(survival)) { path in
                    do {
                        let store = try LedgerStore.open(path: path)
                        let size = try store.size()
                        if size != 1 { tally.problems.append("\(size) events after creation") }
                        try store.close()
                    } catch StoreError.noLedger where !isNamed {
                        // What is left of the try is in nobody's way.
                        guard case .everything = survival else { return }
                        try Specimen.create(path).close()
                    } catch {
                        guard isNamed else { return tally.problems.append("half a one: \(error)") }
                        tally.lost += 1
                        tally.problems.append("after creation: \(error)")
                    }
                }
            }
        }
        return tally
    }

    /// The heads of all sizes, as someone may have kept them elsewhere.
    private func heads(_ path: String) throws -> [Int: Digest] {
        let store = try LedgerStore.open(path: path)
        var heads: [Int: Digest] = [:]
        for size in 1...(try store.size()) { heads[size] = try store.root(size: size) }
        try store.close()
        return heads
    }

    private func cut(
        _ calls: [DiskCall], _ start: PowerCut, _ all: [Acknowledgement], _ attempted: [[EventID]],
        lies: Bool, _ heads: [Int: Digest], _ tally: inout Tally
    ) throws {
        var cut = start
        var acknowledged = 0
        for (index, call) in calls.enumerated() {
            if case .marked(let count) = call.change { acknowledged = count }
            cut.take(call)
            tally.calls += 1
            guard index % stride == 0 else { continue }
            for survival in survivals(index) {
                try with(cut.remains(survival)) { path in
                    let told = Array(all.prefix(acknowledged))
                    // What someone would bring who had kept the newest head: that nothing is
                    // missing shows only against it.
                    let anchor = told.last.flatMap { last in
                        heads[last.sequence].map {
                            Anchor(
                                label: "head", origin: Specimen.origin, size: last.sequence,
                                root: $0)
                        }
                    }
                    let inspection = Inspection(
                        path, acknowledged: told, attempted: attempted,
                        before: Specimen.nearlyBlock + 1,
                        anchors: anchor.map { [$0] } ?? [])
                    tally.disks += 1
                    tally.acknowledged += acknowledged
                    tally.lost += inspection.lost
                    if inspection.lost > 0 { tally.short += 1 }
                    if !lies {
                        tally.problems += inspection.problems.map {
                            "cut after call \(index) (\(call.name)), \(survival): \($0)"
                        }
                    } else if inspection.lost > 0, !inspection.isNoticed {
                        tally.problems.append(
                            "cut after call \(index), \(survival): the loss goes unnoticed")
                    }
                }
            }
        }
    }

    private func survivals(_ index: Int) -> [PowerCut.Survival] {
        [.nothing, .everything]
            + (0..<mixtures).map { .some(seed: UInt64(index * 1000 + $0)) }
    }

    private func room() throws -> String {
        let room = folder + "/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: room, withIntermediateDirectories: true)
        return room
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func with(_ files: [String: [UInt8]], _ body: (String) throws -> Void) throws {
        let room = try self.room()
        defer { try? FileManager.default.removeItem(atPath: room) }
        for (name, bytes) in files {
            try Data(bytes).write(to: URL(fileURLWithPath: room + "/" + name))
        }
        // What is looked at is thrown away: its syncs need not reach the real disk.
        let disk = FaultyDisk(folder: room)
        try withExtendedLifetime(disk) { try body(room + "/ledger.sqlite") }
    }
}
