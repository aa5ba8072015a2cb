import Testing

@testable import Ledger

@Suite struct TilePathTests {
    @Test(arguments: [
        ("checkpoint", TilePath.checkpoint),
        ("tile/0/000", .hashes(level: 0, index: 0, width: 256)),
        // C2SP tlog-tiles.md, the examples of the section on paths.
        ("tile/0/x001/x234/067", .hashes(level: 0, index: 1_234_067, width: 256)),
        ("tile/0/x001/x234/067.p/17", .hashes(level: 0, index: 1_234_067, width: 17)),
        ("tile/63/999.p/255", .hashes(level: 63, index: 999, width: 255)),
        ("tile/entries/x001/000", .entries(index: 1_000, width: 256)),
        ("tile/entries/001.p/44", .entries(index: 1, width: 44)),
        ("tile/entries/x001/x000/x000/000", .entries(index: 1_000_000_000, width: 256)),
    ])
    func `a place and its path stand for each other`(text: String, path: TilePath) {
        #expect(path.text == text)
        #expect(TilePath.parse(text) == path)
    }

    @Test(arguments: [
        "", "/", "Checkpoint", "checkpoint/", "/checkpoint", "checkpoint/0", "tile", "tile/",
        "tile/0",
        "tile/0/", "tile//000", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000/001",
        "tile/0/x000/000", "tile/0/001/002", "tile/0/x001", "tile/0/x001/x002",
        "tile/0/X001/002", "tile/0/xx01/002", "tile/0/x1/002", "tile/00/000", "tile/01/000",
        "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/0/-01", "tile/0/+01", "tile/0/٠٠٠",
        "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
        "tile/0/000.p/-1", "tile/0/000.p/1/", "tile/0/000.p/1.p/1", "tile/0/000.P/1",
        "tile/0/000/1", "tile/0/.p/1", "tile/entries/", "tile/entries/0", "tile/Entries/000",
        "tile/0/000 ", " tile/0/000", "tile/0/000\n", "../tile/0/000", "tile/../tile/0/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/3/5/x123/x456/078",
    ])
    func `any other spelling is refused`(text: String) {
        #expect(TilePath.parse(text) == nil)
    }

    @Test func `the largest index has a path, the next one is refused`() throws {
        let largest = TilePath.entries(index: Int.max / 256 - 1, width: 1)
        #expect(TilePath.parse(largest.text) == largest)
        #expect(TilePath.parse(TilePath.entries(index: Int.max / 256, width: 1).text) == nil)
    }

    @Test func `every index keeps its path through text`() {
        var random = TrustRandom(seed: 7)
        var indexes = Array(0...2_100)
        for _ in 0..<500 { indexes.append(Int(random.next() >> (9 + random.next() % 50))) }
        for index in indexes {
            let width = Int(random.next() % 256) + 1
            let path = TilePath.hashes(level: Int(random.next() % 64), index: index, width: width)
            #expect(TilePath.parse(path.text) == path)
        }
    }

    @Test(.enabled(if: TrustVectors.arePresent, TrustVectors.reason))
    func `published paths and layouts hold`() throws {
        let vectors = try TrustVectors.load(TileVectors.self, from: "tile_paths.json")
        for known in vectors.c2spHeight8 {
            let width = known.partial ?? 256
            let path: TilePath =
                known.entries == true
                ? .entries(index: known.n, width: width)
                : .hashes(level: known.level ?? 0, index: known.n, width: width)
            #expect(path.text == known.path)
            #expect(TilePath.parse(known.path) == path)
        }
        for known in vectors.golangTlogWithHeightPrefix {
            // Go writes the tile height first; C2SP fixes it at 8 and leaves it out.
            let words = known.path.split(separator: "/").dropFirst(2).joined(separator: "/")
            let path = TilePath.parse("tile/" + words)
            guard known.reject != true, case .hashes(_, let index, _) = path else {
                #expect(known.reject == true && path == nil, "\(known.path)")
                continue
            }
            #expect(index == known.n)
        }
        for known in vectors.treeSizeToTiles {
            let layout = TileLayout(size: known.size)
            #expect(layout.fullTiles(level: 0) == known.level0Full)
            #expect(layout.partialWidth(level: 0) == known.level0Partial)
            #expect(layout.fullTiles(level: 1) == known.level1Full)
            #expect(layout.partialWidth(level: 1) == known.level1Partial)
            #expect(layout.fullTiles(level: 2) == known.level2Full ?? 0)
            #expect(layout.partialWidth(level: 2) == known.level2Partial ?? 0)
        }
    }
}

@Suite struct TileLayoutTests {
    @Test func `a tree of 70000 has the tiles that the specification counts`() {
        let layout = TileLayout(size: 70_000)
        #expect(layout.hashTiles.count == 273 + 1 + 1 + 1 + 1)
        #expect(
            layout.hashTiles.suffix(4).map(\.text)
                == ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"])
        #expect(layout.entryBundles.count == 274)
        #expect(layout.entryBundles.last?.text == "tile/entries/273.p/112")
    }

    @Test func `an empty tile is never listed`() {
        #expect(TileLayout(size: 0).hashTiles.isEmpty)
        #expect(TileLayout(size: 0).entryBundles.isEmpty)
        #expect(TileLayout(size: 255).hashTiles.map(\.text) == ["tile/0/000.p/255"])
        #expect(
            TileLayout(size: 256).hashTiles.map(\.text) == ["tile/0/000", "tile/1/000.p/1"])
        #expect(
            TileLayout(size: 257).hashTiles.map(\.text)
                == ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"])
        #expect(TileLayout(size: .max).partialWidth(level: 7) == 127)
        #expect(TileLayout(size: .max).partialWidth(level: 63) == 0)
    }

    @Test func `the tiles of a log hold what is needed to recompute its root`() throws {
        let size = 600
        var naive = NaiveTree.numbered(size)
        let stored = StoredHashes(
            MemoryHashes(leafHashes: (0..<size).map { naive.leafHash($0) }) { $0 % 8 == 0 })
        for path in TileLayout(size: size).hashTiles {
            guard case .hashes(let level, let index, let width) = path else {
                Issue.record("\(path) is no hash tile")
                continue
            }
            let hashes = try HashTile.read(level: level, index: index, width: width, from: stored)
            let bytes = HashTile.encode(hashes)
            #expect(bytes.count == 32 * width)
            #expect(try HashTile.decode(bytes, width: width) == hashes)
            let span = 1 << (8 * level)
            for (slot, hash) in hashes.enumerated() {
                let start = (index * 256 + slot) * span
                #expect(hash == naive.hash(start..<start + span))
            }
        }
    }

    @Test func `a hash tile of the wrong length is refused`() {
        let bytes = [UInt8](repeating: 0, count: 64)
        #expect(throws: TileError.wrongLength(expected: 96, found: 64)) {
            try HashTile.decode(bytes, width: 3)
        }
        #expect(throws: TileError.wrongLength(expected: 64, found: 63)) {
            try HashTile.decode(bytes.dropLast(), width: 2)
        }
    }
}

@Suite struct EntryBundleTests {
    @Test func `entries come back as they went in`() throws {
        var random = TrustRandom(seed: 8)
        let entries =
            [[], [0], random.bytes(count: 255), random.bytes(count: 256)]
            + [random.bytes(count: 65_535)]
        let bytes = try EntryBundle.encode(entries)
        #expect(bytes.prefix(5) == [0, 0, 0, 1, 0])
        #expect(try EntryBundle.decode(bytes, width: entries.count) == entries)
        #expect(try EntryBundle.decode([], width: 0).isEmpty)
    }

    @Test func `an entry or a bundle that is too large is refused`() {
        #expect(throws: TileError.entryTooLong(position: 1, bytes: 65_536)) {
            try EntryBundle.encode([[], [UInt8](repeating: 0, count: 65_536)])
        }
        #expect(throws: TileError.wrongEntryCount(expected: 256, found: 257)) {
            try EntryBundle.encode([[UInt8]](repeating: [], count: 257))
        }
    }

    @Test func `a bundle cut off anywhere or of another width is refused`() throws {
        let bytes = try EntryBundle.encode([[1, 2, 3], [], [4]])
        for end in bytes.indices {
            #expect(throws: TileError.self, "first \(end) bytes") {
                try EntryBundle.decode(Array(bytes[..<end]), width: 3)
            }
        }
        for width in [0, 2, 4] {
            #expect(throws: TileError.wrongEntryCount(expected: width, found: 3)) {
                try EntryBundle.decode(bytes, width: width)
            }
        }
    }
}
