import Ledger

/// Numbers, texts and lists as `StateWriter` writes them.
///
/// Each throws `Unreadable` for what it would not have written.
extension StateReader {
    mutating func number() throws -> Int {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard let exact = Int(exactly: number) else { throw Unreadable() }
                return exact
            }
            shift += 7
        }
        throw Unreadable()
    }

    mutating func slice() throws -> ArraySlice<UInt8> {
        let count = try number()
        guard count <= end - offset else { throw Unreadable() }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func text() throws -> String {
        guard let text = String(utf8: try slice()) else { throw Unreadable() }
        return text
    }

    mutating func time() throws -> Timestamp {
        let isNegative = try number() == 1
        let time = Int64(try number())
        return Timestamp(milliseconds: isNegative ? -time : time)
    }

    mutating func moment() throws -> Moment {
        Moment(time: try time(), sequence: SequenceNumber(try number()))
    }

    mutating func optional<Value>(
        _ read: (inout StateReader) throws -> Value
    ) throws -> Value? {
        try number() == 0 ? nil : try read(&self)
    }

    mutating func list<Value>(
        _ read: (inout StateReader) throws -> Value
    ) throws -> [Value] {
        let count = try number()
        // Every value takes a byte at least.
        guard count <= end - offset else { throw Unreadable() }
        var list: [Value] = []
        list.reserveCapacity(count)
        for _ in 0..<count { list.append(try read(&self)) }
        return list
    }

    mutating func dictionary<Key: Hashable, Value>(
        _ read: (inout StateReader) throws -> (Key, Value)
    ) throws -> [Key: Value] {
        let pairs = try list(read)
        let dictionary = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        guard dictionary.count == pairs.count else { throw Unreadable() }
        return dictionary
    }

    mutating func basis() throws -> Basis {
        let code = try number()
        guard 0..<4 ~= code else { throw Unreadable() }
        return Basis(code: code)
    }

    mutating func mark<Value>(
        _ read: (inout StateReader) throws -> Value
    ) throws -> Mark<Value> {
        let moment = try moment()
        let basis = try basis()
        let migration = try optional { try $0.text() }
        return Mark(moment: moment, value: try read(&self), basis: basis, migration: migration)
    }

    mutating func marks<Value>(
        _ read: (inout StateReader) throws -> Value
    ) throws -> [Mark<Value>] {
        try list { try $0.mark(read) }
    }

    mutating func words() throws -> [UInt32] {
        let count = try number()
        guard count <= (end - offset) / 4 else { throw Unreadable() }
        let start = offset
        offset += count * 4
        return bytes.withUnsafeBytes { text in
            (0..<count).map {
                UInt32(
                    littleEndian: text.loadUnaligned(
                        fromByteOffset: start + $0 * 4, as: UInt32.self))
            }
        }
    }
}
