import Ledger
import Projector

/// Looks again and again until something is so, each time after a longer pause.
struct Waiting {
    /// The pauses: the first, by what each is longer, and the longest.
    private static let first = Span.seconds(5)
    private static let longest = Span.seconds(60)
    /// How long a look may take at least.
    private static let leastLook = Span.seconds(5)

    /// How a wait ended.
    struct End {
        /// True when it is so.
        var isMet: Bool
        /// How it stood at last.
        var last: String
        /// The events that were recorded.
        var events: [SequenceNumber]
    }

    let observer: Observer
    /// After how long to give up.
    let timeout: Span
    /// The event that the looks follow from.
    var cause: EventID?

    /// Waits.
    ///
    /// What is seen is recorded when it is news, and in the end; a thing that is not shown any more
    /// each time, since two lists apart prove more than one.
    ///
    /// - Throws: what looking throws; `StoreError`, `PlanError`.
    func wait(for condition: Condition) throws -> End {
        let surroundings = Surroundings.current
        let progress = Progress()
        let start = surroundings.clock()
        var pause = Waiting.first
        var before: Look?
        var events: [SequenceNumber] = []
        while true {
            // A look that hangs must not outlast what is waited for by much.
            let left = (start + timeout - surroundings.clock()).milliseconds
            let limit = min(max(left, Waiting.leastLook.milliseconds), Int64(Observer.limit))
            let look = try observer.look(at: condition.target, limit: Int(limit))
            let standing = condition.standing(look)
            let isOver = surroundings.clock() - start >= timeout
            let isNews = before?.observation != look.observation
            if isNews || isOver || standing != .otherwise(standing.words) {
                events.append(try observer.record(look, cause: cause))
            }
            before = look
            if try isMet(condition, standing) {
                try progress.clear()
                return End(isMet: true, last: standing.words, events: events)
            }
            if isOver {
                try progress.clear()
                return End(isMet: false, last: standing.words, events: events)
            }
            let waited = (surroundings.clock() - start).milliseconds / 1000
            try progress.show("\(condition): \(standing.words), \(waited) s")
            let rest = start + timeout - surroundings.clock()
            surroundings.pause(min(pause, max(rest, .seconds(1))))
            pause = min(Span(milliseconds: pause.milliseconds * 3 / 2), Waiting.longest)
        }
    }

    private func isMet(_ condition: Condition, _ standing: Condition.Standing) throws -> Bool {
        if case .closed(let environment) = condition, standing == .met {
            // From when it is effective the rules decide.
            return try observer.evaluation().planner().isClosed(environment)
        }
        guard case .gone(let resource) = condition else { return standing == .met }
        guard standing == .absent else { return false }
        // How many lists it takes to prove it depends on what was done: the rules decide.
        let planner = try observer.evaluation().planner()
        return planner.verdict(of: resource).map { $0.verdict == .gone } ?? true
    }
}

extension Condition.Standing {
    /// The standing in words.
    var words: String {
        switch self {
        case .met: "so"
        case .absent: "not shown"
        case .otherwise(let how): how
        }
    }
}
