import Ledger
import Projector

extension Step {
    /// True when a command of the platform does it.
    var isForCommand: Bool {
        guard case .action(let action) = command else { return false }
        return action.name != .dnsSwitch
    }
}

extension Action {
    /// The destruction that taking protection off opens the way to.
    var opened: Action? {
        guard case .envProtected(let name, .off) = self else { return nil }
        return .envDestroy(environment: name, deleteLogs: false, noConfirm: false)
    }

    /// The files that its command is fed and writes.
    var files: (input: String?, output: String?) {
        switch self {
        case .databaseDump(_, _, let path): (nil, path)
        case .databaseLoad(_, _, let path): (path, nil)
        default: (nil, nil)
        }
    }
}
