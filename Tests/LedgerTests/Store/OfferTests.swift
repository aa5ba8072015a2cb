import Foundation
import Testing

@testable import Ledger

/// What may be put down to be written along, and what is taken for it.
@Suite struct OfferTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `nothing that is no event of this ledger is written along`() throws {
        let store = try folder.newLedger()
        let file = try #require(TurnFile(path: store.path + "-turn", ledger: store.path))
        let first = try #require(Turn(in: file, offering: nil))
        func offer(
            _ draft: EventDraft, origin: String = Drafts.origin, keys: LogSigner? = nil
        ) throws -> [UInt8] {
            let append = PendingAppend(
                drafts: [DraftInLine(draft, origin: origin, existing: .compare)],
                recordedTime: Drafts.start, expectedSize: nil)
            return try #require(Offer.bytes(of: append, keys: Offer.keys(of: keys)))
        }
        let good = try offer(Drafts.maintenance(7))
        var created = good
        let place = try #require(good.firstRange(of: Array("env.maintenance.accepted".utf8)))
        // As long as the type that it replaces.
        created.replaceSubrange(place, with: Array("unheard.of.in.any.ledger".utf8))
        let key = try TrustFixture.signer(Drafts.origin, seed: 1)
        let bad: [[UInt8]] = [
            [], [1], Array(good.dropLast()), good + [0], Array(good.dropFirst()), created,
            try offer(Drafts.maintenance(8), origin: "another.example/ledger"),
            try offer(Drafts.maintenance(9), keys: LogSigner(keys: [key])),
            Array(good.prefix(33)), [2] + good.dropFirst(),
        ]
        let own = Background(store, [Drafts.maintenance(1)])
        while file.next < 2 { usleep(200) }
        let offers = try (bad + [good]).map { bytes in
            let own = try #require(TurnFile(path: store.path + "-turn", ledger: store.path))
            return try #require(Turn(in: own, offering: bytes))
        }
        first.end()
        #expect(try own.wait().map(\.sequence.number) == [2])
        #expect(offers.map(\.isWritten) == bad.map { _ in false } + [true])
        #expect(try store.size() == 3)
        #expect(
            try store.read { try LogVerification($0, origin: Drafts.origin).findings.map(\.kind) }
                == [.unsigned])
    }

    @Test func `an offer must name all that an event needs`() throws {
        // What the vocabulary says about the log itself is never offered.
        let vkey = try TrustFixture.signer(Drafts.origin, seed: 1).verifier.text
        for payload: DecisionName in [.keyAdded, .keyRetired, .ledgerCreated, .attachmentErased] {
            var draft = Drafts.maintenance(1)
            draft.type = .decision(payload)
            draft.data["vkey"] = .string(vkey)
            let append = PendingAppend(
                drafts: [DraftInLine(draft, origin: Drafts.origin, existing: .compare)],
                recordedTime: Drafts.start, expectedSize: nil)
            #expect(Offer.bytes(of: append, keys: Offer.keys(of: nil)) == nil)
        }
    }
}
