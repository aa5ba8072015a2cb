import GRDB
import Synchronization
import Testing

@testable import Ledger

@Suite struct LogSignerTests {
    let folder: TemporaryFolder
    let key: SignerKey

    init() throws {
        folder = try TemporaryFolder()
        key = try TrustFixture.signer(Drafts.origin, seed: 1)
    }

    private func created(_ key: SignerKey?) -> EventDraft {
        var draft = Drafts.created()
        draft.data["vkey"] = key.map { .string($0.verifier.text) }
        return draft
    }

    private func signed() throws -> LedgerStore {
        try LedgerStore.create(
            path: folder.file("ledger.sqlite"), origin: Drafts.origin, created: created(key),
            signer: LogSigner(keys: [key]))
    }

    /// Changes a closed ledger as its owner could, guards aside.
    private func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: folder.file("ledger.sqlite"))
        try queue.writeWithoutTransaction { database in
            let guards = try Row.fetchAll(
                database, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for row in guards { try database.execute(sql: "DROP TRIGGER \(row[0] as String)") }
            try database.execute(sql: sql)
            for row in guards { try database.execute(sql: row[1]) }
        }
        try queue.close()
    }

    private func reopened() throws -> LedgerStore {
        try LedgerStore.open(path: folder.file("ledger.sqlite"), signer: LogSigner(keys: [key]))
    }

    @Test func `each append ends with one head of the log that its key has signed`() throws {
        let store = try signed()
        for number in 1...4 {
            _ = try store.append(
                [Drafts.maintenance(2 * number), Drafts.maintenance(2 * number + 1)],
                recordedTime: Drafts.start)
        }
        let heads = try store.signedHeads().reversed()
        #expect(heads.map(\.size) == [1, 3, 5, 7, 9])
        let policy = TrustPolicy(logKeys: [key.verifier])
        for head in heads {
            let verified = try policy.verify(SignedNote.parse(head.note))
            #expect(verified.checkpoint.size == head.size)
            #expect(try verified.checkpoint.root == store.root(size: head.size))
        }
        _ = try store.append([Drafts.maintenance(2)], recordedTime: Drafts.start)
        #expect(try store.signedHeads().count == 5)
    }

    @Test func `an altered leaf below the last head stops the signing and the append`() throws {
        var store: LedgerStore? = try signed()
        for number in 1...3 { try store?.append(Drafts.maintenance(number)) }
        try store?.close()
        store = nil
        try tamper("UPDATE event SET leaf = zeroblob(32) WHERE sequence = 2")
        let again = try reopened()
        #expect(throws: StoreError.headDiffers(size: 4)) {
            try again.append(Drafts.maintenance(9))
        }
        #expect(try again.size() == 4)
    }

    @Test(arguments: [
        "DELETE FROM checkpoint",
        "UPDATE checkpoint SET note = replace(note, char(10) || '4' || char(10), char(10) || '3' || char(10))",
        "UPDATE checkpoint SET note = substr(note, 1, length(note) - 4) || 'AAA='",
        "DELETE FROM event WHERE sequence = 4",
        "UPDATE checkpoint SET size = 3 WHERE size = 4",
    ])
    func `what was signed last is read again, and doubt stops everything`(_ sql: String) throws {
        var store: LedgerStore? = try signed()
        for number in 1...3 { try store?.append(Drafts.maintenance(number)) }
        try store?.close()
        store = nil
        try tamper(sql)
        let again = try reopened()
        let before = try again.size()
        #expect(throws: StoreError.self) { try again.append(Drafts.maintenance(9)) }
        #expect(try again.size() == before)
    }

    @Test func `a key that the ledger does not name signs nothing`() throws {
        let store = try LedgerStore.create(
            path: folder.file("plain.sqlite"), origin: Drafts.origin, created: created(nil))
        try store.append(Drafts.maintenance(1))
        let other = try LedgerStore.open(
            path: folder.file("plain.sqlite"), signer: LogSigner(keys: [key]))
        #expect(throws: StoreError.self) { try other.append(Drafts.maintenance(2)) }
        #expect(try other.size() == 2)
    }

    @Test func `keys sign from their addition to their retirement, both heads included`() throws {
        let store = try signed()
        let new = try TrustFixture.signer(Drafts.origin, seed: 2)
        let both = LogSigner(keys: [key, new])
        func draft(_ number: Int, _ decision: Decision) -> EventDraft {
            EventDraft(
                id: Drafts.id(number), payload: .decision(decision), time: Drafts.start,
                actor: Actor(id: "alice"), basis: .executed)
        }
        try store.close()
        let rotating = try LedgerStore.open(path: folder.file("ledger.sqlite"), signer: both)
        try rotating.append(draft(50, .keyAdded(vkey: new.verifier.text)))
        try rotating.append(Drafts.maintenance(1))
        try rotating.append(draft(51, .keyRetired(vkey: key.verifier.text)))
        try rotating.append(Drafts.maintenance(2))
        let signers = try rotating.signedHeads().reversed().map { head in
            try SignedNote.parse(head.note).signatures.map(\.id)
        }
        let (a, b) = (key.verifier.id, new.verifier.id)
        #expect(signers == [[a], [a, b], [a, b], [a, b], [b]])
        let keys = try rotating.logKeys()
        #expect(keys.active == [new.verifier])
        #expect(keys.entries.map(\.added) == [1, 2])
        #expect(keys.entries.map(\.retired) == [4, nil])
        // Whoever has either key follows the rotation; a stranger's key leads nowhere.
        for (trusted, isIntact) in [
            (key, true), (new, true), (try TrustFixture.signer(Drafts.origin, seed: 3), false),
        ] {
            let result = try rotating.read { snapshot in
                try LogVerification(
                    snapshot, origin: Drafts.origin,
                    demands: VerificationDemands(
                        trust: TrustPolicy(logKeys: [trusted.verifier]), isTrustExplicit: true))
            }
            #expect(result.findings.isEmpty == isIntact, "\(result.findings)")
            #expect(result.signedSize == (isIntact ? 5 : 0))
        }
    }

    @Test func `a key that another process retires signs nothing more in this one`() throws {
        let new = try TrustFixture.signer(Drafts.origin, seed: 2)
        let store = try signed()
        for number in 1...3 { try store.append(Drafts.maintenance(number)) }
        let other = try LedgerStore.open(
            path: store.path, signer: LogSigner(keys: [key, new]))
        for (number, decision) in [
            Decision.keyAdded(vkey: new.verifier.text), .keyRetired(vkey: key.verifier.text),
        ].enumerated() {
            try other.append(
                EventDraft(
                    id: Drafts.id(60 + number), payload: .decision(decision), time: Drafts.start,
                    actor: Actor(id: "alice"), basis: .executed))
        }
        #expect(throws: StoreError.self) { try store.append(Drafts.maintenance(4)) }
        #expect(try store.size() == 6)
        try other.append(Drafts.maintenance(4))
        let newest = try #require(try store.newestHead())
        #expect(try SignedNote.parse(newest.note).signatures.map(\.id) == [new.verifier.id])
    }

    @Test(arguments: [
        "UPDATE checkpoint SET note = substr(note, 1, length(note) - 4) || 'AAA='",
        "UPDATE checkpoint SET root = zeroblob(32)",
        "DELETE FROM checkpoint",
    ])
    func `a head that was changed behind an open store stops its signing`(_ change: String) throws {
        let store = try signed()
        for number in 1...3 { try store.append(Drafts.maintenance(number)) }
        try tamper(change)
        #expect(throws: StoreError.self) { try store.append(Drafts.maintenance(4)) }
        #expect(try store.size() == 4)
    }

    @Test func `a key whose event was taken back is not known afterwards`() throws {
        let new = try TrustFixture.signer(Drafts.origin, seed: 2)
        let store = try signed()
        try store.append(Drafts.maintenance(1))
        let adding = EventDraft(
            id: Drafts.id(60), payload: .decision(.keyAdded(vkey: new.verifier.text)),
            time: Drafts.start, actor: Actor(id: "alice"), basis: .executed)
        struct Stop: Error {}
        #expect(throws: (any Error).self) {
            try store.transaction { appender in
                _ = try appender.append(store.inLine([adding], .compare))
                try appender.sign(LogSigner(keys: [key, new]))
                throw Stop()
            }
        }
        try store.append(Drafts.maintenance(2))
        #expect(store.end.withLock { $0 }?.keys.keys.active == [key.verifier])
        #expect(try store.logKeys().active == [key.verifier])
        #expect(try store.signedHeads().map(\.size) == [3, 2, 1])
    }

    @Test func `a head that a retired key signs after its end is a stranger's`() throws {
        let store = try signed()
        let new = try TrustFixture.signer(Drafts.origin, seed: 2)
        try store.close()
        let rotating = try LedgerStore.open(
            path: folder.file("ledger.sqlite"), signer: LogSigner(keys: [key, new]))
        for (number, decision) in [
            Decision.keyAdded(vkey: new.verifier.text), .keyRetired(vkey: key.verifier.text),
        ].enumerated() {
            try rotating.append(
                EventDraft(
                    id: Drafts.id(60 + number), payload: .decision(decision), time: Drafts.start,
                    actor: Actor(id: "alice"), basis: .executed))
        }
        // The thief of the old key goes on with it.
        _ = try rotating.append([Drafts.maintenance(7)], recordedTime: Drafts.start) { size, root in
            let note = try Checkpoint(origin: Drafts.origin, size: size, root: root)
                .sign(with: [key], time: 0)
            return String(decoding: note.format(), as: UTF8.self)
        }
        let result = try rotating.read { snapshot in
            try LogVerification(
                snapshot, origin: Drafts.origin,
                demands: VerificationDemands(
                    trust: TrustPolicy(logKeys: [key.verifier]), isTrustExplicit: true))
        }
        #expect(result.findings.map(\.kind) == [.wrongSigner, .unsigned])
        #expect(result.signedSize == 3)
        // Nor does the honest signer continue such a head.
        #expect(throws: StoreError.self) { try rotating.append(Drafts.maintenance(8)) }
    }

    @Test func `a lost index or node is derived data, and no tampering`() throws {
        var store: LedgerStore? = try signed()
        for number in 1...300 { try store?.append(Drafts.maintenance(number)) }
        try store?.close()
        store = nil
        try tamper("UPDATE node SET hash = zeroblob(32)")
        let queue = try DatabaseQueue(path: folder.file("ledger.sqlite"))
        try queue.writeWithoutTransaction { try $0.execute(sql: "DROP TABLE posting") }
        try queue.close()
        let again = try LedgerStore.open(path: folder.file("ledger.sqlite"), readOnly: true)
        let result = try again.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings.map(\.kind) == [.derivedDataWrong, .derivedDataWrong])
        #expect(result.verdict == .intactNotAnchored)
    }

    @Test func `an attachment that is emptied without an event is altered`() throws {
        var store: LedgerStore? = try signed()
        try store?.append(Drafts.note(1, text: "secret"))
        try store?.append(Drafts.note(2, text: "other"))
        try store?.eraseAttachment(
            SequenceNumber(2), name: "text", recording: Drafts.erased(9, 2, "text"),
            recordedTime: Drafts.start)
        try store?.close()
        store = nil
        try tamper("UPDATE attachment SET salt = NULL, content = NULL WHERE sequence = 3")
        let again = try reopened()
        let result = try again.read { try LogVerification($0, origin: Drafts.origin) }
        #expect(result.findings.map(\.kind) == [.attachmentAltered])
        #expect(result.findings.first?.sequence == 3)
    }
}
