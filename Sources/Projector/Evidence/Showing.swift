public import Ledger

extension Action {
    /// False for what no read command of the platform shows: somebody has to say what came of it (Fleet,
    /// protection and NFS).
    public var isShownByLooks: Bool {
        switch self {
        case .envProtected, .envCacheFlush, .databaseDump, .databaseLoad, .databaseShell,
            .logDelete:
            false
        case .envSetting(_, let setting, _): setting != "nfs"
        default: true
        }
    }
}
