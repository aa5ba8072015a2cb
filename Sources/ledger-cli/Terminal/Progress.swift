/// One line on the terminal that says what a long command is at; nothing when nobody watches.
struct Progress {
    private let sink: Sink

    /// Progress on standard error.
    init() { sink = Surroundings.current.errors }

    /// Replaces the line.
    ///
    /// - Throws: `SystemError`.
    func show(_ text: String) throws {
        guard sink.isTerminal else { return }
        try sink.write(Array("\r\u{1B}[K\(text)".utf8))
        try sink.flush()
    }

    /// Removes the line.
    ///
    /// - Throws: `SystemError`.
    func clear() throws {
        guard sink.isTerminal else { return }
        try sink.write(Array("\r\u{1B}[K".utf8))
        try sink.flush()
    }
}
