import Ledger

/// The paths of dumps, which people spell in more ways than one.
enum FilePath {
    /// True when two paths name the same file wherever they are used.
    static func isSame(_ a: String, _ b: String) -> Bool {
        a == b || !differ(a, b) && plain(a) == plain(b)
    }

    /// True for a device, such as a terminal or the one that swallows everything.
    static func keepsNothing(_ path: String) -> Bool { plain(path).starts(with: ["", "dev"]) }

    /// True when two paths may name the same file: from where a relative one was used is not known.
    static func mayBeSame(_ a: String, _ b: String) -> Bool {
        if isSame(a, b) { return true }
        guard a.hasPrefix("/") != b.hasPrefix("/"), !differ(a, b) else { return false }
        return plain(a).last == plain(b).last
    }

    /// True when two paths name files of different names, as far as that is seen without taking them apart.
    private static func differ(_ a: String, _ b: String) -> Bool {
        guard let first = file(a), let second = file(b) else { return false }
        return !first.elementsEqual(second)
    }

    /// What stands behind the last slash; nil when that names no file.
    private static func file(_ path: String) -> Substring.UTF8View? {
        let name =
            path.utf8.lastIndex(of: 0x2F).map { path.utf8[path.utf8.index(after: $0)...] }
            ?? path.utf8[...]
        let dot = UInt8(ascii: ".")
        return name.allSatisfy { $0 == dot } && name.count < 3 ? nil : name
    }

    /// The parts of a path without those that lead nowhere.
    private static func plain(_ path: String) -> [Substring] {
        var parts: [Substring] = path.hasPrefix("/") ? [""] : []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                if last != "" { parts.removeLast() }
            } else {
                parts.append(part)
            }
        }
        return parts
    }
}

extension State {
    /// The dumps to a file, by start.
    func dumps(to path: String) -> [Attempt] {
        dumps.filter { FilePath.isSame($0.key, path) }.flatMap(\.value)
            .sorted { $0.started < $1.started }
    }

    /// The dumps to what another path names that may be the same file, by start.
    func otherDumps(than path: String) -> [Attempt] {
        dumps.filter { !FilePath.isSame($0.key, path) && FilePath.mayBeSame($0.key, path) }
            .flatMap(\.value).sorted { $0.started < $1.started }
    }

    /// What was seen of a file, by time.
    func looks(at path: String) -> [Mark<FileEvidence>] {
        files.filter { FilePath.isSame($0.key, path) }.flatMap(\.value)
            .sorted { $0.moment < $1.moment }
    }

    /// What was seen of a file, or of what another path names that may be the same one, by time.
    func possibleLooks(at path: String) -> [Mark<FileEvidence>] {
        files.filter { FilePath.mayBeSame($0.key, path) }.flatMap(\.value)
            .sorted { $0.moment < $1.moment }
    }
}
