import Foundation

/// A directory that one export at a time writes into.
///
/// The lock is the directory's own, so that nothing but the export is left in it, and the system
/// frees it when the process ends in whatever way.
final class ExportDirectory {
    /// Where it is.
    let path: String
    private let descriptor: Int32
    private var made: Set<String> = []
    private var unsynced: Set<String> = []

    /// Makes the directory when it is not there, and locks it.
    ///
    /// - Throws: `ExportError.busy`, `.notAnExport`, `.system`.
    init(_ path: String) throws(ExportError) {
        self.path = path
        try FileSystem.makeDirectory(path)
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOTDIR { throw .notAnExport(path: path, reason: "is not a directory") }
            throw FileSystem.failure(path)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error =
                errno == EWOULDBLOCK
                ? ExportError.busy(path: path) : .system(path: path, code: errno)
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// The path of a file in it.
    func path(of name: String) -> String { path + "/" + name }

    /// The bytes of a file in it; nil when there is none.
    func bytes(of name: String) throws(ExportError) -> [UInt8]? {
        try FileSystem.read(path(of: name))
    }

    /// True when a file is there.
    func exists(_ name: String) -> Bool { access(path(of: name), F_OK) == 0 }

    /// The names in it.
    var names: [String] { FileSystem.names(in: path) }

    /// Starts a file in it, making the folders above it.
    func file(_ name: String) throws(ExportError) -> PendingFile {
        let folder = FileSystem.directory(of: path(of: name))
        if made.insert(folder).inserted { try FileSystem.makeDirectory(folder) }
        unsynced.insert(folder)
        return try PendingFile(path(of: name))
    }

    /// Writes a file.
    func write(_ bytes: [UInt8], to name: String, durably: Bool = true) throws(ExportError) {
        let file = try file(name)
        try file.write(bytes)
        try file.commit(durably: durably)
    }

    /// Makes all names written so far durable, those of the folders made for them as well.
    func sync() throws(ExportError) {
        var folders = unsynced
        for folder in unsynced {
            var parent = folder
            while parent.utf8.count > path.utf8.count {
                parent = FileSystem.directory(of: parent)
                folders.insert(parent)
            }
        }
        for folder in folders.sorted() { try FileSystem.syncDirectory(folder) }
        unsynced = []
    }

    /// Removes a file or a folder with what is in it; it may be gone already.
    func remove(_ name: String) {
        try? FileManager.default.removeItem(atPath: path(of: name))
    }
}
