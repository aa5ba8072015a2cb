import Ledger

/// A place outside the ledger where its heads go.
enum PublishTarget: Hashable, Sendable, CustomStringConvertible {
    /// A file that holds the newest head: in a git checkout, on another host, in a bucket.
    case file(String)
    /// A C2SP witness and the key that its cosignatures must hold under.
    case witness(url: String, key: VerifierKey)

    /// The place in words.
    var description: String {
        switch self {
        case .file(let path): path
        case .witness(let url, _): url
        }
    }

    /// Reads `PATH`, `URL`, or `URL VKEY`.
    ///
    /// - Parameters:
    ///   - text: the place.
    ///   - keys: keys for a witness that is named by its address only: those given for it, else
    ///     the one that a policy has at that address.
    /// - Returns: the place.
    /// - Throws: `CLIError.usage` for an address that is none, `.keyMissing` without a key.
    static func parse(
        _ text: String, keys: (_ url: String) -> VerifierKey? = { _ in nil }
    ) throws(CLIError) -> PublishTarget {
        let words = text.split(separator: " ").map(String.init)
        guard let first = words.first else {
            throw .usage("expected a path or the address of a witness")
        }
        guard first.hasPrefix("http://") || first.hasPrefix("https://") else {
            guard !first.contains("://") else {
                throw .usage("\(first): expected a path, or an address with http or https")
            }
            return .file(text)
        }
        try checkAddress(first)
        var url = first
        while url.hasSuffix("/") { url.removeLast() }
        if words.count == 2 {
            let key: VerifierKey
            do { key = try VerifierKey.parse(words[1]) } catch {
                throw .usage("\(first): \(error)", hint: "write the witness's public key after it")
            }
            guard key.type == .cosignature else {
                throw .usage("\(first): the key is not a witness's", hint: "its type is 4")
            }
            return .witness(url: url, key: key)
        }
        guard words.count == 1 else {
            throw .usage("\(first): expected an address and a public key")
        }
        guard let key = keys(url) else {
            throw .keyMissing(
                "\(first): no key to check the witness's signature with",
                hint: "give it with --witness VKEY, or name a policy file that has the address")
        }
        return .witness(url: url, key: key)
    }

    /// Refuses what would be sent as a password or break a command line.
    private static func checkAddress(_ url: String) throws(CLIError) {
        let authority = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
        guard !authority.isEmpty, !authority.contains("@"),
            url.utf8.allSatisfy({ 0x21...0x7E ~= $0 }),
            !url.contains("?"), !url.contains("#")
        else {
            throw .usage(
                "\(authority): expected an address such as https://witness.example/",
                hint: "without a password, a query or a fragment")
        }
    }
}
