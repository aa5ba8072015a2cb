import Foundation
import Testing

@testable import Ledger

/// The line itself: numbers, offers, and who takes them.
@Suite struct TurnTests {
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

    @Test func `a count that no writers can have reached makes no line`() throws {
        let path = folder.file("line")
        let file = try line(path)
        for count in [UInt64.max, UInt64(Int64.max), UInt64(Int64.max / 2)] {
            let handle = try #require(FileHandle(forUpdatingAtPath: path))
            try handle.write(contentsOf: withUnsafeBytes(of: count) { Data($0) })
            try handle.close()
            #expect(file.draw() == nil)
        }
    }
}
