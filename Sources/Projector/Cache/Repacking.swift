import Ledger

/// Packs a history anew, so that equal histories have equal bytes however they came to be.
struct Repacking<Element: Chronicled> {
    /// A kind by the number of what it shares.
    struct Kind: Hashable {
        let content: Int
        let code: Int
        var count = 0
        var first = -1
        var last = -1

        static func == (a: Kind, b: Kind) -> Bool { a.content == b.content && a.code == b.code }

        func hash(into hasher: inout Hasher) {
            hasher.combine(content)
            hasher.combine(code)
        }
    }

    /// Kinds and authors, in the order in which they were met.
    private(set) var kinds: [Kind] = []
    private(set) var authors: [Int] = []
    /// The whole chunks, and the elements after the last one.
    private(set) var packed = Chronology<Element>.Packed()
    private(set) var tail = Chronology<Element>.Packed()
    private(set) var rest: [(element: Element, kind: Int, author: Int?)] = []
    private var kindPlaces: [Kind: Int] = [:]
    private var authorPlaces: [Int: Int] = [:]
    private var lastKinds: [(shared: Element.Shared, code: Int, place: Int)] = []
    private var lastAuthors: [(author: Author, place: Int)] = []
    private var count = 0

    /// Adds the next element; the first `whole` ones are packed in chunks, the others stand alone.
    mutating func add(
        _ element: Element, _ whole: Int, content: () -> Int, author number: (Author?) -> Int?
    ) {
        let kind = place(of: element, content)
        rest.append((element, kind, element.author.flatMap { place(of: $0, number) }))
        if count < whole {
            kinds[kind].count += 1
            kinds[kind].last = count
            if kinds[kind].first < 0 { kinds[kind].first = count }
        }
        count += 1
        if count <= whole, rest.count == Chronology<Element>.chunk { flush(into: \.packed) }
    }

    /// Packs what stands alone, at the end.
    mutating func finish() {
        let last = rest
        flush(into: \.tail)
        rest = last
    }

    private mutating func flush(into target: WritableKeyPath<Self, Chronology<Element>.Packed>) {
        guard !rest.isEmpty else { return }
        let (elements, places) = (rest.map(\.element), rest.map { ($0.kind, $0.author) })
        self[keyPath: target].append(elements[...]) { _, _, index in places[index] }
        rest.removeAll(keepingCapacity: true)
    }

    private mutating func place(of element: Element, _ content: () -> Int) -> Int {
        let (shared, code) = (element.shared, element.code)
        for known in lastKinds where known.shared === shared && known.code == code {
            return known.place
        }
        let kind = Kind(content: content(), code: code)
        let place = kindPlaces[kind] ?? kinds.count
        if place == kinds.count {
            kindPlaces[kind] = place
            kinds.append(kind)
        }
        if lastKinds.count == 8 { lastKinds.removeFirst() }
        lastKinds.append((shared, code, place))
        return place
    }

    private mutating func place(of author: Author, _ number: (Author?) -> Int?) -> Int? {
        for known in lastAuthors where known.author === author { return known.place }
        guard let key = number(author) else { return nil }
        let place = authorPlaces[key] ?? authors.count
        if place == authors.count {
            authorPlaces[key] = place
            authors.append(key)
        }
        if lastAuthors.count == 8 { lastAuthors.removeFirst() }
        lastAuthors.append((author, place))
        return place
    }
}
