import Foundation
import Ledger
import Testing

/// Every byte of the stored rows of a ledger, changed one at a time in the file itself.
struct ByteFlips {
    /// Some bytes of the file that belong together.
    struct Region {
        /// What they are.
        let name: String
        /// The event that a finding names; nil when it is none.
        let sequence: Int?
        /// Where they stand in the file.
        let range: Range<Int>
        /// The class that names a change of any of them.
        let kind: Finding.Class?
    }

    let path: String
    let regions: [Region]
    private let trust: TrustPolicy

    init(_ victim: Attacker, trust: TrustPolicy) throws {
        path = victim.path
        self.trust = trust
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        var regions: [Region] = []
        /// Adds values that stand one behind the other in a row.
        func add(
            _ sequence: Int?, _ parts: [(String, [UInt8])], _ kind: Finding.Class?
        ) throws {
            let bytes = Data(parts.flatMap(\.1))
            var places: [Range<Int>] = []
            var rest = file.startIndex..<file.endIndex
            while let found = file.range(of: bytes, in: rest) {
                // A head that a witness cosigned begins like the one before it.
                if !regions.contains(where: { $0.range.overlaps(found) }) { places.append(found) }
                rest = found.lowerBound + 1..<file.endIndex
            }
            // Stored once, in one piece; else the change would not be the only one.
            let place = try #require(places.first, "\(parts[0].0) \(sequence ?? 0)")
            try #require(places.count == 1, "\(parts[0].0) \(sequence ?? 0)")
            var start = place.lowerBound
            for (name, part) in parts {
                regions.append(
                    Region(
                        name: name, sequence: sequence, range: start..<start + part.count,
                        kind: kind))
                start += part.count
            }
        }
        let store = try LedgerStore.openAtRest(path: path)
        try store.read { snapshot in
            try snapshot.forEachRecord { stored in
                let leaf = try #require(stored.leafHash).bytes
                try add(
                    stored.sequence.number,
                    [("hash of a record", leaf), ("record", stored.record.bytes)],
                    .edited)
            }
            try snapshot.forEachAttachment { row in
                let seal = try #require(row.seal)
                try add(
                    row.sequence.number,
                    [
                        ("salt of an attachment", seal.salt),
                        ("content of an attachment", seal.content),
                    ],
                    .attachmentAltered)
            }
            for head in try snapshot.signedHeads() {
                var parts = [("root of a head", head.root.bytes)]
                let lines = head.note.components(separatedBy: "\n")
                // Text, empty line, the log's signature; then lines of witnesses.
                let own = Array(lines.prefix(5).map { $0 + "\n" }.joined().utf8)
                parts.append(("signed note", own))
                let rest = Array(head.note.utf8).dropFirst(own.count)
                if !rest.isEmpty { parts.append((ByteFlips.witnessLine, Array(rest))) }
                try add(nil, parts, nil)
            }
        }
        try store.close()
        self.regions = regions
    }

    /// The name of the region that only someone who believes the witness looks at.
    static let witnessLine = "witness's line of a signed note"

    /// Changes a byte, verifies, and changes it back.
    ///
    /// - Returns: the verification; nil when the file was refused altogether.
    func verification(
        changing offset: Int, of region: Region, by mask: UInt8
    ) throws -> LogVerification? {
        // Signatures take most of the time, and only heads have them.
        let demands = VerificationDemands(
            trust: region.sequence == nil ? trust : nil, isTrustExplicit: region.sequence == nil)
        try flip(offset, mask)
        defer { try? flip(offset, mask) }
        do {
            let store = try LedgerStore.openAtRest(path: path)
            return try store.read { snapshot in
                try LogVerification(
                    snapshot, origin: trust.logs[0].origin, demands: demands)
            }
        } catch is StoreError {
            return nil
        }
    }

    private func flip(_ offset: Int, _ mask: UInt8) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(offset))
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: [byte ^ mask])
    }
}
