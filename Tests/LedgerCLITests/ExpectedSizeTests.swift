import Foundation
import Ledger
import Testing

/// Who expects a ledger of a size appends to no other one, and nothing is run or looked at before.
@Suite struct ExpectedSizeTests {
    @Test func `a command is not run while the ledger holds another number of events`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let file = prompt.path("ran")
        let early = await prompt.run("run", "--expect-size", "7", "--", "touch", file)
        #expect(early.status == 125)
        #expect(early.errors.contains("--expect-size 1"))
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(try await prompt.types().isEmpty)
        let due = await prompt.run("run", "--expect-size", "1", "--", "touch", file)
        #expect(due.status == 0, "\(due)")
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test(arguments: [["observe"], ["key", "add"]])
    func `other commands that append leave it as it is`(_ words: [String]) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(words + ["--expect-size", "7"])
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains("--expect-size 1"))
        #expect(try await prompt.types().isEmpty)
    }

    @Test func `a key is added to a ledger of the expected size`() async throws {
        let prompt = try await Prompt.withLedger()
        #expect(await prompt.run("key", "add", "--expect-size", "1").status == 0)
        #expect(try await prompt.types() == ["key.added"])
    }
}
