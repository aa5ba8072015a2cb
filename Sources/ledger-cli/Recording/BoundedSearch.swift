import Dispatch
import Fleet
import Synchronization

/// Searches texts for patterns of the policy on threads beside, and waits for each only so long.
///
/// A search that has begun cannot be stopped: one that is late is left to itself, and while many are,
/// no other of a long text begins.
final class BoundedSearch: Sendable {
    /// How long a text is waited for, in seconds.
    static let limit = 2
    /// The searches of this process.
    static let shared = BoundedSearch()

    private static let lateLimit = 8

    private struct State {
        var idle: [Worker] = []
        var late = 0
    }
    private let state = Mutex(State())

    /// Where the matches are; nil when that was not found out in time.
    func ranges(of pattern: RedactionPattern, in text: [UInt8]) -> [Range<Int>]? {
        // Names are short, and are not given up because an output was.
        let isShort = text.count <= 1024
        let worker = state.withLock { state in
            isShort || state.late < BoundedSearch.lateLimit ? state.idle.popLast() ?? Worker() : nil
        }
        guard let worker else { return nil }
        guard let found = worker.ranges(of: pattern, in: text) else {
            state.withLock { $0.late += 1 }
            worker.whenDone { self.state.withLock { $0.late -= 1 } }
            return nil
        }
        state.withLock { $0.idle.append(worker) }
        return found
    }

    /// The search of a command, which says of what it was not done with.
    static func telling(_ errors: Sink) -> PatternSearch {
        PatternSearch { pattern, text in
            let found = shared.ranges(of: pattern, in: text)
            if found == nil {
                try? errors.line(
                    "ledger: warning: redaction pattern \"\(pattern.text)\" was not done with a text "
                        + "of \(text.count) bytes in \(limit)s; the text is not kept")
            }
            return found
        }
    }

    /// A thread that searches one text after the other.
    private final class Worker: Sendable {
        private let queue = DispatchQueue(label: "ledger.patterns")
        private let compiled = Mutex<[RedactionPattern: RedactionPattern.Compiled]>([:])
        private let answer = Mutex<[Range<Int>]>([])
        private let isDone = DispatchSemaphore(value: 0)

        func ranges(of pattern: RedactionPattern, in text: [UInt8]) -> [Range<Int>]? {
            queue.async {
                let found = self.compiled.withLock { known in
                    let compiled = known[pattern] ?? pattern.compiled
                    known[pattern] = compiled
                    return compiled.ranges(in: text)
                }
                self.answer.withLock { $0 = found }
                self.isDone.signal()
            }
            guard isDone.wait(timeout: .now() + .seconds(BoundedSearch.limit)) == .success else {
                return nil
            }
            return answer.withLock { $0 }
        }

        func whenDone(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }
    }
}
