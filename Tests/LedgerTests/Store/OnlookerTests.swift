import Foundation
import GRDB
import Testing

@testable import Ledger

/// Who may not write a ledger is answered from what it is now, or not at all, and makes no file.
@Suite struct OnlookerTests {
    let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("ledger.sqlite")
        let store = try folder.newLedger()
        _ = try store.append((1...60).map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        try store.close()
    }

    private func onlooker(busyWait: Duration = .seconds(10)) throws -> LedgerStore {
        try LedgerStore.open(
            path: path, readOnly: true, busyWait: busyWait, schema: .current, isOnlooker: true)
    }

    /// Appends and writes everything into the main file, as a writer does on a long way.
    private func appendAndEmpty(_ numbers: ClosedRange<Int>) throws {
        let store = try LedgerStore.open(path: path)
        _ = try store.append(numbers.map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        let writer = try #require(store.writer)
        try writer.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(FULL)") }
        try store.close()
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func `reading a ledger at rest makes no file beside it`() throws {
        let reader = try onlooker()
        #expect(try reader.size() == 61)
        let verification = try reader.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(verification.findings.map(\.kind) == [.unsigned])
        #expect(try names() == ["ledger.sqlite"])
        try reader.close()
        #expect(try names() == ["ledger.sqlite"])
    }

    @Test func `an onlooker follows what is appended, whether or not a journal was there`() throws {
        for number in 61...64 {
            let early = try onlooker()
            let store = try LedgerStore.open(path: path)
            let late = try onlooker()
            #expect(try early.size() == number)
            try store.append(Drafts.maintenance(number))
            for reader in [early, late] { #expect(try reader.size() == number + 1) }
            try store.close()
            let root = try early.root()
            for reader in [early, late, try onlooker()] {
                #expect(try reader.size() == number + 1)
                #expect(try reader.root() == root)
                try reader.close()
            }
            try LedgerStore.open(path: path).close()
            #expect(try names() == ["ledger.sqlite"])
        }
    }

    @Test func `a file that is read by itself is held as it is by the next writer's end`() throws {
        let reader = try onlooker()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        try reader.read { snapshot in
            #expect(try snapshot.size() == 61)
            let store = try LedgerStore.open(path: path)
            try store.append(Drafts.maintenance(61))
            try store.close()
            #expect(try snapshot.size() == 61)
            var count = 0
            try snapshot.forEachEvent { _ in count += 1 }
            #expect(count == 61)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(try reader.size() == 62)
    }

    @Test func `what is changed under a reading is not told, and nothing false is handed over`()
        throws
    {
        var text = ""
        for event in try onlooker().events(matching: HistoryQuery()) { text += "\(event)" }
        let reader = try onlooker()
        var told = ""
        #expect(throws: StoreError.busy(path: path)) {
            try reader.read { snapshot in
                #expect(try snapshot.size() == 61)
                try appendAndEmpty(61...400)
                // What is cached is of before, and what is not is refused.
                try snapshot.forEachEvent { told += "\($0)" }
            }
        }
        #expect(text.hasPrefix(told))
        #expect(try reader.size() == 401)
    }

    @Test func `an answer from a file that was changed under it is worked out again`() throws {
        let reader = try onlooker()
        var runs = 0
        let result = try reader.read(again: true) { snapshot in
            runs += 1
            let size = try snapshot.size()
            if runs == 1 { try appendAndEmpty(61...400) }
            return (size, try LogVerification(snapshot, origin: Drafts.origin))
        }
        #expect(runs == 2)
        #expect(result.0 == 401)
        #expect(result.1.findings.map(\.kind) == [.unsigned])
        #expect(result.1.size == 401)
    }

    @Test func `an error that comes of a change under a reading is none of the ledger's`() throws {
        struct Complaint: Error {}
        let reader = try onlooker()
        #expect(throws: StoreError.busy(path: path)) {
            try reader.read { _ in
                try appendAndEmpty(61...400)
                throw Complaint()
            }
        }
        #expect(throws: Complaint.self) { try reader.read { _ in throw Complaint() } }
    }

    @Test func `a file that another has for itself is busy`() throws {
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { database in
            try database.execute(
                sql: "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE")
            try database.inTransaction(.exclusive) {
                #expect(throws: StoreError.busy(path: path)) {
                    try onlooker(busyWait: .milliseconds(50))
                }
                return .rollback
            }
        }
    }

    @Test func `a journal without its index is named, and no index is made`() throws {
        let store = try LedgerStore.open(path: path)
        try store.append(Drafts.maintenance(61))
        let torn = folder.file("torn.sqlite")
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + suffix, toPath: torn + suffix)
        }
        try store.close()
        #expect(throws: StoreError.unreadableJournal(path: torn)) {
            try LedgerStore.open(
                path: torn, readOnly: true, busyWait: .zero, schema: .current, isOnlooker: true)
        }
        #expect(try names() == ["ledger.sqlite", "torn.sqlite", "torn.sqlite-wal"])
    }

    @Test func `by a symbolic link the journal is found beside the file`() throws {
        let link = folder.file("link.sqlite")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        let store = try LedgerStore.open(path: path)
        try store.append(Drafts.maintenance(61))
        let reader = try LedgerStore.open(
            path: link, readOnly: true, busyWait: .zero, schema: .current, isOnlooker: true)
        #expect(try reader.size() == 62)
        try store.append(Drafts.maintenance(62))
        #expect(try reader.size() == 63)
    }
}
