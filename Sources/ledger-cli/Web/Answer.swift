import HTTPTypes
import Hummingbird
import Ledger

/// What a route answers.
struct Answer: Sendable {
    /// The status.
    var status: HTTPResponse.Status
    /// The header fields of the answer itself; the site adds those that every answer has.
    var headers: HTTPFields
    /// The body.
    var body: Body

    /// A body, at once or as it comes.
    enum Body: Sendable {
        /// All of it.
        case bytes([UInt8])
        /// Pieces, until the reader goes away or the server ends.
        case stream(@concurrent @Sendable (inout any ResponseBodyWriter) async throws -> Void)
    }

    /// An answer of bytes.
    init(
        _ type: String, _ bytes: [UInt8], status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.headers = headers
        self.headers[.contentType] = type
        body = .bytes(bytes)
    }

    /// A page.
    static func page(_ markup: Markup, status: HTTPResponse.Status = .ok) -> Answer {
        Answer("text/html; charset=utf-8", markup.document, status: status)
    }

    /// A JSON value in RFC 8785 form.
    ///
    /// - Throws: `JSONError` when a number is not finite.
    static func json(
        _ object: JSONObject, status: HTTPResponse.Status = .ok
    ) throws -> Answer {
        Answer("application/json", try CanonicalJSON.encode(object) + [0x0A], status: status)
    }

    /// A file that the browser is to keep, not to show.
    static func download(_ type: String, _ bytes: [UInt8], name: String) -> Answer {
        var answer = Answer(type, bytes)
        answer.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return answer
    }

    /// The same answer with a tag made of its bytes, unless it has one or is no good answer to a
    /// reading: an unchanged page need not travel twice.
    func tagged() -> Answer {
        guard status == .ok, headers[.eTag] == nil, case .bytes(let bytes) = body else {
            return self
        }
        return tagged(String(Digest(hashing: bytes).hex.prefix(32)))
    }

    /// The same answer, to be asked for again only when the tag differs.
    ///
    /// What never changes under its address may be kept for ever.
    func tagged(_ tag: String, isImmutable: Bool = false) -> Answer {
        var answer = self
        answer.headers[.eTag] = "\"\(tag)\""
        if isImmutable { answer.headers[.cacheControl] = "private, max-age=31536000, immutable" }
        return answer
    }
}

/// Why a request gets no answer, in the form of our errors: what, and what to do.
struct Refusal: Error, Equatable, Sendable {
    /// The status.
    let status: HTTPResponse.Status
    /// Subject first, lower case, no full stop.
    let message: String
    /// The next step.
    let hint: String?
    /// Further header fields.
    var headers: HTTPFields = [:]
    /// Further members of the JSON form.
    var details: JSONObject = [:]

    /// A refusal.
    init(_ status: HTTPResponse.Status, _ message: String, hint: String? = nil) {
        self.status = status
        self.message = message
        self.hint = hint
    }

    /// The JSON form (RFC 9457).
    var json: JSONObject {
        var object = details
        object["type"] = "about:blank"
        object["status"] = .integer(status.code)
        object["title"] = .string(status.reasonPhrase)
        object["detail"] = .string(message)
        object["hint"] = hint.map { .string($0) }
        return object
    }
}
