import GRDB

extension LedgerStore {
    /// Copies the ledger, as it is at one moment, to a path where no file is yet.
    ///
    /// The copy is a ledger of its own, and has its name only when it is complete; appends go on
    /// meanwhile.
    ///
    /// - Parameters:
    ///   - destination: where the copy is to be.
    ///   - progress: called with the number of pages that were copied and that there are.
    /// - Throws: `StoreError.alreadyExists`, `.diskFull`, `.io`, and what `progress` throws.
    public func backup(
        to destination: String, progress: @escaping (Int, Int) throws -> Void = { _, _ in }
    ) throws(StoreError) {
        let target = LedgerFile(path: destination, busyWait: .zero).path
        let unfinished = try UnfinishedFile(target)
        try StoreError.translating(target) {
            try reader.read { try LedgerStore.copy($0, to: unfinished.path, progress: progress) }
        }
        try unfinished.finish()
    }

    static func copy(
        _ source: Database, to path: String,
        progress: @escaping (Int, Int) throws -> Void = { _, _ in }
    ) throws {
        let target = try DatabaseQueue(path: path)
        // Reading something first makes all steps see one moment; else an append between two
        // of them would start the copy again.
        _ = try Schema.version(of: source)
        try target.writeWithoutTransaction { copy in
            try source.backup(to: copy, pagesPerStep: 1024) { step in
                try progress(step.completedPageCount, step.totalPageCount)
            }
        }
        try target.close()
    }
}
