import Foundation

/// The postings of one block while they are gathered, by attribute and text.
///
/// A block is made with every 256th event, and each event has five texts, most of which are there
/// already: they are found by their bytes, without a copy.
struct BlockPostings {
    /// A text of an attribute, and where in the block it stands.
    struct Posting {
        let attribute: Posted
        /// Where the text stands among the texts of all.
        fileprivate let text: Range<Int>
        /// The places, ascending.
        fileprivate(set) var places: [UInt8]
    }

    private var texts: [UInt8] = []
    private var postings: [Posting] = []
    /// For each slot the index of a posting and one; 0 when it is free.
    private var slots = [Int32](repeating: 0, count: 1024)

    /// Adds a place; they come in their order.
    mutating func add(_ attribute: Posted, _ text: UnsafeRawBufferPointer, at place: UInt8) {
        let slot = slot(attribute, text)
        if slots[slot] > 0 {
            return postings[Int(slots[slot]) - 1].places.append(place)
        }
        let start = texts.count
        texts.append(contentsOf: text)
        postings.append(
            Posting(attribute: attribute, text: start..<texts.count, places: [place]))
        slots[slot] = Int32(postings.count)
        if postings.count * 2 > slots.count { grow() }
    }

    /// The postings in the order of their table, each with its text.
    func forEachInOrder(_ body: (Posting, [UInt8]) throws -> Void) rethrows {
        let order = texts.withUnsafeBytes { texts in
            postings.indices.sorted { Self.precedes(postings[$0], postings[$1], texts) }
        }
        for index in order { try body(postings[index], Array(texts[postings[index].text])) }
    }

    private func slot(_ attribute: Posted, _ text: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(attribute.index)
        hasher.combine(bytes: text)
        var slot = hasher.finalize() & (slots.count - 1)
        texts.withUnsafeBytes { texts in
            while slots[slot] > 0 {
                let index = Int(slots[slot]) - 1
                let known = UnsafeRawBufferPointer(rebasing: texts[postings[index].text])
                if postings[index].attribute == attribute, Self.order(known, text) == 0 { return }
                slot = (slot + 1) & (slots.count - 1)
            }
        }
        return slot
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 4)
        let old = texts
        old.withUnsafeBytes { old in
            for (index, posting) in postings.enumerated() {
                let text = UnsafeRawBufferPointer(rebasing: old[posting.text])
                slots[slot(posting.attribute, text)] = Int32(index + 1)
            }
        }
    }

    private static func precedes(
        _ a: Posting, _ b: Posting, _ texts: UnsafeRawBufferPointer
    ) -> Bool {
        guard a.attribute == b.attribute else { return a.attribute.index < b.attribute.index }
        return order(
            UnsafeRawBufferPointer(rebasing: texts[a.text]),
            UnsafeRawBufferPointer(rebasing: texts[b.text])) < 0
    }

    /// Below 0, 0 or above it, as the bytes of one text come before those of another.
    static func order(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        if let one = a.baseAddress, let other = b.baseAddress {
            let order = memcmp(one, other, min(a.count, b.count))
            if order != 0 { return Int(order) }
        }
        return a.count - b.count
    }
}
