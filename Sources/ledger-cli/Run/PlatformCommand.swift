import Fleet
import Ledger

/// A command line that is to be run, understood as far as it is the platform's.
struct PlatformCommand {
    /// What kind of command it is.
    enum Kind: Equatable {
        /// It changes something on the platform.
        case action(Action, remarks: [String])
        /// It looks at the platform.
        case read(ReadCommand)
        /// It is the platform's and has no action of its own.
        case other
        /// It is not the platform's.
        case foreign
    }

    /// The words as given.
    let words: [String]
    /// What it is.
    let kind: Kind
    /// The file that it is fed.
    let input: String?
    /// The file that its output goes to.
    let output: String?

    /// A command of some words.
    ///
    /// - Parameters:
    ///   - words: the program and its arguments.
    ///   - input: the file of `--input`.
    ///   - output: the file of `--output`.
    ///   - inputIsTerminal: what our own input is, for `database connect`.
    /// - Throws: `GrammarError` for a command of the platform that is not understood.
    init(
        _ words: [String], input: String? = nil, output: String? = nil,
        inputIsTerminal: Bool = true
    ) throws(GrammarError) {
        self.words = words
        self.input = input
        self.output = output
        guard words.first.map(PlatformCommand.isPlatform) == true else {
            kind = .foreign
            return
        }
        switch try Grammar.parse(
            Array(words.dropFirst()), input: input, output: output,
            inputIsTerminal: inputIsTerminal)
        {
        case .action(let action, let remarks): kind = .action(action, remarks: remarks)
        case .read(let read): kind = .read(read)
        case .other: kind = .other
        }
    }

    /// True when a word names the platform's program, wherever that is.
    static func isPlatform(_ program: String) -> Bool {
        program.split(separator: "/").last == "fleet"
    }

    /// The action, when it is one.
    var action: Action? {
        guard case .action(let action, _) = kind else { return nil }
        return action
    }

    /// The command as a shell would be told it, secrets taken out.
    func shown(_ filter: SecretFilter) -> String {
        let files =
            (input.map { " < " + Shell.quote([$0]) } ?? "")
            + (output.map { " > " + Shell.quote([$0]) } ?? "")
        return Excerpt.line(Shell.quote(filter.redact(arguments: words)) + filter.redact(files))
    }
}
