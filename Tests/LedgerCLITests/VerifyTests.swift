import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct VerifyTests {
    @Test func `an untouched ledger is intact and says what it cannot see`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        let result = await prompt.run("verify")
        #expect(result.status == 0, "\(result)")
        #expect(result.output.hasPrefix("intact, not anchored"))
        #expect(try await prompt.run("verify", "--format", "json").json["findings"] == [])
    }

    @Test func `a name changed in the file is named by its event`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one", "--actor", "carol")
        _ = await prompt.run("record", "note", "two", "--actor", "alice")
        let url = URL(fileURLWithPath: prompt.path("ledger.sqlite"))
        var bytes = Array(try Data(contentsOf: url))
        let name = Array("\"carol\"".utf8)
        let place = try #require(
            bytes.indices.first { bytes[$0...].starts(with: name) })
        bytes.replaceSubrange(place..<place + name.count, with: Array("\"carla\"".utf8))
        try Data(bytes).write(to: url)
        let result = await prompt.run("verify")
        #expect(result.status == 3)
        #expect(result.lines.first?.hasPrefix("does not verify") == true)
        #expect(result.output.contains("event 2: edited"))
        #expect(!result.output.contains("event 3: edited"))
        let json = try await prompt.run("verify", "--format", "json").json
        #expect(json["findings"]?.array?.first?.object?["sequence"] == 2)
    }

    @Test func `a ledger at rest is one file`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("record", "note", "one")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: prompt.directory)
                .filter { $0.hasPrefix("ledger.sqlite-") } == [])
    }
}
