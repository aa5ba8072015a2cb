import Fleet
import Ledger

/// How a program ended, and what passed through its streams.
struct ProgramResult {
    /// How it ended.
    enum End: Equatable, Sendable {
        /// With an exit status.
        case exited(Int32)
        /// By a signal.
        case killed(Int32)
        /// It was never executed: the value of `errno`.
        case notStarted(Int32)
        /// Nobody knows.
        case lost
    }

    /// How it ended.
    var end: End
    /// True when it was ended because it took too long.
    var isTimedOut = false
    /// What it asked, when that was not understood, so that nothing was typed.
    var unanswered: String?
    /// The signal by which somebody wanted this process to end while it ran.
    var interruption: Int32?
    /// When it ended.
    var time: Timestamp
    /// Its output; on a terminal its errors too.
    var output = Capture()
    /// Its errors, unless they went to the same terminal as its output.
    var errors = Capture()
    /// What it was fed, when that was looked at.
    var input: Capture?
    /// True when all there was to feed was taken.
    var isInputWhole = true
    /// True when what it was to be fed could not be read to its end.
    var hasInputFailed = false

    /// True when where its output goes took not all of it.
    var isOutputRefused = false
    /// Why some of what it printed is lost, such as that the disk is full: the value of `errno`; nil
    /// also when only nobody reads any more.
    var loss: Int32?

    /// What a shell would say: the exit status, 128 and the signal, 126 or 127.
    var status: Int32 {
        switch end {
        case .exited(let status): status
        case .killed(let signal): 128 + signal
        case .notStarted(let code): code == OperatingSystem.noSuchFile ? 127 : 126
        case .lost: 255
        }
    }

    /// What was printed, errors last; for telling what came of a command.
    var printed: String {
        let text = output.text
        guard errors.count > 0 else { return text }
        return text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + errors.text
    }

    /// True when nothing passed at all.
    var isSilent: Bool { output.count == 0 && errors.count == 0 && input == nil }

    /// What a read command showed.
    ///
    /// Of a list too long to be kept what is shown counts, what is absent does not; and a command
    /// that a signal ended has no status of its own.
    func observation(of read: ReadCommand) -> Observation {
        var status: Int? = Int(self.status)
        if case .lost = end { status = nil }
        if case .killed = end { status = nil }
        if output.isCut { status = nil }
        return Listings.observation(
            read, output: output.text, exitStatus: status, timedOut: isTimedOut,
            saidNoOutput: status == 0 && printed.isEmpty)
    }

    /// Length and SHA-256 of every stream, for the attachment `capture`.
    var summary: JSONObject {
        func described(_ capture: Capture) -> JSONObject {
            let evidence = capture.evidence(path: "", role: .other)
            return ["bytes": .integer(evidence.bytes), "sha256": .string(evidence.sha256)]
        }
        var fed = input.map(described)
        fed?["whole"] = .bool(isInputWhole)
        var signal: Int32?
        if case .killed(let number) = end { signal = number }
        return JSONObject([
            ("stdout", .object(described(output))), ("stderr", .object(described(errors))),
            ("stdin", fed.map { .object($0) }), ("signal", signal.map { .integer(Int($0)) }),
            ("timedOut", isTimedOut ? true : nil),
        ])
    }

    /// What is written down of its streams, secrets taken out.
    func attachments(_ filter: SecretFilter) -> [String: AttachmentContent] {
        var attachments: [String: AttachmentContent] = [:]
        let output = output.excerpt(filter)
        let errors = errors.excerpt(filter)
        if !output.isEmpty { attachments["output"] = AttachmentContent(bytes: output) }
        if !errors.isEmpty { attachments["errors"] = AttachmentContent(bytes: errors) }
        if let bytes = try? CanonicalJSON.encode(summary), !isSilent {
            attachments["capture"] = AttachmentContent(
                bytes: bytes, mediaType: "application/json")
        }
        return attachments
    }
}
