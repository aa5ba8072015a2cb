import Ledger

extension Chronology {
    /// Elements as differences, in whole chunks.
    ///
    /// An element is: its kind with two bits that tell of an ending, the difference of its time and
    /// sequence from those of the element before in the chunk, its author where elements have one,
    /// and its ending, unless that is its own moment. Numbers have seven bits a byte, the lowest
    /// first, and the last byte is below 128.
    struct Packed: Sendable {
        /// Elements that share what they say and have the same code.
        struct Kind: Sendable {
            let shared: Element.Shared
            let code: Int32
            /// How many there are.
            var count: Int32
            /// The positions of the oldest and of the newest one; negative when there is none.
            var first: Int32
            var last: Int32
        }

        /// A slice, since those of a cache lie in one array together.
        private(set) var bytes: ArraySlice<UInt8> = []
        /// Where each chunk begins, from the first byte on.
        private(set) var starts: [UInt32] = []
        private(set) var kinds: [Kind] = []
        private(set) var authors: [Author] = []
        /// No element lasted longer, in milliseconds.
        private(set) var longest: Int64 = 0

        init() {}

        /// What was packed elsewhere, as it says it is; `isSound` tells whether it is.
        init?(
            bytes: ArraySlice<UInt8>, starts: [UInt32], kinds: [Kind], authors: [Author],
            longest: Int64
        ) {
            self.bytes = bytes
            self.starts = starts
            self.kinds = kinds
            self.authors = authors
            self.longest = longest
            let positions = -1..<Int32(clamping: count)
            guard starts.first ?? 0 == 0, longest >= 0,
                starts.allSatisfy({ Int($0) < bytes.count }),
                kinds.allSatisfy({
                    positions.contains($0.first) && positions.contains($0.last)
                        && ($0.count > 0) == ($0.last >= 0) && $0.count >= 0
                        && ($0.count > 0) == ($0.first >= 0) && $0.first <= $0.last
                })
            else { return nil }
        }

        /// Elements that are less than a chunk; nil unless there are as many.
        static func elements(
            of bytes: ArraySlice<UInt8>, count: Int, kinds: [Kind], authors: [Author]
        ) -> [Element]? {
            var packed = Packed()
            (packed.bytes, packed.kinds, packed.authors) = (bytes, kinds, authors)
            var elements: [Element] = []
            let end = packed.scan(from: 0, count: count) { entry in
                if let element = packed.element(of: entry) { elements.append(element) }
            }
            guard end == bytes.count, elements.count == count,
                zip(elements, elements.dropFirst()).allSatisfy({ $0.moment <= $1.moment })
            else { return nil }
            return elements
        }

        /// True when every element can be read, all are in order, and what is said of the kinds and
        /// of the longest is so.
        var isSound: Bool {
            var seen = kinds.map { kind in
                var kind = kind
                (kind.count, kind.first, kind.last) = (0, -1, -1)
                return kind
            }
            var longest: Int64 = 0
            var last: Moment?
            var position: Int32 = 0
            var isGood = true
            var end = 0
            for start in starts {
                guard end == Int(start) else { return false }
                let next = scan(from: end, count: Chronology.chunk) { entry in
                    guard let element = element(of: entry),
                        last.map({ $0 <= element.moment }) ?? true
                    else { return isGood = false }
                    last = element.moment
                    longest = Swift.max(longest, element.length)
                    seen[entry.place].count += 1
                    seen[entry.place].last = position
                    if seen[entry.place].first < 0 { seen[entry.place].first = position }
                    position += 1
                }
                guard let next, isGood else { return false }
                end = next
            }
            return end == bytes.count && longest <= self.longest
                && zip(seen, kinds).allSatisfy {
                    $0.count == $1.count && $0.first == $1.first && $0.last == $1.last
                }
        }

        var isEmpty: Bool { starts.isEmpty }
        var count: Int { starts.count * Chronology.chunk }

        /// Packs one chunk.
        mutating func append(_ elements: ArraySlice<Element>) {
            let start = count
            append(elements) { packed, element, index in
                (
                    packed.place(of: element.shared, element.code, at: start + index),
                    element.author.map { packed.place(of: $0) }
                )
            }
        }

        /// Packs elements whose kinds and authors have places already.
        mutating func append(
            _ elements: ArraySlice<Element>,
            places: (inout Packed, borrowing Element, Int) -> (kind: Int, author: Int?)
        ) {
            starts.append(UInt32(bytes.count))
            // A long replay does this all the time: bytes that are put one by one into the array
            // would cost more than all the rest of it.
            withUnsafeTemporaryAllocation(
                byteCount: elements.count * Room.widest, alignment: 1
            ) { space in
                var room = Room(space)
                elements.withUnsafeBufferPointer { elements in
                    var before = Moment.origin
                    for index in elements.indices {
                        let moment = elements[index].moment
                        let ending = elements[index].ending
                        let isOther = ending != nil && ending != moment
                        let (kind, author) = places(&self, elements[index], index)
                        room.put(UInt64(kind) << 2 | (ending == nil ? 0 : 1) | (isOther ? 2 : 0))
                        room.put(moment, after: before)
                        if let author { room.put(UInt64(author)) }
                        if isOther, let ending { room.put(ending, after: moment) }
                        longest = Swift.max(longest, elements[index].length)
                        before = moment
                    }
                }
                bytes.append(contentsOf: room.filled)
            }
        }

        /// The kind of an element at a position; few are in use at a time, so the newest are
        /// looked at.
        private mutating func place(of shared: Element.Shared, _ code: Int, at position: Int)
            -> Int
        {
            let code = Int32(truncatingIfNeeded: code)
            let known = kinds.withUnsafeMutableBufferPointer { kinds -> Int? in
                let newest = Swift.max(0, kinds.count - 32)..<kinds.count
                guard
                    let index = newest.last(where: {
                        kinds[$0].code == code && kinds[$0].shared === shared
                    })
                else { return nil }
                if kinds[index].count == 0 { kinds[index].first = Int32(position) }
                kinds[index].count += 1
                kinds[index].last = Int32(position)
                return index
            }
            if let known { return known }
            kinds.append(
                Kind(
                    shared: shared, code: code, count: 1, first: Int32(position),
                    last: Int32(position)))
            return kinds.count - 1
        }

        private mutating func place(of author: Author) -> Int {
            var index = authors.count
            let end = Swift.max(0, index - 32)
            while index > end {
                index -= 1
                if authors[index] === author { return index }
            }
            authors.append(author)
            return authors.count - 1
        }

        /// Takes the last chunk out.
        mutating func popChunk() -> [Element] {
            guard let start = starts.popLast() else { return [] }
            var elements: [Element] = []
            var places: [Int] = []
            _ = scan(from: Int(start), count: Chronology.chunk) { entry in
                guard let element = element(of: entry) else { return }
                elements.append(element)
                places.append(entry.place)
            }
            bytes.removeLast(bytes.count - Int(start))
            // The newest one of each of these kinds is another now.
            var bereft = Set(places)
            for place in places { kinds[place].count -= 1 }
            for place in bereft where kinds[place].count == 0 {
                (kinds[place].first, kinds[place].last) = (-1, -1)
                bereft.remove(place)
            }
            for chunk in starts.indices.reversed() {
                if bereft.isEmpty { break }
                var found: [Int] = []
                _ = scan(from: Int(starts[chunk]), count: Chronology.chunk) {
                    found.append($0.place)
                }
                for (index, place) in found.enumerated().reversed()
                where bereft.remove(place) != nil {
                    kinds[place].last = Int32(chunk * Chronology.chunk + index)
                }
            }
            return elements
        }
    }
}

/// Space for the bytes of packed elements.
private struct Room {
    /// No element takes more: its kind, its author and two moments of two numbers, of ten bytes each.
    static let widest = 60

    private let space: UnsafeMutableRawBufferPointer
    private var count = 0

    init(_ space: UnsafeMutableRawBufferPointer) { self.space = space }

    /// What was put into it.
    var filled: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: space[..<count]) }

    @inline(__always)
    mutating func put(_ moment: Moment, after before: Moment) {
        put(Room.fold(moment.time.milliseconds &- before.time.milliseconds))
        put(Room.fold(Int64(moment.sequence.number &- before.sequence.number)))
    }

    @inline(__always)
    mutating func put(_ number: UInt64) {
        var number = number
        while number >= 0x80 {
            space[count] = UInt8(truncatingIfNeeded: number) | 0x80
            count += 1
            number >>= 7
        }
        space[count] = UInt8(number)
        count += 1
    }

    /// Small numbers of either sign as small numbers without one.
    private static func fold(_ number: Int64) -> UInt64 {
        UInt64(bitPattern: number << 1 ^ number >> 63)
    }
}

extension Moment {
    /// What the first difference of a chunk is taken from.
    static let origin = Moment(time: Timestamp(milliseconds: 0), sequence: SequenceNumber(0))
}
