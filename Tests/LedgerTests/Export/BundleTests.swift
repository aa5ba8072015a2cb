import Foundation
import Testing

@testable import Ledger

@Suite struct BundleTests {
    private func demands(_ fixture: ExportFixture) -> VerificationDemands {
        VerificationDemands(
            trust: TrustPolicy(logKeys: [fixture.key.verifier]), isTrustExplicit: true)
    }

    private func verify(
        _ fixture: ExportFixture, _ name: String = "bundle"
    ) throws -> LogVerification {
        try LogVerification(
            try BundleReader(fixture.folder.file(name)), demands: demands(fixture))
    }

    /// A ledger with attachments, an erased one, several heads and an unsigned tail.
    private func ledger() throws -> ExportFixture {
        let fixture = try ExportFixture(events: 4)
        try fixture.grow(to: 6)
        try fixture.store.eraseAttachment(
            SequenceNumber(2), name: "text", recording: Drafts.erased(50, 2, "text"),
            recordedTime: Drafts.start + .seconds(10), sign: fixture.sign)
        try fixture.append(1)
        return fixture
    }

    @Test(arguments: [1, 2, 255, 256, 257, 600])
    func `a bundle of any size verifies and restores the same root`(size: Int) throws {
        let fixture = try ExportFixture(events: size)
        let manifest = try fixture.exportBundle()
        #expect(manifest.size == size)
        let found = try verify(fixture)
        #expect(found.findings == [], "\(found.findings)")
        #expect(found.root == (try fixture.store.root()))
        #expect(found.signedSize == size)
        let copy = try LedgerStore.restore(
            path: fixture.folder.file("copy.sqlite"),
            from: try BundleReader(fixture.folder.file("bundle")))
        #expect(try copy.root() == fixture.store.root())
    }

    @Test func `what is restored is the ledger byte for byte, the erased and the unsigned too`()
        throws
    {
        let fixture = try ledger()
        let manifest = try fixture.exportBundle()
        #expect(manifest.size == 8)
        #expect(manifest.tiles == 7)
        let copy = try LedgerStore.restore(
            path: fixture.folder.file("copy.sqlite"),
            from: try BundleReader(fixture.folder.file("bundle")))
        try fixture.store.read { original in
            try copy.read { restored in
                for number in 1...8 {
                    #expect(
                        try original.record(SequenceNumber(number))
                            == restored.record(SequenceNumber(number)))
                }
                var rows: [[SealedAttachment]] = [[], []]
                try original.forEachAttachment { rows[0].append($0) }
                try restored.forEachAttachment { rows[1].append($0) }
                #expect(rows[0] == rows[1])
                #expect(rows[0].contains { $0.seal == nil })
                #expect(try original.signedHeads() == restored.signedHeads())
            }
        }
        let found = try verify(fixture)
        #expect(found.findings.map(\.kind) == [.unsigned])
        #expect(found.findings.allSatisfy { !$0.isFatal })
    }

    @Test func `every byte of every file of a bundle counts`() throws {
        let fixture = try ExportFixture(events: 2)
        try fixture.store.eraseAttachment(
            SequenceNumber(2), name: "text", recording: Drafts.erased(50, 2, "text"),
            recordedTime: Drafts.start + .seconds(10), sign: fixture.sign)
        try fixture.append(1)
        try fixture.exportBundle()
        #expect(try verify(fixture).verdict != .doesNotVerify)
        let reader = fixture.folder.file("bundle")
        for name in fixture.files("bundle") where name != "README.md" {
            let whole = try fixture.bytes("bundle/" + name)
            // Only the heads need a key; signatures take most of the time.
            let isSigned = name == "checkpoint" || name == LedgerBundle.headsName
            let demands = isSigned ? demands(fixture) : VerificationDemands()
            for offset in whole.indices {
                var bytes = whole
                bytes[offset] ^= offset.isMultiple(of: 3) ? 0x80 : 0x01
                try fixture.write(bytes, to: "bundle/" + name)
                // What cannot even be read is seen as well.
                guard let bundle = try? BundleReader(reader),
                    let found = try? LogVerification(bundle, demands: demands)
                else { continue }
                #expect(found.verdict == .doesNotVerify, "\(name), byte \(offset)")
            }
            try fixture.write(whole, to: "bundle/" + name)
        }
        #expect(try verify(fixture).verdict != .doesNotVerify)
    }

    @Test func `every file of a bundle is missed when it is gone or cut off`() throws {
        let fixture = try ledger()
        try fixture.exportBundle()
        for name in fixture.files("bundle") where name != "README.md" {
            let whole = try fixture.bytes("bundle/" + name)
            for rest in [nil, Array(whole.dropLast()), []] {
                if let rest {
                    try fixture.write(rest, to: "bundle/" + name)
                } else {
                    try FileManager.default.removeItem(
                        atPath: fixture.folder.file("bundle/" + name))
                }
                let found = try? verify(fixture)
                #expect(found.map { $0.verdict == .doesNotVerify } ?? true, "\(name)")
            }
            try fixture.write(whole, to: "bundle/" + name)
        }
    }

    @Test(arguments: ["tail.jsonl", "heads.jsonl", "attachments.jsonl", "receipts"])
    func `a bundle without its manifest is no tile log as long as any other part of it is there`(
        _ left: String
    ) throws {
        let fixture = try ledger()
        try fixture.exportBundle()
        let parts = ["tail.jsonl", "heads.jsonl", "attachments.jsonl", "receipts"]
        for name in parts.filter({ $0 != left }) + ["bundle.json"] {
            try FileManager.default.removeItem(atPath: fixture.folder.file("bundle/" + name))
        }
        let found = try verify(fixture)
        #expect(found.verdict == .doesNotVerify)
        #expect(found.size == 7)
        let finding = try #require(found.findings.first)
        #expect(finding.kind == .missing)
        #expect(finding.message.contains("bundle.json is not there"))
        #expect(finding.message.contains(left))
        try FileManager.default.removeItem(atPath: fixture.folder.file("bundle/" + left))
        #expect(try verify(fixture).findings.isEmpty)
    }

    @Test func `a changed entry is named by its event, with both hashes`() throws {
        let fixture = try ledger()
        try fixture.exportBundle()
        var bytes = try fixture.bytes("bundle/tile/entries/000.p/7")
        let place = try #require(
            bytes.indices.first { bytes[$0...].starts(with: Array("alice".utf8)) })
        bytes[place] ^= 1
        try fixture.write(bytes, to: "bundle/tile/entries/000.p/7")
        let finding = try #require(try verify(fixture).findings.first)
        #expect(finding.kind == .edited)
        #expect(finding.sequence == 1)
        #expect(finding.expected != nil && finding.found != nil)
    }

    @Test func `a bundle follows its ledger: more events, an erasure, no receipts`() throws {
        let fixture = try ExportFixture(events: 300)
        try fixture.exportBundle()
        #expect(fixture.files("bundle").contains("receipts/300.tlog-proof"))
        try fixture.grow(to: 520)
        try fixture.store.eraseAttachment(
            SequenceNumber(2), name: "text", recording: Drafts.erased(9000, 2, "text"),
            recordedTime: Drafts.start + .seconds(9000), sign: fixture.sign)
        try fixture.exportBundle(hasReceipts: false)
        #expect(try verify(fixture).findings == [])
        #expect(!fixture.files("bundle").contains { $0.hasPrefix("receipts/") })
        let text = String(decoding: try fixture.bytes("bundle/attachments.jsonl"), as: UTF8.self)
        #expect(text.hasPrefix(#"{"erased":true,"name":"text","sequence":2}"#))
    }

    @Test func `without a key a bundle holds everything in its tail`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.newLedger()
        try store.append(Drafts.note(1, text: "one"))
        let path = folder.file("bundle")
        _ = try store.read { try $0.exportBundle(to: path, origin: store.origin) }
        let found = try LogVerification(try BundleReader(path))
        #expect(found.size == 2)
        #expect(found.root == (try store.root()))
        let copy = try LedgerStore.restore(
            path: folder.file("copy.sqlite"), from: try BundleReader(path))
        #expect(try copy.root() == store.root())
    }

    @Test func `a bare tile log verifies as far as it goes, and a folder of neither is refused`()
        throws
    {
        let fixture = try ExportFixture(events: 300)
        try fixture.exportTiles()
        let found = try verify(fixture, "tiles")
        #expect(found.findings == [])
        #expect(found.size == 300)
        #expect(throws: ExportError.self) { try BundleReader(fixture.folder.path + "/none") }
        #expect(throws: ExportError.self) { try BundleReader(fixture.folder.path) }
    }

    @Test func `an upper tile that does not follow is fatal, for others rely on it`() throws {
        let fixture = try ExportFixture(events: 600)
        try fixture.exportTiles()
        var tile = try fixture.bytes("tiles/tile/1/000.p/2")
        tile[40] ^= 1
        try fixture.write(tile, to: "tiles/tile/1/000.p/2")
        let found = try verify(fixture, "tiles")
        #expect(found.verdict == .doesNotVerify)
        #expect(found.findings.map(\.kind) == [.derivedDataWrong])
    }
}
