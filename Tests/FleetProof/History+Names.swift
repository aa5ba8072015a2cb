import FleetModel
import Ledger

/// What a deed leaves open, which only the platform or the ledger can fill in.
extension History {
    func completed(_ action: Action) -> Action {
        switch action {
        case .dnsSwitch(var change):
            change.oldTTL = platform.hosts[change.host]?.ttl
            return .dnsSwitch(change)
        case .snapshotDestroy(Cast.finalSnapshot, nil):
            return .snapshotDestroy(name: finalSnapshot)
        case .envCreate(var creation) where creation.snapshot == .named(Cast.finalSnapshot):
            creation.snapshot = .named(finalSnapshot)
            return .envCreate(creation)
        default: return action
        }
    }

    func completed(_ decision: Decision) -> Decision {
        let held = Resource.snapshot(.database, Cast.finalSnapshot)
        switch decision {
        case .holdPlaced(held, let until):
            return .holdPlaced(.snapshot(.database, finalSnapshot), until: until)
        case .holdReleased(held): return .holdReleased(.snapshot(.database, finalSnapshot))
        default: return decision
        }
    }

    private var finalSnapshot: String { platform.newestFinalSnapshot ?? Cast.finalSnapshot }

    /// The migration that an event names: the newest one that the environment plays a part in.
    func label(_ payload: EventPayload) -> String? {
        guard case .action(let action, _, _) = payload, roles.count > 1 else {
            return roles.last?.migration
        }
        var name: String?
        if case .environment(let subject, _) = action.subject { name = subject }
        if case .snapshotCreate(let environment, _, _, _) = action { name = environment }
        return roles.last { [$0.source, $0.destination, $0.temporary].contains(name) }?.migration
    }
}
