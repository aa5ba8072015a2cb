import Breakage
import Foundation
import GRDB
import Glibc
import Testing

@testable import Ledger

/// Full disks and missing rights, real ones, and files that are not as they were.
@Suite struct SurroundingsTests {
    let folder: TemporaryFolder
    private let path: String
    private static let isRoot = geteuid() == 0
    private static let nobody = 65_534

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("ledger.sqlite")
        try Specimen.create(path).close()
    }

    private func check(
        _ acknowledged: [Acknowledgement], at path: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let inspection = Inspection(path, acknowledged: acknowledged)
        #expect(inspection.problems == [], sourceLocation: sourceLocation)
        #expect(inspection.lost == 0, sourceLocation: sourceLocation)
    }

    @Test(.enabled(if: isRoot, "only root may mount"))
    func `a disk that is full refuses, keeps what it has, and goes on when there is room`() throws {
        let room = folder.file("small")
        try FileManager.default.createDirectory(atPath: room, withIntermediateDirectories: true)
        guard mount("tmpfs", room, "tmpfs", 0, "size=640k") == 0 else {
            return print("no tmpfs can be mounted here")
        }
        defer { umount2(room, Int32(MNT_DETACH)) }
        let ballast = room + "/ballast"
        try Data(count: 160 << 10).write(to: URL(fileURLWithPath: ballast))
        let path = room + "/ledger.sqlite"
        let store = try Specimen.create(path)
        var random = Random(seed: 4)
        var acknowledged: [Acknowledgement] = []
        func append() throws {
            acknowledged += try store.append(
                [Specimen.draft(acknowledged.count, using: &random)], recordedTime: Specimen.now
            ).map { Acknowledgement($0) }
        }
        #expect(throws: StoreError.diskFull(path: path)) { while true { try append() } }
        #expect(throws: StoreError.diskFull(path: path)) { try append() }
        #expect(!acknowledged.isEmpty)
        #expect(try store.size() == acknowledged.count + 1)
        try FileManager.default.removeItem(atPath: ballast)
        try append()
        try store.close()
        check(acknowledged, at: path)
    }

    @Test func `a file that may grow no further refuses and keeps what it has`() throws {
        let attempt = try Attempt(
            program: Torturer.path, path: path, limit: 200_000, most: 10_000)
        let error = try #require(attempt.error)
        #expect(!attempt.acknowledged.isEmpty)
        #expect(error.contains(path), "\(error)")
        #expect(error.contains("nothing that was acknowledged is lost"), "\(error)")
        check(attempt.acknowledged, at: path)
    }

    @Test(
        .enabled(if: isRoot, "only root may become someone else"),
        arguments: [(0o444, 0o777), (0o644, 0o755), (0o666, 0o555)])
    func `without the right to write nothing is written and the error says so`(
        file: Int, directory: Int
    ) throws {
        #expect(chmod(path, mode_t(file)) == 0)
        #expect(chmod(folder.path, mode_t(directory)) == 0)
        defer { chmod(folder.path, 0o755) }
        let before = folder.contents("ledger.sqlite")
        let attempt = try Attempt(program: Torturer.path, path: path, user: Self.nobody)
        guard attempt.error != " (exit 127)", !(attempt.error ?? "").contains("cannot become")
        else {
            return print("the program cannot be run as someone else here")
        }
        #expect(attempt.acknowledged == [])
        let error = try #require(attempt.error)
        #expect(error.contains("\(path): cannot be written"), "\(error)")
        #expect(error.contains("; "), "\(error)")
        #expect(folder.contents("ledger.sqlite") == before)
        check([], at: path)
    }

    @Test(arguments: ["event_id", "posting", "checkpoint_size", "node"])
    func `an index or a table that only helps is made again, and appends go on`(name: String) throws
    {
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase {
            let kind = ["node", "posting"].contains(name) ? "TABLE" : "INDEX"
            try $0.execute(sql: "DROP \(kind) \(name)")
        }
        try queue.close()
        let reader = try LedgerStore.open(path: path, readOnly: true)
        #expect(try reader.size() == 1)
        let store = try LedgerStore.open(path: path, signer: try Specimen.signer())
        var random = Random(seed: 5)
        let appended = try store.append(
            [Specimen.draft(1, using: &random)], recordedTime: Specimen.now)
        try store.close()
        check(appended.map { Acknowledgement($0) }, at: path)
    }

    @Test(arguments: [3, 1 << 30])
    func `a version that nobody writes yet is refused in words, and the file stays`(version: Int)
        throws
    {
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { try $0.execute(sql: "PRAGMA user_version = \(version)") }
        try queue.close()
        let before = folder.contents("ledger.sqlite")
        for readOnly in [true, false] {
            let error = #expect(throws: StoreError.self) {
                try LedgerStore.open(path: path, readOnly: readOnly)
            }
            #expect(error?.description.contains("version \(version)") == true, "\(error as Any)")
        }
        #expect(folder.contents("ledger.sqlite") == before)
    }

    @Test func `no page can be altered without an error or a finding`() throws {
        let store = try LedgerStore.open(path: path, signer: try Specimen.signer())
        var random = Random(seed: 6)
        var acknowledged = try store.append(
            (1...12).map { Specimen.draft($0, using: &random, text: "output \($0)") },
            recordedTime: Specimen.now
        ).map { Acknowledgement($0) }
        acknowledged.removeSubrange(12...)
        try store.close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let damaged = folder.file("damaged.sqlite")
        for page in stride(from: 0, to: whole.count, by: 4096) {
            var bytes = whole
            let end = min(page + 4096, bytes.count)
            for index in page..<end { bytes[index] = UInt8(truncatingIfNeeded: random.next()) }
            try bytes.write(to: URL(fileURLWithPath: damaged))
            defer {
                for suffix in ["", "-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: damaged + suffix)
                }
            }
            do {
                let store = try LedgerStore.open(path: damaged, readOnly: true)
                try store.read { snapshot in
                    let result = try LogVerification(snapshot, origin: Specimen.origin)
                    #expect(!result.findings.isEmpty, "page \(page / 4096 + 1)")
                }
            } catch {
                let store = try #require(error as? StoreError, "page \(page / 4096 + 1): \(error)")
                #expect(!"\(store)".isEmpty)
            }
        }
    }
}
