import Foundation
import Ledger

/// Someone whom a token names.
struct Reader: Sendable, Hashable {
    /// The actor of what is recorded with the token.
    let actor: String
}

/// The tokens of a file, one a line: the actor, white space, the token; `#` begins a comment.
///
/// Tokens are compared by their SHA-256, so that the time of a comparison tells nothing.
struct Tokens: Sendable {
    private var readers: [Digest: Reader] = [:]

    /// The fewest characters of a token; `openssl rand -hex 16` gives 32.
    static let shortest = 32

    /// Reads a token file.
    ///
    /// - Throws: `CLIError` naming the line, or when there is no token at all.
    init(_ text: String, file: String) throws(CLIError) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty || words[0].hasPrefix("#") { continue }
            guard words.count == 2 else {
                throw .unreadable(
                    file, why: "line \(index + 1): expected an actor and a token",
                    hint: "a line is: alice $(openssl rand -hex 32)")
            }
            guard words[1].utf8.count >= Tokens.shortest else {
                throw .unreadable(
                    file,
                    why: "line \(index + 1): a token has at least \(Tokens.shortest) characters",
                    hint: "openssl rand -hex 32")
            }
            let digest = Digest(hashing: Array(words[1].utf8))
            guard readers[digest] == nil else {
                throw .unreadable(
                    file, why: "line \(index + 1): the token stands on an earlier line", hint: nil)
            }
            readers[digest] = Reader(actor: String(words[0]))
        }
        guard !readers.isEmpty else {
            throw .unreadable(
                file, why: "no token in it", hint: "a line is: alice $(openssl rand -hex 32)")
        }
    }

    /// Whom an `Authorization` field names: `Bearer TOKEN`, or `Basic` with the token as password,
    /// which is what a browser asks for.
    func reader(authorization: String?) -> Reader? {
        guard let authorization else { return nil }
        let words = authorization.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return nil }
        switch words[0].lowercased() {
        case "bearer": return readers[Digest(hashing: Array(words[1].utf8))]
        case "basic":
            guard let pair = Data(base64Encoded: String(words[1])).map(Array.init),
                let colon = pair.firstIndex(of: UInt8(ascii: ":")),
                let reader = readers[Digest(hashing: Array(pair[(colon + 1)...]))],
                // A name that is not the token's own would be recorded nowhere; say no.
                pair[..<colon].isEmpty || reader.actor.utf8.elementsEqual(pair[..<colon])
            else { return nil }
            return reader
        default: return nil
        }
    }
}
