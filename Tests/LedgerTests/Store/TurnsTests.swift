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

    @Test func `numbers are served in the order in which they were drawn`() throws {
        let path = folder.file("line")
        let files = try (0..<4).map { _ in try line(path) }
        let numbers = try files.map { try #require($0.draw()) }
        #expect(numbers == [0, 1, 2, 3])
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
        var gone: TurnFile? = try line(path)
        _ = gone?.draw()
        let next = try line(path)
        let number = try #require(next.draw())
        #expect(next.isBefore(number))
        // As when its process was killed: the system closes the file.
        gone = nil
        #expect(next.isBefore(number) == false)
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `who waits goes on when all before have given back, or are gone`() throws {
        let path = folder.file("line")
        let first = try line(path)
        var second: TurnFile? = try line(path)
        let number = try #require(first.draw())
        _ = try #require(second?.draw())
        let last = try #require(Turn(in: try line(path), offering: nil))
        let isNext = DispatchSemaphore(value: 0)
        let waiting = Waiting(last)
        Thread {
            waiting.turn.wait(until: .now + .seconds(60))
            isNext.signal()
        }.start()
        #expect(isNext.wait(timeout: .now() + 0.02) == .timedOut)
        first.giveBack(number)
        #expect(isNext.wait(timeout: .now() + 0.02) == .timedOut)
        // As when its process was killed.
        second = nil
        #expect(second == nil)
        isNext.wait()
        last.end()
    }

    /// A turn that is handed to another thread.
    final class Waiting: @unchecked Sendable {
        // Used by one thread at a time.
        let turn: Turn
        init(_ turn: Turn) { self.turn = turn }
    }

    @Test func `who writes takes in what those behind it have put down, and tells them`() throws {
        let path = folder.file("line")
        let first = try #require(Turn(in: try line(path), offering: [1]))
        let second = try #require(Turn(in: try line(path), offering: [2, 2]))
        let silent = try #require(Turn(in: try line(path), offering: nil))
        let refused = try #require(Turn(in: try line(path), offering: [4]))
        let withdrawn = try #require(Turn(in: try line(path), offering: [5]))
        withdrawn.takeBack()
        var gone = Turn(in: try line(path), offering: [6])
        #expect(gone != nil)
        gone = nil
        first.takeBack()
        var seen: [[UInt8]] = []
        first.takeOffers {
            seen.append($0)
            return $0 != [4]
        }
        #expect(seen == [[2, 2], [4]])
        // Nothing is said before it is so.
        #expect(!second.isWritten)
        #expect(second.tryToTakeBack() == false)
        first.end()
        #expect(second.isWritten)
        #expect(
            [first, silent, refused, withdrawn].map(\.isWritten) == [false, false, false, false])
        // Who was written for does not wait for those before it.
        second.wait(until: .now + .seconds(60))
        silent.wait(until: .now + .seconds(60))
        silent.end()
        refused.wait(until: .now + .seconds(60))
    }

    @Test func `an offer whose taker failed or died is written by whoever made it`() throws {
        let path = folder.file("line")
        var first = Turn(in: try line(path), offering: nil)
        let second = try #require(Turn(in: try line(path), offering: [2]))
        first?.takeOffers { _ in true }
        first?.refuseTaken()
        first?.end()
        #expect(!second.isWritten)
        #expect(second.tryToTakeBack())
        second.end()

        first = Turn(in: try line(path), offering: nil)
        let third = try #require(Turn(in: try line(path), offering: [3]))
        first?.takeOffers { _ in true }
        #expect(third.tryToTakeBack() == false)
        // As when its process was killed.
        first = nil
        #expect(first == nil)
        #expect(third.tryToTakeBack())
        #expect(!third.isWritten)
        third.wait(until: .now + .seconds(60))
    }

    @Test func `offers find room again when those who made them are gone`() throws {
        let path = folder.file("line")
        let files = try (0...TurnFile.places).map { _ in try line(path) }
        let turns = try files.map { try #require(Turn(in: $0, offering: [7])) }
        var seen = 0
        turns[0].takeOffers { _ in
            seen += 1
            return false
        }
        // The last one shares the place of the first and has put down nothing.
        #expect(seen == TurnFile.places - 1)
        turns.forEach { $0.end() }
        let first = try #require(Turn(in: try line(path), offering: nil))
        let others = try (0..<40).map { number in
            try #require(Turn(in: try line(path), offering: [UInt8(number)]))
        }
        var offers: [[UInt8]] = []
        first.takeOffers {
            offers.append($0)
            return true
        }
        #expect(offers == (0..<TurnFile.places - 1).map { [UInt8($0)] })
        first.end()
        #expect(others.filter(\.isWritten).count == TurnFile.places - 1)
    }

    @Test func `what is too long for a place is not put down`() throws {
        let path = folder.file("line")
        let first = try #require(Turn(in: try line(path), offering: nil))
        let longest = [UInt8](repeating: 9, count: TurnFile.offerLimit)
        let second = try #require(Turn(in: try line(path), offering: longest))
        let third = try #require(Turn(in: try line(path), offering: longest + [9]))
        var seen: [[UInt8]] = []
        first.takeOffers {
            seen.append($0)
            return false
        }
        #expect(seen == [longest])
        _ = (second, third)
    }

    @Test func `a line that others could write to who may not write the ledger makes no offers`()
        throws
    {
        let (ledger, path) = (folder.file("ledger"), folder.file("line"))
        try Data().write(to: URL(fileURLWithPath: ledger))
        #expect(chmod(ledger, 0o600) == 0)
        #expect(try #require(TurnFile(path: path, ledger: ledger)).isTrusted)
        let loose = open(path, O_RDWR | O_CREAT, 0o600)
        #expect(loose >= 0)
        #expect(fchmod(loose, 0o666) == 0)
        close(loose)
        let file = try #require(TurnFile(path: path, ledger: ledger))
        #expect(!file.isTrusted)
        let first = try #require(Turn(in: file, offering: nil))
        let second = try #require(Turn(in: try line(path), offering: [1]))
        var seen = 0
        first.takeOffers { _ in
            seen += 1
            return true
        }
        #expect(seen == 0)
        #expect(!second.isWritten)
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
