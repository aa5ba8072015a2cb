import Foundation
import GRDB
import Testing

@testable import Ledger

@Suite struct TileExportTests {
    /// What a reader of tiles finds, from the files alone.
    private func root(of fixture: ExportFixture, _ name: String = "tiles") throws -> Digest {
        let path = fixture.folder.file(name)
        let note = try #require(try TileDirectory.checkpoint(in: path))
        let head = try TrustPolicy(logKeys: [fixture.key.verifier]).verify(note).checkpoint
        let tiles = TileDirectory(path: path, size: head.size)
        #expect(try tiles.root() == head.root)
        var entries: [[UInt8]] = []
        for index in 0..<(head.size + 255) / 256 { entries += try tiles.entries(bundle: index) }
        #expect(MerkleTree.root(ofLeafHashes: entries.map { MerkleTree.leafHash($0) }) == head.root)
        return head.root
    }

    @Test(arguments: [1, 2, 255, 256, 257, 511, 512, 700])
    func `a tile log of any size has exactly the files of its layout`(size: Int) throws {
        let fixture = try ExportFixture(events: size)
        let summary = try fixture.exportTiles()
        #expect(try root(of: fixture) == fixture.store.root())
        let layout = TileLayout(size: size)
        let expected =
            (layout.hashTiles + layout.entryBundles).map(\.text) + ["checkpoint"]
        #expect(fixture.files("tiles") == expected.sorted())
        #expect(summary.written == expected.count - 1)
    }

    @Test func `a further export adds what is new and writes no full tile again`() throws {
        let fixture = try ExportFixture(events: 300)
        try fixture.exportTiles()
        let full = "tiles/tile/0/000"
        let attributes = try FileManager.default.attributesOfItem(
            atPath: fixture.folder.file(full))
        let number = attributes[.systemFileNumber] as? NSNumber
        #expect(try fixture.exportTiles().written == 0)
        for size in [301, 511, 512, 513, 800] {
            try fixture.grow(to: size)
            let summary = try fixture.exportTiles()
            #expect(summary.size == size)
            #expect(try root(of: fixture) == fixture.store.root())
        }
        let after = try FileManager.default.attributesOfItem(atPath: fixture.folder.file(full))
        #expect(after[.systemFileNumber] as? NSNumber == number)
        // Partial tiles go when their full one is there.
        #expect(!fixture.files("tiles").contains { $0.hasPrefix("tile/0/001.p") })
        #expect(fixture.files("tiles").contains("tile/0/003.p/32"))
    }

    @Test(arguments: [0, 1]) func `a wrong node gets into no tile`(position: Int) throws {
        let fixture = try ExportFixture(events: 600)
        try fixture.exportTiles()
        try fixture.grow(to: 800)
        let root = try fixture.store.root()
        try fixture.store.appender().inDatabase { database in
            try database.execute(
                sql: "UPDATE node SET hash = zeroblob(32) WHERE level = 8 AND position = ?",
                arguments: [position])
        }
        try fixture.exportTiles()
        #expect(try self.root(of: fixture) == root)
    }

    @Test func `a tile that somebody removed is written again`() throws {
        let fixture = try ExportFixture(events: 600)
        try fixture.exportTiles()
        let files = fixture.files("tiles").filter { $0 != "checkpoint" }
        for name in files {
            try FileManager.default.removeItem(atPath: fixture.folder.file("tiles/" + name))
            try fixture.exportTiles()
            #expect(fixture.files("tiles").contains(name), "\(name)")
            #expect(try root(of: fixture) == fixture.store.root())
        }
    }

    @Test func `without a signed head there is no tile log`() throws {
        let folder = try TemporaryFolder()
        let store = try folder.newLedger()
        #expect(throws: ExportError.noSignedHead) {
            try store.read {
                try $0.exportTiles(to: folder.file("tiles"), origin: store.origin)
            }
        }
        #expect(FileManager.default.fileExists(atPath: folder.file("tiles")) == false)
    }

    @Test func `events after the signed head stay out of the tiles`() throws {
        let fixture = try ExportFixture(events: 3)
        try fixture.append(2)
        #expect(try fixture.exportTiles().size == 3)
        #expect(try root(of: fixture) == fixture.store.root(size: 3))
    }

    @Test func `a directory of another history, another log or other files is refused`() throws {
        let fixture = try ExportFixture(events: 5)
        try fixture.exportTiles()
        let other = try ExportFixture(events: 5)
        var note = Drafts.note(77, text: "another past")
        note.actor.id = "mallory"
        _ = try other.store.append([note], recordedTime: Drafts.start)
        try other.store.signHead(other.sign)
        let path = fixture.folder.file("tiles")
        // The salts are random, so two ledgers of the same drafts are two histories already.
        #expect(throws: ExportError.self) {
            try other.store.read { try $0.exportTiles(to: path, origin: other.store.origin) }
        }
        #expect(throws: ExportError.self) {
            try fixture.store.read { try $0.exportTiles(to: path, origin: "elsewhere") }
        }
        try FileManager.default.createDirectory(
            atPath: fixture.folder.file("home"), withIntermediateDirectories: true)
        try fixture.write([1], to: "home/letter.txt")
        #expect(throws: ExportError.self) { try fixture.exportTiles("home") }
        #expect(fixture.files("home") == ["letter.txt"])
        #expect(throws: ExportError.self) { try fixture.exportTiles("home/letter.txt") }
    }

    @Test func `a directory that is ahead of the ledger is evidence, not a thing to repair`() throws
    {
        let fixture = try ExportFixture(events: 5)
        try fixture.exportTiles()
        let before = try fixture.bytes("tiles/checkpoint")
        let old = try ExportFixture(events: 3)
        let path = fixture.folder.file("tiles")
        do {
            _ = try old.store.read { try $0.exportTiles(to: path, origin: old.store.origin) }
            Issue.record("an older ledger was exported over a newer one")
        } catch let error as ExportError {
            #expect(error == .ahead(path: path, size: 5, actual: 3))
            #expect(error.isEvidence)
        }
        #expect(try fixture.bytes("tiles/checkpoint") == before)
    }

    @Test func `a full tile that differs is named and left as it is`() throws {
        let fixture = try ExportFixture(events: 300)
        try fixture.exportTiles()
        try FileManager.default.removeItem(atPath: fixture.folder.file("tiles/checkpoint"))
        var tile = try fixture.bytes("tiles/tile/0/000")
        tile[100] ^= 1
        try fixture.write(tile, to: "tiles/tile/0/000")
        #expect(
            throws: ExportError.tileDiffers(path: fixture.folder.file("tiles/tile/0/000"))
        ) { try fixture.exportTiles() }
        #expect(try fixture.bytes("tiles/tile/0/000") == tile)
    }

    @Test func `one export at a time writes into a directory`() throws {
        let fixture = try ExportFixture(events: 3)
        let path = fixture.folder.file("tiles")
        let held = try ExportDirectory(path)
        #expect(throws: ExportError.busy(path: path)) { try fixture.exportTiles() }
        withExtendedLifetime(held) {}
    }

    @Test func `an export that stops half way shows the old log, and the next one ends it`() throws
    {
        struct Stop: Error {}
        let fixture = try ExportFixture(events: 10)
        try fixture.exportTiles()
        let before = try root(of: fixture)
        try fixture.grow(to: 3000)
        #expect(throws: Stop.self) {
            try fixture.store.read {
                try $0.exportTiles(to: fixture.folder.file("tiles"), origin: Drafts.origin) {
                    count in
                    if count == 2000 { throw Stop() }
                }
            }
        }
        #expect(try root(of: fixture) == before)
        try fixture.exportTiles()
        #expect(try root(of: fixture) == fixture.store.root())
        #expect(!fixture.files("tiles").contains { $0.hasSuffix(".tmp") })
    }
}
