import Foundation

/// Texts compared where they stand, byte by byte.
extension UnsafeRawBufferPointer {
    /// Below 0, 0 or above it, as these bytes come before those.
    func order(_ other: UnsafeRawBufferPointer) -> Int {
        if let a = baseAddress, let b = other.baseAddress {
            let order = memcmp(a, b, Swift.min(count, other.count))
            if order != 0 { return Int(order) }
        }
        return count - other.count
    }

    /// True when both have the same bytes.
    func isSame(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let a = baseAddress, let b = other.baseAddress else { return count == 0 }
        return memcmp(a, b, count) == 0
    }

    /// True when the bytes are a piece of program text.
    func isSame(_ text: StaticString) -> Bool {
        isSame(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
