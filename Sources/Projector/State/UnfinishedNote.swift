public import Ledger

/// A command without an action of its own that was started and of which nothing says how it ended.
public struct UnfinishedNote: Sendable, Hashable, Timed {
    /// The command as it is kept.
    public var command: String
    /// When it was started.
    public var started: Moment
    /// Who started it.
    public var actor: Actor

    init(_ event: Occurrence, _ note: Note) {
        command = note.command ?? ""
        started = Moment(event)
        actor = event.author.actor
    }

    /// Its place in a history: when it was started.
    public var moment: Moment { started }
}

extension State {
    /// Follows a note about a command: a start stays until its outcome is noted.
    mutating func add(_ event: Occurrence, _ note: Note) {
        guard let outcome = note.outcome else { return }
        if outcome == .started {
            unfinishedNotes[event.id] = UnfinishedNote(event, note)
        } else if let start = settledStart(of: event, note) {
            unfinishedNotes[start] = nil
        }
    }

    /// The start that an outcome belongs to: the one it names, or, for one that someone reported
    /// afterwards, the newest of the same words.
    private func settledStart(of event: Occurrence, _ note: Note) -> EventID? {
        if let cause = event.cause, unfinishedNotes[cause] != nil { return cause }
        guard event.basis != .executed else { return nil }
        return
            unfinishedNotes
            .filter { $0.value.command == note.command && $0.value.started.time <= event.time }
            .max { $0.value.started < $1.value.started }?.key
    }
}
