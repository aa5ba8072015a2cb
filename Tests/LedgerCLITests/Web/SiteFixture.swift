import Foundation
import HTTPTypes
import HummingbirdCore
import Ledger
import NIOCore
import Testing

@testable import ledger_cli

/// A site on a ledger in a folder of the test's own.
struct SiteFixture {
    let prompt: Prompt
    let site: Site

    /// A token that the fixtures with tokens know.
    static let token = "0123456789abcdef0123456789abcdef"

    /// A site on the ledger of a prompt.
    init(
        _ prompt: Prompt, tokens: String? = nil, isLoopback: Bool = true,
        acceptsWrites: Bool = false, clock: String = "2017-05-05T09:00:00Z"
    ) throws {
        let now = try #require(Timestamp(clock))
        self.prompt = prompt
        site = try Site.open(
            path: prompt.path("ledger.sqlite"), trust: TrustSource(origin: .none, policy: nil),
            tokens: try tokens.map { try Tokens($0, file: "tokens") }, isLoopback: isLoopback,
            writer: acceptsWrites ? try LedgerStore.open(path: prompt.path("ledger.sqlite")) : nil,
            clock: { now })
    }

    /// A site on the worked example.
    static func example(
        tokens: String? = nil, isLoopback: Bool = true, acceptsWrites: Bool = false
    ) async throws -> SiteFixture {
        let prompt = try await Prompt.withLedger(at: "2017-05-05T09:00:00Z")
        try prompt.write(
            String(contentsOfFile: example, encoding: .utf8), to: "evening.transcript")
        let imported = await prompt.run("import", "evening.transcript")
        try #require(imported.status == 0, "\(imported.errors)")
        return try SiteFixture(
            prompt, tokens: tokens, isLoopback: isLoopback, acceptsWrites: acceptsWrites)
    }

    private static let example = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent(
            "Examples/snapshot-migration.transcript"
        ).path

    /// What the site answered.
    struct Response {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let bytes: [UInt8]

        /// The body as text.
        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// The body as a JSON object.
        var json: JSONObject {
            get throws { try #require(JSONReader.parse(bytes).object) }
        }
    }

    /// Asks the site without a socket.
    ///
    /// Hummingbird's own test client would bring a TLS library into every build of the tests.
    func ask(
        _ target: String, _ method: HTTPRequest.Method = .get, headers: HTTPFields = [:],
        authority: String = "localhost", body: String = ""
    ) async -> Response {
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: authority, path: target,
                headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(string: body)))
        let answer = await site.answer(
            request, body: BodyReader(body: request.body, limit: site.bodyLimit))
        guard case .bytes(let bytes) = answer.body else {
            return Response(status: answer.status, headers: answer.headers, bytes: [])
        }
        return Response(status: answer.status, headers: answer.headers, bytes: bytes)
    }

    /// The text of an answer that must be good.
    func text(_ target: String) async throws -> String {
        let response = await ask(target)
        try #require(response.status == .ok, "\(target): \(response.text)")
        return response.text
    }

    /// The JSON of an answer that must be good.
    func json(_ target: String) async throws -> JSONValue {
        try JSONReader.parse(Array(try await text(target).utf8))
    }
}
