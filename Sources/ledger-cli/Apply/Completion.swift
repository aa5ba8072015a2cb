import Ledger
import Projector

extension Step {
    /// What shows that the step's effect is there, once its command was accepted at a time.
    ///
    /// Nil for what completes on acceptance: protection, the default environment, a cache flush.
    func completion(acceptedAt time: Timestamp, _ policy: Policy) -> Condition? {
        guard case .action(let action) = command else { return nil }
        switch action {
        case .envDestroy(let name, _, _): return .gone(.environment(name))
        case .snapshotDestroy(let name, let kind): return .gone(.snapshot(kind ?? .database, name))
        case .releaseDestroy(let release): return .gone(.release(release))
        case .envCreate(let creation): return .status(.environment(creation.environment), "RUNNING")
        case .snapshotCreate(_, let name, let kind, _):
            return .status(.snapshot(kind ?? .database, name), "AVAILABLE")
        case .envLoad(let name, let release): return .release(release, "RUNNING", environment: name)
        case .envActivate(let name, let release):
            return .release(release, "ACTIVE", environment: name)
        case .envMaintenance(let name, .on):
            return .maintenance(name, .on, from: time + policy.maintenancePropagation)
        case .envMaintenance(let name, .off): return .maintenance(name, .off)
        case .dnsSwitch(let change):
            return change.environment.map { .host(change.host, environment: $0) }
        default: return nil
        }
    }

    /// True when the step takes away what cannot be had back.
    var isDestructive: Bool {
        guard case .action(let action) = command else { return false }
        switch action.name {
        case .envDestroy, .snapshotDestroy, .releaseDestroy, .envUnload, .logDelete: return true
        default: return false
        }
    }
}
