import Foundation
import Ledger
import Testing

/// Looking at a platform and at DNS.
@Suite(.serialized, .timeLimit(.minutes(60))) struct ObserveTests {
    private func opened(caching: Bool = false) async throws -> Rehearsal {
        let shop = try await Rehearsal(caching: caching)
        try await shop.must("init --origin rehearsal.bestpants.example/look")
        try await shop.must(
            "migration open plan-move --from prod --to prod2 --method snapshot "
                + Rehearsal.hosts.map { "--hostname \($0)" }.joined(separator: " "))
        return shop
    }

    private func seen(_ shop: Rehearsal, _ host: String) async throws -> JSONObject {
        let event = try await shop.events.last { $0["subject"]?.string == "dns/\(host)" }
        return try #require(event?["data"]?.object)
    }

    @Test func `one look shows everything and says what changed`() async throws {
        let shop = try await opened()
        let result = try await shop.ledger("observe --format json")
        #expect(result.status == 0, "\(result.errors)")
        let types = try #require(result.json["observed"]?.array)
            .compactMap { $0.object?["type"]?.string }
        #expect(
            types == [
                "observed.environments", "observed.environment", "observed.snapshots",
                "observed.snapshots", "observed.releases", "observed.default-env",
                "observed.sql-scripts", "observed.dns", "observed.dns", "observed.dns",
            ])
        let again = try await shop.ledger("observe")
        #expect(again.output.contains("10 looks, 0 changes"))
    }

    @Test func `an apex that is flattened is known by its addresses`() async throws {
        let shop = try await opened()
        try await shop.must("observe")
        let apex = try await seen(shop, "bestpants.com")
        #expect(apex["environment"] == "prod")
        #expect(apex["chain"] == nil || apex["chain"]?.array?.isEmpty == true)
        let www = try await seen(shop, "www.bestpants.com")
        #expect(www["chain"] == ["www.prod.bestpants.f.nchr.io"])
        #expect(www["ttl"] == 3600)
        #expect(www["cached"] != true)
    }

    @Test func `a cache tells a lower bound and is marked as one`() async throws {
        let shop = try await opened(caching: true)
        try await shop.must("observe")
        try await shop.beside("point www.bestpants.com --to prod2 --ttl 300")
        try await shop.beside("advance 10m")
        try await shop.must("observe")
        let www = try await seen(shop, "www.bestpants.com")
        #expect(www["cached"] == true)
        #expect(www["environment"] == "prod")
        #expect(try #require(www["ttl"]?.integer) <= 3000)
    }

    @Test func `a server that does not answer takes nothing back`() async throws {
        let shop = try await opened()
        try await shop.must("observe")
        let before = try await shop.ledger("status").output.split(separator: "\n")
            .filter { $0.hasPrefix("dns/") }
        let result = try await shop.ledger("observe --resolver 127.0.0.1:1")
        #expect(result.status == 0)
        #expect(result.errors.contains("look-up of www.bestpants.com: no answer"))
        #expect(try await seen(shop, "www.bestpants.com")["failed"] == true)
        let after = try await shop.ledger("status").output.split(separator: "\n")
            .filter { $0.hasPrefix("dns/") }
        #expect(before == after)
    }

    @Test(arguments: ["cut", "lost-after", "lost-before", "refuse"])
    func `a list that was not seen whole proves no absence`(_ fault: String) async throws {
        let shop = try await opened()
        try await shop.must("observe")
        try await shop.fault(fault, on: "snapshot list")
        let result = try await shop.ledger("observe")
        #expect(result.output.contains("0 changes"), "\(result.output)")
        #expect(result.output.contains("1 not seen whole"))
    }

    @Test func `waiting ends when it is so, and says so when it is not`() async throws {
        let shop = try await opened()
        try await shop.must("observe")
        try await shop.act("env maintenance prod ON")
        try await shop.must("observe --until 'environment/prod maintenance ON'")
        let late = try await shop.ledger(
            "observe --until 'environment/prod2 is RUNNING' --timeout 40m")
        #expect(late.status == 5)
        #expect(late.output.contains("not yet"))
        #expect(try await shop.ledger("observe --until 'prod2 is RUNNING'").status == 64)
        #expect(try await shop.ledger("observe --until nonsense").status == 64)
        // Waiting records what is news, not every look.
        let looks = try await shop.types.count { $0 == "observed.environments" }
        #expect(looks < 60)
    }

    @Test func `a rehearsal's clock is no clock for any other ledger`() async throws {
        let shop = try await Rehearsal()
        #expect(try await shop.ledger("init --origin ledger.bestpants.example/fleet").status == 64)
        let real = try await shop.ledger(
            "init --origin ledger.bestpants.example/fleet", environment: ["LEDGER_CLOCK": ""])
        #expect(real.status == 0)
        let refused = try await shop.ledger("record note hello")
        #expect(refused.status == 64)
        #expect(refused.errors.contains("no rehearsal"))
    }

    @Test func `without a platform the failed look is recorded and the hostnames are looked up`()
        async throws
    {
        let shop = try await opened()
        let result = try await shop.ledger("observe", environment: ["PATH": "/nowhere"])
        #expect(result.status == 1)
        let types = try await shop.types
        #expect(
            types.prefix(3) == ["ledger.created", "migration.opened", "observed.environments"])
        #expect(types.count > 3)
        #expect(types.dropFirst(3).allSatisfy { $0 == "observed.dns" }, "\(types)")
    }
}
