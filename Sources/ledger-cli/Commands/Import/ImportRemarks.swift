import Ledger

/// What of an import may be a mistake although nothing is wrong with it, times that lie after the
/// clock and types that this version does not know, and what of it found no room.
struct ImportRemarks {
    /// An event after the clock.
    private struct Early {
        let place: String
        let time: Timestamp
    }

    private let clock: Timestamp
    private var early: (count: Int, first: Early, newest: Timestamp)?
    private var shortages: [String] = []
    private var notes: [String] = []
    private var strangers: [(type: String, place: String)] = []

    /// No remarks yet, at a present.
    init(clock: Timestamp) { self.clock = clock }

    /// Takes note of an event, and of the line that it stands on where each line is one.
    mutating func see(_ draft: EventDraft, line: @autoclosure () -> String? = nil) {
        if case .other(let type) = draft.type, !strangers.contains(where: { $0.type == type }) {
            strangers.append((type, line() ?? "an event"))
        }
        if draft.type == .decision(.noteAdded), draft.data["outcome"]?.string == "accepted",
            let command = draft.data["command"]?.string,
            command.hasPrefix("ledger-cli record file ")
        {
            notes.append(command)
        }
        if let shortage = Shortage(draft) {
            shortages.append("\(line().map { "\($0): " } ?? "")\(shortage)")
        }
        guard clock < draft.time else { return }
        let place = "\(line().map { "\($0): " } ?? "")\(draft.type) \(draft.subject)"
        let before = early ?? (0, Early(place: place, time: draft.time), draft.time)
        early = (before.count + 1, before.first, max(before.newest, draft.time))
    }

    /// The remarks, each with the way back.
    var lines: [String] {
        var lines = shortages
        for command in notes {
            lines.append(
                "\(Table.printable(command)): the file is not at hand here, so that this is kept as a "
                    + "note and is no evidence")
        }
        if let early {
            // A year that is mistyped makes everything else look old.
            let span =
                early.newest == early.first.time ? "" : ", the last at \(early.newest.short)"
            lines.append(
                "\(early.count) \(early.count == 1 ? "event lies" : "events lie") in the future, the "
                    + "first at \(early.first.time.short) (\(Table.printable(early.first.place)))\(span); "
                    + "the clock says \(clock.short)")
            lines.append(
                "all is told as of then while it counts; when the time is wrong: "
                    + "ledger-cli history --since \(clock.short), "
                    + "then ledger-cli record void SEQ --reason …")
        }
        for stranger in strangers {
            let type = Table.printable(stranger.type)
            lines.append(
                "\(Table.printable(stranger.place)): type \"\(type)\" is not known to this version, "
                    + "which plans nothing while it counts; when it is a mistake: "
                    + "ledger-cli history --type \(type), then ledger-cli record void SEQ --reason …"
            )
        }
        return lines
    }
}
