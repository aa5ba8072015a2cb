import Foundation

/// Passing over values without making anything of them.
///
/// What has an escape, a number of an unusual form or a name beyond ASCII is not passed: then the
/// text must be read in full, and whether it is canonical is found out there.
extension CanonicalReader {
    /// The bytes of a string that stands for itself; nil when it is none, or not valid UTF-8.
    mutating func plain() -> UnsafeRawBufferPointer? {
        guard take("\"") else { return nil }
        let start = offset
        passPlain()
        let text = run(from: start)
        guard take("\""), text.isASCII || String(validating: text, as: UTF8.self) != nil
        else { return nil }
        return text
    }

    /// Passes an object, noticing what may refer to an attachment; false when it is not canonical for
    /// sure.
    mutating func passObject() -> Bool {
        passMembers { $0.passValue() }
    }

    /// Passes an object whose values a body passes; false when that says so, or when it is not
    /// canonical for sure.
    mutating func passMembers(_ passValue: (inout CanonicalReader) -> Bool) -> Bool {
        guard current == UInt8(ascii: "{"), enter() else { return false }
        defer { leave() }
        if take("}") { return true }
        var last: UnsafeRawBufferPointer?
        while let name = plain(), name.isASCII, take(":") {
            if let last, last.order(name) >= 0 { return false }
            last = name
            if name.isSame("commitment") { mayHavePassedReference = true }
            guard passValue(&self) else { return false }
            if take("}") { return true }
            guard take(",") else { return false }
        }
        return false
    }

    private mutating func passArray() -> Bool {
        guard enter() else { return false }
        defer { leave() }
        if take("]") { return true }
        while passValue() {
            if take("]") { return true }
            guard take(",") else { return false }
        }
        return false
    }

    /// Passes any value; false when it is not canonical for sure.
    mutating func passValue() -> Bool {
        switch current {
        case UInt8(ascii: "\""): plain() != nil
        case UInt8(ascii: "{"): passObject()
        case UInt8(ascii: "["): passArray()
        case UInt8(ascii: "t"): take("true")
        case UInt8(ascii: "f"): take("false")
        case UInt8(ascii: "n"): take("null")
        default: number() != nil
        }
    }
}
