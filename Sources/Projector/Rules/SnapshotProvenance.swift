import Ledger

/// Whether a snapshot is what the ledger's own commands made (rule `copy-provenance`).
extension World {
    /// How long after its request the platform may still say that a snapshot was created; a later
    /// one of the name is another snapshot.
    private static let creationDelay = Span.minutes(15)

    /// What stands against a snapshot that belongs to no migration: it is not ours, and one that was asked
    /// for here and is not AVAILABLE yet is nothing to destroy by hand either.
    func undeclared(_ key: SnapshotKey, _ evidence: [SequenceNumber]) -> [Reason] {
        let made = state.snapshots[key]?.attempts.last {
            $0.action.name == .snapshotCreate && $0.isAccepted
        }
        let byHand = "destroy it by hand if it is yours"
        guard let made, case .snapshotCreate(let environment, _, _, _) = made.action else {
            return [
                .notOurs(
                    .copyProvenance, "no migration of this ledger made it", evidence,
                    unblock: byHand)
            ]
        }
        return available(key).filter { $0.verdict == .blocked } + [
            .notOurs(
                .copyProvenance, "it was made for no migration of this ledger",
                World.merge(evidence, made.evidence),
                unblock:
                    "ledger-cli migration open NAME --from \(environment) --to ENV --method snapshot if it is a part of one; otherwise \(byHand)"
            )
        ]
    }

    /// What tells that a row is not the snapshot that a migration asked for.
    func provenance(_ key: SnapshotKey, _ creation: Attempt, _ migration: Migration)
        -> [Reason]
    {
        let sightings = (state.snapshots[key]?.sightings ?? []).filter {
            $0.moment > creation.started
        }
        guard let row = sightings.last?.row ?? state.snapshots[key]?.sightings.last?.row,
            let source = migration.source
        else { return [] }
        let evidence = World.merge(
            creation.evidence,
            state.snapshots[key]?.sightings.suffix(1).map(\.moment.sequence) ?? [])
        let byHand = "destroy it by hand if it is yours"
        let delay = creation.outcome == .refused ? Span.seconds(0) : Presence.appearance
        if let created = row.created,
            let list = state.lacking(creation, before: created, after: delay)
        {
            return [
                .notOurs(
                    .copyProvenance,
                    "snapshot \(key.name) was created after a list without it, and not by the command before that, which was \(creation.outcomeWords)",
                    World.merge(evidence, [list.sequence]), unblock: byHand)
            ]
        }
        let first = sightings.lazy.compactMap(\.row.created).first
        if row.environment == source.name, let created = row.created,
            created + state.allowance(for: creation, created)
                >= creation.started.time.wholeSecond,
            created <= creation.settled.time + World.creationDelay + policy.clockSkew,
            first == created, row.type != "AUTOMATED"
        {
            guard creation.outcome == .refused else { return [] }
            return [
                .unknown(
                    .copyProvenance,
                    "the creation of snapshot \(key.name) was refused, which does not show what made it",
                    evidence, unblock: byHand)
            ]
        }
        if row.environment == source.name, row.created == nil {
            return [
                .unknown(
                    .copyProvenance, "when snapshot \(key.name) was created was not seen", evidence,
                    unblock: "list the snapshots", needs: [.snapshots(key.kind)])
            ]
        }
        let lead = row.environment == source.name ? early(row, creation) : nil
        return [
            .notOurs(
                .copyProvenance,
                lead.map {
                    "snapshot \(key.name) was created \($0.words) before it was asked for, by the platform's clock"
                } ?? "snapshot \(key.name) is not the one that this migration made", evidence,
                unblock: lead.map { "\(World.skewAdvice($0)); otherwise \(byHand)" } ?? byHand)
        ]
    }
}
