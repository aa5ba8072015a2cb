import CStore
import Foundation
import Synchronization

/// A file of SQLite that gets its name when it is complete, and not before.
///
/// A process that is killed would otherwise leave half a ledger under the name of a whole one. Who reads
/// past the rollback journal beside it would find what was written so far in good order; the first who
/// writes would have SQLite undo it all.
final class UnfinishedFile {
    /// Where the file is until it is complete.
    let path: String
    private let place: String
    private var isFinished = false

    private static let ending = "making"
    /// What SQLite keeps beside a file.
    private static let besides = ["-journal", "-wal", "-shm"]
    /// The files that this process makes now; others that bear its number were left by one before it.
    private static let own = Mutex<(count: Int, paths: Set<String>)>((0, []))

    /// Starts a file, and removes what processes that are no more left of the same one.
    ///
    /// A journal that holds something is in the way like a file: SQLite would read it into the new one, and
    /// it may hold the newest events of a ledger that was moved without it.
    ///
    /// - Parameters:
    ///   - place: the name that it is to have, absolute.
    ///   - replacing: whether something may have the name.
    /// - Throws: `StoreError.alreadyExists`, `.journalLeft`, `.readOnly`, `.diskFull`, `.io`.
    init(_ place: String, replacing: Bool = false) throws(StoreError) {
        self.place = place
        guard replacing || !FileSystem.isThere(place) else { throw .alreadyExists(path: place) }
        if !replacing { try UnfinishedFile.refuseJournals(of: place) }
        UnfinishedFile.removeLeftovers(of: place)
        path = UnfinishedFile.own.withLock { own in
            own.count += 1
            let path = "\(place).\(getpid())-\(own.count).\(UnfinishedFile.ending)"
            own.paths.insert(path)
            return path
        }
        let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            isFinished = true
            throw UnfinishedFile.failure(errno, place)
        }
        close(descriptor)
    }

    deinit {
        if !isFinished { UnfinishedFile.remove(path, [""] + UnfinishedFile.besides) }
        UnfinishedFile.own.withLock { own in _ = own.paths.remove(path) }
    }

    /// Gives the file its name, durably; no connection may be on it any more.
    ///
    /// - Parameter replacing: whether what has the name gives way.
    /// - Throws: `StoreError.alreadyExists`, `.journalLeft`, `.diskFull`, `.io`.
    func finish(replacing: Bool = false) throws(StoreError) {
        for suffix in ["-journal", "-wal"] where UnfinishedFile.holdsAnything(path + suffix) {
            throw .io(code: Int(EIO), message: "\(place): not all of it is in its file")
        }
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw UnfinishedFile.failure(errno, place) }
        let code = fsync(descriptor) == 0 ? 0 : errno
        close(descriptor)
        guard code == 0 else { throw UnfinishedFile.failure(code, place) }
        if replacing {
            UnfinishedFile.remove(place, UnfinishedFile.besides)
            guard rename(path, place) == 0 else { throw UnfinishedFile.failure(errno, place) }
        } else {
            try UnfinishedFile.refuseJournals(of: place)
            UnfinishedFile.remove(place, UnfinishedFile.besides)
            let code = store_move_to_free_place(path, place)
            guard code == 0 else { throw UnfinishedFile.failure(code, place) }
        }
        isFinished = true
        UnfinishedFile.remove(path, UnfinishedFile.besides)
        // The file stands; some file systems cannot sync a folder.
        try? FileSystem.syncDirectory(FileSystem.directory(of: place))
    }

    private static func refuseJournals(of place: String) throws(StoreError) {
        for path in ["-journal", "-wal"].map({ place + $0 }) where holdsAnything(path) {
            throw .journalLeft(path: path)
        }
    }

    private static func failure(_ code: Int32, _ path: String) -> StoreError {
        switch code {
        case EEXIST: .alreadyExists(path: path)
        case EROFS, EACCES, EPERM: .readOnly(path: path)
        case ENOSPC, EDQUOT: .diskFull(path: path)
        default: .io(code: Int(code), message: "\(path): cannot be created")
        }
    }

    private static func holdsAnything(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }

    private static func remove(_ path: String, _ suffixes: [String]) {
        for suffix in suffixes { unlink(path + suffix) }
    }

    private static func removeLeftovers(of place: String) {
        guard let slash = place.lastIndex(of: "/") else { return }
        let folder = String(place[...slash])
        let start = place[place.index(after: slash)...] + "."
        for name in FileSystem.names(in: folder) where name.hasPrefix(start) {
            let parts = name.dropFirst(start.count).split(
                separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2,
                let maker = parts[0].split(separator: "-").first.flatMap({ pid_t($0) }), maker > 0,
                ([""] + besides).contains(where: { parts[1] == ending + $0 }),
                isLeft(folder + start + parts[0] + "." + ending, by: maker)
            else { continue }
            unlink(folder + name)
        }
    }

    private static func isLeft(_ path: String, by maker: pid_t) -> Bool {
        guard maker != getpid() else { return own.withLock { !$0.paths.contains(path) } }
        return kill(maker, 0) != 0 && errno == ESRCH
    }
}
