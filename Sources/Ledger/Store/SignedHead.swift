/// A head of the log and the note that signs it, as the ledger keeps it.
///
/// Trust is placed in the note's signatures alone; size and root are repeated so that the store
/// can hold a new head against the last one.
public struct SignedHead: Sendable, Hashable {
    /// How many records the head covers.
    public let size: Int
    /// The root over them.
    public let root: Digest
    /// The text of the signed note.
    public let note: String

    /// A head and its note.
    public init(size: Int, root: Digest, note: String) {
        self.size = size
        self.root = root
        self.note = note
    }
}
