import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// What is said in words that whoever asked knows.
@Suite struct ToldInWordsTests {
    @Test func `what is too long to be recorded is named`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(
            "record", "hold", "environment/prod", "--reason", String(repeating: "x", count: 70_000))
        if result.status != 0 {
            #expect(result.errors.contains("\"reason\" is too long"), "\(result.errors)")
        }
        let name = String(repeating: "a", count: 70_000)
        let command = await prompt.run("record", "command", "--", "fleet", "env", "create", name)
        #expect(command.status == 1)
        #expect(command.errors.contains(" is too long: with it the event takes "))
        #expect(command.errors.contains("at most 65535"), "\(command.errors)")
        #expect(!command.errors.contains("draft"))
        #expect(!command.errors.contains(name))
    }

    @Test func `an event leads to its migration only where that was opened`() async throws {
        let fixture = try await SiteFixture.example()
        #expect(try await fixture.text("/events/20").contains("href=\"/migrations/plan-move\""))
        let noted = await fixture.prompt.run("record", "note", "x", "--migration", "plan-move")
        try #require(noted.status == 0, "\(noted.errors)")
        #expect(try await fixture.text("/events/65").contains("href=\"/migrations/plan-move\""))
        var random = SystemRandomNumberGenerator()
        let time = try #require(Timestamp("2017-05-05T09:00:00Z"))
        let draft = EventDraft(
            id: EventID(time: time, using: &random), payload: .decision(.noteAdded(Note())),
            time: time, actor: Actor(id: "bob"), basis: .imported, migration: "never-opened")
        let store = try LedgerStore.open(path: fixture.prompt.path("ledger.sqlite"))
        _ = try store.append([draft], recordedTime: time)
        let page = try await fixture.text("/events/66")
        #expect(page.contains("never-opened"))
        #expect(!page.contains("/migrations/never-opened"))
    }
}
