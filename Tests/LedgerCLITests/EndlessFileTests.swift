import Foundation
import Testing

@testable import ledger_cli

/// No file is so long that it takes all memory.
@Suite struct EndlessFileTests {
    private static let commands: [[String]] = [
        ["record", "test", "prod", "passed", "--migration", "m", "--attach"],
        ["verify", "--against"], ["verify", "--policy"], ["verify", "--key"],
        ["plan", "verify"], ["record", "note", "x", "--key"], ["import"],
        ["record", "command", "--printed"],
    ]

    private func words(_ command: [String], _ file: String) -> [String] {
        let tail = command.last == "--printed" ? ["--", "fleet", "env", "list"] : []
        return command + [file] + tail
    }

    @Test(arguments: commands)
    func `a device without an end is refused`(_ command: [String]) async throws {
        let prompt = try await Prompt.withLedger()
        for device in ["/dev/zero", "/dev/urandom"] {
            let result = await prompt.run(words(command, device))
            #expect(result.status != 0)
            #expect(
                result.errors.contains("\(device): a device, not a file"), "\(result.errors)")
        }
        #expect(try await prompt.types().isEmpty)
    }

    @Test(arguments: commands)
    func `a file of more than 64 MiB that would be held whole is refused`(
        _ command: [String]
    ) async throws {
        let prompt = try await Prompt.withLedger()
        let path = prompt.path("long")
        try #require(FileManager.default.createFile(atPath: path, contents: nil))
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: UInt64(Surroundings.wholeLimit) + 1)
        try file.close()
        let result = await prompt.run(words(command, "long"))
        #expect(result.status != 0)
        #expect(result.errors.contains("more than 64 MiB"), "\(result.errors)")
        #expect(try await prompt.types().isEmpty)
    }

    @Test func `a file of nothing is read to its end`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("import", "/dev/null")
        #expect(result.errors.contains("nothing to import"), "\(result.errors)")
    }
}
