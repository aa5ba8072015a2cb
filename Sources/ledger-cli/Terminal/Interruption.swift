import Synchronization

/// A person's wish to stop: for commands that must put the terminal in order before they end.
enum Interruption {
    private static let signal = Atomic<Int32>(0)

    /// From here on a signal only leaves a mark, and ends whatever wait is going on.
    static func await() {
        // The mark is made before a handler can touch it: nothing may be initialised inside one.
        signal.store(0, ordering: .relaxed)
        OperatingSystem.handleEndings { Interruption.signal.store($0, ordering: .relaxed) }
    }

    /// True when a signal came.
    static var isPending: Bool { signal.load(ordering: .relaxed) != 0 }

    /// Ends the process by the signal that came, as if it had never been caught: a shell that runs
    /// a script must see that its command was interrupted, or it would go on with the next one.
    static func finish() {
        let number = signal.load(ordering: .relaxed)
        if number != 0 { OperatingSystem.end(bySignal: number) }
    }
}
