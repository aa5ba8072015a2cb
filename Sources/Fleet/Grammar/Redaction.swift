/// Takes passwords and keys out of text before it is written anywhere.
///
/// Always taken out: `-pSECRET`, `--password X`, `MYSQL_PWD=X`, the password of a URL's `user:password@`,
/// New Relic licences and the password of `env sectionio`; beyond that what the caller's patterns
/// match. To redact twice changes nothing.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"

    /// The text without its secrets.
    public static func redact(_ text: String, patterns: [RedactionPattern] = []) -> String {
        Redactor(patterns).redact(text)
    }

    /// The words of a command without their secrets.
    public static func redact(
        arguments: [String], patterns: [RedactionPattern] = []
    ) -> [String] {
        Redactor(patterns).redact(arguments: arguments)
    }
}

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

/// The compiled patterns, ready to redact many texts.
struct Redactor {
    private let patterns: [Regex<AnyRegexOutput>]

    init(_ patterns: [RedactionPattern]) {
        self.patterns = patterns.compactMap { try? Regex($0.text) }
    }

    func redact(_ text: String) -> String {
        var bytes = Array(text.utf8)
        var result = text
        if SecretScanner.scrub(&bytes) { result = String(decoding: bytes, as: UTF8.self) }
        for pattern in patterns where result.contains(pattern) {
            result = result.replacing(pattern) { match in
                match.range.isEmpty ? String(result[match.range]) : Redaction.mark
            }
        }
        return result
    }

    func redact(arguments: [String]) -> [String] {
        var words: [String] = []
        var hidesNext = false
        for argument in arguments {
            if hidesNext, !argument.hasPrefix("--") {
                words.append(Redaction.mark)
                hidesNext = false
                continue
            }
            hidesNext = SecretScanner.options.contains { $0.elementsEqual(argument.utf8) }
            // A word with spaces is one word here, so the scanner must not stop at them.
            if !hidesNext, let secret = SecretScanner.secretStart(inWord: argument) {
                words.append(String(argument[..<secret]) + Redaction.mark)
            } else {
                words.append(redact(argument))
            }
        }
        if let index = words.firstIndex(of: "sectionio"), words.count >= index + 5 {
            words[index + 4] = Redaction.mark
        }
        return words
    }
}
