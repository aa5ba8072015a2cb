public import Ledger

/// Something that a migration made or caused and that nothing needs any more.
public struct Orphan: Sendable, Hashable {
    /// What it is.
    public enum Kind: String, Sendable, Hashable {
        case temporaryEnvironment = "temporary-environment"
        case temporarySnapshot = "temporary-snapshot"
        case migrationSnapshot = "migration-snapshot"
        case finalSnapshot = "final-snapshot"
    }

    /// What it is.
    public var kind: Kind
    /// The resource.
    public var resource: Resource
    /// What is so, for people.
    public var message: String
    /// The events that show it.
    public var evidence: [SequenceNumber]
}

extension Conduct {
    /// What the migration left behind.
    ///
    /// While it goes on only what the dump no longer needs counts.
    var orphans: [Orphan] {
        var orphans: [Orphan] = []
        let isDumped = !world.copy(migration).evidence.isEmpty && isDumpLoaded
        if let temporary, isOver || isDumped, isLeft(world.existence(temporary)),
            temporary.creation != nil
        {
            orphans.append(
                Orphan(
                    kind: .temporaryEnvironment, resource: .environment(temporary.name),
                    message: "temporary environment \(temporary.name) was not destroyed",
                    evidence: world.existence(temporary).evidence))
        }
        if let seed = temporary?.seed, isOver || isDumped {
            add(
                SnapshotKey(kind: .database, name: seed), .temporarySnapshot,
                "snapshot \(seed), which \(temporary?.name ?? "") was made from, was not destroyed",
                to: &orphans)
        }
        guard isOver else { return orphans }
        for name in Set(snapshots.compactMap(\.snapshotName)).sorted() {
            add(
                SnapshotKey(kind: .database, name: name), .migrationSnapshot,
                "the migration's snapshot \(name) was not destroyed", to: &orphans)
        }
        let isAbandoned = world.abandonment(migration) != nil
        for environment in [temporary, isAbandoned ? destination : nil].compactMap({ $0 }) {
            for key in world.finalSnapshot(of: environment) {
                add(
                    key, .finalSnapshot,
                    "final snapshot \(key.name) of \(environment.name) was left behind",
                    to: &orphans)
            }
        }
        return orphans
    }

    private var isDumpLoaded: Bool {
        if case .dump = world.copy(migration) { true } else { false }
    }

    private func isLeft(_ existence: Existence) -> Bool {
        switch existence {
        case .live, .creating, .unknown: true
        case .beingDestroyed, .gone: false
        }
    }

    private func add(
        _ key: SnapshotKey, _ kind: Orphan.Kind, _ message: String, to orphans: inout [Orphan]
    ) {
        let existence = world.existence(key)
        guard isLeft(existence) else { return }
        orphans.append(
            Orphan(
                kind: kind, resource: key.resource, message: message, evidence: existence.evidence))
    }
}

extension Orphan {
    /// The orphan as it stands in an answer.
    public var json: JSONObject {
        [
            "kind": .string(kind.rawValue), "resource": .string(resource.description),
            "message": .string(message), "evidence": .numbers(evidence),
        ]
    }
}
