import Ledger

extension Chronology.Packed {
    /// What stands for an element in the bytes.
    struct Entry {
        /// Its kind, by number.
        let place: Int
        let moment: Moment
        let ending: Moment?
        /// Who is behind it, by number.
        let author: Int?
    }

    /// The element at a position.
    func element(at position: Int) -> Element {
        let chunk = Chronology<Element>.chunk
        var found: Entry?
        _ = scan(from: Int(starts[position / chunk]), count: position % chunk + 1) { found = $0 }
        guard let entry = found, let element = element(of: entry) else {
            preconditionFailure("a packed history holds what was packed")
        }
        return element
    }

    /// Reads a chunk in place of what an array holds.
    func read(chunk: Int, into elements: inout [Element]) {
        elements.removeAll(keepingCapacity: true)
        _ = scan(from: Int(starts[chunk]), count: Chronology<Element>.chunk) { entry in
            if let element = element(of: entry) { elements.append(element) }
        }
    }

    /// The elements of wanted kinds.
    func elements(where isWanted: (Int) -> Bool) -> [Element] {
        var found: [Element] = []
        _ = scan(from: 0, count: count) { entry in
            if isWanted(entry.place), let element = element(of: entry) { found.append(element) }
        }
        return found
    }

    /// True when a kind has elements and a predicate names them.
    func isLike(_ kind: Kind, _ isWanted: (Element) -> Bool) -> Bool {
        guard kind.count > 0,
            let example = Element(
                moment: .origin, ending: nil, code: Int(kind.code), shared: kind.shared,
                author: Element.isAuthored ? Author.nobody : nil)
        else { return false }
        return isWanted(example)
    }

    /// The element that an entry stands for.
    func element(of entry: Entry) -> Element? {
        let kind = kinds[entry.place]
        return Element(
            moment: entry.moment, ending: entry.ending, code: Int(kind.code),
            shared: kind.shared, author: entry.author.map { authors[$0] })
    }

    /// Goes through so many entries, from the first of a chunk on.
    ///
    /// - Returns: the place after the last one; nil when the bytes are not as many entries.
    @inline(__always)
    func scan(from start: Int, count: Int, _ body: (Entry) -> Void) -> Int? {
        bytes.withUnsafeBufferPointer { text in
            var reader = Reader(text: text, offset: start)
            var before = Moment.origin
            for index in 0..<count {
                if index % Chronology<Element>.chunk == 0 { before = .origin }
                guard let flags = reader.number(), flags >> 2 < UInt64(kinds.count),
                    let moment = reader.moment(after: before)
                else { return nil }
                var author: Int?
                if Element.isAuthored {
                    guard let place = reader.number(), place < UInt64(authors.count) else {
                        return nil
                    }
                    author = Int(place)
                }
                var ending: Moment?
                switch flags & 3 {
                case 0: break
                case 1: ending = moment
                case 3:
                    ending = reader.moment(after: moment)
                    if ending == nil { return nil }
                default: return nil
                }
                before = moment
                body(
                    Entry(place: Int(flags >> 2), moment: moment, ending: ending, author: author))
            }
            return reader.offset
        }
    }

    private struct Reader {
        let text: UnsafeBufferPointer<UInt8>
        var offset: Int

        @inline(__always)
        mutating func moment(after before: Moment) -> Moment? {
            guard let time = number(), let sequence = number() else { return nil }
            return Moment(
                time: Timestamp(
                    milliseconds: before.time.milliseconds &+ Reader.unfold(time)),
                sequence: SequenceNumber(
                    before.sequence.number &+ Int(Reader.unfold(sequence))))
        }

        private static func unfold(_ number: UInt64) -> Int64 {
            Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
        }

        @inline(__always)
        mutating func number() -> UInt64? {
            var number: UInt64 = 0
            var shift: UInt64 = 0
            while offset < text.count, shift < 64 {
                let byte = text[offset]
                offset += 1
                number |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return number }
                shift += 7
            }
            return nil
        }
    }
}

extension Author {
    /// Stands where a question about a kind must not look.
    fileprivate static let nobody = Author(actor: Actor(id: "", type: ""), migration: nil)
}
