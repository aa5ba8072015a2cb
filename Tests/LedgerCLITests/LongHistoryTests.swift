import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A history is read and printed some at a time; what is printed is one answer all the same.
@Suite struct LongHistoryTests {
    private static let count = 2_300

    private let prompt: Prompt
    private let store: LedgerStore

    init() async throws {
        prompt = try await Prompt.withLedger()
        var lines = "# at 2017-05-01T08:30:00Z\n# actor bob\n"
        for number in 1..<Self.count {
            let environment = number == 1_500 ? "an-environment-of-a-long-name" : "prod"
            lines += """
                # +7s
                $ fleet env cache flush \(environment)
                Caches flushed for environment \(environment)

                """
        }
        let imported = await prompt.run("import", "-", input: lines)
        try #require(imported.status == 0, "\(imported.errors)")
        store = try LedgerStore.open(path: prompt.path("ledger.sqlite"), readOnly: true)
    }

    @Test func `a long history is one answer in every format`() async throws {
        let events = try store.events(matching: HistoryQuery())
        #expect(events.count == Self.count)
        let json = await prompt.run("history", "--format", "json")
        let whole: JSONObject = ["events": .array(events.map { .object($0.json) })]
        #expect(
            json.output
                == String(decoding: try CanonicalJSON.encode(whole), as: UTF8.self) + "\n")
        let jsonl = await prompt.run("history", "--format", "jsonl")
        #expect(
            try jsonl.lines == events.map { String(decoding: try Record($0).bytes, as: UTF8.self) })
        let csv = await prompt.run("history", "--format", "csv")
        #expect(csv.lines.count == Self.count + 1)
        let text = await prompt.run("history")
        #expect(text.lines.count == Self.count + 2)
        #expect(text.lines.last == "\(Self.count) events")
        #expect(text.lines.filter { $0.contains("what") }.count == 1)
    }

    @Test func `columns of a long history stay under one another and only get wider`()
        async throws
    {
        let text = await prompt.run("history")
        let places = text.lines.dropLast().map { line in
            line.range(of: "environment/").map {
                line.distance(from: line.startIndex, to: $0.lowerBound)
            }
        }.dropFirst(2)
        #expect(Set(places) == [places.first ?? nil])
        let what = text.lines.dropLast().compactMap { line in
            line.range(of: "fleet env").map {
                line.distance(from: line.startIndex, to: $0.lowerBound)
            }
        }
        #expect(what == what.sorted())
        #expect(Set(what).count == 2)
    }

    @Test func `the newest so many are shown from the oldest of them`() async throws {
        let all = await prompt.run("history", "--format", "jsonl")
        for limit in [1, 999, 1_000, 1_001, 2_299, 2_300, 5_000] {
            let newest = await prompt.run(
                "history", "--format", "jsonl", "--limit", "\(limit)")
            #expect(newest.lines == Array(all.lines.suffix(limit)))
        }
        let nobody = await prompt.run("history", "--actor", "nobody", "--limit", "3")
        #expect(nobody.output == "no events\n")
    }
}
