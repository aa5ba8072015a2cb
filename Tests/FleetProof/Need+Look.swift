package import FleetModel
package import Projector

extension Need {
    /// The look that answers the question; nil when a person has to.
    package var look: Look? {
        switch command.prefix(3) {
        case ["fleet", "env", "describe"]: return .environment(command[3])
        case ["fleet", "env", "list"]: return .environments(isComplete: true)
        case ["fleet", "snapshot", "list"]:
            return command.contains("nfs") ? .nfsSnapshots : .snapshots(isComplete: true)
        case ["fleet", "release", "list"]: return .releases
        case ["fleet", "config", "default-env"]: return .defaultEnvironment
        case ["fleet", "config", "sql"]: return .scripts
        case ["ledger-cli", "record", "observation"]:
            guard command.count > 4 else { return nil }
            if command[3] == "dns" { return .host(command[4], isCached: false) }
            guard command.count > 5 else { return nil }
            return .setting(String(command[5].drop { $0 == "-" }), command[4])
        default: return nil
        }
    }
}
