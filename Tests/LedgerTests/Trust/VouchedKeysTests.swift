import Synchronization
import Testing

@testable import Ledger

/// Only a key that signed before makes another one a key of the ledger, or ends it.
@Suite struct VouchedKeysTests {
    let folder: TemporaryFolder
    let key: SignerKey
    let stranger: SignerKey

    init() throws {
        folder = try TemporaryFolder()
        key = try TrustFixture.signer(Drafts.origin, seed: 1)
        stranger = try TrustFixture.signer(Drafts.origin, seed: 9)
    }

    private func ledger() throws -> LedgerStore {
        var created = Drafts.created()
        created.data["vkey"] = .string(key.verifier.text)
        let store = try LedgerStore.create(
            path: folder.file("ledger.sqlite"), origin: Drafts.origin, created: created,
            signer: LogSigner(keys: [key]))
        try store.append(Drafts.maintenance(1))
        return store
    }

    private func opened(_ keys: [SignerKey]) throws -> LedgerStore {
        try LedgerStore.open(
            path: folder.file("ledger.sqlite"),
            signer: keys.isEmpty ? nil : LogSigner(keys: keys))
    }

    private func draft(_ number: Int, _ decision: Decision) -> EventDraft {
        EventDraft(
            id: Drafts.id(number), payload: .decision(decision), time: Drafts.start,
            actor: Actor(id: "alice"), basis: .executed)
    }

    private func sign(_ key: SignerKey) -> HeadSigner {
        { size, root in
            let head = Checkpoint(origin: Drafts.origin, size: size, root: root)
            return String(decoding: try head.sign(with: [key], time: 0).format(), as: UTF8.self)
        }
    }

    private func verified(_ store: LedgerStore, _ trusted: SignerKey) throws -> LogVerification {
        try store.read { snapshot in
            try LogVerification(
                snapshot, origin: Drafts.origin,
                demands: VerificationDemands(
                    trust: TrustPolicy(logKeys: [trusted.verifier]), isTrustExplicit: true))
        }
    }

    @Test func `a key that vouches only for itself is added by nobody`() throws {
        let size = try ledger().size()
        for decision in [
            Decision.keyAdded(vkey: stranger.verifier.text),
            .keyRetired(vkey: key.verifier.text),
        ] {
            #expect(throws: StoreError.self) {
                try opened([stranger]).append(draft(50, decision))
            }
        }
        #expect(try opened([]).size() == size)
    }

    @Test func `a key that was added without one is signed over by no other event`() throws {
        let store = try ledger()
        try opened([]).append(draft(50, .keyAdded(vkey: stranger.verifier.text)))
        #expect(throws: StoreError.self) { try store.append(Drafts.maintenance(2)) }
        #expect(throws: StoreError.self) { try opened([key]).append(Drafts.maintenance(2)) }
        #expect(throws: StoreError.self) { try opened([key]).signHead() }
        #expect(throws: StoreError.self) { try opened([stranger]).append(Drafts.maintenance(2)) }
        #expect(try store.size() == 3)
        #expect(try store.logKeys().active == [key.verifier])
        #expect(try store.logKeys().unvouched.map(\.sequence) == [3])
        let found = try verified(store, key)
        #expect(found.findings.map(\.kind) == [.wrongSigner, .unsigned])
        #expect(found.verdict == .intactNotAnchored)
        // Who says that it is a stranger's goes on, and it stays one.
        try opened([key]).append(draft(51, .keyRetired(vkey: stranger.verifier.text)))
        try store.append(Drafts.maintenance(2))
        #expect(try verified(store, key).findings.map(\.kind) == [.wrongSigner])
        #expect(try verified(store, key).signedSize == 5)
        _ = try opened([]).append(
            [Drafts.maintenance(3)], recordedTime: Drafts.start, sign: sign(stranger))
        let after = try verified(store, key)
        #expect(after.verdict == .doesNotVerify)
        #expect(after.signedSize == 5)
    }

    @Test func `an honest head over a key that was added without one does not vouch for it`() throws
    {
        _ = try ledger()
        let store = try opened([])
        try store.append(draft(50, .keyAdded(vkey: stranger.verifier.text)))
        // A signer that does not look.
        _ = try store.append([Drafts.maintenance(2)], recordedTime: Drafts.start, sign: sign(key))
        #expect(try verified(store, key).findings.map(\.kind) == [.wrongSigner])
        #expect(try verified(store, key).keys.active == [key.verifier])
        _ = try store.append(
            [Drafts.maintenance(3)], recordedTime: Drafts.start, sign: sign(stranger))
        let found = try verified(store, key)
        #expect(found.findings.filter(\.isFatal).map(\.kind) == [.wrongSigner])
        #expect(found.signedSize == 4)
        #expect(throws: StoreError.self) { try opened([stranger]).append(Drafts.maintenance(4)) }
    }

    @Test func `a creation is believed at the beginning only`() throws {
        _ = try ledger()
        var again = Drafts.created()
        again.id = Drafts.id(50)
        again.data["vkey"] = .string(stranger.verifier.text)
        try opened([]).append(again)
        #expect(throws: StoreError.self) { try opened([stranger]).append(Drafts.maintenance(2)) }
        #expect(throws: StoreError.self) { try opened([key]).append(Drafts.maintenance(2)) }
    }

    @Test func `a key that was retired without one signs on, after one that it vouches for`() throws
    {
        _ = try ledger()
        try opened([]).append(draft(50, .keyRetired(vkey: key.verifier.text)))
        let store = try opened([key])
        #expect(throws: StoreError.self) { try store.append(Drafts.maintenance(2)) }
        let new = try TrustFixture.signer(Drafts.origin, seed: 2)
        let both = try opened([key, new])
        try both.append(draft(51, .keyAdded(vkey: new.verifier.text)))
        try store.append(Drafts.maintenance(2))
        for trusted in [key, new] {
            let found = try verified(store, trusted)
            #expect(found.verdict == .intactNotAnchored, "\(found.findings)")
            #expect(found.signedSize == 5)
            #expect(found.keys.active == [key.verifier, new.verifier])
        }
    }

    @Test
    func `the first key of a ledger without any is followed from itself and from a later one`()
        throws
    {
        let path = folder.file("ledger.sqlite")
        try LedgerStore.create(path: path, origin: Drafts.origin, created: Drafts.created())
            .append(Drafts.maintenance(1))
        let told = Mutex<[ClosedRange<Int>]>([])
        let first = try LedgerStore.open(
            path: path, signer: LogSigner(keys: [key]) { tail in told.withLock { $0.append(tail) } }
        )
        try first.append(draft(50, .keyAdded(vkey: key.verifier.text)))
        try first.append(Drafts.maintenance(2))
        #expect(told.withLock { $0 } == [1...2])
        let new = try TrustFixture.signer(Drafts.origin, seed: 2)
        let both = try opened([key, new])
        try both.append(draft(51, .keyAdded(vkey: new.verifier.text)))
        try both.append(draft(52, .keyRetired(vkey: key.verifier.text)))
        try both.append(Drafts.maintenance(3))
        for trusted in [key, new] {
            let found = try verified(both, trusted)
            #expect(found.findings.isEmpty, "\(found.findings)")
            #expect(found.signedSize == 7)
        }
        #expect(try verified(both, stranger).verdict == .doesNotVerify)
    }

    @Test func `what was recorded without a key is told of once, by whoever signs it first`() throws
    {
        _ = try ledger()
        let plain = try opened([])
        try plain.append(Drafts.maintenance(2))
        try plain.append(Drafts.maintenance(3))
        let told = Mutex<[ClosedRange<Int>]>([])
        let store = try LedgerStore.open(
            path: folder.file("ledger.sqlite"),
            signer: LogSigner(keys: [key]) { tail in told.withLock { $0.append(tail) } })
        try store.append(Drafts.maintenance(4))
        try store.append(Drafts.maintenance(5))
        #expect(told.withLock { $0 } == [3...4])
        try plain.append(Drafts.maintenance(6))
        try store.append(Drafts.maintenance(7))
        #expect(told.withLock { $0 } == [3...4, 7...7])
    }

    @Test func `a bare tile log is believed by who signed its head, whatever its events name`()
        throws
    {
        let new = try TrustFixture.signer(Drafts.origin, seed: 2)
        let store = try ledger()
        let both = try opened([key, new])
        try both.append(draft(50, .keyAdded(vkey: new.verifier.text)))
        func found(_ name: String, _ trusted: SignerKey) throws -> LogVerification {
            let path = folder.file(name)
            _ = try store.read { try $0.exportTiles(to: path, origin: Drafts.origin) }
            return try LogVerification(
                try BundleReader(path),
                demands: VerificationDemands(
                    trust: TrustPolicy(logKeys: [trusted.verifier]), isTrustExplicit: true))
        }
        for trusted in [key, new] { #expect(try found("both", trusted).findings == []) }
        try both.append(draft(51, .keyRetired(vkey: key.verifier.text)))
        try both.append(Drafts.maintenance(2))
        #expect(try found("after", new).findings == [])
        for trusted in [key, stranger] {
            let strange = try found("after", trusted)
            #expect(strange.verdict == .doesNotVerify)
            #expect(strange.signedSize == 0)
        }
    }

    @Test func `a change of keys is the last event of its append`() throws {
        _ = try ledger()
        let new = try TrustFixture.signer(Drafts.origin, seed: 2)
        let both = try opened([key, new])
        let change = draft(50, .keyAdded(vkey: new.verifier.text))
        #expect(throws: StoreError.self) {
            _ = try both.append([change, Drafts.maintenance(2)], recordedTime: Drafts.start)
        }
        _ = try both.append([Drafts.maintenance(2), change], recordedTime: Drafts.start)
        #expect(try both.logKeys().active == [key.verifier, new.verifier])
        #expect(
            PendingAppend(
                drafts: both.inLine([change], .compare), recordedTime: Drafts.start,
                expectedSize: nil
            ).changesKeys)
    }
}
