import Foundation
import GRDB
import Testing

@testable import Ledger

@Suite struct TurnsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func line(_ path: String) throws -> TurnFile {
        let ledger = folder.file("beside")
        if !FileManager.default.fileExists(atPath: ledger) {
            try Data().write(to: URL(fileURLWithPath: ledger))
        }
        return try #require(TurnFile(path: path, ledger: ledger))
    }

    @Test func `nobody gets ahead of those who stand in line`() throws {
        let path = try folder.newLedger().path
        let first = try line(path + "-turn")
        let number = try #require(first.draw())
        // It has never found the ledger locked, and still waits its turn.
        let store = try LedgerStore.open(path: path)
        let isDone = DispatchSemaphore(value: 0)
        Thread {
            #expect(throws: Never.self) { try store.append(Drafts.maintenance(1)) }
            isDone.signal()
        }.start()
        #expect(isDone.wait(timeout: .now() + 0.05) == .timedOut)
        first.giveBack(number)
        isDone.wait()
        #expect(try store.size() == 2)
    }

    @Test func `the last one removes the file, and a line goes on in a new one`() throws {
        let store = try folder.newLedger()
        let path = store.path + "-turn"
        var other: TurnFile? = try line(path)
        try store.append(Drafts.maintenance(1))
        // As it does when its process leaves.
        other = nil
        #expect(other == nil)
        #expect(!FileManager.default.fileExists(atPath: path))
        try store.append(Drafts.maintenance(2))
        #expect(FileManager.default.fileExists(atPath: path))
        try store.close()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a line that cannot be made, or stands still, keeps nobody from appending`() throws {
        let path = try folder.newLedger().path
        try FileManager.default.createDirectory(
            atPath: path + "-turn", withIntermediateDirectories: false)
        let (one, two) = (try LedgerStore.open(path: path), try LedgerStore.open(path: path))
        let writer = try #require(one.writer)
        let ended = DispatchSemaphore(value: 0)
        let released = Thread {
            try? writer.inTransaction(.immediate) { _ in
                Thread.sleep(forTimeInterval: 0.05)
                return .rollback
            }
            ended.signal()
        }
        released.start()
        for number in 1...5 { try two.append(Drafts.maintenance(number)) }
        // On a busy machine it may begin only now, and must not be what the rest waits for.
        ended.wait()
        try FileManager.default.removeItem(atPath: path + "-turn")

        let stuck = try line(path + "-turn")
        _ = stuck.draw()
        let eager = try LedgerStore.open(path: path, busyWait: .milliseconds(30))
        try writer.inTransaction(.immediate) { _ in
            #expect(throws: StoreError.busy(path: path)) { try eager.append(Drafts.maintenance(9)) }
            return .rollback
        }
        try eager.append(Drafts.maintenance(10))
        #expect(try eager.size() == 7)
    }

    @Test func `a ledger that nobody fights over has no file for turns`() throws {
        let store = try folder.newLedger()
        for number in 1...20 { try store.append(Drafts.maintenance(number)) }
        #expect(!FileManager.default.fileExists(atPath: store.path + "-turn"))
        try store.close()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["ledger.sqlite"])
    }

    @Test func `after a fight the ledger is one file again`() async throws {
        let path = try folder.newLedger().path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    let store = try LedgerStore.open(path: path)
                    for step in 0..<20 {
                        try store.append(Drafts.maintenance(worker * 100 + step))
                    }
                    try store.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(try LedgerStore.openAtRest(path: path).size() == 81)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["ledger.sqlite"])
    }

    @Test func `the connection that commits syncs in full`() throws {
        let store = try folder.newLedger()
        for number in 1...3 { try store.append(Drafts.maintenance(number)) }
        for connection in [try #require(store.writer), try store.appender()] {
            let (synchronous, mode) = try connection.inDatabase { database in
                (
                    try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                    try String.fetchOne(database, sql: "PRAGMA journal_mode")
                )
            }
            #expect(synchronous == 2)
            #expect(mode == "wal")
        }
    }
}
