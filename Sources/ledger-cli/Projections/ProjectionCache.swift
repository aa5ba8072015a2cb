import Foundation
import Ledger
import Projector

/// The projections beside a ledger: the newest one, and the one before it.
///
/// They are derived data. They may be deleted at any time; whatever is wrong with one makes it as if
/// it were not there; and nothing fails, or waits, because one cannot be written.
struct ProjectionCache {
    /// After how many events replayed anew a projection is kept at the latest.
    static let interval = 20_000

    /// True when a projection of some events saves the next question more than it costs to keep it.
    ///
    /// A thousand events take as long to replay as a small projection to take up; the projection of
    /// a long log takes long to write, so that one is kept when a fiftieth of the log is new.
    static func isWorthKeeping(size: Int, replayed: Int) -> Bool {
        replayed >= min(interval, max(1_000, size / 50))
    }

    /// The files, the newest projection first.
    let paths: [String]
    private let ledger: String
    private let program: ProgramBuild?

    /// The projections of a ledger.
    init(ledger: String, program: ProgramBuild? = .running) {
        self.ledger = ledger
        self.program = program
        paths = [ledger + "-projection", ledger + "-projection-before"]
    }

    /// The newest projection that a predicate finds of use.
    func newest(where isOfUse: (Projection.Head) throws -> Bool) rethrows -> Projection? {
        for path in paths {
            if let head = head(path), try isOfUse(head), let projection = head.projection() {
                return projection
            }
        }
        return nil
    }

    /// The head of a file; nil when there is none that may be trusted as far as the ledger is.
    func head(_ path: String) -> Projection.Head? {
        guard let program, isTrusted(path),
            let bytes = OperatingSystem.contents(path)
        else { return nil }
        return Projection.Head(bytes, program: program)
    }

    /// Keeps a projection; the newest one so far becomes the one before.
    ///
    /// The file takes its name when it is whole, so that no reader sees a part of it.
    func keep(_ projection: Projection) {
        let files = FileManager.default
        guard let program, files.isWritableFile(atPath: ledger),
            var bytes = projection.bytes(by: program)
        else { return }
        let folder = URL(filePath: ledger).deletingLastPathComponent().path
        guard files.isWritableFile(atPath: folder) else { return }
        let draft = "\(paths[0]).\(ProcessInfo.processInfo.processIdentifier)"
        var attributes: [FileAttributeKey: Any] = [:]
        if let mode = OperatingSystem.mode(ledger) {
            attributes[.posixPermissions] = NSNumber(value: mode)
        }
        let isWritten = bytes.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            let contents = Data(bytesNoCopy: start, count: bytes.count, deallocator: .none)
            return files.createFile(atPath: draft, contents: contents, attributes: attributes)
        }
        guard isWritten else {
            try? files.removeItem(atPath: draft)
            return
        }
        if files.fileExists(atPath: paths[0]) { _ = rename(paths[0], paths[1]) }
        if rename(draft, paths[0]) != 0 { try? files.removeItem(atPath: draft) }
    }

    /// Puts a projection aside that is not what the log gives, so that nothing reads it.
    ///
    /// - Returns: where it is now; nil when it could not be moved.
    func setAside(_ path: String) -> String? {
        let place = path + ".differs"
        return rename(path, place) == 0 ? place : nil
    }

    /// True for a file of the ledger's owner that nobody may write who may not write the ledger.
    private func isTrusted(_ path: String) -> Bool {
        guard let file = OperatingSystem.status(path), file.isRegular,
            let ledger = OperatingSystem.status(ledger, followsLinks: true),
            file.owner == ledger.owner
        else { return false }
        return file.permissions & 0o022 & ~ledger.permissions == 0
    }
}
