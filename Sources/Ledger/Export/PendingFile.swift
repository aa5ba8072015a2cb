import Foundation

/// A file that is being written and has its name only when it is complete.
///
/// Until `commit` the bytes stand in `<name>.tmp` beside it; what is dropped before is removed.
final class PendingFile {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isOpen = true

    /// Starts a file that will replace what is at its path.
    init(_ path: String, mode: mode_t = 0o666) throws(ExportError) {
        self.path = path
        temporary = path + ".tmp"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileSystem.failure(temporary) }
    }

    deinit {
        guard isOpen else { return }
        close(descriptor)
        unlink(temporary)
    }

    /// Takes bytes; they reach the file 256 KiB at a time.
    func write(_ bytes: some Sequence<UInt8>) throws(ExportError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= 1 << 18 { try flush() }
    }

    private func flush() throws(ExportError) {
        try FileSystem.write(buffer, to: descriptor, path: path)
        buffer.removeAll(keepingCapacity: true)
    }

    /// Gives the file its name; durably unless it is said that its bytes can be made again.
    func commit(durably: Bool = true) throws(ExportError) {
        try flush()
        guard !durably || fsync(descriptor) == 0 else { throw FileSystem.failure(path) }
        isOpen = false
        guard close(descriptor) == 0, rename(temporary, path) == 0 else {
            let error = FileSystem.failure(path)
            unlink(temporary)
            throw error
        }
    }
}
