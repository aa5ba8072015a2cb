/// A picture on the terminal that is drawn again in place.
///
/// Three rules: what stood on the terminal comes back when the picture ends, however it ends; no
/// line is longer or further down than the terminal shows; nothing is erased before its successor
/// is at hand, so that the picture does not flicker.
struct Screen {
    private let sink: Sink

    /// The picture on standard output.
    init() { sink = Surroundings.current.output }

    /// Shows pictures while a body runs.
    ///
    /// - Throws: what the body throws, `SystemError`.
    func show(_ body: () throws -> Void) throws {
        Interruption.await()
        // The alternate screen, without a cursor.
        try sink.write(Array("\u{1B}[?1049h\u{1B}[?25l".utf8))
        let result = Result { try body() }
        try sink.write(Array("\u{1B}[?25h\u{1B}[?1049l".utf8))
        try sink.flush()
        try result.get()
        Interruption.finish()
    }

    /// Draws lines over the picture before; what does not fit is counted on the last row.
    ///
    /// - Throws: `SystemError`.
    func draw(_ lines: [String]) throws {
        let rows = max(2, sink.size?.rows ?? 24)
        var shown = lines
        if shown.count > rows {
            shown = Array(lines.prefix(rows - 1)) + ["… \(lines.count - rows + 1) more lines"]
        }
        let picture = shown.map { "\(fitted($0))\u{1B}[K" }.joined(separator: "\r\n")
        try sink.write(Array("\u{1B}[H\(picture)\u{1B}[J".utf8))
        try sink.flush()
    }

    /// A line as far as the terminal shows it; colours take no room.
    private func fitted(_ line: String) -> String {
        guard let columns = sink.columns else { return line }
        var plain = ""
        var isEscape = false
        for scalar in line.unicodeScalars {
            if scalar == "\u{1B}" { isEscape = true }
            if !isEscape { plain.unicodeScalars.append(scalar) }
            if scalar == "m" { isEscape = false }
        }
        if TextWidth.columns(plain) <= columns { return line }
        return TextWidth.fitted(plain, to: columns)
    }
}
