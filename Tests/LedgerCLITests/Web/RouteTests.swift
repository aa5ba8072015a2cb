import HTTPTypes
import Ledger
import Testing

@testable import ledger_cli

@Suite struct RouteTests {
    @Test func `every address gives its status and its type`() async throws {
        let fixture = try await SiteFixture.example()
        let html = "text/html; charset=utf-8"
        let json = "application/json"
        let problem = "application/problem+json"
        let table: [(target: String, status: Int, type: String)] = [
            ("/", 200, html), ("/?at=2017-05-03T22:30:00Z", 200, html),
            ("/?known-at=20", 200, html), ("/?known-at=65", 404, html),
            ("/?known-at=0", 400, html), ("/?at=yesterday", 400, html),
            ("/timeline", 200, html), ("/timeline?moment=3", 200, html),
            ("/timeline?moment=999999999", 200, html), ("/timeline?moment=-1", 400, html),
            ("/timeline?at=2017-05-03T21:50:00Z&known=on&known-at=20", 200, html),
            ("/timeline/", 200, html), ("/events", 200, html),
            ("/events?type=env.destroy&actor=carol", 200, html),
            ("/events?type=env.dance", 400, html), ("/events?before=3", 200, html),
            ("/events?subject=%FF", 400, html), ("/events?subject=%G0", 400, html),
            ("/events/1", 200, html), ("/events/64", 200, html), ("/events/65", 404, html),
            ("/events/0", 404, html), ("/events/-1", 404, html), ("/events/01", 404, html),
            ("/events/99999999999999999999", 404, html), ("/migrations", 200, html),
            ("/migrations/plan-move", 200, html), ("/migrations/other", 404, html),
            ("/plans/next", 200, html), ("/plans/rollback", 200, html),
            ("/plans/cleanup", 200, html), ("/plans/cleanup?migration=other", 404, html),
            ("/plans/conquer", 404, html), ("/graph", 200, html), ("/verify", 200, html),
            ("/assets/ledger.css", 200, "text/css; charset=utf-8"),
            ("/assets/ledger.js", 200, "text/javascript; charset=utf-8"),
            ("/assets/icon.svg", 200, "image/svg+xml"), ("/assets/../ledger.sqlite", 404, html),
            ("/assets/%2e%2e%2fledger.sqlite", 404, html), ("/nothing", 404, html),
            ("//", 404, html), ("/api/v1/state", 200, json),
            ("/api/v1/state?known-at=1000", 404, problem), ("/api/v1/plans/cleanup", 200, json),
            ("/api/v1/plans/conquer", 404, problem), ("/api/v1/graph", 200, json),
            ("/api/v1/verify", 200, json), ("/api/v1/openapi.json", 200, json),
            ("/api/v1/events", 200, "application/cloudevents-batch+json"),
            ("/api/v1/events?limit=0", 400, problem), ("/api/v1/events?order=up", 400, problem),
            ("/api/v1/events/20", 200, "application/cloudevents+json"),
            ("/api/v1/events/65", 404, problem), ("/api/v1/events/20/changes", 200, json),
            ("/api/v1/events/65/receipt", 404, problem),
            ("/api/v1/tile/0/000.p/64", 200, "application/octet-stream"),
            ("/api/v1/tile/0/000.p/65", 404, problem), ("/api/v1/tile/0/000", 404, problem),
            ("/api/v1/tile/63/000.p/1", 404, problem), ("/api/v1/tile/0/0", 404, problem),
            ("/api/v1/tile/entries/000.p/64", 200, "application/octet-stream"),
            ("/api/v1/tile/entries/x999/x999/x999/x999/999", 404, problem),
            ("/api/v1/tile", 404, problem), ("/api/v1/nothing", 404, problem),
            ("/" + String(repeating: "a", count: 9000), 414, html),
        ]
        for row in table {
            let response = await fixture.ask(row.target)
            #expect(response.status.code == row.status, "\(row.target): \(response.text)")
            #expect(response.headers[.contentType] == row.type, "\(row.target)")
        }
    }

    @Test func `every answer carries the same protection and none a cookie`() async throws {
        let fixture = try await SiteFixture.example()
        for target in ["/", "/nothing", "/api/v1/state", "/assets/ledger.js", "/events/x"] {
            let headers = await fixture.ask(target).headers
            let policy = try #require(headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("default-src 'none'"), "\(target)")
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(headers[.xContentTypeOptions] == "nosniff")
            #expect(headers[try #require(HTTPField.Name("Referrer-Policy"))] == "no-referrer")
            #expect(headers[.setCookie] == nil)
        }
    }

    @Test func `a wrong method names the right ones`() async throws {
        let fixture = try await SiteFixture.example()
        let post = await fixture.ask("/timeline", .post)
        #expect(post.status == .methodNotAllowed)
        #expect(post.headers[.allow] == "GET, HEAD")
        let delete = await fixture.ask("/api/v1/events", .delete)
        #expect(delete.status == .methodNotAllowed)
        #expect(delete.headers[.allow] == "GET, HEAD, POST")
    }

    @Test func `what is known already is not sent again`() async throws {
        let fixture = try await SiteFixture.example()
        for target in [
            "/api/v1/events/20", "/api/v1/events", "/api/v1/plans/cleanup", "/assets/ledger.css",
            "/api/v1/tile/entries/000.p/64", "/", "/events", "/events/20", "/verify", "/graph",
            "/timeline?at=2017-05-03T21:50:00Z", "/api", "/api/v1/state",
        ] {
            let tag = try #require(await fixture.ask(target).headers[.eTag], "\(target)")
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = await fixture.ask(target, headers: [.ifNoneMatch: known])
                #expect(again.status == .notModified, "\(target) \(known)")
                #expect(again.bytes.isEmpty)
            }
            let other = await fixture.ask(target, headers: [.ifNoneMatch: "\"other\""])
            #expect(other.status == .ok)
        }
    }

    @Test func `a refusal says what and what next, to programs and to people`() async throws {
        let fixture = try await SiteFixture.example()
        let problem = try await fixture.ask("/api/v1/events?type=env.dance").json
        #expect(problem["status"]?.integer == 400)
        #expect(problem["detail"]?.string == "type: unknown type \"env.dance\"")
        #expect(problem["hint"]?.string?.contains("env.destroy") == true)
        let page = await fixture.ask("/events?type=env.dance").text
        #expect(page.contains("type: unknown type &quot;env.dance&quot;"))
    }

    @Test func `an address with escaped slashes is one name`() throws {
        let route = Route("/a/{x}/{rest...}", "") { _, _ in .page(.empty) }
        #expect(route.match(["a", "b/c", "d", "e"]) == ["x": "b/c", "rest": "d/e"])
        #expect(route.match(["a", "b", "d/e"]) == nil)
        #expect(route.match(["a", "b"]) == nil)
        #expect(route.template == "/a/{x}/{rest}")
    }
}
