import Foundation
import Ledger
import Synchronization
import Testing

@testable import ledger_cli

@Suite struct AnswerShelfTests {
    private static func answer(_ text: String) -> Answer { Answer("text/plain", Array(text.utf8)) }

    private static func text(_ answer: Answer) -> String {
        guard case .bytes(let bytes) = answer.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func time(_ seconds: Int) -> Timestamp {
        Timestamp(milliseconds: Int64(seconds) * 1000)
    }

    /// Counts how often an answer is made.
    private final class Maker: Sendable {
        private let made = Mutex(0)

        var count: Int { made.withLock { $0 } }

        func make(_ length: Int = 1) -> Answer {
            let number = made.withLock { count in
                count += 1
                return count
            }
            return answer("\(number)" + String(repeating: "x", count: length))
        }
    }

    @Test
    func `what was made at this size is given again, what speaks of the present for a second`()
        async throws
    {
        let shelf = AnswerShelf()
        let maker = Maker()
        func ask(_ target: String, size: Int, isLasting: Bool, at seconds: Int) async throws
            -> String
        {
            Self.text(
                try await shelf.answer(
                    to: .init(target: target, size: size), isLasting: isLasting,
                    now: Self.time(seconds)
                ) { maker.make() })
        }
        let past = try await ask("/?at=x", size: 5, isLasting: true, at: 0)
        #expect(try await ask("/?at=x", size: 5, isLasting: true, at: 1000) == past)
        #expect(try await ask("/?at=x", size: 6, isLasting: true, at: 1000) != past)
        let present = try await ask("/", size: 6, isLasting: false, at: 1000)
        #expect(try await ask("/", size: 6, isLasting: false, at: 1000) == present)
        #expect(try await ask("/", size: 6, isLasting: false, at: 1001) != present)
        // A clock that was set back makes nothing fresh.
        let later = try await ask("/", size: 6, isLasting: false, at: 1002)
        #expect(try await ask("/", size: 6, isLasting: false, at: 900) != later)
    }

    @Test func `who asks the same at once gets one answer`() async throws {
        let shelf = AnswerShelf()
        let maker = Maker()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<50 {
                group.addTask {
                    Self.text(
                        try await shelf.answer(
                            to: .init(target: "/", size: 1), isLasting: false, now: Self.time(0)
                        ) {
                            for await _ in gate { break }
                            return maker.make()
                        })
                }
                if index == 49 { open.yield() }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers.count == 1)
        #expect(maker.count == 1)
    }

    @Test func `a failure is not kept`() async throws {
        let shelf = AnswerShelf()
        struct Bad: Error {}
        await #expect(throws: Bad.self) {
            _ = try await shelf.answer(
                to: .init(target: "/", size: 1), isLasting: true, now: Self.time(0)
            ) { throw Bad() }
        }
        let good = try await shelf.answer(
            to: .init(target: "/", size: 1), isLasting: true, now: Self.time(0)
        ) { Self.answer("good") }
        #expect(Self.text(good) == "good")
    }

    @Test func `what is kept stays within its bounds, and what was used last stays`() async throws {
        let shelf = AnswerShelf(byteLimit: 10_000, countLimit: 20)
        let maker = Maker()
        for round in 0..<200 {
            _ = try await shelf.answer(
                to: .init(target: "/always", size: 1), isLasting: true, now: Self.time(0)
            ) { maker.make(100) }
            _ = try await shelf.answer(
                to: .init(target: "/\(round)", size: 1), isLasting: true, now: Self.time(0)
            ) { Self.answer(String(repeating: "y", count: round * 7)) }
            #expect(await shelf.byteCount <= 10_000)
            #expect(await shelf.count <= 20)
        }
        #expect(maker.count == 1)
        // One that would drive out all others is not kept.
        let before = await shelf.count
        _ = try await shelf.answer(
            to: .init(target: "/huge", size: 1), isLasting: true, now: Self.time(0)
        ) { Self.answer(String(repeating: "z", count: 9_000)) }
        #expect(await shelf.count == before)
        // When the ledger grows, what was made before goes.
        _ = try await shelf.answer(
            to: .init(target: "/", size: 2), isLasting: true, now: Self.time(0)
        ) { Self.answer("new") }
        #expect(await shelf.count == 1)
    }

    @Test func `the site tells the newest event to whoever asks after it was recorded`()
        async throws
    {
        let fixture = try await SiteFixture.example()
        for number in 1...3 {
            _ = try await fixture.text("/")
            _ = await fixture.prompt.run("record", "note", "news \(number)")
            #expect(try await fixture.text("/").contains("href=\"/events/\(64 + number)\""))
            #expect(try await fixture.text("/api/v1/state").contains("\"size\":\(64 + number)"))
        }
    }
}
