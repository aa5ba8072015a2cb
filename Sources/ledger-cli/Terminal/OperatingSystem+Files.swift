#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension OperatingSystem {
    /// What the system knows of a file, without the names of its owners, which take longer to find.
    struct FileStatus {
        /// True for a plain file.
        let isRegular: Bool
        /// The number of its owner.
        let owner: UInt32
        /// Who may do what.
        let permissions: UInt32
        /// How many bytes it has.
        let size: Int
        /// Its number in its file system.
        let number: UInt64
        /// When it was written: seconds and nanoseconds.
        let written: (seconds: Int, nanoseconds: Int)
    }

    /// What the system knows of what is at a path, or of what a link there leads to; nil when
    /// nothing is there.
    static func status(_ path: String, followsLinks: Bool = false) -> FileStatus? {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        #if canImport(Darwin)
            let written = status.st_mtimespec
        #else
            let written = status.st_mtim
        #endif
        return FileStatus(
            isRegular: status.st_mode & S_IFMT == S_IFREG, owner: status.st_uid,
            permissions: UInt32(status.st_mode) & 0o7777, size: Int(status.st_size),
            number: UInt64(status.st_ino), written: (Int(written.tv_sec), Int(written.tv_nsec)))
    }

    /// True when two paths lead to one file, or would once there is one.
    static func isSamePlace(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        if let first = identity(one), let second = identity(other) { return first == second }
        let (place, otherPlace) = (parts(of: one), parts(of: other))
        guard place.name == otherPlace.name, let folder = identity(place.folder) else {
            return false
        }
        return folder == identity(otherPlace.folder)
    }

    /// What a symbolic link leads to in the end; nil for what is no link, or leads nowhere.
    static func target(ofLink path: String) -> String? {
        guard isLink(path), let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// What a symbolic link says, when nothing is there; nil for anything else.
    static func absentTarget(ofLink path: String) -> String? {
        guard isLink(path), !exists(path) else { return nil }
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    private static func identity(_ path: String) -> [UInt64]? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }

    private static func parts(of path: String) -> (folder: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
        return (String(path[...slash]), path[path.index(after: slash)...])
    }

    /// The first bytes of a file, fewer when it is shorter; nil when it cannot be read.
    static func start(of path: String, count: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard case .bytes(let bytes) = readPiece(descriptor, limit: count) else { return nil }
        return bytes
    }

    /// All bytes of a file, copied once; nil when they cannot be read.
    static func contents(_ path: String) -> [UInt8]? {
        // Who opens a pipe would wait for somebody to write to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(facts.st_size)) { buffer, count in
            useLargePages(UnsafeMutableRawBufferPointer(buffer))
            while count < buffer.count {
                let length = systemRead(descriptor, .init(rebasing: buffer[count...]))
                if length < 0, errno == EINTR { continue }
                isWhole = length >= 0
                guard length > 0 else { return }
                count += length
            }
        }
        return isWhole ? bytes : nil
    }

    /// Asks for large pages, where the system has them: a few in the place of thousands that it would
    /// make one by one while a large file is read.
    private static func useLargePages(_ memory: UnsafeMutableRawBufferPointer) {
        #if os(Linux)
            let page = 4096
            guard memory.count >= 4 << 20, let start = memory.baseAddress else { return }
            let first = start.alignedUp(toMultipleOf: page)
            madvise(first, (memory.count - (first - start)) & ~(page - 1), MADV_HUGEPAGE)
        #endif
    }

    /// Removes what processes that are no more have left of a file that they were about to replace.
    static func removeDrafts(of path: String) {
        let (folder, name) = parts(of: path)
        for entry in names(in: folder) {
            guard entry.hasPrefix(name + "."), entry.hasSuffix(".tmp"),
                let process = pid_t(entry.dropFirst(name.count + 1).dropLast(4)), process > 0,
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            remove(folder == "." ? entry : folder + entry)
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let open = opendir(folder) else { return [] }
        defer { closedir(open) }
        var names: [String] = []
        while let entry = readdir(open) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }

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
