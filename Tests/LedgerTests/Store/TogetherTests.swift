import Foundation
import GRDB
import Testing

@testable import Ledger

@Suite struct TogetherTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `appends that come together are all there, in the order of each caller`()
        async throws
    {
        let key = try TrustFixture.signer(Drafts.origin, seed: 1)
        var created = Drafts.created()
        created.data["vkey"] = .string(key.verifier.text)
        let store = try LedgerStore.create(
            path: folder.file("signed.sqlite"), origin: Drafts.origin, created: created,
            signer: LogSigner(keys: [key]))
        let all = try await withThrowingTaskGroup(of: [Int].self) { group in
            for caller in 0..<64 {
                group.addTask {
                    var numbers: [Int] = []
                    for step in 0..<5 {
                        let draft = Drafts.maintenance(caller * 100 + step)
                        let place = try await store.appendTogether(
                            [draft, Drafts.note(caller * 100 + 50 + step, text: "x")],
                            recordedTime: Drafts.start)
                        #expect(place.map(\.id) == [draft.id, Drafts.id(caller * 100 + 50 + step)])
                        // Two drafts of one append stand together.
                        #expect(place[1].sequence.number == place[0].sequence.number + 1)
                        numbers += place.map(\.sequence.number)
                    }
                    return numbers
                }
            }
            var all: [Int] = []
            for try await numbers in group {
                #expect(numbers == numbers.sorted())
                all += numbers
            }
            return all
        }
        #expect(all.sorted() == Array(2...641))
        let result = try store.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings == [])
        #expect(result.signedSize == 641)
        // Appends that shared a transaction share a head.
        #expect(result.headCount <= 321)
    }

    @Test func `one that fails leaves alone those that share its transaction`() async throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1))
        var other = Drafts.maintenance(1)
        other.actor = Actor(id: "mallory")
        let conflict = other
        var large = Drafts.maintenance(2)
        large.data["text"] = .string(String(repeating: "x", count: 70_000))
        let tooLarge = large
        let outcomes = await withTaskGroup(of: (Int, StoreError?).self) { group in
            for number in 0..<60 {
                group.addTask {
                    let good = Drafts.note(1000 + number, text: "good")
                    do throws(StoreError) {
                        switch number % 4 {
                        case 0:
                            _ = try await store.appendTogether([good], recordedTime: Drafts.start)
                        case 1:
                            _ = try await store.appendTogether(
                                [good, conflict], recordedTime: Drafts.start)
                        case 2:
                            _ = try await store.appendTogether(
                                [good, tooLarge], recordedTime: Drafts.start)
                        default:
                            _ = try await store.appendTogether(
                                [good], recordedTime: Drafts.start, expectedSize: 1)
                        }
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for number in 0..<60 {
            switch (number % 4, outcomes[number]) {
            case (0, nil), (2, .event(.tooLarge, index: 1)?), (3, .sizeDiffers(expected: 1, _)?):
                break
            case (1, .idConflict(let id, let sequence)?):
                #expect(id == conflict.id)
                #expect(sequence == SequenceNumber(2))
            case (_, let outcome): Issue.record("\(number): \(String(describing: outcome))")
            }
        }
        #expect(try store.size() == 2 + 15)
        let result = try store.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.verdict != .doesNotVerify)
        var events: [Event] = []
        try store.forEachEvent { events.append($0) }
        #expect(events.dropFirst(2).allSatisfy { !$0.data.isEmpty && $0.actor.id == "bob" })
    }

    @Test func `of many that expect one size only one succeeds, also in one transaction`()
        async throws
    {
        let store = try folder.newLedger()
        let successes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let place = try? await store.appendTogether(
                        [Drafts.maintenance(number)], recordedTime: Drafts.start, expectedSize: 1)
                    return place != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(successes == 1)
        #expect(try store.size() == 2)
    }

    @Test func `the same event from many callers stands once`() async throws {
        let store = try folder.newLedger()
        let places = try await withThrowingTaskGroup(of: [Appended].self) { group in
            for _ in 0..<30 {
                group.addTask {
                    try await store.appendTogether(
                        [Drafts.note(5, text: "once"), Drafts.maintenance(6)],
                        recordedTime: Drafts.start)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(try store.size() == 3)
        #expect(places.count { $0.isNew } == 2)
        #expect(Set(places.map(\.sequence.number)) == [2, 3])
    }

    // Records are made ahead for the place and the time that are expected; neither is a promise.
    @Test func `records that were made ahead for another place or time are made again`()
        async throws
    {
        let store = try folder.newLedger()
        let other = try LedgerStore.open(path: store.path)
        let places = try await withThrowingTaskGroup(of: [Appended].self) { group in
            for caller in 0..<32 {
                group.addTask {
                    var places: [Appended] = []
                    for step in 0..<12 {
                        let number = caller * 100 + step
                        let time = Timestamp(
                            milliseconds: Drafts.start.milliseconds + Int64(number * 7919 % 5000))
                        let drafts =
                            step % 5 == 0
                            ? [Drafts.maintenance(number), Drafts.maintenance(number + 50)]
                            : [Drafts.maintenance(number)]
                        switch step % 4 {
                        case 0:
                            places += try store.append(drafts, recordedTime: time)
                        case 1 where caller % 8 == 0:
                            places += try other.append(drafts, recordedTime: time)
                        case 2:
                            // Nobody gets the place that was drawn for what is refused.
                            _ = try? await store.appendTogether(
                                drafts, recordedTime: time, expectedSize: 0)
                            fallthrough
                        default:
                            places += try await store.appendTogether(drafts, recordedTime: time)
                        }
                    }
                    return places
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(places.map(\.sequence.number).sorted() == Array(2...places.count + 1))
        var events: [Event] = []
        try store.forEachEvent { events.append($0) }
        #expect(events.map(\.sequence.number) == Array(1...places.count + 1))
        for place in places { #expect(events[place.sequence.number - 1].id == place.id) }
        let times = events.map(\.recordedTime)
        #expect(times == times.sorted())
        let hashes = try store.read { try $0.hashes.hashes(level: 0, indexes: 0..<events.count) }
        for place in places { #expect(hashes[place.sequence.number - 1] == place.leafHash) }
        let result = try store.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings.map(\.kind) == [.unsigned])
    }

    @Test func `a draft has the record of its place, whatever was foreseen`() throws {
        let draft = DraftInLine(
            Drafts.maintenance(1), origin: Drafts.origin, existing: .compare)
        let expected = try draft.placed(SequenceNumber(7), recordedTime: Drafts.start)
        let later = Timestamp(milliseconds: Drafts.start.milliseconds + 1)
        for (sequence, time) in [(7, Drafts.start), (8, Drafts.start), (7, later)] {
            var foreseen = draft
            foreseen.foresee(SequenceNumber(sequence), recordedTime: time)
            let placed = try foreseen.placed(SequenceNumber(7), recordedTime: Drafts.start)
            #expect(placed.record == expected.record)
            #expect(placed.leafHash == MerkleTree.leafHash(expected.record.bytes))
        }
    }

    @Test func `threads that wait share a transaction too`() throws {
        let store = try folder.newLedger()
        let threads = (0..<16).map { worker in
            Thread {
                for step in 0..<10 {
                    _ = try? store.append(Drafts.maintenance(worker * 100 + step))
                }
            }
        }
        for thread in threads { thread.start() }
        while threads.contains(where: { !$0.isFinished }) { Thread.sleep(forTimeInterval: 0.002) }
        #expect(try store.size() == 161)
        #expect(try store.read { try $0.wrongNodes() } == [])
    }

    // How many rows go to a statement must not show in the file.
    @Test func `many at once and one by one make the same log`() throws {
        let drafts = (1...700).map { number in
            number % 5 == 0
                ? Drafts.note(number, text: "note \(number)")
                : Drafts.maintenance(number, migration: number % 3 == 0 ? "plan-move" : nil)
        }
        let many = try folder.newLedger("many.sqlite")
        let few = try folder.newLedger("few.sqlite")
        _ = try many.append(drafts, recordedTime: Drafts.start)
        for draft in drafts { _ = try few.append([draft], recordedTime: Drafts.start) }
        for store in [many, few] {
            let result = try store.read { try LogVerification($0, origin: Drafts.origin) }
            #expect(result.size == 701)
            #expect(result.findings.map(\.kind) == [.unsigned])
        }
        func events(_ store: LedgerStore) throws -> [Event] {
            var events: [Event] = []
            // Commitments hide random salts.
            try store.forEachEvent { event in
                var event = event
                for (name, _) in event.attachments { event.draft.data[name] = nil }
                events.append(event)
            }
            return events
        }
        #expect(try events(many) == events(few))
        #expect(
            try many.attachment(SequenceNumber(701), name: "text")
                == .content(AttachmentContent(text: "note 700")))
    }

    @Test func `an import with one mistake far behind writes nothing`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1))
        var conflict = Drafts.maintenance(1)
        conflict.actor = Actor(id: "mallory")
        let drafts = (2...900).map { Drafts.maintenance($0) } + [conflict]
        #expect(throws: StoreError.idConflict(id: conflict.id, sequence: SequenceNumber(2))) {
            try store.append(drafts, recordedTime: Drafts.start)
        }
        #expect(try store.size() == 2)
        try store.append(Drafts.maintenance(3))
        #expect(try store.read { try $0.wrongNodes() } == [])
        #expect(
            try store.read { try LogVerification($0, origin: Drafts.origin) }.verdict
                != .doesNotVerify)
    }
}
