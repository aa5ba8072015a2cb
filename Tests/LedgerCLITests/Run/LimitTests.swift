import Foundation
import Testing

@testable import ledger_cli

/// What the system denies is told, and ends nobody.
@Suite struct LimitTests {
    @Test func `a file that may not grow is told as an error, and commands keep their own limit`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let path = prompt.path("ledger.sqlite")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let size = try #require(attributes[.size] as? Int)
        try prompt.write([UInt8](repeating: 0x61, count: 200_000), to: "long")
        let script = """
            ulimit -f \(size / 512 + 20)
            \(Session.binary) record note - < long; echo "recorded $?"
            \(Session.binary) run -- sh -c 'head -c 900000 /dev/zero > big'; echo "run $?"
            """
        let session = try Session(["/bin/sh", "-c", script], in: prompt.directory)
        session.endInput()
        #expect(try session.wait() == 0)
        #expect(session.text.contains("recorded 1\n"), "\(session.text)")
        #expect(!session.complained.isEmpty)
        #expect(session.text.contains("run \(128 + SIGXFSZ)\n"), "\(session.text)")
        #expect(await prompt.run("verify").status == 0)
    }
}
