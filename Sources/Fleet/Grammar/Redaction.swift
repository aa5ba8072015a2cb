public import Ledger

/// Takes passwords and keys out of text before it is written anywhere.
///
/// Always taken out: `-pSECRET`, `--password X`, `MYSQL_PWD=X`, the password of a URL's `user:password@`,
/// curl's `-u user:password`, the credentials of an `Authorization:` header, signing keys (`PRIVATE+KEY+…`), New Relic
/// licences and the password of `env sectionio`; beyond that what the caller's patterns match. To redact twice changes
/// nothing.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"
    /// What stands in the place of a text that could not be searched for secrets.
    public static let leftOut = "[left out: a redaction pattern of the policy took too long]"

    /// The text without its secrets.
    public static func redact(_ text: String, patterns: [RedactionPattern] = []) -> String {
        Redactor(patterns).redact(text)
    }

    /// True when a text in the object was left out.
    public static func leftOut(of object: JSONObject) -> Bool {
        let bytes = (try? CanonicalJSON.encode(object)) ?? []
        return String(decoding: bytes, as: UTF8.self).contains(leftOut)
    }

    /// The words of a command without their secrets.
    public static func redact(
        arguments: [String], patterns: [RedactionPattern] = []
    ) -> [String] {
        Redactor(patterns).redact(arguments: arguments)
    }
}

/// Patterns and values, ready to redact many texts.
struct Redactor {
    private let patterns: [RedactionPattern]
    /// Texts that are secrets wherever they stand, the longest first.
    private let values: [[UInt8]]

    private static let mark = Array(Redaction.mark.utf8)
    /// More rounds than this are not spent on a text that was made to need them.
    private static let roundLimit = 16

    init(_ patterns: [RedactionPattern], values: [String] = []) {
        self.patterns = patterns
        self.values = values.map { Array($0.utf8) }.filter { !$0.isEmpty }
            .sorted { $0.count > $1.count }
    }

    /// True when only the secrets are taken out that always are.
    var isPlain: Bool { patterns.isEmpty && values.isEmpty }

    func redact(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard let result = redact(bytes, border: 0)?.bytes else { return Redaction.leftOut }
        return result == bytes ? text : String(decoding: result, as: UTF8.self)
    }

    /// The bytes without their secrets, and where a place in them went: a secret that reaches over
    /// it ends before it.
    ///
    /// Values first: the scanner could take out a part of one and leave the rest. Nil when a pattern
    /// was not done with the text in time, so that nobody knows what is secret in it.
    func redact(_ bytes: [UInt8], border: Int) -> (bytes: [UInt8], border: Int)? {
        var text = (bytes: bytes, border: border)
        for value in values { Redactor.hide(Redactor.places(of: value, in: text.bytes), in: &text) }
        Redactor.hideSecrets(in: &text)
        for pattern in patterns where !text.bytes.isEmpty {
            guard let ranges = PatternSearch.current.ranges(pattern, text.bytes) else { return nil }
            guard !ranges.isEmpty else { continue }
            Redactor.hide(ranges, in: &text)
            // It may have taken a quotation mark, too.
            Redactor.hideSecrets(in: &text)
        }
        return text
    }

    /// A secret that goes may take a quotation mark with it that hid another one, so it is looked
    /// again until nothing changes; what a text still hides then goes with all that follows it.
    static func hideSecrets(
        in text: inout (bytes: [UInt8], border: Int), rounds: Int = roundLimit
    ) {
        for _ in 0..<rounds {
            let before = text.bytes
            hide(SecretScanner.ranges(in: before), in: &text)
            if text.bytes == before { return }
        }
        guard let first = SecretScanner.ranges(in: text.bytes).first else { return }
        hide([first.lowerBound..<text.bytes.count], in: &text)
    }

    private static func hide(_ ranges: [Range<Int>], in text: inout (bytes: [UInt8], border: Int)) {
        guard !ranges.isEmpty else { return }
        var result: [UInt8] = []
        var copied = 0
        var border: Int?
        for range in ranges {
            if border == nil, text.border <= range.lowerBound {
                border = result.count + text.border - copied
            }
            result += text.bytes[copied..<range.lowerBound]
            result += mark
            copied = range.upperBound
            if border == nil, text.border <= range.upperBound { border = result.count }
        }
        let end = border ?? result.count + text.border - copied
        result += text.bytes[copied...]
        text = (result, end)
    }

    private static func places(of value: [UInt8], in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        guard let first = value.first else { return found }
        var rest = bytes[...]
        while let start = rest.firstIndex(of: first) {
            if bytes[start...].starts(with: value) {
                found.append(start..<start + value.count)
                rest = bytes[(start + value.count)...]
            } else {
                rest = bytes[(start + 1)...]
            }
        }
        return found
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
            if let before = words.last, SecretScanner.users.contains(before),
                let colon = argument.firstIndex(of: ":")
            {
                words.append(String(argument[...colon]) + Redaction.mark)
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
