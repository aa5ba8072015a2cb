import Ledger

/// A program to be run, and what is done with its streams.
struct Program: Sendable {
    /// Where its input comes from.
    enum Input: Sendable {
        /// Our own input, untouched.
        case inherited
        /// Nothing.
        case empty
        /// A descriptor that is handed to it, such as an open file.
        case handed(Int32)
        /// A descriptor whose bytes are looked at as they pass; ours is 0.
        case relayed(Int32)
        /// The answer to what it asks: each time it has printed something, what both streams showed so
        /// far, bounded, gives the line to type, once; an empty one is not typed, and its input
        /// ends. Until then its input stays open.
        case answers(@Sendable (_ output: String, _ errors: String) -> String?)
    }

    /// The words of the command; the first one names the program.
    var words: [String]
    /// Where the program is.
    var path: String
    /// Where it starts; nil for here.
    var directory: String?
    /// Where its input comes from.
    var input: Input = .inherited
    /// Where its output goes.
    var output: StreamTarget = .descriptor(1)
    /// Where its errors go.
    var errors: StreamTarget = .descriptor(2)
    /// False for output that must not be kept, such as a dump.
    var keepsOutput = true
    /// The file that is emptied right before it starts; negative for none.
    var emptied: Int32 = -1
    /// True when terminals among our streams stay terminals for the program.
    var staysTerminal = true
    /// After how many milliseconds it is ended.
    var limit: Int?

    /// A program found as a shell would find it.
    ///
    /// - Throws: `ProgramError` when there is none, or none that may be executed.
    init(_ words: [String]) throws(ProgramError) {
        let surroundings = Surroundings.current
        self.words = words
        directory = surroundings.directory
        path = try OperatingSystem.locate(
            words.first ?? "", searching: surroundings.environment("PATH"),
            in: surroundings.directory)
        output = surroundings.output.target
        errors = surroundings.errors.target
    }
}

extension Sink {
    /// The stream as the target of a program's.
    var target: StreamTarget { ownDescriptor.map { .descriptor($0) } ?? .sink(self) }
}
