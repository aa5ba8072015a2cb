/// Why an event or its `data` cannot be read.
public enum EventError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A member is missing or of the wrong kind.
    case malformed(type: String, member: String, expected: String)
    /// The bytes are not a record: not canonical JSON, or an attribute is missing or wrong.
    case notARecord(String)
    /// The record is longer than a tile's entry may be (C2SP tlog-tiles, 65,535 bytes); `member` is the
    /// longest one of its data.
    case tooLarge(bytes: Int, member: String? = nil)

    /// The error in words.
    public var description: String {
        switch self {
        case .malformed(let type, let member, let expected):
            "\(type): data member \"\(member)\": expected \(expected)"
        case .notARecord(let why): "not a record: \(why)"
        case .tooLarge(let bytes, let member):
            "\(member.map { "\"\($0)\"" } ?? "the event") is too long: with it the event takes "
                + "\(bytes) bytes, and at most \(Record.byteLimit) can be recorded; shorten it, give "
                + "long text as a file, or split the listing"
        }
    }
}

/// Reads the members of an event's `data` and says which one is wrong.
public struct DataReader: Sendable {
    /// The members.
    public let object: JSONObject
    /// The event type that errors name.
    public let type: String

    /// A reader of an object for an event type.
    public init(_ object: JSONObject, type: String) {
        self.object = object
        self.type = type
    }

    /// A string that must be there.
    ///
    /// - Throws: `EventError.malformed`.
    public func string(_ name: String) throws(EventError) -> String {
        guard let value = object[name]?.string else { throw wrong(name, "a string") }
        return value
    }

    /// A string that may be absent.
    ///
    /// - Throws: `EventError.malformed` when another kind of value is there.
    public func optionalString(_ name: String) throws(EventError) -> String? {
        guard let value = object[name] else { return nil }
        guard let string = value.string else { throw wrong(name, "a string") }
        return string
    }

    /// An integer that may be absent.
    ///
    /// - Throws: `EventError.malformed` when another kind of value is there.
    public func optionalInteger(_ name: String) throws(EventError) -> Int? {
        guard let value = object[name] else { return nil }
        guard let integer = value.integer else { throw wrong(name, "an integer") }
        return integer
    }

    /// An integer that must be there.
    ///
    /// - Throws: `EventError.malformed`.
    public func integer(_ name: String) throws(EventError) -> Int {
        guard let value = try optionalInteger(name) else { throw wrong(name, "an integer") }
        return value
    }

    /// A boolean that may be absent.
    ///
    /// - Throws: `EventError.malformed` when another kind of value is there.
    public func optionalFlag(_ name: String) throws(EventError) -> Bool? {
        guard let value = object[name] else { return nil }
        guard let flag = value.bool else { throw wrong(name, "true or false") }
        return flag
    }

    /// A boolean, false when absent.
    ///
    /// - Throws: `EventError.malformed` when another kind of value is there.
    public func flag(_ name: String) throws(EventError) -> Bool { try optionalFlag(name) ?? false }

    /// One word of a closed set.
    ///
    /// - Throws: `EventError.malformed`.
    public func word<Word: RawRepresentable<String>>(_ name: String) throws(EventError) -> Word {
        guard let word = Word(rawValue: try string(name)) else { throw wrong(name, "a known word") }
        return word
    }

    /// One word of a closed set that may be absent.
    ///
    /// - Throws: `EventError.malformed` when another word is there.
    public func optionalWord<Word: RawRepresentable<String>>(
        _ name: String
    ) throws(EventError) -> Word? {
        guard object[name] != nil else { return nil }
        return try word(name)
    }

    /// An instant that may be absent.
    ///
    /// - Throws: `EventError.malformed` when another value is there.
    public func optionalTime(_ name: String) throws(EventError) -> Timestamp? {
        guard let text = try optionalString(name) else { return nil }
        guard let time = Timestamp(text) else { throw wrong(name, "an RFC 3339 time") }
        return time
    }

    /// An array of strings, empty when absent.
    ///
    /// - Throws: `EventError.malformed` when another value is there.
    public func strings(_ name: String) throws(EventError) -> [String] {
        guard let value = object[name] else { return [] }
        let strings = value.array?.compactMap(\.string) ?? []
        guard let array = value.array, array.count == strings.count else {
            throw wrong(name, "an array of strings")
        }
        return strings
    }

    /// The readers of an array of objects, empty when absent.
    ///
    /// - Throws: `EventError.malformed` when another value is there.
    public func objects(_ name: String) throws(EventError) -> [DataReader] {
        guard let value = object[name] else { return [] }
        let objects = value.array?.compactMap(\.object) ?? []
        guard let array = value.array, array.count == objects.count else {
            throw wrong(name, "an array of objects")
        }
        return objects.map { DataReader($0, type: type) }
    }

    /// The error of a member.
    public func wrong(_ name: String, _ expected: String) -> EventError {
        .malformed(type: type, member: name, expected: expected)
    }
}
