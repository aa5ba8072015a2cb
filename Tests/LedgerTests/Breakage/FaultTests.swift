import Breakage
import Foundation
import Testing

@testable import Ledger

/// Every call to the disk fails in its turn.
@Suite struct FaultTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: FaultMatrix.ways.indices)
    func `whichever call fails, what was acknowledged is there and the log is sound`(way: Int)
        throws
    {
        let way = FaultMatrix.ways[way]
        // Each write fails once in its turn; other manners take samples, the long run takes all.
        let name = way.description
        let isLong = name.contains("written") || name.contains("from then on")
        let stride = name.hasPrefix("read") ? 5 : isLong && !name.hasPrefix("sync") ? 7 : 1
        let tally = try FaultMatrix(folder: folder.path).run(way, stride: stride)
        #expect(tally.problems == [], "\(way)")
        #expect(tally.lost == 0, "\(way)")
        #expect(tally.runs > 1, "\(way)")
        for error in tally.errors {
            #expect(error.hasPrefix("/ledger.sqlite: "), "names the file: \(error)")
            #expect(error.contains("; "), "says what to do: \(error)")
            #expect(!error.contains("code 0"), "says what failed: \(error)")
        }
    }

    @Test func `an error of the disk says what failed, that nothing is lost, and what to do`()
        throws
    {
        let path = folder.file("ledger.sqlite")
        try Specimen.create(path).close()
        let disk = try #require(FaultyDisk(folder: folder.path))
        let store = try LedgerStore.open(path: path, signer: try Specimen.signer())
        var random = Random(seed: 9)
        for (fault, words) in [
            (
                FaultyDisk.Fault(.write, code: 778, isLasting: true),
                [
                    "writing failed", "code 778", "nothing that was acknowledged is lost",
                    "try again",
                ]
            ),
            (
                FaultyDisk.Fault(.sync, code: 1034, isLasting: true),
                ["syncing failed", "nothing that was acknowledged is lost", "try again"]
            ),
            (
                FaultyDisk.Fault(.write, code: 13, isLasting: true),
                ["no space left", "nothing was written", "free some space"]
            ),
        ] {
            disk.arm(fault)
            let draft = Specimen.draft(1, using: &random)
            let error = #expect(throws: StoreError.self) {
                try store.append([draft], recordedTime: Specimen.now)
            }
            let text = error?.description ?? ""
            #expect(text.hasPrefix(path))
            for word in words { #expect(text.contains(word), "\(text)") }
            disk.disarm()
            let size = try store.size()
            #expect(try store.append([draft], recordedTime: Specimen.now).first?.isNew == true)
            #expect(try store.size() == size + 1)
        }
    }

    @Test(arguments: [
        (FaultyDisk.Calls.lock, Int32(3850)), (.lock, 15), (.sharedLock, 5130),
        (.sharedMemory, 5386),
    ])
    func `a file system without locks is named, and nothing is written`(
        calls: FaultyDisk.Calls, code: Int32
    ) throws {
        let path = folder.file("ledger.sqlite")
        try Specimen.create(path).close()
        let before = folder.contents("ledger.sqlite")
        let disk = try #require(FaultyDisk(folder: folder.path))
        disk.arm(.init(calls, code: code, isLasting: true))
        for readOnly in [true, false] {
            #expect(throws: StoreError.noLocks(path: path)) {
                try LedgerStore.open(
                    path: path, readOnly: readOnly, busyWait: .milliseconds(20))
            }
        }
        disk.disarm()
        #expect(folder.contents("ledger.sqlite") == before)
        #expect(
            StoreError.noLocks(path: path).description.contains("keep the ledger on a local disk"))
    }

    @Test func `locks that are never given make the ledger busy`() throws {
        let path = folder.file("ledger.sqlite")
        try Specimen.create(path).close()
        let disk = try #require(FaultyDisk(folder: folder.path))
        disk.arm(.init([.lock, .sharedLock], code: 5, isLasting: true))
        #expect(throws: StoreError.busy(path: path)) {
            try LedgerStore.open(path: path, busyWait: .milliseconds(20))
        }
    }
}
