public import Ledger

/// What a history is made of: something at a moment that shares what it says with others.
public protocol Chronicled: Sendable {
    /// What many elements of one history have in common, by reference.
    associatedtype Shared: AnyObject, Sendable

    /// Its place in the history.
    var moment: Moment { get }
    /// A second moment that belongs to it.
    var ending: Moment? { get }
    /// Everything else that tells its kind, as a small number.
    var code: Int { get }
    /// What it shares.
    var shared: Shared { get }
    /// Who is behind it; nil where nobody is named.
    var author: Author? { get }
    /// True when somebody is behind every element.
    static var isAuthored: Bool { get }

    /// The element that has these parts; nil for parts that no element has.
    init?(moment: Moment, ending: Moment?, code: Int, shared: Shared, author: Author?)
}

/// A history in the order in which things happened.
///
/// The newest elements are kept as they are. Older ones are packed, sixteen at a time, as the
/// differences from one to the next, in some seven bytes each: a log of a million events has
/// histories of a thousand looks that all show the same. Elements of one *kind* share what they
/// say and their code; a question that is about kinds alone need not walk the packed elements.
public struct Chronology<Element: Chronicled>: Sendable {
    /// Elements that are packed together.
    static var chunk: Int { 16 }

    private(set) var packed = Packed()
    private(set) var young: [Element] = []

    /// A history of nothing.
    public init() {}

    /// A history of elements that are in order.
    init(_ elements: some Sequence<Element>) {
        for element in elements { append(element) }
    }

    /// A history whose older part is packed already.
    init(packed: Packed, young: [Element]) {
        self.packed = packed
        self.young = young
    }

    mutating func append(_ element: Element) {
        young.append(element)
        guard young.count >= 2 * Self.chunk else { return }
        packed.append(young[..<Self.chunk])
        young.removeFirst(Self.chunk)
    }

    /// Puts an element at its place; the common case, the end, costs little.
    mutating func insertInOrder(_ element: Element) {
        // Not `last`, which would be a copy of the whole element.
        let last = young.isEmpty ? self.last?.moment : young[young.count - 1].moment
        if let last, element.moment < last {
            reach { $0.moment <= element.moment }
            let index = young.firstIndex { element.moment < $0.moment } ?? young.count
            young.insert(element, at: index)
        } else {
            append(element)
        }
    }

    /// Changes the last element that is looked for; nothing when there is none.
    mutating func change(last isWanted: (Element) -> Bool, _ change: (inout Element) -> Void) {
        if !young.contains(where: isWanted) {
            guard contains(where: isWanted) else { return }
            reach(isWanted)
        }
        guard let index = young.lastIndex(where: isWanted) else { return }
        change(&young[index])
    }

    /// Keeps what a predicate does not name.
    mutating func removeAll(where isUnwanted: (Element) -> Bool) {
        self = Chronology(filter { !isUnwanted($0) })
    }

    /// Takes packed elements back until there is one of a kind among the unpacked, or none is left.
    private mutating func reach(_ isWanted: (Element) -> Bool) {
        while !packed.isEmpty, !young.contains(where: isWanted) {
            young.insert(contentsOf: packed.popChunk(), at: 0)
        }
    }
}

extension Chronology: RandomAccessCollection, ExpressibleByArrayLiteral {
    /// A history from a literal, in order.
    public init(arrayLiteral elements: Element...) { self.init(elements) }

    /// The position of the oldest element.
    public var startIndex: Int { 0 }

    /// The position after the newest element.
    public var endIndex: Int { packed.count + young.count }

    /// The element at a position; one by one the iterator is quicker.
    public subscript(position: Int) -> Element {
        position < packed.count ? packed.element(at: position) : young[position - packed.count]
    }

    /// Goes through the history from the oldest to the newest.
    public struct Iterator: IteratorProtocol {
        fileprivate let packed: Packed
        fileprivate let young: [Element]
        fileprivate var chunk = 0
        fileprivate var elements: [Element] = []
        fileprivate var index = 0

        /// The next element.
        public mutating func next() -> Element? {
            while index == elements.count {
                guard chunk <= packed.starts.count else { return nil }
                index = 0
                if chunk < packed.starts.count {
                    packed.read(chunk: chunk, into: &elements)
                } else {
                    elements = young
                }
                chunk += 1
            }
            defer { index += 1 }
            return elements[index]
        }
    }

    /// An iterator from the oldest element on.
    public func makeIterator() -> Iterator { Iterator(packed: packed, young: young) }

    /// The elements in an array.
    var array: [Element] { packed.isEmpty ? young : Array(self) }

    /// The newest element that a predicate names.
    public func last(where isWanted: (Element) throws -> Bool) rethrows -> Element? {
        if let found = try young.last(where: isWanted) { return found }
        var elements: [Element] = []
        for chunk in packed.starts.indices.reversed() {
            packed.read(chunk: chunk, into: &elements)
            if let found = try elements.last(where: isWanted) { return found }
        }
        return nil
    }
}
