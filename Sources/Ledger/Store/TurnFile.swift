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

    /// Someone who waits for a number to come up on a thread of its own.
    struct Waiter: Sendable {
        fileprivate let number: Int64
        /// A second one of the same open file, so that the first may be closed meanwhile.
        fileprivate let descriptor: Int32

        /// Waits until nobody has a lower number; returns at once where the system cannot.
        func wait() {
            // First for the one in front, so that the end of a turn wakes up nobody but the next
            // one; who is further in front when that one has left the line is waited for then.
            wait(for: max(0, number - 1)..<number)
            wait(for: 0..<number)
        }

        /// Ends the waiting, once; it cannot wait again.
        func close() { Foundation.close(descriptor) }

        private func wait(for numbers: Range<Int64>) {
            // A lock of the kind that many may have: it is had when none of the numbers is held.
            var request = TurnFile.request(F_RDLCK, numbers)
            while fcntl(descriptor, TurnFile.awaitLock, &request) != 0, errno == EINTR {}
            request = TurnFile.request(F_UNLCK, numbers)
            _ = fcntl(descriptor, TurnFile.setLock, &request)
        }
    }

    /// Who waits for a number; nil when there are no more descriptors.
    func waiter(for number: Int64) -> Waiter? {
        let second = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return second < 0 ? nil : Waiter(number: number, descriptor: second)
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
        private static let awaitLock: Int32 = 91
        private static let getLock: Int32 = 92
    #else
        private static let setLock: Int32 = 37
        private static let awaitLock: Int32 = 38
        private static let getLock: Int32 = 36
    #endif
}
