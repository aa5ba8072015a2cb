import Foundation
import Ledger
import Projector
import Synchronization
import Testing

@testable import ledger_cli

/// What others record while a question is asked does not lie in the future.
@Suite struct RecordedMeanwhileTests {
    /// A clock that has somebody record something, a second later, whenever it is looked at first.
    private final class EagerClock: Sendable {
        private let path: String
        private let time: Timestamp
        private let isDone = Mutex(false)

        init(_ path: String, _ time: Timestamp) { (self.path, self.time) = (path, time) }

        func now() -> Timestamp {
            let isFirst = isDone.withLock { isDone in
                defer { isDone = true }
                return !isDone
            }
            guard isFirst else { return time + .seconds(2) }
            var random = SystemRandomNumberGenerator()
            let later = time + .seconds(1)
            let draft = EventDraft(
                id: EventID(time: later, using: &random), payload: .decision(.noteAdded(Note())),
                time: later, actor: Actor(id: "bob"), basis: .reported)
            _ = try? LedgerStore.open(path: path).append([draft], recordedTime: later)
            return time
        }
    }

    @Test(arguments: [
        ["check", "environment/prod2"], ["plan", "cleanup"], ["plan", "next"], ["status"],
    ])
    func `a question without a time is asked at a present that nothing is after`(words: [String])
        async throws
    {
        let prompt = try await SiteFixture.example().prompt
        let time = try #require(Timestamp("2017-05-05T09:00:00Z"))
        let path = prompt.path("ledger.sqlite")
        let clock = EagerClock(path, time)
        let output = Sink()
        let errors = Sink()
        let surroundings = Surroundings(
            environment: { _ in nil }, clock: { clock.now() }, pause: { _ in },
            loginName: { "login" }, readInput: { _ in }, lookUp: nil, directory: prompt.directory,
            output: output, errors: errors)
        _ = await LedgerCLI.run(words, in: surroundings)
        #expect(try LedgerStore.open(path: path, readOnly: true).size() == 65)
        #expect(!output.text.isEmpty)
        #expect(!(output.text + errors.text).contains("hypothetical"), "\(output.text)")
        #expect(!errors.text.contains("after the clock"), "\(errors.text)")
    }

    @Test func `a page of the present looks at the clock after the ledger`() async throws {
        let prompt = try await SiteFixture.example().prompt
        let time = try #require(Timestamp("2017-05-05T09:00:00Z"))
        let path = prompt.path("ledger.sqlite")
        let clock = EagerClock(path, time)
        var replays = Replays(try LedgerStore.open(path: path, readOnly: true))
        for size in [64, 65] {
            let evaluation = try replays.evaluation(.now, clock: clock.now())
            #expect(evaluation.head.size == size)
            #expect(!evaluation.isHypothetical)
        }
    }
}
