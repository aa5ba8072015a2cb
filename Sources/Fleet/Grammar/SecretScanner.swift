/// Finds the secrets that are always taken out, byte by byte.
enum SecretScanner {
    /// The options whose value is a secret.
    static let options: [[UInt8]] = ["--password", "--passwd", "--newrelic-licence"].map {
        Array($0.utf8)
    }

    /// The options of curl whose value is a name, or a name and a password.
    static let users = ["-u", "--user"]

    /// Where the secrets are, in order.
    static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = 0
        func at(_ position: Int) -> UInt8 { position < bytes.count ? bytes[position] : 0 }
        func hide(_ range: Range<Int>) {
            found.append(range)
            index = range.upperBound
        }
        while index < bytes.count {
            let byte = bytes[index]
            let startsWord = index == 0 || isBreak(bytes[index - 1])
            if startsWord, byte == UInt8(ascii: "-") || isLetter(byte),
                let secret = secret(bytes, after: index), !secret.isEmpty
            {
                hide(secret)
                continue
            }
            if byte == UInt8(ascii: ":"), at(index + 1) == UInt8(ascii: "/"),
                at(index + 2) == UInt8(ascii: "/"),
                let secret = credential(bytes, from: index + 3, scheme: index)
            {
                hide(secret)
                continue
            }
            if byte == UInt8(ascii: "P"), let key = signingKey(bytes, from: index) {
                hide(key)
                continue
            }
            index += 1
        }
        return found
    }

    /// Where the secret starts in a word of its own, such as `-pSECRET` or `--password=X`.
    static func secretStart(inWord word: String) -> String.Index? {
        let prefixes = ["-p", "--password=", "--passwd=", "--newrelic-licence=", "MYSQL_PWD="]
        for prefix in prefixes where word.hasPrefix(prefix) && word.count > prefix.count {
            return word.index(word.startIndex, offsetBy: prefix.count)
        }
        return nil
    }

    private static func secret(_ bytes: [UInt8], after start: Int) -> Range<Int>? {
        func starts(_ text: String) -> Int? {
            bytes[start...].starts(with: text.utf8) ? start + text.utf8.count : nil
        }
        switch bytes[start] {
        case UInt8(ascii: "-"):
            for option in options where bytes[start...].starts(with: option) {
                var index = start + option.count
                guard index < bytes.count else { return nil }
                if bytes[index] == UInt8(ascii: "=") { return value(bytes, from: index + 1) }
                guard isSpace(bytes[index]) else { return nil }
                while index < bytes.count, isSpace(bytes[index]) { index += 1 }
                guard !bytes[index...].starts(with: "--".utf8) else { return nil }
                return value(bytes, from: index)
            }
            for user in users {
                guard let index = starts(user) else { continue }
                let isJoined = user.count > 2 && index < bytes.count && bytes[index] == 0x3D
                guard let first = isJoined ? index + 1 : skipSpaces(bytes, from: index),
                    let word = value(bytes, from: first)
                else { continue }
                return password(bytes, of: word)
            }
            // mysql's own form: the password follows without a space.
            guard let index = starts("-p"), index < bytes.count, !isSpace(bytes[index]) else {
                return nil
            }
            return value(bytes, from: index)
        case UInt8(ascii: "M"):
            return starts("MYSQL_PWD=").flatMap { value(bytes, from: $0) }
        case UInt8(ascii: "S"):
            // The platform prints the licence back.
            guard let index = starts("Set NewRelic licence for "),
                let name = value(bytes, from: index),
                bytes[name.upperBound...].starts(with: " to ".utf8)
            else { return nil }
            return value(bytes, from: name.upperBound + 4)
        case UInt8(ascii: "A"), UInt8(ascii: "a"):
            return credentials(bytes, from: start)
        case UInt8(ascii: "n"):
            guard startsLine(bytes, start), var index = starts("newrelic  ") else { return nil }
            while index < bytes.count, bytes[index] == 0x20 { index += 1 }
            return value(bytes, from: index)
        case UInt8(ascii: "s"):
            // `env sectionio E ENDPOINT USER PASSWORD`
            guard var index = starts("sectionio") else { return nil }
            var last: Range<Int>?
            for _ in 0..<4 {
                let before = index
                while index < bytes.count, bytes[index] == 0x20 { index += 1 }
                guard index > before, let word = value(bytes, from: index),
                    bytes[word.lowerBound] != UInt8(ascii: "-")
                else { return nil }
                index = word.upperBound
                last = word
            }
            return last
        default: return nil
        }
    }

    /// What follows the scheme of an `Authorization:` header, to the end of its line or quotation; nil
    /// where no scheme of RFC 9110 follows, as in a sentence that says who allowed something.
    private static func credentials(_ bytes: [UInt8], from start: Int) -> Range<Int>? {
        func skip(_ word: String, from index: Int) -> Int? {
            let found = bytes[index...].prefix(word.utf8.count)
            let isWord = found.elementsEqual(word.utf8) { $0 | 0x20 == $1 | 0x20 }
            return isWord ? index + word.utf8.count : nil
        }
        guard let header = skip("authorization:", from: start) else { return nil }
        let index = skipSpaces(bytes, from: header) ?? header
        for scheme in ["basic", "bearer", "digest", "token"] {
            guard let end = skip(scheme, from: index), let first = skipSpaces(bytes, from: end)
            else { continue }
            let length = bytes[first...].prefix { !isQuote($0) && $0 != 0x0A && $0 != 0x0D }.count
            return first..<first + length
        }
        return nil
    }

    /// What makes a signing key secret, as a note's signer keeps it (C2SP signed-note), wherever it
    /// stands: `LEDGER_KEY=` and the like go before it.
    private static func signingKey(_ bytes: [UInt8], from start: Int) -> Range<Int>? {
        let mark = "PRIVATE+KEY+".utf8
        guard bytes[start...].starts(with: mark) else { return nil }
        let first = start + mark.count
        let length = bytes[first...].prefix { !isBreak($0) }.count
        return length > 0 ? first..<first + length : nil
    }

    /// The place after one or more spaces; nil where there is none.
    private static func skipSpaces(_ bytes: [UInt8], from start: Int) -> Int? {
        let count = bytes[start...].prefix { $0 == 0x20 || $0 == 0x09 }.count
        return count > 0 ? start + count : nil
    }

    /// The password in the `user:password` of curl's -u; nil when the word holds none.
    private static func password(_ bytes: [UInt8], of word: Range<Int>) -> Range<Int>? {
        guard let colon = bytes[word].firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let isClosed = isQuote(bytes[word.lowerBound]) && bytes[word].last == bytes[word.lowerBound]
        let end = word.upperBound - (isClosed ? 1 : 0)
        return colon + 1 < end ? colon + 1..<end : nil
    }

    /// A shell word, up to white space that is not quoted; nil when there is none.
    private static func value(_ bytes: [UInt8], from start: Int) -> Range<Int>? {
        var index = start
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                // A quote that is never closed is an apostrophe: it must not swallow the text.
                if byte == open { quote = nil }
            } else if isSpace(byte) {
                break
            } else if isQuote(byte) {
                let closes = bytes[(index + 1)...].prefix { $0 != 0x0A }.contains(byte)
                if closes { quote = byte }
            }
            index += 1
        }
        return index > start ? start..<index : nil
    }

    /// The password in `user:password@` after a scheme's `://`; for http also a lone token.
    private static func credential(
        _ bytes: [UInt8], from start: Int, scheme: Int
    ) -> Range<Int>? {
        var end = start
        var authority: Int?
        var colon: Int?
        var at: Int?
        // Bounded, so that a text made of "://" takes linear time.
        let limit = min(bytes.count, start + 2048)
        while end < limit, !isSpace(bytes[end]), !isQuote(bytes[end]) {
            switch bytes[end] {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"):
                if authority == nil { authority = end }
            case UInt8(ascii: "@"):
                // A password may hold a slash that should have been escaped.
                if authority == nil
                    || colon.map({ !isPort(bytes[($0 + 1)..<(authority ?? end)]) })
                        == true
                {
                    at = end
                }
            case UInt8(ascii: ":"):
                if colon == nil, authority == nil, at == nil { colon = end }
            default: break
            }
            end += 1
        }
        guard let at else { return nil }
        if let colon { return colon + 1 < at ? colon + 1..<at : nil }
        let isWeb =
            bytes[..<scheme].hasSuffix("http".utf8) || bytes[..<scheme].hasSuffix("https".utf8)
        return isWeb && start < at ? start..<at : nil
    }

    /// True at the start of a line, a `# ` before it aside.
    private static func startsLine(_ bytes: [UInt8], _ start: Int) -> Bool {
        let before = bytes[..<start].suffix(3)
        return start == 0 || before.last == 0x0A || before.elementsEqual("\n# ".utf8)
            || start == 2 && before.elementsEqual("# ".utf8)
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { 0x30...0x39 ~= $0 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func isBreak(_ byte: UInt8) -> Bool {
        isSpace(byte) || isQuote(byte)
    }

    private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A"), UInt8(ascii: "a"), UInt8(ascii: "M"), UInt8(ascii: "S"),
            UInt8(ascii: "n"), UInt8(ascii: "s"):
            true
        default: false
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func hasSuffix(_ text: String.UTF8View) -> Bool {
        suffix(text.count).elementsEqual(text)
    }
}
