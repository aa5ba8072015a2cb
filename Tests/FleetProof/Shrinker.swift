import FleetModel
import Ledger

/// Leaves out of a history what a broken promise does not need.
package struct Shrinker {
    /// How the history is set up.
    package var setup: History.Setup
    /// True when the history claims to be careful.
    package var isCareful = false

    package init(_ setup: History.Setup, isCareful: Bool = false) {
        self.setup = setup
        self.isCareful = isCareful
    }

    package func played(_ moves: [Move]) throws -> History {
        var history = History(setup)
        for move in moves { try history.play(move) }
        return history
    }

    private func fails(_ moves: [Move], _ what: String) throws -> Bool {
        try Proof(played(moves), isCareful: isCareful).violations.contains(what)
    }

    /// The fewest moves found whose history still breaks the same promise; empty when the history
    /// breaks it nowhere.
    package func shrink(_ moves: [Move], _ what: String) throws -> [Move] {
        var small = moves
        while !small.isEmpty, try !fails(small, what) { small.removeLast() }
        var size = small.count / 2
        while size >= 1 {
            var start = 0
            while start < small.count {
                var candidate = small
                candidate.removeSubrange(start..<min(start + size, small.count))
                if try fails(candidate, what) { small = candidate } else { start += size }
            }
            size /= 2
        }
        return small
    }

    /// What broke, and the shortest history found that shows it, as a transcript.
    package func report(_ moves: [Move], _ what: String) throws -> String {
        // A transcript tells no start apart from its outcome: better a history without such a pair.
        var shrinker = self
        shrinker.setup.isPlain = true
        if try !shrinker.fails(moves, what) { shrinker = self }
        var small = try shrinker.shrink(moves, what)
        if small.isEmpty { small = moves }
        let history = try shrinker.played(small)
        return TranscriptWriter(history).text + "# -- \(what)\n"
    }
}
