import Breakage
import Foundation
import Testing

@testable import ledger_cli

/// What people are told, and with which status, when something is wrong with the ledger's file or disk.
@Suite struct BreakageTests {
    private static let append = ["record", "note", "hello"]

    @Test(arguments: [
        (
            FaultyDisk.Fault(.write, code: 13, isLasting: true), 1, "no space left",
            "free some space"
        ),
        (
            FaultyDisk.Fault(.write, code: 778, isLasting: true), 1, "writing failed",
            "see to the disk"
        ),
        (
            FaultyDisk.Fault(.sync, code: 1034, isLasting: true), 1, "syncing failed",
            "see to the disk"
        ),
        (
            FaultyDisk.Fault(.read, code: 266, isLasting: true), 1, "cannot be read",
            "see to the disk"
        ),
        (FaultyDisk.Fault(.lock, code: 3850, isLasting: true), 1, "gives no locks", "local disk"),
        (
            FaultyDisk.Fault(.sharedMemory, code: 5386, isLasting: true), 1, "gives no locks",
            "local disk"
        ),
    ])
    func `a disk that fails is reported in words and with a next step`(
        fault: FaultyDisk.Fault, status: Int32, what: String, next: String
    ) async throws {
        let prompt = try await Prompt.withLedger()
        #expect(await prompt.run(Self.append).status == 0)
        let disk = try #require(FaultyDisk(folder: prompt.directory))
        disk.arm(fault)
        let result = await prompt.run(Self.append)
        disk.disarm()
        #expect(result.status == status, "\(result)")
        #expect(result.output.isEmpty)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.first?.hasPrefix("ledger: error: ") == true)
        #expect(lines.first?.contains(what) == true, "\(result.errors)")
        #expect(lines.dropFirst().first?.hasPrefix("ledger: hint: ") == true, "\(result.errors)")
        #expect(result.errors.contains("nothing that was acknowledged is lost"))
        #expect(result.errors.contains(next), "\(result.errors)")
        #expect(await prompt.run(Self.append).status == 0)
        #expect(try await prompt.types() == ["note.added", "note.added"])
        #expect(await prompt.run("verify").status == 0)
    }

    /// What is done to the file at rest, the status of an append then, and words of the error.
    private static let damages:
        [(name: String, damage: @Sendable (inout [UInt8]) -> Void, status: Int32, words: String)] =
            [
                ("cut to nothing", { $0 = [] }, 10, "not a ledger"),
                ("cut in the header", { $0 = Array($0.prefix(60)) }, 10, "not a ledger"),
                ("something else", { $0 = Array("hello".utf8) }, 10, "not a ledger"),
                ("of nobody's application", { $0[71] ^= 1 }, 10, "not a ledger"),
                ("of a newer version", { $0[63] = 9 }, 1, "version 9"),
                ("without its end", { $0 = Array($0.prefix(4096 * 3)) }, 1, "malformed"),
                (
                    "its schema overwritten", { for index in 100..<4096 { $0[index] = 0xFF } }, 1,
                    "malformed"
                ),
            ]

    @Test(arguments: damages.indices)
    func `a file that is no ledger any more is refused and left alone`(index: Int) async throws {
        let (name, damage, status, words) = Self.damages[index]
        let prompt = try await Prompt.withLedger()
        let path = prompt.path("ledger.sqlite")
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        damage(&bytes)
        try prompt.write(bytes, to: "ledger.sqlite")
        let result = await prompt.run(Self.append)
        #expect(result.status == status, "\(name): \(result)")
        #expect(result.errors.contains(words), "\(name): \(result.errors)")
        #expect(result.errors.contains("ledger: hint: "), "\(name): \(result.errors)")
        #expect(
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == bytes, "\(name)")
        let verify = await prompt.run("verify")
        #expect(verify.status == (words == "malformed" ? 3 : status), "\(name): \(verify)")
    }
}
