import Foundation

/// The lines of a file, one in memory at a time.
final class LineReader {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// True when the last line was read and has no line feed: the file was cut off.
    private(set) var isCutOff = false
    /// The number of the line that was read last, from 1.
    private(set) var number = 0

    /// The lines of a file; nil when there is none.
    init?(_ path: String) throws(ExportError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileSystem.failure(path)
        }
    }

    deinit { close(descriptor) }

    /// The next line without its line feed; nil at the end.
    func next() throws(ExportError) -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { start = end + 1 }
                number += 1
                return Array(buffer[start..<end])
            }
            searched = buffer.count
            if isAtEnd {
                guard start < buffer.count else { return nil }
                isCutOff = true
                defer { start = buffer.count }
                number += 1
                return Array(buffer[start...])
            }
            let piece = try FileSystem.readPiece(descriptor, path: path)
            if piece.isEmpty { isAtEnd = true }
            if start > 0 {
                buffer.removeSubrange(..<start)
                searched -= start
                start = 0
            }
            buffer += piece
        }
    }
}
