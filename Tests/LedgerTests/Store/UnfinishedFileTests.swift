import Breakage
import Foundation
import GRDB
import Testing

@testable import Ledger

/// A ledger has its name when it is whole, and half a one is neither read nor written.
@Suite struct UnfinishedFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func isThere(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.file(name))
    }

    /// A rollback journal of a file that was empty when it was begun.
    private var journal: Data {
        var bytes: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
        bytes += [0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0x10, 0]
        return Data(bytes + [UInt8](repeating: 0, count: 512 - bytes.count))
    }

    /// A ledger that this process has open no more.
    private func ledgerAtRest() throws -> String {
        let store = try folder.newLedger()
        try store.append(Drafts.note(1, text: "x"))
        try store.close()
        return store.path
    }

    @Test func `half a copy is refused by whoever reads or writes, and stays as it is`() throws {
        let path = try ledgerAtRest()
        try journal.write(to: URL(filePath: path + "-journal"))
        let before = folder.contents("ledger.sqlite")
        let refusals: [() throws -> LedgerStore] = [
            { try LedgerStore.open(path: path) },
            { try LedgerStore.open(path: path, readOnly: true) },
            { try LedgerStore.openAtRest(path: path) },
            {
                try LedgerStore.open(
                    path: path, readOnly: true, busyWait: .zero, schema: .current,
                    isOnlooker: true)
            },
        ]
        for open in refusals {
            #expect(throws: StoreError.unfinished(path: path)) { try open() }
        }
        #expect(folder.contents("ledger.sqlite") == before)
        #expect(try names() == ["ledger.sqlite", "ledger.sqlite-journal"])
        let text = StoreError.unfinished(path: path).description
        #expect(text.contains("\(path)-journal"))
        #expect(text.contains("; when it is a copy or a new ledger, remove both"))
    }

    @Test(arguments: [[], [UInt8](repeating: 0, count: 512), Array("no journal".utf8)])
    func `what undoes nothing keeps nobody out`(_ bytes: [UInt8]) throws {
        let store = try folder.newLedger()
        try store.close()
        try Data(bytes).write(to: URL(filePath: store.path + "-journal"))
        #expect(try LedgerStore.open(path: store.path, readOnly: true).size() == 1)
    }

    @Test func `who still writes is waited for and not taken for one who was killed`() throws {
        let store = try folder.newLedger()
        try store.close()
        let queue = try DatabaseQueue(path: store.path)
        try queue.inDatabase {
            // Not synced, a journal is hot from the first change on.
            try $0.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF")
        }
        try queue.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                try database.execute(sql: "CREATE TABLE other (x)")
                #expect(isThere("ledger.sqlite-journal"))
                let file = LedgerFile(path: store.path, busyWait: .zero)
                #expect(file.hasHotJournal)
                try file.inspect(known: Schema.current.version)
                return .rollback
            }
        }
    }

    @Test func `a copy has its name when it is complete, and not before`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.note(1, text: "x"))
        let copy = folder.file("copy.sqlite")
        var steps = 0
        try store.backup(to: copy) { _, _ in
            steps += 1
            #expect(!isThere("copy.sqlite"))
            #expect(!isThere("copy.sqlite-journal"))
        }
        #expect(steps > 0)
        #expect(try LedgerStore.open(path: copy, readOnly: true).root() == store.root())
    }

    @Test func `a new ledger has its name when it is complete, and not before`() throws {
        let path = folder.file("new.sqlite")
        let store = try LedgerStore.create(
            path: path, origin: Drafts.origin, created: Drafts.created(),
            sign: { size, root in
                #expect(!isThere("new.sqlite"))
                return plainNote(size: size, root: root)
            })
        try store.close()
        #expect(try names() == ["new.sqlite"])
    }

    @Test func `what a killed one left is removed by the next, and nothing else`() throws {
        // No process has so high a number; this one and its parent are there.
        let left = ["", "-journal", "-wal"].map { "copy.sqlite.1999999999-1.making\($0)" }
        let mine = "copy.sqlite.\(getpid())-99999999.making"
        let stays = [
            "copy.sqlite.\(getppid())-1.making", "copy.sqlite.1999999999-1.makings",
            "copy.sqlite.x-1.making", "copy.sqlite.key.1999999999.tmp",
            "other.sqlite.1999999999-1.making",
        ]
        for name in left + stays + [mine] {
            try Data([1]).write(to: URL(filePath: folder.file(name)))
        }
        let store = try folder.newLedger()
        try store.backup(to: folder.file("copy.sqlite"))
        for name in left + [mine] { #expect(!isThere(name), "\(name)") }
        for name in stays { #expect(isThere(name), "\(name)") }
    }

    @Test func `the journal of a ledger that was moved is kept, and not read into a new one`()
        throws
    {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1))
        let journal = try Data(contentsOf: URL(filePath: store.path + "-wal"))
        #expect(!journal.isEmpty)
        try store.close()
        for make: (String) throws -> Void in [
            { _ = try self.folder.newLedger($0) },
            { try store.copyAside(to: self.folder.file($0)) },
        ] {
            let name = "\(UUID().uuidString).sqlite"
            let left = folder.file(name) + "-wal"
            try journal.write(to: URL(filePath: left))
            #expect(throws: StoreError.journalLeft(path: left)) { try make(name) }
            #expect(try Data(contentsOf: URL(filePath: left)) == journal)
            #expect(!isThere(name))
            try Data().write(to: URL(filePath: left))
            try make(name)
            let made = try LedgerStore.open(path: folder.file(name), readOnly: true)
            let result = try made.read { try LogVerification($0, origin: Drafts.origin) }
            #expect(result.findings.map(\.kind) == [.unsigned])
        }
    }

    @Test func `two events of one id are named by a restore, and nothing is left`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1))
        let records = try (1...2).map { try #require(try store.record(SequenceNumber($0))) }
        let text = String(decoding: records[1].bytes, as: UTF8.self)
            .replacingOccurrences(of: "0000000000000002", with: "0000000000000003")
        let error = #expect(throws: StoreError.self) {
            try LedgerStore.restore(
                path: folder.file("restored.sqlite"),
                records: records + [Record(storedBytes: Array(text.utf8))], attachments: [],
                heads: [])
        }
        #expect(
            error?.description.contains("event 3: its id \(Drafts.id(1)) is that of event 2")
                == true, "\(error as Any)")
        #expect(try names().filter { $0.hasPrefix("restored") } == [])
    }

    @Test(arguments: [Int32(4874), 4618, 13])
    func `on a full disk a ledger at rest is read by itself`(code: Int32) throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1))
        let root = try store.root()
        try store.close()
        let disk = try #require(FaultyDisk(folder: folder.path))
        disk.arm(FaultyDisk.Fault(.sharedMemory, code: code, isLasting: true))
        let reader = try LedgerStore.open(path: store.path, readOnly: true)
        #expect(try reader.root() == root)
        #expect(try reader.size() == 2)
        #expect(disk.faultCount > 0)
        disk.disarm()
        let writer = try LedgerStore.open(path: store.path)
        try writer.append(Drafts.maintenance(2))
        #expect(try reader.size() == 3)
    }

    @Test func `where the journal holds something, a full disk is named`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1))
        let torn = folder.file("torn.sqlite")
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: store.path + suffix, toPath: torn + suffix)
        }
        try store.close()
        let disk = try #require(FaultyDisk(folder: folder.path))
        try Data().write(to: URL(filePath: torn + "-shm"))
        disk.arm(FaultyDisk.Fault(.sharedMemory, code: 4874, isLasting: true))
        #expect(throws: StoreError.diskFull(path: torn)) {
            try LedgerStore.open(path: torn, readOnly: true)
        }
    }
}

extension LedgerStore {
    /// Copies the ledger by a connection of its own, whatever became of this one.
    fileprivate func copyAside(to path: String) throws {
        try LedgerStore.open(path: self.path, readOnly: true).backup(to: path)
    }
}
