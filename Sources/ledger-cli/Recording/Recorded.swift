import Ledger
import Synchronization

/// Remembers what a command recorded, so that it can be told when its answer cannot.
final class Recorded: Sendable {
    private let told = Mutex<[String]>([])

    /// Nothing is recorded.
    init() {}

    /// Events of a type are recorded; those that were there before are not meant.
    func note(_ appended: [Appended], as type: EventType) {
        for place in appended where place.isNew {
            let words = Voiding.command(place.sequence).joined(separator: " ")
            add(
                "event \(place.sequence) is recorded all the same"
                    + (Voiding.isVoidable(type) ? "; to take it back: \(words) --reason …" : ""))
        }
    }

    /// The events of an import are recorded.
    func note(from first: SequenceNumber, to last: SequenceNumber) {
        let subject = first == last ? "event \(first) is" : "events \(first) to \(last) are"
        add("\(subject) recorded all the same; to import the same again adds nothing")
    }

    private func add(_ text: String) { told.withLock { $0.append(text) } }

    /// What is recorded all the same, in words.
    var hints: [String] { told.withLock { $0 } }
}
