import Foundation
import GRDB
import Testing

@testable import Ledger

@Suite struct ConcurrencyTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    // Each store has connections of its own, which lock the file against each other exactly as
    // those of other processes do.
    @Test func `many stores on one file append without a gap or a loss`() async throws {
        let path = try folder.newLedger().path
        let perStore = 40
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    let store = try LedgerStore.open(path: path, busyWait: .seconds(60))
                    for step in 0..<perStore {
                        let number = worker * 1000 + step
                        _ = try store.append(
                            [Drafts.maintenance(number), Drafts.note(number + 500, text: "x")],
                            recordedTime: Drafts.start + .seconds(step), sign: plainNote)
                    }
                }
            }
            try await group.waitForAll()
        }
        let store = try LedgerStore.open(path: path)
        var expected = 1
        var ids: Set<EventID> = []
        var last = Drafts.start
        try store.forEachEvent { event in
            #expect(event.sequence.number == expected)
            #expect(event.recordedTime >= last)
            last = event.recordedTime
            ids.insert(event.id)
            expected += 1
        }
        #expect(expected - 1 == 1 + 6 * perStore * 2)
        #expect(ids.count == expected - 1)
        try store.read { snapshot in
            #expect(try snapshot.wrongNodes() == [])
            #expect(try snapshot.structureFindings() == [])
            let heads = try snapshot.signedHeads()
            #expect(heads.count == 6 * perStore)
            for head in heads { #expect(try snapshot.root(size: head.size) == head.root) }
        }
    }

    @Test func `tasks that share a store append without a gap`() async throws {
        let store = try folder.newLedger()
        try await withThrowingTaskGroup(of: [Int].self) { group in
            for worker in 0..<8 {
                group.addTask {
                    try (0..<25).map { step in
                        let place = try store.append(Drafts.maintenance(worker * 100 + step))
                        return try #require(place).sequence.number
                    }
                }
            }
            var all: [Int] = []
            for try await numbers in group {
                #expect(numbers == numbers.sorted())
                all += numbers
            }
            #expect(all.sorted() == Array(2...201))
        }
    }

    @Test func `of many that expect one size only one succeeds`() async throws {
        let path = try folder.newLedger().path
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    do {
                        let store = try LedgerStore.open(path: path)
                        _ = try store.append(
                            [Drafts.maintenance(worker)], recordedTime: Drafts.start,
                            expectedSize: 1)
                        return true
                    } catch {
                        #expect(error as? StoreError == .sizeDiffers(expected: 1, actual: 2))
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 }.count == 1)
    }

    @Test func `a reader sees one unchanging ledger while others append`() throws {
        let store = try folder.newLedger()
        let other = try LedgerStore.open(path: store.path)
        _ = try store.append((1...5).map { Drafts.maintenance($0) }, recordedTime: Drafts.start)
        try store.read { snapshot in
            let before = try snapshot.root()
            var seen = 0
            try snapshot.forEachEvent { event in
                seen += 1
                try other.append(Drafts.maintenance(100 + event.sequence.number))
                #expect(try snapshot.size() == 6)
            }
            #expect(seen == 6)
            #expect(try snapshot.root() == before)
        }
        #expect(try store.size() == 12)
    }

    @Test func `a ledger that stays locked is busy, and nothing was written`() throws {
        let path = try folder.newLedger().path
        let patient = try LedgerStore.open(path: path)
        let eager = try LedgerStore.open(path: path, busyWait: .milliseconds(20))
        let writer = try #require(patient.writer)
        try writer.inTransaction(.immediate) { _ in
            #expect(throws: StoreError.busy(path: path)) {
                try eager.append(Drafts.maintenance(1))
            }
            return .rollback
        }
        try eager.append(Drafts.maintenance(1))
        #expect(try eager.size() == 2)
    }

    @Test func `of many that create one ledger only one succeeds`() async throws {
        let path = folder.file("race.sqlite")
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    do {
                        _ = try LedgerStore.create(
                            path: path, origin: Drafts.origin, created: Drafts.created())
                        return true
                    } catch {
                        #expect(error as? StoreError == .alreadyExists(path: path))
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 }.count == 1)
        #expect(try LedgerStore.open(path: path).size() == 1)
    }
}
