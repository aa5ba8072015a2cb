import Foundation
import Synchronization

/// A ledger file that this process has open, for as long as the value lives.
///
/// SQLite's locks on Unix belong to the process and the file, not to a descriptor: when a process
/// closes any descriptor of a file, all its locks on the file are gone
/// (https://sqlite.org/howtocorrupt.html, section 2.2). Another process would then take the journal
/// away while a connection here still appends to it, and what was acknowledged would be lost. So a
/// file is read past SQLite only while no connection of this process is on it.
final class OpenFile: Sendable {
    private struct Identity: Hashable {
        var device: UInt64
        var number: UInt64

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            number = UInt64(status.st_ino)
        }
    }

    private static let counts = Mutex<[Identity: Int]>([:])
    private let identity: Identity?

    /// Enters a file.
    ///
    /// - Parameters:
    ///   - path: where the file is.
    ///   - look: reads the file past SQLite; it is left out when this process has it open already,
    ///     since then it was looked at before.
    /// - Throws: what `look` throws.
    init(_ path: String, look: () throws(StoreError) -> Void) throws(StoreError) {
        let identity = Identity(path)
        self.identity = identity
        try OpenFile.counts.withLock { (counts) throws(StoreError) in
            guard let identity else { return try look() }
            if counts[identity, default: 0] == 0 { try look() }
            counts[identity, default: 0] += 1
        }
    }

    /// Whether the file that was entered is still the one at a path.
    func isStill(at path: String) -> Bool { identity == nil || Identity(path) == identity }

    deinit {
        guard let identity else { return }
        OpenFile.counts.withLock { counts in
            let count = counts[identity, default: 1] - 1
            counts[identity] = count > 0 ? count : nil
        }
    }
}
