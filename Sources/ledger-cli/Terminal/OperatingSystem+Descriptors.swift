import CTerminal
import Ledger

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The calls on descriptors and processes that passing a program's streams through needs.
extension OperatingSystem {
    /// What a read gave.
    enum Piece {
        case bytes([UInt8])
        /// Nothing now, perhaps later.
        case nothing
        /// Nothing ever again.
        case end
        /// It cannot be read: the value of `errno`.
        case failed(Int32)
    }

    /// The bytes that a descriptor has at this moment.
    static func readPiece(_ descriptor: Int32, limit: Int = 1 << 16) -> Piece {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var length: Int
            repeat {
                length = systemRead(descriptor, buffer)
            } while length < 0 && errno == EINTR
            if length < 0 { code = errno }
            count = max(0, length)
        }
        if code == EAGAIN || code == EWOULDBLOCK { return .nothing }
        if code != 0 { return .failed(code) }
        return bytes.isEmpty ? .end : .bytes(bytes)
    }

    /// How many bytes a descriptor took, zero when it is full; nil when it takes no more.
    static func writePiece(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int? {
        while true {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                    Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                    Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count >= 0 { return count }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : nil
        }
    }

    /// Reads once.
    static func systemRead(
        _ descriptor: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            Musl.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    /// Waits until one of some descriptors can be read or written; the milliseconds may be nil.
    static func wait(_ descriptors: inout [pollfd], milliseconds: Int?) {
        let count = nfds_t(descriptors.count)
        // An interruption is as good as nothing: every caller looks at the results and asks again.
        if poll(&descriptors, count, Int32(clamping: milliseconds ?? -1)) < 0 {
            for index in descriptors.indices { descriptors[index].revents = 0 }
        }
    }

    /// Two ends of a new pipe.
    ///
    /// - Throws: `SystemError`.
    static func pipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        let code = ledger_pipe(&ends)
        guard code == 0 else { throw SystemError(name: "pipe", code: code) }
        return (ends[0], ends[1])
    }

    /// Closes a descriptor; none when negative.
    static func release(descriptor: Int32) {
        guard descriptor >= 0 else { return }
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    /// Opens a file for reading.
    ///
    /// - Throws: `SystemError`.
    static func openForReading(_ path: String) throws(SystemError) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(name: path, code: errno) }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            release(descriptor: descriptor)
            throw SystemError(name: path, code: EISDIR)
        }
        return descriptor
    }

    /// Opens a file for writing and leaves its content; a new one is for its owner's eyes only.
    ///
    /// - Throws: `SystemError`.
    static func openForWriting(_ path: String) throws(SystemError) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError(name: path, code: errno) }
        return descriptor
    }

    /// Empties an open file; what cannot be emptied, such as a terminal, is written as it is.
    static func truncate(_ descriptor: Int32) {
        if descriptor >= 0 { _ = ftruncate(descriptor, 0) }
    }

    /// Makes what was written to an open file durable, as far as it is a file.
    static func sync(_ descriptor: Int32) { _ = fsync(descriptor) }

    /// Sends a signal to a process.
    static func send(_ signal: Int32, to process: Int32) {
        if process > 1 { _ = kill(process, signal) }
    }

    /// Where a program is, as a shell would find it.
    ///
    /// - Throws: `ProgramError` when there is none, or none that may be executed.
    static func locate(
        _ program: String, searching path: String?, in directory: String?
    ) throws(ProgramError) -> String {
        func place(_ path: String) -> String {
            guard let directory, !path.hasPrefix("/") else { return path }
            return directory + "/" + path
        }
        if program.contains("/") {
            guard exists(place(program)) else { throw .notFound(program) }
            guard isExecutable(place(program)) else { throw .notExecutable(program) }
            return place(program)
        }
        guard !program.isEmpty else { throw .notFound(program) }
        var isThere = false
        let folders = (path ?? "/usr/local/bin:/usr/bin:/bin")
            .split(separator: ":", omittingEmptySubsequences: false)
        for folder in folders {
            let candidate = place((folder.isEmpty ? "." : String(folder)) + "/" + program)
            guard exists(candidate) else { continue }
            if isExecutable(candidate) { return candidate }
            isThere = true
        }
        throw isThere ? .notExecutable(program) : .notFound(program)
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return access(path, X_OK) == 0
    }

    /// The value of `errno` for what is not there.
    static let noSuchFile = ENOENT
    /// What a writer's `errno` says of a descriptor that took no more; nil when only nobody reads there
    /// any more: a pipe or a terminal that was closed, a stream that never was open.
    static func loss(_ code: Int32, at descriptor: Int32) -> Int32? {
        switch code {
        case EPIPE, EBADF: return nil
        case EIO:
            // A terminal that hung up says so; a disk that fails, too.
            var status = stat()
            let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            return isFile ? code : nil
        default: return code
        }
    }
    /// The status of a command that ended because nobody took what it printed.
    static let unread = 128 + SIGPIPE

    /// All environment variables.
    static func environment() -> [(name: String, value: String)] {
        var variables: [(name: String, value: String)] = []
        guard var entry = ledger_environment() else { return variables }
        while let text = entry.pointee {
            let parts = String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables.append((String(parts[0]), String(parts[1]))) }
            entry += 1
        }
        return variables
    }

    /// Milliseconds of a clock that nobody sets.
    static func ticks() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

/// Why a program cannot be run.
enum ProgramError: Error, Equatable, Sendable {
    /// There is none of that name.
    case notFound(String)
    /// It is there and cannot be executed.
    case notExecutable(String)
}
