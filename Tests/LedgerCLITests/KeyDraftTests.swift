import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A change of keys that was interrupted leaves nothing that the next one does not take away.
@Suite struct KeyDraftTests {
    @Test(arguments: [["key", "add"], ["key", "retire"]])
    func `a change of keys removes what an interrupted one left, and nothing else`(
        _ words: [String]
    ) async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("key", "add")
        let key = try String(contentsOfFile: prompt.path("ledger.sqlite.key"), encoding: .utf8)
        // No process has so high a number; this one is there.
        let left = ["ledger.sqlite.key.1999999999.tmp", "ledger.sqlite.key.1999999998.tmp"]
        let stays = [
            "ledger.sqlite.key.\(getpid()).tmpx", "ledger.sqlite.key.x.tmp", "other.1999999999.tmp",
            "ledger.sqlite.key.\(getppid()).tmp",
        ]
        for name in left + stays { try prompt.write(key, to: name) }
        let listed = try await prompt.run("key", "list", "--format", "json").json
        let first = listed["keys"]?.array?.first?.object?["vkey"]?.string
        let result = await prompt.run(
            words + (words[1] == "retire" ? [try #require(first, "\(listed)")] : []))
        #expect(result.status == 0, "\(result)")
        for name in left {
            #expect(!FileManager.default.fileExists(atPath: prompt.path(name)), "\(name)")
        }
        for name in stays {
            #expect(FileManager.default.fileExists(atPath: prompt.path(name)), "\(name)")
        }
    }
}
