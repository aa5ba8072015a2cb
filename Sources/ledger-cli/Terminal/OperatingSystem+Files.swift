#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension OperatingSystem {
    /// Gives a file other content at once: who reads it finds the old or the new.
    ///
    /// - Throws: `SystemError`.
    static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let new = "\(path).\(getpid()).new"
        remove(new)
        try create(new, mode: 0o644, bytes: bytes)
        guard rename(new, path) == 0 else {
            let code = errno
            remove(new)
            throw SystemError(name: path, code: code)
        }
    }
}
