import Foundation
import GRDB
import Testing

@testable import Ledger

@Suite struct TurnsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `numbers are served in the order in which they were drawn`() throws {
        let path = folder.file("line")
        let files = try (0..<4).map { _ in try #require(TurnFile(path: path)) }
        let numbers = try files.map { try #require($0.draw()) }
        #expect(numbers == numbers.sorted())
        #expect(Set(numbers).count == 4)
        #expect(files.indices.map { files[$0].isBefore(numbers[$0]) } == [false, true, true, true])
        files[0].giveBack(numbers[0])
        #expect(
            files.indices.map { files[$0].isBefore(numbers[$0]) } == [false, false, true, true])
        files[2].giveBack(numbers[2])
        files[1].giveBack(numbers[1])
        #expect(files[3].isBefore(numbers[3]) == false)
    }

    @Test func `who goes away without a word holds up nobody`() throws {
        let path = folder.file("line")
        var gone = TurnFile(path: path)
        _ = gone?.draw()
        let next = try #require(TurnFile(path: path))
        let number = try #require(next.draw())
        #expect(next.isBefore(number))
        // As when its process was killed: the system closes the file.
        gone = nil
        #expect(next.isBefore(number) == false)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `who waits goes on when all before have given back, or are gone`() throws {
        let path = folder.file("line")
        let first = try #require(TurnFile(path: path))
        var second = TurnFile(path: path)
        let last = try #require(TurnFile(path: path))
        let number = try #require(first.draw())
        _ = try #require(second?.draw())
        let own = try #require(last.draw())
        let waiter = try #require(last.waiter(for: own))
        let isNext = DispatchSemaphore(value: 0)
        Thread {
            waiter.wait()
            waiter.close()
            isNext.signal()
        }.start()
        #expect(isNext.wait(timeout: .now() + 0.02) == .timedOut)
        first.giveBack(number)
        #expect(isNext.wait(timeout: .now() + 0.02) == .timedOut)
        // As when its process was killed.
        second = nil
        #expect(second == nil)
        isNext.wait()
        isNext.signal()
    }

    @Test func `who waits may close the file meanwhile, and keeps nothing of it`() throws {
        let path = folder.file("line")
        let first = try #require(TurnFile(path: path))
        let number = try #require(first.draw())
        var second = TurnFile(path: path)
        let own = try #require(second?.draw())
        let waiter = try #require(second?.waiter(for: own))
        second = nil
        #expect(second == nil)
        first.giveBack(number)
        waiter.wait()
        waiter.close()
        let next = try #require(TurnFile(path: path))
        let later = try #require(next.draw())
        #expect(next.isBefore(later) == false)
    }

    @Test func `a turn that is kept ends when nothing more is appended`() throws {
        let path = try folder.newLedger().path
        let (one, two) = (try LedgerStore.open(path: path), try LedgerStore.open(path: path))
        let writer = try #require(two.writer)
        let released = Thread {
            try? writer.inTransaction(.immediate) { _ in
                Thread.sleep(forTimeInterval: 0.02)
                return .rollback
            }
        }
        released.start()
        // Both come to stand in the line; each appends in a row and then stops.
        for number in 1...30 { try one.append(Drafts.maintenance(number)) }
        for number in 31...60 { try two.append(Drafts.maintenance(number)) }
        for number in 61...90 { try one.append(Drafts.maintenance(number)) }
        #expect(try one.size() == 91)
        let other = try #require(TurnFile(path: path + "-turn"))
        let number = try #require(other.draw())
        let waiter = try #require(other.waiter(for: number))
        waiter.wait()
        waiter.close()
        #expect(other.isBefore(number) == false)
    }

    @Test func `nobody gets ahead of those who stand in line`() throws {
        let path = try folder.newLedger().path
        let first = try #require(TurnFile(path: path + "-turn"))
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

    @Test func `the next one in line is let on before the last commit of a turn`() throws {
        /// Looks at a number when a transaction is about to be committed.
        final class Look: TransactionObserver {
            var isBehind: () -> Bool = { true }
            var seen: [Bool] = []

            func observes(eventsOfKind kind: DatabaseEventKind) -> Bool { false }
            func databaseDidChange(with event: DatabaseEvent) {}
            func databaseWillCommit() { seen.append(isBehind()) }
            func databaseDidCommit(_ database: Database) {}
            func databaseDidRollback(_ database: Database) {}
        }
        let path = try folder.newLedger().path
        let next = try #require(TurnFile(path: path + "-turn"))
        let turns = Turns(path: path, patience: Patience(.seconds(10)))
        let queue = try LedgerFile(path: path, busyWait: .seconds(10)).appender()
        let look = Look()
        queue.add(transactionObserver: look)
        try queue.writeWithoutTransaction { database in
            try turns.inTransaction(database) {
                let number = try #require(next.draw())
                #expect(next.isBefore(number))
                look.isBehind = { next.isBefore(number) }
                try database.execute(sql: "INSERT INTO node VALUES (99, 0, x'00')")
            } committed: {
            }
        }
        #expect(look.seen == [false])
        turns.close()
    }

    @Test func `the last one removes the file, and a line goes on in a new one`() throws {
        let path = folder.file("line")
        let idle = try #require(TurnFile(path: path))
        var last = TurnFile(path: path)
        last = nil
        #expect(last == nil)
        #expect(!FileManager.default.fileExists(atPath: path))
        let number = try #require(idle.draw())
        #expect(FileManager.default.fileExists(atPath: path))
        let other = try #require(TurnFile(path: path))
        #expect(other.isBefore(try #require(other.draw())))
        idle.giveBack(number)
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

        let stuck = try #require(TurnFile(path: path + "-turn"))
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
