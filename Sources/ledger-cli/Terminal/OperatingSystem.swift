import Ledger

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The system calls that the program makes; nothing else talks to libc.
enum OperatingSystem {
    /// The wall clock, to the millisecond.
    static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The login name of the effective user, else its number.
    static func loginName() -> String {
        let user = geteuid()
        guard let entry = getpwuid(user), let name = entry.pointee.pw_name else {
            return String(user)
        }
        return String(cString: name)
    }

    /// The environment variables.
    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// True when a descriptor is a terminal.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The size of the terminal on a descriptor; nil when it is none or does not say.
    static func terminalSize(_ descriptor: Int32) -> TerminalSize? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// Waits, and tells whether anybody can still read what is written to a descriptor.
    ///
    /// The other end of a pipe says so at once when it closes. A signal ends the wait.
    static func isRead(_ descriptor: Int32, afterMilliseconds milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: descriptor, events: 0, revents: 0)
        guard poll(&watched, 1, milliseconds) > 0 else { return true }
        return Int32(watched.revents) & (Int32(POLLERR) | Int32(POLLHUP) | Int32(POLLNVAL)) == 0
    }

    /// Writes all bytes.
    ///
    /// - Throws: `SystemError` when the descriptor takes no more.
    static func write(_ bytes: [UInt8], to descriptor: Int32, name: String) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                    Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                    Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError(name: name, code: errno)
            }
            offset += count
        }
    }

    /// Hands the bytes of a file to `body`, a piece at a time; `-` is standard input.
    ///
    /// - Throws: `SystemError` when the file cannot be read, `CLIError.unreadable` for a device that
    ///   nobody types at, and whatever `body` throws.
    static func read(_ path: String, _ body: ([UInt8]) throws -> Void) throws {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(name: path, code: errno) }
        defer { if path != "-" { close(descriptor) } }
        let name = path == "-" ? "standard input" : path
        guard !isEndless(descriptor) else {
            throw CLIError.unreadable(
                name, why: "a device, not a file", hint: "name the file that is meant")
        }
        while true {
            var code: Int32 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                var length: Int
                repeat {
                    length = systemRead(descriptor, buffer)
                } while length < 0 && errno == EINTR
                if length < 0 { code = errno }
                count = max(0, length)
            }
            guard code == 0 else { throw SystemError(name: name, code: code) }
            if piece.isEmpty { return }
            try body(piece)
        }
    }

    /// True for a device that may never come to an end, such as `/dev/zero`; `/dev/null` is at it.
    private static func isEndless(_ descriptor: Int32) -> Bool {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFCHR,
            !isTerminal(descriptor)
        else { return false }
        var null = stat()
        return stat("/dev/null", &null) != 0 || null.st_rdev != facts.st_rdev
    }

    /// True when a directory is at a path.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Gives a file another name that no file has.
    ///
    /// - Throws: `SystemError`; `EEXIST` when something has it.
    static func moveToFreePlace(_ path: String, _ place: String) throws(SystemError) {
        // A link fails where something is; a rename would replace it.
        guard link(path, place) == 0 else { throw SystemError(name: place, code: errno) }
        unlink(path)
    }

    /// True when something is at a path.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Creates a file that did not exist, with a mode, and syncs it.
    ///
    /// - Throws: `SystemError`; `EEXIST` when something is there already.
    static func create(_ path: String, mode: UInt32, bytes: [UInt8]) throws(SystemError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw SystemError(name: path, code: errno) }
        defer { close(descriptor) }
        do throws(SystemError) {
            try write(bytes, to: descriptor, name: path)
            guard fsync(descriptor) == 0 else { throw SystemError(name: path, code: errno) }
        } catch {
            // Half a file is none, and would stand in the way of the next try.
            unlink(path)
            throw error
        }
    }

    /// Puts a file in the place of another one in one step: readers see the old or the new.
    ///
    /// File and folder are synced, so that the new one is there after a loss of power.
    ///
    /// - Throws: `SystemError`; the old file is untouched then.
    static func replace(_ path: String, mode: UInt32, bytes: [UInt8]) throws(SystemError) {
        // A device or a pipe would be replaced, not written to.
        guard !exists(path) || isRegular(path) else {
            throw SystemError(name: path, code: EINVAL)
        }
        let draft = "\(path).\(getpid()).tmp"
        unlink(draft)
        do throws(SystemError) {
            try create(draft, mode: mode, bytes: bytes)
            guard rename(draft, path) == 0 else { throw SystemError(name: path, code: errno) }
        } catch {
            unlink(draft)
            throw SystemError(name: path, code: error.code)
        }
        let folder =
            path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : path[..<$0] } ?? "."
        let descriptor = open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Some file systems cannot sync a folder; the rename itself has happened.
        fsync(descriptor)
    }

    /// True for a plain file, also when a link leads to it.
    static func isRegular(_ path: String) -> Bool {
        status(path, followsLinks: true)?.isRegular ?? false
    }

    /// True for a plain file without a byte.
    static func isEmptyFile(_ path: String) -> Bool {
        guard let status = status(path, followsLinks: true) else { return false }
        return status.isRegular && status.size == 0
    }

    /// The permission bits of a file; nil when there is none.
    static func mode(_ path: String) -> UInt32? {
        status(path, followsLinks: true).map { $0.permissions & 0o777 }
    }

    /// Removes a file that this program made, as far as possible.
    static func remove(_ path: String) { unlink(path) }

    /// Waits.
    static func sleep(milliseconds: UInt32) {
        usleep(milliseconds * 1000)
    }

    /// Calls a handler when the terminal, its user or the system wants the process to end.
    ///
    /// The handler runs in the middle of anything: it may store a number and nothing else. Waits
    /// are not taken up again after it.
    static func handleEndings(_ handler: @escaping @convention(c) (Int32) -> Void) {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            sigemptyset(&action.sa_mask)
            #if canImport(Darwin)
                action.__sigaction_u.__sa_handler = handler
            #else
                action.__sigaction_handler.sa_handler = handler
            #endif
            sigaction(number, &action, nil)
        }
    }

    /// Ends the process as the signal does when nobody catches it.
    static func end(bySignal number: Int32) {
        signal(number, SIG_DFL)
        // The threads that run tasks block signals; this one must not miss its own.
        var own = sigset_t()
        sigemptyset(&own)
        sigaddset(&own, number)
        pthread_sigmask(SIG_UNBLOCK, &own, nil)
        raise(number)
    }

    /// Ends the process.
    static func exit(_ status: Int32) -> Never {
        #if canImport(Glibc)
            Glibc.exit(status)
        #elseif canImport(Musl)
            Musl.exit(status)
        #else
            Darwin.exit(status)
        #endif
    }
}

/// How many columns and rows a terminal shows.
struct TerminalSize: Equatable, Sendable {
    let columns: Int
    let rows: Int
}

/// A system call that did not do its work, and on what.
struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path or the stream.
    let name: String
    /// The value of `errno`.
    let code: Int32

    /// True when nobody reads any more what is written.
    var isBrokenPipe: Bool { code == EPIPE || code == EIO }

    /// The subject and the system's own words, in lower case.
    var description: String {
        let words = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return "\(name): \(words.prefix(1).lowercased())\(words.dropFirst())"
    }
}
