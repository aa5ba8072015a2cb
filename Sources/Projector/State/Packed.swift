import Ledger

extension Chronology {
    /// Elements as differences, in whole chunks.
    ///
    /// An element is: its code with two bits that tell of an ending, the difference of its time and
    /// sequence from those of the element before in the chunk, which of the shared parts it has,
    /// and its ending, unless that is its own moment. Numbers have seven bits a byte, the lowest
    /// first, and the last byte is below 128.
    struct Packed: Sendable {
        private(set) var bytes: [UInt8] = []
        private(set) var starts: [UInt32] = []
        private(set) var shared: [Element.Shared] = []

        init() {}

        /// What was packed elsewhere; nil unless every element can be read and they are in order.
        init?(bytes: [UInt8], starts: [UInt32], shared: [Element.Shared]) {
            self.bytes = bytes
            self.starts = starts
            self.shared = shared
            var cursor = cursor()
            var last: Moment?
            for chunk in starts.indices {
                guard cursor.offset == Int(starts[chunk]) else { return nil }
                for _ in 0..<Chronology.chunk {
                    guard let element = cursor.next(), last.map({ $0 <= element.moment }) ?? true
                    else { return nil }
                    last = element.moment
                }
            }
            guard cursor.offset == bytes.count else { return nil }
        }

        /// Elements that are less than a chunk; nil unless there are as many.
        static func elements(
            of bytes: [UInt8], count: Int, shared: [Element.Shared]
        ) -> [Element]? {
            var packed = Packed()
            packed.bytes = bytes
            packed.shared = shared
            var cursor = packed.cursor()
            var elements: [Element] = []
            while let element = cursor.next() {
                guard elements.count < count,
                    elements.last.map({ $0.moment <= element.moment }) ?? true
                else { return nil }
                elements.append(element)
            }
            guard elements.count == count, cursor.offset == bytes.count else { return nil }
            return elements
        }

        var isEmpty: Bool { starts.isEmpty }
        var count: Int { starts.count * Chronology.chunk }

        /// Packs one chunk.
        mutating func append(_ elements: ArraySlice<Element>) {
            append(elements) { packed, part in packed.place(of: part) }
        }

        /// Packs elements whose shared parts have places already.
        mutating func append(
            _ elements: ArraySlice<Element>,
            places: (inout Packed, Element.Shared) -> Int
        ) {
            starts.append(UInt32(bytes.count))
            var before = Moment.origin
            for element in elements {
                let moment = element.moment
                let ending = element.ending
                let isOther = ending != nil && ending != moment
                put(UInt64(element.code) << 2 | (ending == nil ? 0 : 1) | (isOther ? 2 : 0))
                put(moment, after: before)
                put(UInt64(places(&self, element.shared)))
                if isOther, let ending { put(ending, after: moment) }
                before = moment
            }
        }

        /// Which of the shared parts it is; few are in use at a time, so the newest are looked at.
        private mutating func place(of part: Element.Shared) -> Int {
            for index in shared.indices.reversed().prefix(32)
            where Element.isSame(shared[index], part) { return index }
            shared.append(part)
            return shared.count - 1
        }

        private mutating func put(_ moment: Moment, after before: Moment) {
            put(Packed.fold(moment.time.milliseconds &- before.time.milliseconds))
            put(Packed.fold(Int64(moment.sequence.number &- before.sequence.number)))
        }

        private mutating func put(_ number: UInt64) {
            var number = number
            while number >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: number) | 0x80)
                number >>= 7
            }
            bytes.append(UInt8(number))
        }

        /// Small numbers of either sign as small numbers without one.
        private static func fold(_ number: Int64) -> UInt64 {
            UInt64(bitPattern: number << 1 ^ number >> 63)
        }

        /// Takes the last chunk out.
        mutating func popChunk() -> [Element] {
            guard let start = starts.popLast() else { return [] }
            var cursor = Cursor(self, at: Int(start))
            var elements: [Element] = []
            while let element = cursor.next() { elements.append(element) }
            bytes.removeSubrange(Int(start)...)
            return elements
        }

        func element(at position: Int) -> Element {
            var cursor = Cursor(self, at: Int(starts[position / Chronology.chunk]))
            for _ in 0..<position % Chronology.chunk { _ = cursor.next() }
            guard let element = cursor.next() else {
                preconditionFailure("a packed history holds what was packed")
            }
            return element
        }

        func cursor() -> Cursor { Cursor(self, at: 0) }

        /// Reads elements one after the other.
        struct Cursor {
            private let bytes: [UInt8]
            private let shared: [Element.Shared]
            private(set) var offset: Int
            private var inChunk = 0
            private var before = Moment.origin

            init(_ packed: Packed, at offset: Int) {
                bytes = packed.bytes
                shared = packed.shared
                self.offset = offset
            }

            /// The next element; nil at the end, and for bytes that are none.
            mutating func next() -> Element? {
                guard offset < bytes.count else { return nil }
                if inChunk == Chronology.chunk {
                    inChunk = 0
                    before = Moment.origin
                }
                guard let flags = number(), let moment = moment(after: before),
                    let place = number(), place < UInt64(shared.count)
                else { return nil }
                var ending: Moment?
                switch flags & 3 {
                case 0: break
                case 1: ending = moment
                case 3:
                    ending = self.moment(after: moment)
                    if ending == nil { return nil }
                default: return nil
                }
                inChunk += 1
                before = moment
                return Element(
                    moment: moment, ending: ending, code: Int(flags >> 2),
                    shared: shared[Int(place)])
            }

            private mutating func moment(after before: Moment) -> Moment? {
                guard let time = number(), let sequence = number() else { return nil }
                return Moment(
                    time: Timestamp(
                        milliseconds: before.time.milliseconds &+ Cursor.unfold(time)),
                    sequence: SequenceNumber(
                        before.sequence.number &+ Int(Cursor.unfold(sequence))))
            }

            private static func unfold(_ number: UInt64) -> Int64 {
                Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
            }

            private mutating func number() -> UInt64? {
                var number: UInt64 = 0
                var shift: UInt64 = 0
                while offset < bytes.count, shift < 64 {
                    let byte = bytes[offset]
                    offset += 1
                    number |= UInt64(byte & 0x7F) << shift
                    if byte < 0x80 { return number }
                    shift += 7
                }
                return nil
            }
        }
    }
}

extension Moment {
    /// What the first difference of a chunk is taken from.
    fileprivate static let origin = Moment(
        time: Timestamp(milliseconds: 0), sequence: SequenceNumber(0))
}
