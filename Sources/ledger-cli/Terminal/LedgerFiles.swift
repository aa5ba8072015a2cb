import Ledger

/// The files of a ledger, over which no answer is ever written.
struct LedgerFiles {
    private let paths: [String]

    /// Those of a ledger: itself, what belongs to it and lies beside it, and the file of its key.
    init(_ ledger: String) {
        let surroundings = Surroundings.current
        var paths = ["", "-wal", "-shm", "-journal", "-turn"].map { ledger + $0 }
        paths += [KeyFile.privateName(of: ledger), KeyFile.publicName(of: ledger)]
        paths += ProjectionCache(ledger: ledger, program: nil).paths
        if let key = surroundings.environment("LEDGER_KEY"), !key.isEmpty,
            !key.utf8.starts(with: LedgerFiles.keyMark)
        {
            paths.append(surroundings.path(key))
        }
        self.paths = paths
    }

    /// Refuses a file to write that is one of them, that is another ledger, or that holds a key.
    ///
    /// - Throws: `CLIError.unreadable` naming the file as the user wrote it.
    func refuse(_ name: String) throws(CLIError) {
        guard name != "-" else { return }
        let path = Surroundings.current.path(name)
        let reason: String
        if paths.contains(where: { OperatingSystem.isSamePlace($0, path) }) {
            reason = "belongs to the ledger"
        } else if OperatingSystem.isRegular(path), LedgerFiles.isPrecious(path) {
            reason = "is a ledger or holds a key"
        } else {
            return
        }
        throw .unreadable(
            Table.printable(name), why: reason + " and is not written over",
            hint: "choose another name")
    }

    private static let keyMark = Array("PRIVATE+KEY+".utf8)

    /// True for a database, or a file of private keys, by its first bytes.
    ///
    /// What SQLite has open in this process is one of the ledger's own files, which are told by where
    /// they are: no descriptor of those is ever opened and closed here.
    private static func isPrecious(_ path: String) -> Bool {
        guard let start = OperatingSystem.start(of: path, count: 100) else { return false }
        return start.starts(with: keyMark)
            || start.starts(with: Array("SQLite format 3\0".utf8))
                && start.dropFirst(68).starts(with: Array("mLdg".utf8))
    }
}

extension GlobalOptions {
    /// Refuses a file to write that belongs to the ledger.
    ///
    /// - Throws: `CLIError.unreadable`.
    func refuseToWriteOver(_ name: String?) throws(CLIError) {
        guard let name else { return }
        try LedgerFiles(path).refuse(name)
    }
}
