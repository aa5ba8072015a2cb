/// Colour for people: only on a terminal, never without `NO_COLOR` being honoured, and never the
/// sole carrier of a meaning.
struct Style: Sendable {
    /// True when escapes are written.
    let isColoured: Bool

    /// The style of a stream (no-color.org: any non-empty `NO_COLOR` turns colour off).
    init(_ sink: Sink, environment: (String) -> String?) {
        let refuses = environment("NO_COLOR").map { !$0.isEmpty } ?? false
        isColoured = sink.isTerminal && !refuses && environment("TERM") != "dumb"
    }

    /// The style of standard output.
    static var output: Style {
        let surroundings = Surroundings.current
        return Style(surroundings.output, environment: surroundings.environment)
    }

    func bold(_ text: String) -> String { wrap(text, "1") }
    func red(_ text: String) -> String { wrap(text, "31") }
    func green(_ text: String) -> String { wrap(text, "32") }
    func yellow(_ text: String) -> String { wrap(text, "33") }
    func dim(_ text: String) -> String { wrap(text, "2") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
