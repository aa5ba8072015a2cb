public import Ledger

/// A `fleet` command line, understood.
public enum FleetCommand: Sendable, Hashable {
    /// A command that changes something; the remarks say which old form was used:
    /// `swapped-operands`, `positional-name`.
    case action(Action, remarks: [String])
    /// A command whose output is an observation.
    case read(ReadCommand)
    /// A command that the ledger keeps as a note: keys, reports, notifications, whitelists,
    /// certificates, logs, `--version`. The words are those after `fleet`.
    case other([String])
}

/// A command that only looks.
public enum ReadCommand: Sendable, Hashable {
    /// `fleet env list`
    case envList
    /// `fleet env describe E`
    case envDescribe(String)
    /// `fleet snapshot list [--type database|nfs]`; without a type the database snapshots are meant.
    case snapshotList(SnapshotKind?)
    /// `fleet release list`
    case releaseList
    /// `fleet config default-env`
    case defaultEnvironment
    /// `fleet config sql list`
    case sqlScripts
}
