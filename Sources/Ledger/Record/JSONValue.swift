/// A JSON value in the I-JSON sense (RFC 7493): numbers are IEEE 754 doubles, member names are unique.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The number of an integer; exact up to 2^53.
    public static func integer(_ value: Int) -> JSONValue { .number(Double(value)) }

    /// The string, or nil when the value is of another kind.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The number as an integer, or nil when it is not one.
    public var integer: Int? {
        guard case .number(let value) = self else { return nil }
        return Int(exactly: value)
    }

    /// The boolean, or nil when the value is of another kind.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements, or nil when the value is of another kind.
    public var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members, or nil when the value is of another kind.
    public var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }
}

/// A JSON object whose members are kept in RFC 8785 order, by UTF-16 code units of their names.
///
/// Names are compared as code units: a Swift dictionary would take two canonically equivalent names
/// for one.
public struct JSONObject: Sendable, Hashable {
    /// A name and its value.
    public struct Member: Sendable, Hashable {
        /// The member's name.
        public let name: String
        /// The member's value.
        public var value: JSONValue

        /// Two members are equal when their names have the same bytes and their values are equal.
        public static func == (a: Member, b: Member) -> Bool {
            a.name.utf8.elementsEqual(b.name.utf8) && a.value == b.value
        }
    }

    /// The members in RFC 8785 order.
    public private(set) var members: [Member] = []

    /// An object without members.
    public init() {}

    /// An object of members in any order; the last of two with one name stays.
    public init(_ pairs: [(String, JSONValue?)]) {
        members.reserveCapacity(pairs.count)
        for (name, value) in pairs { self[name] = value }
    }

    /// The value of a member, nil when there is none; setting nil removes it.
    public subscript(name: String) -> JSONValue? {
        get {
            let (index, found) = position(of: name)
            return found ? members[index].value : nil
        }
        set {
            let (index, found) = position(of: name)
            switch (found, newValue) {
            case (true, let value?): members[index].value = value
            case (true, nil): members.remove(at: index)
            case (false, let value?): members.insert(Member(name: name, value: value), at: index)
            case (false, nil): break
            }
        }
    }

    /// An object of members that are in order already, each name once.
    init(sorted members: [Member]) { self.members = members }

    /// Adds a member; false, and nothing is changed, when there is one of that name.
    mutating func add(_ name: String, _ value: JSONValue) -> Bool {
        let (index, found) = position(of: name)
        if found { return false }
        members.insert(Member(name: name, value: value), at: index)
        return true
    }

    /// Sets every member of another object.
    mutating func merge(_ other: JSONObject) {
        members.reserveCapacity(members.count + other.members.count)
        for member in other.members { self[member.name] = member.value }
    }

    fileprivate init(elements: [(String, JSONValue)]) {
        members.reserveCapacity(elements.count)
        for (name, value) in elements { self[name] = value }
    }

    /// True when the object has no members.
    public var isEmpty: Bool { members.isEmpty }

    private func position(of name: String) -> (index: Int, found: Bool) {
        name.withUTF8Bytes { name in
            func order(_ index: Int) -> Int {
                members[index].name.withUTF8Bytes { $0.utf16Order(name) }
            }
            // Canonical texts give the members in order: the common case is the end.
            guard let last = members.indices.last, order(last) >= 0 else {
                return (members.count, false)
            }
            var low = 0
            var high = members.count
            while low < high {
                let middle = (low + high) / 2
                let order = order(middle)
                if order == 0 { return (middle, true) }
                if order < 0 { low = middle + 1 } else { high = middle }
            }
            return (low, false)
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object from a literal; the last of two members with one name stays.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements: elements)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string value.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A number value.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A boolean value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An array value.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object value; the last of two members with one name stays.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements: elements))
    }
}
