/// What a store remembers of the log after its newest append, to save reading it again.
///
/// It counts only while the log has the same size.
struct LogEnd: Sendable {
    /// The right edge of the tree.
    let edge: CompactRange
    /// When the ledger learned of the newest event.
    let recordedTime: Timestamp
    /// The greatest id: a greater one cannot be in the log.
    let greatestID: EventID
    /// The keys that the log names, as far as they were followed.
    let keys: FollowedKeys
}
