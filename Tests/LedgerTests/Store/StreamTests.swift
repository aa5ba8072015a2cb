import GRDB
import Testing

@testable import Ledger

/// Events that are still being read while others are written.
@Suite struct StreamTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Unreadable: Error {}

    @Test func `everything that was handed over stands there in its order`() throws {
        let store = try folder.newLedger()
        let summary = try store.append(recordedTime: Drafts.start) { take in
            for start in stride(from: 1, through: 2000, by: 100) {
                try take((start..<start + 100).map { Drafts.maintenance($0) })
                try take([])
            }
        }
        #expect(summary.added == 2000)
        #expect(summary.known == 0)
        #expect(summary.first == SequenceNumber(2))
        #expect(summary.last == SequenceNumber(2001))
        var number = 0
        try store.forEachEvent { event in
            if number > 0 { #expect(event.id == Drafts.id(number)) }
            number += 1
        }
        let again = try store.append(
            recordedTime: Drafts.start, existing: .compareContent(redacted: "[redacted]")
        ) { take in
            try take((1990...2010).map { Drafts.maintenance($0) })
        }
        #expect(again.added == 10)
        #expect(again.known == 11)
        #expect(again.first == SequenceNumber(2002))
        let none = try store.append(recordedTime: Drafts.start) { _ in }
        #expect(none == AppendSummary())
        let result = try store.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings.map(\.kind) == [.unsigned])
    }

    @Test func `a reading that fails at its end writes nothing`() throws {
        let store = try folder.newLedger()
        #expect(throws: Unreadable.self) {
            try store.append(recordedTime: Drafts.start) { take in
                for number in 1...1000 { try take([Drafts.maintenance(number)]) }
                throw Unreadable()
            }
        }
        #expect(throws: Unreadable.self) {
            try store.append(recordedTime: Drafts.start) { _ in throw Unreadable() }
        }
        #expect(try store.size() == 1)
        try store.append(Drafts.maintenance(1))
        #expect(try store.size() == 2)
    }

    @Test func `a writing that fails ends the reading and says why`() throws {
        let store = try folder.newLedger()
        try store.append(Drafts.maintenance(1))
        var conflict = Drafts.maintenance(1)
        conflict.actor = Actor(id: "mallory")
        var large = Drafts.maintenance(7)
        large.data["text"] = .string(String(repeating: "x", count: 70_000))
        for (wrong, error) in [
            (conflict, StoreError.idConflict(id: conflict.id, sequence: SequenceNumber(2))),
            (large, StoreError.event(.tooLarge(bytes: 70_487), index: 3)),
        ] {
            var handed = 0
            let thrown = #expect(throws: StoreError.self) {
                try store.append(recordedTime: Drafts.start) { take in
                    try take((10...12).map { Drafts.maintenance($0) })
                    while handed < 100_000 {
                        handed += 1
                        try take([wrong])
                    }
                }
            }
            switch (thrown, error) {
            case (.event(.tooLarge, let index)?, .event(_, let expected)):
                #expect(index == expected)
            default: #expect(thrown == error)
            }
            #expect(handed < 100_000)
        }
        #expect(throws: StoreError.sizeDiffers(expected: 9, actual: 2)) {
            try store.append(recordedTime: Drafts.start, expectedSize: 9) { take in
                try take([Drafts.maintenance(20)])
            }
        }
        #expect(try store.size() == 2)
    }

    @Test func `a ledger that is only read takes no stream`() throws {
        let path = try folder.newLedger().path
        let store = try LedgerStore.open(path: path, readOnly: true)
        #expect(throws: StoreError.readOnly(path: path)) {
            try store.append(recordedTime: Drafts.start) { try $0([Drafts.maintenance(1)]) }
        }
    }
}
