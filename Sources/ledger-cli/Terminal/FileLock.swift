#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A lock on a file, held until the value or the process ends.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock of a file, which is made when it is missing; nil when another one has it.
    ///
    /// - Throws: `SystemError`.
    init?(_ path: String) throws(SystemError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError(name: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw SystemError(name: path, code: code)
        }
    }

    deinit { close(descriptor) }
}

extension OperatingSystem {
    /// Makes a folder that only its owner can enter.
    ///
    /// - Throws: `SystemError`.
    static func makeFolder(_ path: String) throws(SystemError) {
        guard mkdir(path, 0o700) == 0 else { throw SystemError(name: path, code: errno) }
    }
}
