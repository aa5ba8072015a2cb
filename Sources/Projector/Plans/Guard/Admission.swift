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
        var obstacles = obstacles
        switch standing(of: action) {
        case .due where untimely.isEmpty: return .admitted(resource)
        case .unseen(let reasons):
            obstacles += reasons.map {
                Obstacle(
                    "due on the way back, but first: \($0.message)", $0.evidence,
                    unblock: $0.unblock)
            }
        case .due, .notDue: break
        }
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

    /// How an action stands to the way back of the migrations.
    enum Standing {
        /// It is the first step of it, or of a choice of it that loses nothing.
        case due
        /// It is, once something is seen.
        case unseen([Reason])
        case notDue
    }

    /// How an action stands to the way back of the migrations, as it is planned now.
    func standing(of action: Action) -> Standing {
        var unseen: [Reason] = []
        for migration in migrations where migration.isDeclared {
            guard let plan = try? rollback(migration: migration.name, verdicts: []) else {
                continue
            }
            let ways = [plan.steps] + plan.choices.filter(\.isLossless).map(\.steps)
            for first in ways.compactMap(\.first) {
                guard case .action(let due) = first.command, due.isSame(as: action) else {
                    continue
                }
                // What stands before a dump or a load is done once that stands first.
                if first.requires.isEmpty || !due.isDestructive { return .due }
                let reasons = world.sourceServing(migration)
                if reasons.isEmpty { return .due }
                unseen += reasons
            }
        }
        return unseen.isEmpty ? .notDue : .unseen(unseen)
    }
}

extension Action {
    /// True when it takes away what cannot be had back.
    fileprivate var isDestructive: Bool {
        switch name {
        case .envDestroy, .snapshotDestroy, .releaseDestroy: true
        default: false
        }
    }

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
