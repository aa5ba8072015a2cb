public import Ledger

/// Whether a command may be started now.
///
/// Only what destroys, or takes the last guard off what could be destroyed, is asked about; a plan
/// that does not exist cannot admit anything, so what no rule judges is refused.
public enum Admission: Sendable, Hashable {
    /// It destroys nothing.
    case harmless
    /// Every rule for the resource holds, or it is the due step of a way back.
    case admitted(Resource)
    /// It must not be started: the verdict in a word, and everything that speaks against it.
    case refused(Resource?, verdict: String, [Obstacle])
}

extension Admission {
    /// The same with one more thing in the way of whatever is not harmless.
    public func refused(_ resource: Resource?, _ obstacle: Obstacle) -> Admission {
        switch self {
        case .harmless: self
        case .admitted(let resource): .refused(resource, verdict: "unknown", [obstacle])
        case .refused(let known, let verdict, let obstacles):
            .refused(known ?? resource, verdict: verdict, obstacles + [obstacle])
        }
    }
}

/// Something that stands in the way of a command, and what would remove it.
public struct Obstacle: Sendable, Hashable {
    /// What stands in the way.
    public var message: String
    /// The events behind it.
    public var evidence: [SequenceNumber]
    /// What would remove it.
    public var unblock: String

    /// An obstacle.
    public init(_ message: String, _ evidence: [SequenceNumber] = [], unblock: String) {
        self.message = message
        self.evidence = evidence
        self.unblock = unblock
    }
}

extension Planner {
    /// Whether an action may be started now.
    public func admission(of action: Action) -> Admission {
        let kept = "logs are evidence, and no plan ever deletes them"
        switch action {
        case .logDelete, .envUnload(_, _, deleteLogs: true),
            .envDestroy(_, deleteLogs: true, _):
            return .refused(
                action.subject, verdict: "blocked",
                [Obstacle(kept, unblock: "leave the logs where they are")])
        case .envDestroy(let name, _, _), .envProtected(let name, .off):
            return judged(.environment(name), action)
        case .snapshotDestroy(let name, let kind):
            return judged(.snapshot(kind ?? .database, name), action)
        case .releaseDestroy(let release): return judged(.release(release), action)
        case .envDeactivate(let name): return unserving(name, nil, action)
        case .envUnload(let name, let release, _): return unserving(name, release, action)
        default: return .harmless
        }
    }

    /// Whether the release that serves may be taken off an environment: a named one, or whichever it
    /// is.
    private func unserving(_ name: String, _ release: String?, _ action: Action) -> Admission {
        guard let environment = world.newest(name), !world.existence(environment).isGone else {
            return judged(.environment(name), action)
        }
        switch world.activeRelease(environment) {
        case .known(nil, _): return .harmless
        case .known(let active?, _) where release.map({ $0 != active }) ?? false: return .harmless
        case .known(let active?, let evidence):
            return judged(
                .environment(name), action,
                [
                    Obstacle(
                        "\(active) is active on \(name)", Array(evidence),
                        unblock: "activate another release first")
                ])
        case .unknown(let why, let evidence, _):
            return judged(
                .environment(name), action,
                [
                    Obstacle(
                        "\(release ?? "a release") may be active on \(name): \(why)",
                        Array(evidence), unblock: "ledger-cli observe \(name)")
                ])
        }
    }

    private func judged(
        _ resource: Resource, _ action: Action, _ obstacles: [Obstacle] = []
    ) -> Admission {
        if untimely.isEmpty, isDueOnTheWayBack(action) { return .admitted(resource) }
        guard let found = try? check(resource) else {
            return .refused(
                resource, verdict: "unknown",
                obstacles + [
                    Obstacle(
                        "the ledger knows no \(resource)",
                        unblock: "ledger-cli observe, then ask again")
                ])
        }
        if found.verdict == .safe, found.waitsFor.isEmpty { return .admitted(resource) }
        var against = obstacles
        against += found.reasons.map { reason in
            Obstacle(
                "\(reason.rule.rawValue): \(reason.message)", reason.evidence,
                unblock: reason.unblock)
        }
        if against.isEmpty {
            against = [
                Obstacle("it is gone", found.evidence, unblock: "nothing is left to be done")
            ]
        }
        let verdict = found.verdict == .safe ? "blocked" : found.verdict.rawValue
        return .refused(resource, verdict: verdict, against)
    }

    /// True for the first step of the way back of a migration, once what it requires is seen.
    private func isDueOnTheWayBack(_ action: Action) -> Bool {
        migrations.contains { migration in
            guard migration.isDeclared, let plan = try? rollback(migration: migration.name),
                let first = plan.steps.first, case .action(let due) = first.command
            else { return false }
            guard due.isSame(as: action) else { return false }
            return first.requires.isEmpty || world.sourceServing(migration).isEmpty
        }
    }
}

extension Action {
    /// True when both do the same, however the platform's prompt is dealt with.
    fileprivate func isSame(as other: Action) -> Bool {
        switch (self, other) {
        case (.envDestroy(let name, let deletes, _), .envDestroy(let its, let deletesToo, _)):
            name == its && deletes == deletesToo
        case (.snapshotDestroy(let name, let kind), .snapshotDestroy(let its, let itsKind)):
            name == its && (kind ?? .database) == (itsKind ?? .database)
        default: self == other
        }
    }
}
