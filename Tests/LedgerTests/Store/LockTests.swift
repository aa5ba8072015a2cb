import Foundation
import Testing

@testable import Ledger

/// The locks by which other processes see that a ledger is in use.
@Suite struct LockTests {
    /// How many locks there are on a file, of any process.
    private func locks(on path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let number = try #require(attributes[.systemFileNumber] as? NSNumber).uint64Value
        return try String(contentsOfFile: "/proc/locks", encoding: .utf8)
            .split(separator: "\n").count { $0.contains(":\(number) ") }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/locks")))
    func `opening a ledger once more drops no lock of those who have it open`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("ledger.sqlite")
        let first = try folder.newLedger()
        _ = try first.size()
        #expect(try locks(on: path) > 0)
        for readOnly in [true, false] {
            var second: LedgerStore? = try LedgerStore.open(path: path, readOnly: readOnly)
            _ = try second?.size()
            #expect(try locks(on: path) > 0)
            second = nil
            #expect(try locks(on: path) > 0)
        }
        _ = try first.size()
        try first.close()
    }
}
