import Ledger

/// What a witness has cosigned, one file a log in a folder of its own, so that it is never cosigned
/// twice in two ways, whatever happens to the machine.
///
/// A file is replaced in one step and synced before anybody is told. Only one process at a time has
/// the folder: the lock goes with the process.
final class WitnessRecord: Sendable {
    private let folder: String
    private let lock: FileLock

    /// The record in a folder.
    ///
    /// - Throws: `CLIError` when another process has the folder, `SystemError`.
    init(folder: String, name: String) throws {
        self.folder = folder
        guard let lock = try FileLock(folder + "/lock") else {
            throw CLIError.unreadable(
                name, why: "another witness has this folder",
                hint: "one process serves one witness; stop the other one")
        }
        self.lock = lock
    }

    /// The newest head of a log with the cosignature; nil when none was seen.
    ///
    /// - Throws: `NoteError` when the file is damaged: a witness that has lost its memory must not
    ///   begin anew.
    func newest(origin: String) throws -> SignedNote? {
        let path = path(of: origin)
        guard OperatingSystem.exists(path) else { return nil }
        var bytes: [UInt8] = []
        try OperatingSystem.read(path) { bytes += $0 }
        return try SignedNote.parse(bytes)
    }

    /// Writes a head down; when it returns, it is on the disk.
    ///
    /// - Throws: `SystemError`.
    func keep(_ note: SignedNote, origin: String) throws {
        try OperatingSystem.replace(path(of: origin), mode: 0o644, bytes: note.format())
    }

    private func path(of origin: String) -> String {
        "\(folder)/\(Digest(hashing: Array(origin.utf8)).hex).checkpoint"
    }
}
