import Foundation

@testable import Ledger

/// A ledger with many small events, signed with a fixed key.
struct ExportFixture {
    let folder: TemporaryFolder
    let store: LedgerStore
    let key: SignerKey

    init(events: Int) throws {
        folder = try TemporaryFolder()
        key = try TrustFixture.signer(Drafts.origin, seed: 1)
        store = try folder.newLedger()
        try append(events - 1)
        try store.signHead(sign)
    }

    var sign: HeadSigner {
        { [key] size, root in
            let head = Checkpoint(origin: Drafts.origin, size: size, root: root)
            return String(decoding: try head.sign(with: [key], time: 0).format(), as: UTF8.self)
        }
    }

    /// Appends notes, the first with a text beside the log; nothing is signed.
    func append(_ count: Int) throws {
        guard count > 0 else { return }
        let start = try store.size()
        let drafts = (0..<count).map { offset in
            offset == 0
                ? Drafts.note(start, text: "note \(start)") : Drafts.maintenance(start + offset)
        }
        _ = try store.append(drafts, recordedTime: Drafts.start + .seconds(start))
    }

    /// Appends notes and signs.
    func grow(to size: Int) throws {
        try append(size - store.size())
        try store.signHead(sign)
    }

    @discardableResult
    func exportTiles(_ name: String = "tiles") throws -> TileSummary {
        try store.read { try $0.exportTiles(to: folder.file(name), origin: store.origin) }
    }

    @discardableResult
    func exportBundle(
        _ name: String = "bundle", hasReceipts: Bool? = nil
    ) throws -> LedgerBundle.Manifest {
        try store.read {
            try $0.exportBundle(
                to: folder.file(name), origin: store.origin, hasReceipts: hasReceipts)
        }
    }

    /// The names of all files below a folder, sorted.
    func files(_ name: String) -> [String] {
        let root = folder.file(name)
        return (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
            .filter {
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: root + "/" + $0, isDirectory: &isFolder)
                return !isFolder.boolValue
            }.sorted()
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
    }
}
