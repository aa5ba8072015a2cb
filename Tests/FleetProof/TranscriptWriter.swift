import Fleet
import FleetModel
import Ledger

/// Writes a history down as a transcript that `ledger-cli import` reads back.
package struct TranscriptWriter {
    private let history: History

    package init(_ history: History) { self.history = history }

    /// The transcript; what no transcript can say stands in comments.
    package var text: String {
        var lines = ["# platform fleet"]
        var clock: Timestamp?
        var ended: Set<EventID> = []
        for event in history.events { if let cause = event.cause { ended.insert(cause) } }
        for event in history.events.sorted(by: { ($0.time, $0.sequence) < ($1.time, $1.sequence) })
        {
            guard let payload = try? EventPayload(type: event.type, data: event.data) else {
                continue
            }
            if clock != event.time { lines.append("# at \(event.time.short)") }
            clock = event.time
            switch payload {
            case .action(let action, let outcome, _):
                lines += self.lines(action, outcome, isEnded: ended.contains(event.id))
            case .observation(let observation): lines += ListingWriter.lines(observation)
            case .decision(let decision): lines += self.lines(decision, event.migration)
            }
        }
        lines.append("# -- now \(Platform.time(history.platform.now).short)")
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(_ action: Action, _ outcome: Outcome, isEnded: Bool) -> [String] {
        if case .dnsSwitch = action {
            let said = outcome == .accepted ? "" : " --outcome \(outcome.rawValue)"
            return ["$ " + Shell.quote(Grammar.render(action)) + said]
        }
        let command = "$ " + Grammar.renderShell(action)
        switch outcome {
        case .started:
            return isEnded ? ["# -- started: \(command.dropFirst(2))"] : [command, "# timeout"]
        case .accepted: return [command] + (Echo.expected(action).map { [$0] } ?? [])
        case .refused: return [command, "The request was refused", "# exit 1"]
        case .unknown: return [command, "# exit 255"]
        }
    }

    private func lines(_ decision: Decision, _ migration: String?) -> [String] {
        let named = migration.map { " --migration \($0)" } ?? ""
        func record(_ words: String) -> [String] { ["$ ledger-cli record \(words)"] }
        switch decision {
        case .migrationOpened(let roles):
            var words = [
                "ledger-cli", "migration", "open", roles.migration, "--from", roles.source, "--to",
                roles.destination, "--method", roles.method.rawValue,
            ]
            if let temporary = roles.temporary { words += ["--temp", temporary] }
            words += roles.hostnames.flatMap { ["--hostname", $0] }
            return ["$ " + Shell.quote(words)]
        case .migrationClosed(let abandoned):
            return [
                "$ ledger-cli migration close \(migration ?? "")"
                    + (abandoned ? " --abandoned" : "")
            ]
        case .testPassed(let name): return record("test \(name) passed\(named)")
        case .testFailed(let name): return record("test \(name) failed\(named)")
        case .go: return record("decision go\(named)")
        case .noGo: return record("decision no-go\(named)")
        case .lossAccepted: return record("accept-loss\(named)")
        case .writesReconciled: return record("reconciled\(named)")
        case .gapAcknowledged(let gap): return record("acknowledge \(gap.rawValue)\(named)")
        case .holdPlaced(let resource, let until):
            return record(
                "hold \(resource) --reason held" + (until.map { " --until \($0.short)" } ?? ""))
        case .holdReleased(let resource): return record("release-hold \(resource)")
        case .policySet(let key, let value):
            return ["# -- before the import: ledger-cli policy set \(key) \(value)"]
        case .eventVoided(let sequence):
            return ["# -- after the import: ledger-cli record void \(sequence) --reason wrong"]
        default: return []
        }
    }
}
