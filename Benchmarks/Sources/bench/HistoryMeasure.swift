import Ledger

/// What `history` asks: the newest hundred events of one subject, type, actor, migration or time.
enum HistoryMeasure {
    static func run(_ options: Options) async throws -> JSONObject {
        let store = try LedgerStore.open(path: try options.text("path"), readOnly: true)
        let size = try store.size()
        let middle = Sample.time(size / 2)
        let questions: [(String, HistoryQuery)] = [
            ("subject", HistoryQuery(subject: .exact("environment/shop-007"))),
            ("type", HistoryQuery(type: .exact("env.maintenance.accepted"))),
            ("actor", HistoryQuery(actor: "carol")),
            ("migration", HistoryQuery(migration: "move-0")),
            ("time", HistoryQuery(since: middle, until: middle + .minutes(50))),
            ("sequence", HistoryQuery(after: SequenceNumber(size / 2))),
        ]
        var answers: [(String, JSONValue?)] = []
        for (name, question) in questions {
            var question = question
            question.limit = 100
            question.isNewestFirst = true
            var watch = Stopwatch()
            var found = 0
            for _ in 0..<20 {
                found = try watch.time { try store.events(matching: question).count }
            }
            guard found > 0 else { throw BenchError("no event by \(name)") }
            answers.append((name, .object(watch.summary)))
        }
        return JSONObject(answers)
    }
}
