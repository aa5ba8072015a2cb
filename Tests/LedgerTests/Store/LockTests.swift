import Foundation
import Testing

@testable import Ledger

/// The locks by which other processes see that a ledger is in use.
@Suite struct LockTests {
    /// Whether anyone has a lock on a file, asked as another process would see it.
    ///
    /// A lock of the open file is in the way of those of its process, too. The list of all locks would not
    /// do: it is read in pieces, between which it changes.
    private func isLocked(_ descriptor: Int32) -> Bool {
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        // F_OFD_GETLK of Linux.
        return fcntl(descriptor, 36, &request) == 0 && Int32(request.l_type) != F_UNLCK
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/locks")))
    func `opening a ledger once more drops no lock of those who have it open`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("ledger.sqlite")
        let first = try folder.newLedger()
        _ = try first.size()
        // Closed at the end: to close it drops every lock of this process.
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(isLocked(descriptor))
        for readOnly in [true, false] {
            var second: LedgerStore? = try LedgerStore.open(path: path, readOnly: readOnly)
            _ = try second?.size()
            #expect(isLocked(descriptor))
            second = nil
            #expect(isLocked(descriptor))
        }
        _ = try first.size()
        try first.close()
        #expect(!isLocked(descriptor))
    }
}
