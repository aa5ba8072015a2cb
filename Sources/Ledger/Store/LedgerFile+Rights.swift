import CStore
import Foundation
import GRDBSQLite

/// Who may do what with a ledger's file and those beside it.
extension LedgerFile {
    /// Whether SQLite knows how to read a file by itself that others may write to.
    static let knowsStillFiles = store_register_still() == SQLITE_OK

    /// Whether the file may be written and others may be made beside it.
    var mayBeWritten: Bool {
        LedgerFile.isWritable(place)
            && LedgerFile.allows(
                URL(fileURLWithPath: place).deletingLastPathComponent().path, W_OK | X_OK)
    }

    /// Whether nothing is at a path, or what may be written.
    static func isWritable(_ path: String) -> Bool { allows(path, W_OK) || errno == ENOENT }

    private static func allows(_ path: String, _ mode: Int32) -> Bool {
        faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0
    }

    /// The name of a file's owner.
    static func owner(of path: String) -> String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let name = attributes?[.ownerAccountName] as? String, !name.isEmpty { return name }
        return (attributes?[.ownerAccountID] as? NSNumber).map { "user \($0)" } ?? "somebody else"
    }

    /// What a path leads to; the path itself when nothing is there.
    static func target(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether the journal and its index are there, by which SQLite reads.
    ///
    /// - Throws: `StoreError.unreadableJournal` for a journal that holds something, without an index.
    func hasJournal() throws(StoreError) -> Bool {
        var journal = stat()
        guard stat(place + "-wal", &journal) == 0 else { return false }
        if access(place + "-shm", F_OK) == 0 { return true }
        guard journal.st_size == 0 else { throw .unreadableJournal(path: path) }
        return false
    }

    /// Whether a rollback journal is beside the file from which SQLite would undo what was written.
    ///
    /// A ledger is made and copied under another name, and keeps a journal of the other kind from then
    /// on; one of this kind is left by who was killed while it wrote past us.
    var hasHotJournal: Bool {
        let descriptor = open(place + "-journal", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { Foundation.close(descriptor) }
        let bytes = try? FileSystem.readPiece(descriptor, path: place)
        return bytes?.starts(with: [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]) ?? false
    }

    /// Whether the journal holds something.
    var hasCommitsInJournal: Bool {
        var journal = stat()
        return stat(place + "-wal", &journal) == 0 && journal.st_size > 0
    }

    /// How long to wait until a further change of the file shows in its time; nil when it would.
    ///
    /// Times are as coarse as the ticks of the clock, in some file systems as its seconds.
    var restOfYouth: TimeInterval? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: place)
        guard let changed = attributes?[.modificationDate] as? Date else { return nil }
        let age = Date().timeIntervalSince(changed)
        let isCoarse = changed.timeIntervalSince1970.truncatingRemainder(dividingBy: 1) == 0
        let youth = isCoarse ? 1.1 : 0.05
        // A clock that was set back says nothing.
        return age < youth ? min(youth, youth - age) : nil
    }
}
