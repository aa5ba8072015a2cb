/// What is wrong with a JSON text, and at which byte.
public enum JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Something else stands where `expected` should, at a byte offset from 0.
    case expected(String, offset: Int)
    /// A member name occurs twice in one object (I-JSON, RFC 7493 section 2.3).
    case duplicateName(String, offset: Int)
    /// Arrays and objects nest deeper than the reader follows.
    case tooDeep(offset: Int)
    /// The text is JSON but not in RFC 8785 form; the offset is the first byte that differs.
    case notCanonical(offset: Int)
    /// A NaN or an infinity, which JSON cannot carry.
    case notFinite

    /// The error in words.
    public var description: String {
        switch self {
        case .expected(let what, let offset): "byte \(offset): expected \(what)"
        case .duplicateName(let name, let offset): "byte \(offset): member \"\(name)\" occurs twice"
        case .tooDeep(let offset): "byte \(offset): nested deeper than \(JSONReader.depthLimit)"
        case .notCanonical(let offset): "byte \(offset): not in RFC 8785 canonical form"
        case .notFinite: "a number is not finite"
        }
    }
}
