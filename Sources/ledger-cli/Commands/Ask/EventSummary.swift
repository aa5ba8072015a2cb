import Fleet
import Ledger

/// One event in a few words.
enum EventSummary {
    /// What the type and the subject do not say already.
    static func text(of event: Event) -> String {
        let payload: EventPayload?
        do {
            payload = try EventPayload(type: event.type, data: event.data)
        } catch {
            return "cannot be read: \(error)"
        }
        switch payload {
        case nil: return "a type that this version does not know"
        case .action(let action, _, let report)?: return text(of: action, report)
        case .observation(let observation)?: return text(of: observation)
        case .decision(let decision)?: return text(of: decision)
        }
    }

    private static func text(of action: Action, _ report: ActionReport) -> String {
        var text: String
        if case .dnsSwitch(let change) = action {
            text = "to \(change.target)"
            if let ttl = change.ttl { text += ", ttl \(ttl)" }
            if let old = change.oldTTL { text += ", old ttl \(old)" }
        } else {
            text = Grammar.renderShell(action)
        }
        if let status = report.exitStatus, status != 0 { text += "  exit \(status)" }
        if let detail = report.detail, !["echo", "silence"].contains(detail) {
            text += "  (\(detail))"
        }
        if report.isOverride { text += "  (overridden)" }
        return text
    }

    private static func text(of observation: Observation) -> String {
        switch observation {
        case .environment(let seen): return text(of: seen)
        case .environments(let list):
            return listing(list) { "\($0.environment) \($0.status)" }
        case .snapshots(let kind, let list):
            return "\(kind.rawValue) snapshots: " + listing(list) { "\($0.snapshot) \($0.status)" }
        case .releases(let list): return listing(list) { "\($0.release) \($0.status)" }
        case .defaultEnvironment(let name): return name ?? "not shown"
        case .sqlScripts(let list): return listing(list) { $0 }
        case .dns(let answer):
            if answer.isFailed { return "no answer" }
            return "at \(answer.target ?? answer.addresses.first ?? "?")"
                + (answer.ttl.map { ", ttl \($0)" } ?? "") + (answer.isCached ? " or more" : "")
        case .file(let file):
            var text =
                "\(file.role.rawValue), \(file.bytes) bytes, sha256 \(file.sha256.prefix(12))"
            if let trailer = file.hasTrailer {
                text += trailer ? ", complete" : ", without completion trailer"
            }
            if file.hasCarriageReturns == true { text += ", carriage returns" }
            return text
        }
    }

    private static func text(of seen: EnvironmentDescription) -> String {
        var parts: [String] = []
        if let status = seen.status { parts.append(status) }
        if let loads = seen.releases {
            parts.append(
                loads.first { $0.status == "ACTIVE" }.map { "release \($0.release)" }
                    ?? "no active release")
        }
        let switches = [
            ("maintenance", seen.maintenance), ("protected", seen.protected), ("nfs", seen.nfs),
            ("solr", seen.solr),
        ]
        parts += switches.compactMap { name, state in state.map { "\(name) \($0.rawValue)" } }
        return parts.joined(separator: ", ")
    }

    private static func listing<Row>(
        _ list: Listing<Row>, _ name: (Row) -> String
    ) -> String {
        let shown = list.rows.prefix(4).map(name)
        let more = list.rows.count - shown.count
        return (shown + (more > 0 ? ["and \(more) more"] : [])).joined(separator: ", ")
            + (list.rows.isEmpty ? "none" : "") + (list.isComplete ? "" : " (incomplete)")
    }

    private static func text(of decision: Decision) -> String {
        switch decision {
        case .migrationOpened(let roles):
            return "\(roles.source) to \(roles.destination), \(roles.method.rawValue)"
                + (roles.temporary.map { " via \($0)" } ?? "")
                + roles.hostnames.map { " \($0)" }.joined()
        case .migrationClosed(let abandoned): return abandoned ? "abandoned" : ""
        case .gapAcknowledged(let gap): return gap.rawValue
        case .holdPlaced(_, let until): return until.map { "until \($0.short)" } ?? ""
        case .policySet(let key, let value): return "\(key) = \(value)"
        case .planIssued(let issue): return "\(issue.plan) of \(issue.size) events"
        case .planFinished(_, let completed): return completed ? "completed" : "stopped"
        case .attachmentErased(_, let name): return name
        case .keyAdded(let vkey), .keyRetired(let vkey): return vkey
        case .ledgerCreated(let origin): return origin
        case .noteAdded(let note):
            return (note.command ?? "")
                + (note.exitStatus.map { $0 == 0 ? "" : "  exit \($0)" } ?? "")
        case .testPassed, .testFailed, .go, .noGo, .lossAccepted, .writesReconciled, .holdReleased,
            .planApproved, .eventVoided:
            return ""
        }
    }
}
