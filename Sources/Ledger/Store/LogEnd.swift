/// What a store remembers of the log after its newest append, to save reading it again.
///
/// The time and the greatest id count only while the log has the same size. The edge and the keys are
/// those of its beginning when others appended; the head is compared with the one that is read.
struct LogEnd: Sendable {
    /// The right edge of the tree.
    let edge: CompactRange
    /// When the ledger learned of the newest event.
    let recordedTime: Timestamp
    /// The greatest id: a greater one cannot be in the log.
    let greatestID: EventID
    /// The keys that the log names, as far as they were followed.
    let keys: FollowedKeys
    /// The head that this store signed last.
    let signedHead: SignedHead?
}
