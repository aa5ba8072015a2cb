import Ledger

/// Looks whether what an import takes back is there to be taken back.
///
/// A position in an imported file is that of the ledger it comes into: behind what is there, the
/// events of the import in their order.
struct ImportedVoids {
    private var size: Int
    private var obstacles: [Int: String]

    /// Before an import into a ledger.
    ///
    /// - Throws: `StoreError`.
    init(_ store: LedgerStore) throws {
        size = try store.size()
        obstacles = try Voiding.obstacles(in: store)
    }

    /// Follows an event of the import.
    ///
    /// - Throws: `CLIError.noSuchEvent` or `.notVoidable` for one that voids what it cannot.
    mutating func follow(_ draft: EventDraft) throws(CLIError) {
        if draft.type == .decision(.eventVoided), let number = draft.data["sequence"]?.integer {
            guard 1...size ~= number else { throw .noSuchEvent(number, size: size) }
            if let why = obstacles[number] {
                throw .notVoidable(SequenceNumber(number), why: why)
            }
        }
        size += 1
        if let why = Voiding.obstacle(draft.type) { obstacles[size] = why }
    }
}
