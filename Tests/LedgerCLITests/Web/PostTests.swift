import HTTPTypes
import Ledger
import Testing

@testable import ledger_cli

@Suite struct PostTests {
    private static let id = "015bcf6e-1180-7abc-9def-0123456789ab"

    private static func fixture() async throws -> SiteFixture {
        try await .example(
            tokens: "robot \(SiteFixture.token)\n", isLoopback: true, acceptsWrites: true)
    }

    private static func note(
        id: String = id, text: String = "done", more: String = ""
    ) -> String {
        """
        {"specversion":"1.0","id":"\(id)","type":"note.added","time":"2017-05-05T08:00:00Z",\
        "data":{"text":"\(text)"}\(more)}
        """
    }

    private static func post(
        _ fixture: SiteFixture, _ body: String, type: String = "application/cloudevents+json",
        match: String? = nil, token: String? = SiteFixture.token, site: String? = nil
    ) async throws -> SiteFixture.Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.ifMatch] = match
        headers[.authorization] = token.map { "Bearer \($0)" }
        headers[try #require(HTTPField.Name("Sec-Fetch-Site"))] = site
        return await fixture.ask("/api/v1/events", .post, headers: headers, body: body)
    }

    @Test func `an event is recorded once, by the actor of the token`() async throws {
        let fixture = try await Self.fixture()
        let first = try await Self.post(fixture, Self.note())
        #expect(first.status == .created, "\(first.text)")
        #expect(first.headers[.location] == "/api/v1/events/65")
        #expect(first.headers[.eTag] == "\"65\"")
        let again = try await Self.post(fixture, Self.note(), match: "\"64\"")
        #expect(again.status == .ok, "\(again.text)")
        #expect(try again.json["size"]?.integer == 65)
        let other = try await Self.post(fixture, Self.note(text: "other"))
        #expect(other.status == .conflict, "\(other.text)")
        let event = try await fixture.prompt.event(65)
        #expect(event["authid"]?.string == "robot")
        #expect(event["basis"]?.string == "reported")
        #expect(event["data"]?.object?["text"]?.object?["commitment"] != nil)
    }

    @Test func `a ledger that has moved on takes nothing`() async throws {
        let fixture = try await Self.fixture()
        let stale = try await Self.post(fixture, Self.note(), match: "\"63\"")
        #expect(stale.status == .preconditionFailed)
        #expect(stale.headers[.eTag] == "\"64\"")
        #expect(try stale.json["size"]?.integer == 64)
        #expect(try fixture.site.archive.store.size() == 64)
        #expect(try await Self.post(fixture, Self.note(), match: "\"64\"").status == .created)
        #expect(try await Self.post(fixture, Self.note(), match: "64").status == .badRequest)
    }

    @Test func `a batch goes in whole or not at all`() async throws {
        let fixture = try await Self.fixture()
        let batch = "application/cloudevents-batch+json"
        let second = "015bcf6e-1181-7abc-9def-0123456789ab"
        let bad = try await Self.post(
            fixture, "[\(Self.note()),{\"id\":\"\(second)\",\"type\":\"env.dance.accepted\"}]",
            type: batch)
        #expect(bad.status == .badRequest)
        #expect(bad.text.contains("event 2: "))
        #expect(try fixture.site.archive.store.size() == 64)
        let good = try await Self.post(
            fixture, "[\(Self.note()),\(Self.note(id: second))]", type: batch)
        #expect(good.status == .created)
        #expect(try fixture.site.archive.store.size() == 66)
    }

    @Test func `what cannot be meant is refused in words`() async throws {
        let fixture = try await Self.fixture()
        let table: [(body: String, status: Int, words: String)] = [
            ("", 400, "the body"), ("[]", 400, "expected 1 to"),
            ("{\"a\":1}", 400, "unknown attribute"),
            (Self.note(id: "x"), 400, "UUIDv7"),
            (Self.note(more: ",\"authid\":\"alice\""), 400, "or absent"),
            (Self.note(more: ",\"source\":\"other\""), 400, "source"),
            (Self.note(more: ",\"basis\":\"executed\""), 400, "basis"),
            (Self.note(more: ",\"subject\":\"environment/prod\""), 400, "subject"),
            (Self.note(more: ",\"correlationid\":\"none\""), 404, "unknown migration"),
            (Self.note(more: ",\"sequence\":\"1\""), 400, "unknown attribute"),
            ("{\"id\":\"\(Self.id)\",\"type\":\"policy.set\",\"data\":{}}", 403, "policy set"),
            ("{\"id\":\"\(Self.id)\",\"type\":\"key.added\",\"data\":{}}", 403, "key"),
            ("{\"id\":\"\(Self.id)\",\"type\":\"plan.approved\",\"data\":{}}", 403, "approve"),
            ("{\"id\":\"\(Self.id)\",\"type\":\"env.destroy.accepted\",\"data\":{}}", 400, "data"),
            (
                "{\"id\":\"\(Self.id)\",\"type\":\"env.cache-flush.accepted\",\"data\":{\"environment\":\"prod\",\"wat\":1}}",
                400, "unknown member"
            ),
            (
                "{\"id\":\"\(Self.id)\",\"type\":\"env.cache-flush.accepted\",\"data\":{\"environment\":\"prod\",\"overridden\":true}}",
                403, "only run"
            ),
            (
                "{\"id\":\"\(Self.id)\",\"type\":\"note.added\",\"time\":\"2030-01-01T00:00:00Z\",\"data\":{}}",
                400, "future"
            ),
            (
                "{\"id\":\"\(Self.id)\",\"type\":\"event.voided\",\"data\":{\"sequence\":99}}", 404,
                "event 99"
            ),
        ]
        for row in table {
            let response = try await Self.post(fixture, row.body)
            #expect(response.status.code == row.status, "\(row.body): \(response.text)")
            #expect(response.text.contains(row.words), "\(row.body): \(response.text)")
            #expect(response.headers[.contentType] == "application/problem+json")
        }
        #expect(
            try await Self.post(fixture, Self.note(), type: "text/plain").status
                == .unsupportedMediaType)
        #expect(
            try await Self.post(fixture, Self.note(), type: "application/json").status
                == .unsupportedMediaType)
        #expect(try await Self.post(fixture, Self.note(), token: nil).status == .unauthorized)
        #expect(try await Self.post(fixture, Self.note(), site: "cross-site").status == .forbidden)
        let large = String(repeating: "a", count: 1 << 20)
        #expect(try await Self.post(fixture, Self.note(text: large)).status == .contentTooLarge)
        #expect(try fixture.site.archive.store.size() == 64)
    }

    @Test func `secrets do not reach the file`() async throws {
        let fixture = try await Self.fixture()
        let text = try await Self.post(
            fixture, Self.note(text: "mysql --password=hunter2 mysql://root:hunter2@db"))
        #expect(text.status == .created)
        let shown = await fixture.prompt.run("show", "65")
        #expect(!shown.output.contains("hunter2"), "\(shown.output)")
    }

    @Test func `a site that only reads records nothing`() async throws {
        let fixture = try await SiteFixture.example(tokens: "robot \(SiteFixture.token)\n")
        let response = try await Self.post(fixture, Self.note())
        #expect(response.status == .forbidden)
        #expect(try response.json["hint"]?.string?.contains("--accept-writes") == true)
    }
}
