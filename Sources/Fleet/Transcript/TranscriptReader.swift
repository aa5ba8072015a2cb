import Ledger

/// Takes the lines of a transcript one by one: keeps the clock and the actor, and hands every
/// command over when its output has ended.
struct TranscriptReader {
    private let file: String
    private var actor: Actor
    private var clock: Timestamp?
    private var drafter: TranscriptDrafter
    private var pending: TranscriptCommand?
    /// The place of the pending command's line in `reading.lines`.
    private var pendingLine = 0
    /// Blank lines count as output only when output follows them.
    private var blanks = 0
    private var reading = TranscriptReading()
    private let keepsLines: Bool

    init(file: String, actor: Actor, drafter: TranscriptDrafter, keepsLines: Bool = true) {
        self.file = file
        self.actor = actor
        self.drafter = drafter
        self.keepsLines = keepsLines
    }

    /// Hands over the events so far and forgets them.
    mutating func takeDrafts() -> [EventDraft] {
        defer { reading.drafts.removeAll(keepingCapacity: true) }
        return reading.drafts
    }

    /// Takes the next line.
    mutating func take(_ line: TranscriptLines.Line) throws(TranscriptError) {
        let text = line.text
        if text.hasPrefix("$ ") || text == "$" {
            try start(line)
        } else if text.hasPrefix("# ") {
            note(line, try directive(line))
        } else if text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
            note(line, .blank)
            blanks += 1
        } else {
            note(line, .output)
            try output(line)
        }
    }

    /// Hands the last command over.
    ///
    /// - Throws: `TranscriptError.nothingToImport` when there was none.
    mutating func finish() throws(TranscriptError) -> TranscriptReading {
        guard pending != nil else { throw .nothingToImport(file: file) }
        try flush()
        return reading
    }

    private mutating func note(_ line: TranscriptLines.Line, _ meaning: TranscriptLine.Meaning) {
        guard keepsLines else { return }
        reading.lines.append(TranscriptLine(number: line.number, meaning: meaning))
    }

    private func place(_ line: TranscriptLines.Line, _ column: Int) -> TranscriptPlace {
        TranscriptPlace(file: file, line: line.number, column: column)
    }

    private func place(_ line: TranscriptLines.Line, _ index: String.Index) -> TranscriptPlace {
        place(line, line.text[..<index].count + 1)
    }

    private mutating func start(_ line: TranscriptLines.Line) throws(TranscriptError) {
        try flush()
        guard let clock else { throw .timeMissing(place(line, 1)) }
        let typed = line.text.dropFirst(2).drop { $0 == " " || $0 == "\t" }
        let place = place(line, typed.startIndex)
        guard !typed.isEmpty else {
            throw .wrapped(place, found: "$", hint: "expected a command after it")
        }
        let text = String(typed)
        let kind = try drafter.understand(text, at: place)
        pending = TranscriptCommand(
            text: text.trimmed, kind: kind, place: place, time: clock, actor: actor)
        pendingLine = reading.lines.count
        blanks = 0
        note(line, .command([], drafts: 0..<0))
    }

    private mutating func flush() throws(TranscriptError) {
        guard let command = pending else { return }
        pending = nil
        let drafts = try drafter.drafts(of: command)
        let first = reading.drafts.count
        reading.drafts += drafts
        guard keepsLines else { return }
        reading.lines[pendingLine].meaning = .command(
            drafts.map(\.type), drafts: first..<reading.drafts.count)
    }

    private mutating func output(_ line: TranscriptLines.Line) throws(TranscriptError) {
        guard pending != nil else {
            throw .strayOutput(place(line, 1), expected: "\"$ COMMAND\" or \"# DIRECTIVE\"")
        }
        guard pending?.isClosed == false else {
            throw .strayOutput(
                place(line, 1),
                expected: "\"$ COMMAND\" or \"# DIRECTIVE\": directives come after all output")
        }
        if pending?.saidNoOutput == true {
            throw .strayOutput(place(line, 1), expected: "nothing after \"# no output\"")
        }
        if blanks > 0 { pending?.output += String(repeating: "\n", count: blanks) }
        pending?.output += TranscriptReader.unescaped(line.text)
        pending?.output += "\n"
        pending?.lacksLineEnd = !line.isTerminated
        blanks = 0
    }

    /// The output line without the backslash that keeps it from being a directive or a command.
    private static func unescaped(_ text: String) -> String {
        guard text.utf8.first == UInt8(ascii: "\\") else { return text }
        let rest = text.utf8.drop { $0 == UInt8(ascii: "\\") }
        let isEscape = rest.starts(with: "# ".utf8) || rest.starts(with: "$ ".utf8)
        return isEscape ? String(text.dropFirst()) : text
    }

    private mutating func directive(
        _ line: TranscriptLines.Line
    ) throws(TranscriptError) -> TranscriptLine.Meaning {
        let text = line.text.utf8.dropFirst(2).drop { $0 == 0x20 }
        if text.starts(with: "--".utf8) { return .comment }
        let words = text.drop(while: TranscriptReader.isSpace)
        let nameEnd = words.firstIndex(where: TranscriptReader.isSpace) ?? words.endIndex
        let name = String(Substring(words[..<nameEnd]))
        let rest = words[nameEnd...].drop(while: TranscriptReader.isSpace)
        let valueStart = rest.startIndex
        let value = String(Substring(rest)).trimmed
        func wrong(_ expected: String, _ found: String? = nil) -> TranscriptError {
            .directive(place(line, valueStart), found: found ?? value, expected: expected)
        }
        switch name {
        case "at":
            guard let time = Timestamp(value) else {
                throw wrong("a time such as 2017-05-01T10:00:00Z")
            }
            if let clock, time < clock {
                throw .timeGoesBack(
                    place(line, valueStart), from: clock.short, to: time.short)
            }
            return advance(to: time)
        case "actor":
            guard !value.isEmpty else { throw wrong("a name") }
            actor = Actor(id: value, type: "user")
            pending?.isClosed = true
            return .actor(value)
        case "exit":
            guard value.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let status = Int(value),
                0...255 ~= status
            else { throw wrong("an exit status from 0 to 255") }
            guard pending != nil else { throw wrong("a command above", "exit \(value)") }
            guard pending?.exitStatus == nil else {
                throw wrong("one exit status a command", "exit \(value)")
            }
            pending?.exitStatus = status
        case "timeout" where value.isEmpty:
            guard pending != nil else { throw wrong("a command above", name) }
            pending?.timedOut = true
        case "no" where value == "output":
            guard pending != nil else { throw wrong("a command above", "no output") }
            guard pending?.output.isEmpty == true else {
                throw wrong("no output above", "no output")
            }
            pending?.saidNoOutput = true
        case "platform":
            guard value == "fleet" else { throw wrong("the platform \"fleet\"") }
        case _ where name.hasPrefix("+") && value.isEmpty:
            guard let span = TranscriptReader.span(name) else {
                throw .directive(
                    place(line, text.startIndex), found: name,
                    expected: "a span such as +90s, +5m or +2h")
            }
            guard let clock else { throw .timeMissing(place(line, text.startIndex)) }
            let time = clock + span
            // A sum beyond the last instant stays at it.
            guard time - clock == span else {
                throw .directive(
                    place(line, text.startIndex), found: name,
                    expected: "a span within the year 9999")
            }
            return advance(to: time)
        default:
            throw .directive(
                place(line, text.startIndex), found: String(Substring(text)),
                expected: "at TIME, +SPAN, actor NAME, exit N, timeout, no output, platform fleet "
                    + "or -- COMMENT (output that starts with \"# \" is written \"\\# \")")
        }
        pending?.isClosed = true
        return .directive(String(Substring(text)).trimmed)
    }

    private mutating func advance(to time: Timestamp) -> TranscriptLine.Meaning {
        clock = time
        pending?.isClosed = true
        return .time(time)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }

    /// `+90s`, `+5m`, `+2h`.
    private static func span(_ text: String) -> Span? {
        let digits = text.utf8.dropFirst().dropLast()
        guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ 0x30...0x39 ~= $0 }),
            let count = Int(Substring(digits))
        else { return nil }
        switch text.utf8.last {
        case UInt8(ascii: "s"): return .seconds(count)
        case UInt8(ascii: "m"): return .minutes(count)
        case UInt8(ascii: "h"): return .hours(count)
        default: return nil
        }
    }
}
