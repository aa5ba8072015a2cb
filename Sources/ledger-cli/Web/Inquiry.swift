import HTTPTypes
import Hummingbird
import Ledger

/// A request as the routes see it: decoded, bounded and told who asks.
struct Inquiry: Sendable {
    /// The method.
    var method: HTTPRequest.Method
    /// The names of the path, percent-decoded; none for the root.
    var path: [String]
    /// The fields of the query; of two with one name the first counts.
    var query: [String: String]
    /// The header fields.
    var headers: HTTPFields
    /// What was sent.
    var body: [UInt8] = []
    /// Who asks, when a token says so.
    var reader: Reader?
    /// The values of the route's placeholders.
    var names: [String: String] = [:]

    /// The most bytes of a request target.
    static let longestTarget = 8192

    /// Reads the target of a request.
    ///
    /// - Throws: `Refusal` for a target that is none.
    init(method: HTTPRequest.Method, target: String, headers: HTTPFields) throws(Refusal) {
        guard target.utf8.count <= Inquiry.longestTarget else {
            throw Refusal(.uriTooLong, "the address is longer than \(Inquiry.longestTarget) bytes")
        }
        guard target.utf8.first == UInt8(ascii: "/") else {
            throw Refusal(.badRequest, "the request names no path")
        }
        let parts = target.utf8.split(
            separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        self.headers = headers
        path = []
        for part in parts[0].dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            path.append(try Inquiry.decoded(part, isForm: false))
        }
        // "/" is one empty name; a final slash is none.
        if path.last == "" { path.removeLast() }
        query = [:]
        for pair in parts.dropFirst().joined().split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Inquiry.decoded(halves[0], isForm: true)
            let value = try halves.count > 1 ? Inquiry.decoded(halves[1], isForm: true) : ""
            if query[name] == nil { query[name] = value }
        }
    }

    /// A field of the query; nil when it is missing or empty, as forms send what was not filled in.
    func value(_ name: String) -> String? { query[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A whole number of the query within bounds.
    ///
    /// - Throws: `Refusal` for another text.
    func number(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bound = range.upperBound == .max ? "" : " to \(range.upperBound)"
            throw Refusal(
                .badRequest, "\(name): expected a number from \(range.lowerBound)\(bound)")
        }
        return number
    }

    /// A time of the query.
    ///
    /// - Throws: `Refusal` for another text.
    func time(_ name: String) throws(Refusal) -> Timestamp? {
        guard let text = value(name) else { return nil }
        guard let time = Timestamp(text) else {
            throw Refusal(.badRequest, "\(name): expected a time like 2017-05-01T10:00:00Z")
        }
        return time
    }

    /// True when programs are to read the answer.
    var isForPrograms: Bool { path.first == "api" }

    private static func decoded(
        _ bytes: some Collection<UInt8>, isForm: Bool
    ) throws(Refusal) -> String {
        var decoded: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where isForm: decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2,
                    let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                    rest.first != UInt8(ascii: "+")
                else { throw Refusal(.badRequest, "the address has a % that escapes nothing") }
                decoded.append(value)
                rest = rest.dropFirst(2)
            default: decoded.append(byte)
            }
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw Refusal(.badRequest, "the address is not UTF-8")
        }
        return text
    }
}
