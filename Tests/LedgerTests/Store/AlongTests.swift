import Breakage
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Ledger

/// Writers that write for one another.
@Suite struct AlongTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Holds up the line until those that were started stand in it, then lets them go on.
    func together(
        _ path: String, _ appends: [() -> Background]
    ) throws -> [Background] {
        let file = try #require(TurnFile(path: path + "-turn", ledger: path))
        let turn = try #require(Turn(in: file, offering: nil))
        var started: [Background] = []
        for append in appends {
            started.append(append())
            // In this order; what was drawn is put down a moment later, if it can be.
            let number = Int64(started.count)
            while file.next <= number { usleep(200) }
            for _ in 0..<100 where file.stage(of: number) != .offered { usleep(2000) }
        }
        turn.end()
        return started
    }

    func heads(_ store: LedgerStore) throws -> Int {
        try store.read {
            try Int.fetchOne($0.database, sql: "SELECT count(*) FROM checkpoint") ?? 0
        }
    }

    func signedLedger(_ key: SignerKey) throws -> String {
        var created = Drafts.created()
        created.data["vkey"] = .string(key.verifier.text)
        return try LedgerStore.create(
            path: folder.file("ledger.sqlite"), origin: Drafts.origin, created: created,
            signer: LogSigner(keys: [key])
        ).path
    }

    @Test func `who writes first writes for those behind it, in one transaction`() throws {
        let key = try TrustFixture.signer(Drafts.origin, seed: 1)
        let path = try signedLedger(key)
        let stores = try (0..<4).map { _ in
            try LedgerStore.open(path: path, signer: LogSigner(keys: [key]))
        }
        let appends = try together(
            path,
            stores.enumerated().map { number, store in
                {
                    Background(
                        store, [Drafts.maintenance(2 * number), Drafts.maintenance(2 * number + 1)])
                }
            })
        let places = try appends.map { try $0.wait() }
        #expect(places.flatMap { $0.map(\.sequence.number) } == Array(2...9))
        #expect(places.flatMap { $0.map(\.id) } == (0..<8).map(Drafts.id))
        #expect(places.flatMap { $0.map(\.isNew) }.contains(false) == false)
        // The head of the beginning and one more.
        #expect(try heads(stores[0]) == 2)
        let result = try stores[0].read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings == [])
        #expect(result.signedSize == 9)
        // What others wrote meanwhile is taken up.
        for (number, store) in stores.enumerated() {
            try store.append(Drafts.maintenance(100 + number))
        }
        #expect(
            try stores[0].read { try LogVerification($0, origin: Drafts.origin).findings } == [])
        #expect(try stores[3].size() == 13)
    }

    @Test func `nobody signs for others with another key, or without one`() throws {
        let key = try TrustFixture.signer(Drafts.origin, seed: 1)
        let path = try signedLedger(key)
        let signed = try LedgerStore.open(path: path, signer: LogSigner(keys: [key]))
        let unsigned = try LedgerStore.open(path: path)
        let another = try LedgerStore.open(path: path)
        let appends = try together(
            path,
            [
                { Background(unsigned, [Drafts.maintenance(1)]) },
                { Background(signed, [Drafts.maintenance(2)]) },
                { Background(another, [Drafts.maintenance(3)]) },
            ])
        // The third is written along with the first, before the second.
        #expect(try appends.map { try $0.wait()[0].sequence.number } == [2, 4, 3])
        #expect(try heads(signed) == 2)
        #expect(try signed.read { try LogVerification($0, origin: Drafts.origin).signedSize } == 4)
    }

    @Test func `what only its writer can write waits for its turn`() throws {
        let path = try folder.newLedger().path
        let stores = try (0..<6).map { _ in try LedgerStore.open(path: path) }
        let known = Drafts.maintenance(50)
        try stores[0].append(known)
        var other = known
        other.actor = Actor(id: "mallory")
        let conflict = other
        var large = Drafts.maintenance(4)
        large.data["text"] = .string(String(repeating: "x", count: TurnFile.offerLimit))
        let long = large
        let appends = try together(
            path,
            [
                { Background(stores[0], [Drafts.maintenance(1)]) },
                { Background(stores[1], [Drafts.note(2, text: "to be erased some day")]) },
                { Background(stores[2], [conflict]) },
                { Background(stores[3], [known, Drafts.maintenance(3)]) },
                { Background(stores[4], [long]) },
                { Background(stores[5], [Drafts.maintenance(5)]) },
            ])
        #expect(try appends[0].wait().map(\.sequence.number) == [3])
        #expect(try appends[5].wait().map(\.sequence.number) == [4])
        #expect(try appends[1].wait().map(\.sequence.number) == [5])
        #expect(throws: StoreError.idConflict(id: known.id, sequence: SequenceNumber(2))) {
            try appends[2].wait()
        }
        let places = try appends[3].wait()
        #expect(places.map(\.sequence.number) == [2, 6])
        #expect(places.map(\.isNew) == [false, true])
        #expect(try appends[4].wait().map(\.sequence.number) == [7])
        #expect(
            try stores[0].read {
                try LogVerification($0, origin: Drafts.origin).findings.map(\.kind)
            } == [.unsigned])
    }

    @Test func `who gives up is told whether its events may be written yet`() throws {
        let path = try folder.newLedger().path
        let eager = try LedgerStore.open(path: path, busyWait: .milliseconds(60))
        var file = TurnFile(path: path + "-turn", ledger: path)
        var first = file.flatMap { Turn(in: $0, offering: nil) }
        let other = try LedgerStore.open(path: path)
        let writer = try #require(other.writer)
        try writer.inTransaction(.immediate) { _ in
            // Nobody took it: it is not written, and nobody takes it any more.
            #expect(throws: StoreError.busy(path: path)) { try eager.append(Drafts.maintenance(1)) }
            first?.takeOffers { _ in true }
            #expect(first?.hasTaken == false)

            // Somebody took it and stands still.
            let second = Background(eager, [Drafts.maintenance(2)])
            while first?.hasTaken == false {
                usleep(200)
                first?.takeOffers { _ in true }
            }
            #expect(throws: StoreError.undecided(path: path)) { try second.wait() }

            // Somebody took it and died.
            first?.refuseTaken()
            let third = Background(eager, [Drafts.maintenance(3)])
            while first?.hasTaken == false {
                usleep(200)
                first?.takeOffers { _ in true }
            }
            (first, file) = (nil, nil)
            #expect(file == nil && first == nil)
            #expect(throws: StoreError.busy(path: path)) { try third.wait() }
            return .rollback
        }
        try eager.append(Drafts.maintenance(4))
        #expect(try eager.size() == 2)
    }

    @Test func `who is told that its events are written looks for them`() throws {
        let path = try folder.newLedger().path
        let store = try LedgerStore.open(path: path)
        let file = try #require(TurnFile(path: path + "-turn", ledger: path))
        let liar = try #require(Turn(in: file, offering: nil))
        let own = Background(store, [Drafts.maintenance(1)])
        while !liar.hasTaken {
            usleep(200)
            liar.takeOffers { _ in true }
        }
        liar.end()
        #expect(try own.wait().map(\.sequence.number) == [2])
        #expect(try store.size() == 2)
    }

    @Test func `what a writer wrote that died before it could say so is new to who offered it`()
        throws
    {
        let path = try folder.newLedger().path
        let (store, other) = (try LedgerStore.open(path: path), try LedgerStore.open(path: path))
        var file = TurnFile(path: path + "-turn", ledger: path)
        var first = file.flatMap { Turn(in: $0, offering: nil) }
        let draft = Drafts.maintenance(1)
        let own = Background(store, [draft])
        while first?.hasTaken == false {
            usleep(200)
            first?.takeOffers { _ in true }
        }
        try other.writer?.inTransaction(.immediate) { database in
            var appender = try Appender(
                database, path: path, origin: Drafts.origin, recordedTime: Drafts.start, end: nil)
            _ = try appender.append(draft, index: 0, existing: .compare)
            try appender.flush()
            return .commit
        }
        (first, file) = (nil, nil)
        #expect(file == nil && first == nil)
        let places = try own.wait()
        #expect(places.map(\.sequence.number) == [2])
        #expect(places.map(\.isNew) == [true])
        #expect(try store.size() == 2)
    }

    @Test(arguments: [
        FaultyDisk.Fault(.write, code: 778), FaultyDisk.Fault(.sync, code: 1034),
        FaultyDisk.Fault(.write, code: 13, isLasting: true),
        FaultyDisk.Fault(.write, code: 13, manner: .failsShort),
    ])
    func `on a disk that fails, only what is in the log is said to be written along`(
        fault: FaultyDisk.Fault
    ) throws {
        var taken = 0
        for call in 1... {
            let room = folder.file("\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                atPath: room, withIntermediateDirectories: false)
            let path = room + "/ledger.sqlite"
            try Specimen.create(path).close()
            let disk = try #require(FaultyDisk(folder: room))
            let signer = try Specimen.signer()
            let store = try LedgerStore.open(path: path, signer: signer)
            var random = Random(seed: 5)
            let (own, other) = (
                Specimen.draft(1, using: &random), Specimen.draft(2, using: &random)
            )
            let line = try #require(TurnFile(path: path + "-turn", ledger: path))
            let first = try #require(Turn(in: line, offering: nil))
            let append = Background(store, [own])
            while line.next < 2 { usleep(200) }
            let offer = PendingAppend(
                drafts: [DraftInLine(other, origin: Specimen.origin, existing: .compare)],
                recordedTime: Specimen.now, expectedSize: nil)
            let behind = try #require(
                Turn(
                    in: line,
                    offering: Offer.bytes(of: offer, keys: Offer.keys(of: signer))))
            // Who is not written for goes on when its turn comes up.
            let waiting = TurnTests.Waiting(behind)
            let ended = DispatchSemaphore(value: 0)
            Thread {
                waiting.turn.wait(until: .now + .seconds(60))
                waiting.turn.end()
                ended.signal()
            }.start()
            var armed = fault
            armed.number = call
            disk.arm(armed)
            first.end()
            let outcome = Result { try append.wait() }
            ended.wait()
            let hasFailed = disk.faultCount > 0
            disk.disarm()
            try store.close()
            let again = try LedgerStore.open(path: path)
            let ids = try again.read { snapshot in
                Set(
                    try String.fetchAll(snapshot.database, sql: "SELECT id FROM event")
                        .compactMap { EventID($0) })
            }
            if case .success(let places) = outcome { #expect(places.map(\.isNew) == [true]) }
            if case .success = outcome { #expect(ids.contains(own.id), "call \(call)") }
            if behind.isWritten {
                taken += 1
                #expect(ids.contains(other.id), "call \(call)")
            }
            #expect(
                try again.read { try LogVerification($0, origin: Specimen.origin).findings } == [],
                "call \(call)")
            withExtendedLifetime(disk) {}
            if !hasFailed { break }
        }
        #expect(taken > 0)
    }
}
