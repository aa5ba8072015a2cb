import Ledger

/// A file outside the ledger that holds its newest head.
enum CheckpointFile {
    /// Puts the newest head in the place of an older one of the same log, in one step.
    ///
    /// - Parameters:
    ///   - head: the head.
    ///   - name: the path as the user wrote it.
    ///   - store: the ledger.
    ///   - again: what tries it once more.
    /// - Returns: false when the file held that very head.
    /// - Throws: `CLIError.unreadable` for a file of the ledger, `.notPublished` when the file holds
    ///   something else, `.notContinued` when it holds a head that this log does not continue,
    ///   `SystemError`.
    static func write(
        _ head: SignedHead, to name: String, of store: LedgerStore,
        again: String = "ledger-cli checkpoint --publish-all tries again"
    ) throws -> Bool {
        try LedgerFiles(store.path).refuse(name)
        let surroundings = Surroundings.current
        let path = surroundings.path(name)
        let bytes = Array(head.note.utf8)
        if OperatingSystem.exists(path), OperatingSystem.isRegular(path) {
            let there = try surroundings.bytes(of: name)
            if there == bytes { return false }
            if !there.isEmpty { try confirm(there, name, store) }
        }
        do {
            try OperatingSystem.replace(path, mode: 0o644, bytes: bytes)
        } catch {
            throw CLIError.notPublished(
                "\(SystemError(name: name, code: error.code))",
                hint: again)
        }
        return true
    }

    /// A head that was published before must be a prefix of this log.
    private static func confirm(_ there: [UInt8], _ name: String, _ store: LedgerStore) throws {
        guard let note = try? SignedNote.parse(there), let old = try? Checkpoint.parse(note),
            old.isOf(origin: store.origin)
        else {
            throw CLIError.notPublished(
                "\(Table.printable(name)): holds something else than a head of this log",
                hint: "choose another path")
        }
        guard try old.size <= store.size(), try store.root(size: old.size) == old.root else {
            throw CLIError.notContinued(
                "\(Table.printable(name)): holds a head of \(old.size) events that this ledger does "
                    + "not continue: it was cut short, rewritten, or is not the only one of its name"
            )
        }
    }
}
