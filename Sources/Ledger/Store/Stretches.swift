/// The stretches of a log in which there may be what a query asks for, in its order.
struct Stretches {
    let postings: StoredPostings
    let conditions: [StoredPostings.Condition]
    /// The number of events.
    let size: Int
    /// True from the newest event to the oldest.
    let isReversed: Bool
    /// The sequences that count.
    let bounds: ClosedRange<Int>

    /// Calls a body with each stretch until it gives false.
    ///
    /// - Throws: what the body throws, or `DatabaseError`.
    func forEach(_ body: (ClosedRange<Int>) throws -> Bool) throws {
        guard !conditions.isEmpty else {
            _ = try body(bounds)
            return
        }
        for part in isReversed ? parts.reversed() : parts where try !visit(part, body) { return }
    }

    private enum Part {
        case block(level: Int, Int)
        case events(ClosedRange<Int>)
    }

    /// The blocks of the highest level, those of the level below that belong to none of them yet, and
    /// the events that belong to no block.
    private var parts: [Part] {
        var parts: [Part] = []
        var posted = 0
        for level in StoredPostings.levels.reversed() {
            let blocks = posted >> level..<size >> level
            parts += blocks.map { .block(level: level, $0) }
            posted = blocks.upperBound << level
        }
        return posted < size ? parts + [.events(posted + 1...size)] : parts
    }

    private func visit(_ part: Part, _ body: (ClosedRange<Int>) throws -> Bool) throws -> Bool {
        switch part {
        case .block(let level, let block): try visit(level: level, block: block, body)
        case .events(let stretch): try visit(stretch, body)
        }
    }

    private func visit(
        level: Int, block: Int, _ body: (ClosedRange<Int>) throws -> Bool
    ) throws -> Bool {
        let whole = block << level + 1...(block + 1) << level
        guard whole.upperBound >= bounds.lowerBound, whole.lowerBound <= bounds.upperBound
        else { return true }
        let places = try postings.places(level: level, block: block, satisfying: conditions)
        if level == StoredPostings.levels[0], places == nil { return try visit(whole, body) }
        for place in (places ?? .all).inOrder(isReversed: isReversed) {
            let part = block << 8 | place
            let goesOn =
                level == StoredPostings.levels[0]
                ? try visit(part + 1...part + 1, body)
                : try visit(level: level - 8, block: part, body)
            guard goesOn else { return false }
        }
        return true
    }

    private func visit(
        _ stretch: ClosedRange<Int>, _ body: (ClosedRange<Int>) throws -> Bool
    ) throws -> Bool {
        guard stretch.overlaps(bounds) else { return true }
        return try body(stretch.clamped(to: bounds))
    }
}
