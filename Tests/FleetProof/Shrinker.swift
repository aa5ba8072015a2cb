import FleetModel
import Ledger

/// Plays moves and leaves out those that a broken promise does not need.
package struct Shrinker {
    /// In how many of a hundred cases a command fails.
    package var failures: Int

    package init(failures: Int) { self.failures = failures }

    package func played(_ moves: [Move]) throws -> History {
        var history = History()
        history.failures = failures
        for move in moves { try history.play(move) }
        return history
    }

    /// The fewest moves found whose history still breaks the same promise.
    package func shrink(_ moves: [Move], _ kind: String) throws -> [Move] {
        func fails(_ moves: [Move]) throws -> Bool {
            try Proof(played(moves)).violations.contains(kind)
        }
        var small = moves
        while !small.isEmpty, try !fails(small) { small.removeLast() }
        var size = small.count / 2
        while size >= 1 {
            var start = 0
            while start < small.count {
                var candidate = small
                candidate.removeSubrange(start..<min(start + size, small.count))
                if try fails(candidate) { small = candidate } else { start += size }
            }
            size /= 2
        }
        return small
    }

    /// What broke, by which seed, and the shortest history that shows it.
    package func report(_ moves: [Move], _ kind: String, _ seed: UInt64) throws -> String {
        let history = try played(shrink(moves, kind))
        return
            "seed \(seed): \(kind)\n\(history.lines)\nnow \(Platform.time(history.platform.now).short)"
    }
}
