/// The place of one complete subtree: it covers the `2^level` leaves from `index * 2^level` on.
public struct TreeCoordinate: Hashable, Sendable {
    /// The height above the leaves; leaf hashes are level 0.
    public let level: Int
    /// The position among the subtrees of this level, from the left, starting at 0.
    public let index: Int

    /// Names the subtree at a level and an index, neither negative.
    public init(level: Int, index: Int) {
        precondition(level >= 0 && index >= 0, "tree coordinates are never negative")
        self.level = level
        self.index = index
    }

    /// The leaf indexes below this subtree.
    public var leaves: Range<Int> { index << level..<(index + 1) << level }
}
