/// A regular expression whose matches are secrets.
public struct RedactionPattern: Sendable, Hashable {
    /// The expression in Swift's syntax.
    public let text: String

    /// A pattern of an expression.
    ///
    /// - Throws: `RedactionError` when it does not compile.
    public init(_ text: String) throws(RedactionError) {
        guard !text.isEmpty, (try? Regex(text)) != nil else {
            throw RedactionError(pattern: text)
        }
        self.text = text
    }
}

/// A pattern that is no regular expression.
public struct RedactionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The pattern as given.
    public let pattern: String

    /// The error in words.
    public var description: String {
        "redaction pattern \"\(pattern)\": expected a regular expression such as token=[^ ]+"
    }
}

extension RedactionPattern {
    /// The expression, ready to search many texts.
    public struct Compiled {
        fileprivate let expression: Regex<AnyRegexOutput>?

        /// Where the matches are that are not empty, in bytes and in order.
        public func ranges(in bytes: [UInt8]) -> [Range<Int>] {
            guard let expression else { return [] }
            // Reading bytes that are no UTF-8 as text would move the places.
            let string = String(decoding: bytes, as: UTF8.self)
            var at = string.startIndex
            var offset = 0
            func step(to index: String.Index) -> Int {
                offset += string.utf8.distance(from: at, to: index)
                at = index
                return offset
            }
            return string.matches(of: expression).map(\.range).filter { !$0.isEmpty }.map {
                step(to: $0.lowerBound)..<step(to: $0.upperBound)
            }
        }
    }

    /// The expression compiled.
    public var compiled: Compiled { Compiled(expression: try? Regex(text)) }

    /// Texts on which a pattern that repeats without a bound gets slow: long words of each letter that
    /// it names and of all of them, with something else at their end.
    public func hostileTexts(bytes count: Int = 64 * 1024) -> [[UInt8]] {
        let letters = named
        let words = letters.map { [$0] } + [letters]
        return words.map { word in
            let bytes = Array(String(word).utf8)
            return (0..<max(1, count / bytes.count)).flatMap { _ in bytes } + [0x01]
        }
    }

    /// The letters that stand in the expression, and those that its classes stand for.
    private var named: [Character] {
        var found: [Character] = ["a", "x", "0", " "]
        var isEscaped = false
        for character in text {
            if isEscaped {
                isEscaped = false
                // An escaped letter is a class or a place.
                guard !character.isLetter, !character.isNumber else { continue }
            } else if character == "\\" {
                isEscaped = true
                continue
            } else if "^$.|?*+()[]{}".contains(character) {
                continue
            }
            if !found.contains(character) { found.append(character) }
        }
        return found
    }
}

/// How texts are searched for the patterns of the policy.
///
/// A pattern can take longer than anybody waits, and a search that has begun does not stop; who runs
/// commands puts one with a bound into its place.
public struct PatternSearch: Sendable {
    /// Where the matches are in a text; nil when that was not found out in time.
    public let ranges: @Sendable (_ pattern: RedactionPattern, _ text: [UInt8]) -> [Range<Int>]?

    /// A way to search.
    public init(
        _ ranges: @escaping @Sendable (RedactionPattern, [UInt8]) -> [Range<Int>]?
    ) {
        self.ranges = ranges
    }

    /// The search that counts here; without a bound unless somebody says otherwise.
    @TaskLocal public static var current = PatternSearch { $0.compiled.ranges(in: $1) }
}
