import Foundation

/// The file from which writers draw numbers: it grows by a byte a number.
///
/// A holder of a number has an exclusive lock on its byte, of the kind that belongs to the open file
/// and not to the process, so that several stores of one process stand in the same line.
final class TurnFile {
    private let path: String
    private var descriptor: Int32

    /// Opens the file, or makes it; nil when that cannot be done, and then nobody waits in line.
    init?(path: String) {
        self.path = path
        descriptor = TurnFile.open(path)
        guard descriptor >= 0 else { return nil }
    }

    /// Closes the file, and removes it when nobody else has a number.
    deinit {
        if !isLocked(0..<Int64.max) { unlink(path) }
        close(descriptor)
    }

    private static func open(_ path: String) -> Int32 {
        Foundation.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o666)
    }

    /// Draws a number and holds it; nil when the file cannot be written.
    func draw() -> Int64? {
        reopenIfRemoved()
        var byte: UInt8 = 0x0A
        guard write(descriptor, &byte, 1) == 1 else { return nil }
        // After an append, the offset of this open file is where its own byte ends.
        let number = Int64(lseek(descriptor, 0, SEEK_CUR)) - 1
        guard number >= 0, lock(F_WRLCK, number..<number + 1) else { return nil }
        return number
    }

    /// Lets the next one go on.
    func giveBack(_ number: Int64) { _ = lock(F_UNLCK, number..<number + 1) }

    /// Whether someone has a lower number.
    func isBefore(_ number: Int64) -> Bool { number > 0 && isLocked(0..<number) }

    /// About how many have a lower number; 0 only when nobody has.
    func ahead(of number: Int64) -> Int {
        guard isBefore(number) else { return 0 }
        var count = 0
        // Numbers are held one after the other; a gap is someone who is gone.
        while count < 16, number - Int64(count) > 0,
            isLocked(number - Int64(count) - 1..<number - Int64(count))
        {
            count += 1
        }
        return max(count, 1)
    }

    /// Another process may have removed the file as it left; the line goes on in a new one.
    private func reopenIfRemoved() {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_nlink == 0 else { return }
        let new = TurnFile.open(path)
        guard new >= 0 else { return }
        close(descriptor)
        descriptor = new
    }

    private func lock(_ kind: Int32, _ bytes: Range<Int64>) -> Bool {
        var request = TurnFile.request(kind, bytes)
        return fcntl(descriptor, TurnFile.setLock, &request) == 0
    }

    private func isLocked(_ bytes: Range<Int64>) -> Bool {
        var request = TurnFile.request(F_WRLCK, bytes)
        guard fcntl(descriptor, TurnFile.getLock, &request) == 0 else { return false }
        return Int32(request.l_type) != F_UNLCK
    }

    private static func request(_ kind: Int32, _ bytes: Range<Int64>) -> flock {
        var request = flock()
        request.l_type = Int16(kind)
        request.l_whence = Int16(SEEK_SET)
        request.l_start = off_t(bytes.lowerBound)
        request.l_len = off_t(bytes.upperBound - bytes.lowerBound)
        return request
    }

    // Locks of the open file; Darwin and Linux number them differently.
    #if canImport(Darwin)
        private static let setLock: Int32 = 90
        private static let getLock: Int32 = 92
    #else
        private static let setLock: Int32 = 37
        private static let getLock: Int32 = 36
    #endif
}
