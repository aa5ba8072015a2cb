/// Why an export, a bundle or a backup could not be written or read.
public enum ExportError: Error, Equatable, Sendable {
    /// A system call failed on a path.
    case system(path: String, code: Int32)
    /// Another process writes into the directory at this moment.
    case busy(path: String)
    /// Something else than a directory or an export is at the path.
    case notAnExport(path: String, reason: String)
    /// What is to be read is neither a bundle nor a tile log.
    case notABundle(path: String, reason: String)
    /// The log has no signed head, and a tile log is nothing without one.
    case noSignedHead
    /// The directory holds the export of another log.
    case otherLog(path: String, expected: String, found: String)
    /// The directory holds a larger log than this one: this one was cut off, or is an old copy.
    case ahead(path: String, size: Int, actual: Int)
    /// The directory was published with another history of the same log.
    case forked(path: String, size: Int, expected: Digest, found: Digest)
    /// A full tile, which never changes, has another content than the log gives.
    case tileDiffers(path: String)
    /// A record does not give the hash beside it, so it is not published.
    case damagedRecord(sequence: Int)
    /// A file of a bundle cannot be understood; lines count from 1.
    case malformed(file: String, line: Int?, reason: String)
}

extension ExportError: CustomStringConvertible {
    /// The error in words, with the next step where there is one.
    public var description: String {
        switch self {
        case .system(let path, let code): "\(path): \(FileSystem.words(of: code))"
        case .busy(let path): "\(path): another export writes here; try again when it is done"
        case .notAnExport(let path, let reason):
            "\(path): \(reason); name a new or empty directory, or one that was exported to"
        case .notABundle(let path, let reason):
            "\(path): \(reason); name a directory that export --bundle wrote, or files one by one"
        case .noSignedHead: "no signed head: a tile log needs a checkpoint"
        case .otherLog(let path, let expected, let found):
            "\(path): holds the log \(found), not \(expected); name another directory"
        case .ahead(let path, let size, let actual):
            "\(path): holds \(size) events, the ledger's signed head \(actual); "
                + "events were cut off, or this is an old copy: run verify --against \(path)/checkpoint"
        case .forked(let path, let size, let expected, let found):
            "\(path): its first \(size) events have the root \(expected), in this ledger \(found); "
                + "one of them was rewritten: run verify --against \(path)/checkpoint"
        case .tileDiffers(let path):
            "\(path): differs from the ledger; full tiles never change: run verify"
        case .damagedRecord(let sequence):
            "event \(sequence): stored hash does not match its bytes; run verify"
        case .malformed(let file, let line, let reason):
            "\(file)\(line.map { ":\($0)" } ?? ""): \(reason)"
        }
    }

    /// Whether the error is evidence that a log is not what it was, not a mere obstacle.
    public var isEvidence: Bool {
        switch self {
        case .ahead, .forked, .tileDiffers, .damagedRecord: true
        default: false
        }
    }
}
