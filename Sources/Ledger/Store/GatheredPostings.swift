/// The postings of one block while they are gathered.
struct GatheredPostings {
    /// That a text stands at a place.
    private struct Entry {
        let attribute: Int
        /// Where the text is among the bytes.
        let text: Range<Int>
        let place: UInt8
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// Adds that a text of an attribute stands at a place.
    mutating func add(_ attribute: Posted, _ text: UnsafeRawBufferPointer, at place: UInt8) {
        let start = bytes.count
        bytes.append(contentsOf: text)
        entries.append(Entry(attribute: attribute.index, text: start..<bytes.count, place: place))
    }

    /// Calls a body with each text and its places, in the order of the table.
    func forEach(
        _ body: (Posted, _ text: [UInt8], _ places: [UInt8]) throws -> Void
    ) rethrows {
        // Sorted as a whole: a key of its own for each of a thousand entries would cost more.
        let sorted = bytes.withUnsafeBytes { bytes in
            entries.sorted { Self.order($0, $1, bytes) < 0 }
        }
        var rest = sorted[...]
        while let first = rest.first {
            let end = bytes.withUnsafeBytes { bytes in
                rest.firstIndex { !Self.isSameText($0, first, bytes) } ?? rest.endIndex
            }
            try body(
                Posted.allCases[first.attribute], Array(bytes[first.text]),
                rest[..<end].map(\.place))
            rest = rest[end...]
        }
    }

    private static func isSameText(
        _ a: Entry, _ b: Entry, _ bytes: UnsafeRawBufferPointer
    ) -> Bool {
        a.attribute == b.attribute && text(of: a, bytes).isSame(text(of: b, bytes))
    }

    /// Below 0, 0 or above it, as one comes before the other.
    private static func order(_ a: Entry, _ b: Entry, _ bytes: UnsafeRawBufferPointer) -> Int {
        if a.attribute != b.attribute { return a.attribute - b.attribute }
        let order = text(of: a, bytes).order(text(of: b, bytes))
        return order != 0 ? order : Int(a.place) - Int(b.place)
    }

    private static func text(
        of entry: Entry, _ bytes: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[entry.text])
    }
}
