import Foundation
import Testing

@testable import ledger_cli

/// What is recorded is told of even where the answer cannot be written.
@Suite struct LostAnswerTests {
    private func complaint(_ command: String, in prompt: Prompt) throws -> String {
        let session = try Session(
            ["/bin/sh", "-c", "\(Session.binary) \(command) > /dev/full"], in: prompt.directory)
        session.endInput()
        #expect(try session.wait() == 1)
        return String(decoding: session.complained, as: UTF8.self)
    }

    @Test func `an event whose answer is lost is named with the way to take it back`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let note = try complaint("record note important", in: prompt)
        #expect(note.contains("no space left on device"), "\(note)")
        #expect(note.contains("event 2 is recorded all the same"), "\(note)")
        #expect(note.contains("ledger-cli record void 2 --reason"))
        let hold = try complaint("record hold environment/prod --reason x", in: prompt)
        #expect(hold.contains("event 3 is recorded all the same"), "\(hold)")
        #expect(!hold.contains("record void"), "\(hold)")
        let json = try complaint("record note more --format json", in: prompt)
        #expect(json.contains("event 4 is recorded all the same"), "\(json)")
        #expect(try await prompt.types() == ["note.added", "hold.placed", "note.added"])
    }

    @Test func `an import whose answer is lost says which events are recorded`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write("# at 2017-04-30T10:00:00Z\n$ ls\n$ uptime\n", to: "a.transcript")
        let told = try complaint("import a.transcript", in: prompt)
        #expect(told.contains("events 2 to 3 are recorded all the same"), "\(told)")
        // Importing again adds nothing, and there is nothing to tell.
        #expect(!(try complaint("import a.transcript", in: prompt)).contains("recorded all the"))
    }

    @Test func `a question whose answer is lost tells of no event`() async throws {
        let prompt = try await Prompt.withLedger()
        #expect(!(try complaint("history", in: prompt)).contains("recorded"))
    }
}
