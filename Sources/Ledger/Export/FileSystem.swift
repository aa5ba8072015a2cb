import Foundation

/// The system calls that exports make.
///
/// A file appears under its name whole or not at all: it is written beside its name and renamed.
enum FileSystem {
    /// The system's words for an error code, in lower case.
    static func words(of code: Int32) -> String {
        let words = String(cString: strerror(code))
        return words.prefix(1).lowercased() + words.dropFirst()
    }

    /// The error of the system call that has just failed.
    static func failure(_ path: String) -> ExportError { .system(path: path, code: errno) }

    /// Makes a directory and those above it; one that is there already is fine.
    static func makeDirectory(_ path: String) throws(ExportError) {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        let parent = directory(of: path)
        guard errno == ENOENT, parent != path else { throw failure(path) }
        try makeDirectory(parent)
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure(path) }
    }

    /// The directory that a path lies in.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The bytes of a file; nil when there is none.
    static func read(_ path: String) throws(ExportError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let piece = try readPiece(descriptor, path: path)
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }

    /// True when something has the name, a link that leads nowhere too.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// True for a plain file, also when a link leads to it.
    static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// True when a file is there that SQLite would take for its own.
    static func isDatabase(_ path: String) throws(ExportError) -> Bool {
        // Who opens a pipe would wait for somebody to write to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw failure(path)
        }
        defer { close(descriptor) }
        return try readPiece(descriptor, path: path).starts(with: "SQLite format 3".utf8)
    }

    /// The next bytes of an open file; none at its end.
    static func readPiece(_ descriptor: Int32, path: String) throws(ExportError) -> [UInt8] {
        var code: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: 1 << 17) { buffer, count in
            var length: Int
            repeat {
                length = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            } while length < 0 && errno == EINTR
            if length < 0 { code = errno }
            count = max(0, length)
        }
        guard code == 0 else { throw .system(path: path, code: code) }
        return piece
    }

    /// Writes all bytes to an open file.
    static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(ExportError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(
                    descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path)
            }
            offset += count
        }
    }

    /// Makes the names in a directory durable.
    static func syncDirectory(_ path: String) throws(ExportError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        // Some file systems cannot sync a directory; there is nothing else to do then.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(path) }
    }

    /// The names in a directory, none when there is no directory.
    static func names(in path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }
}
