import Foundation
import Ledger
import Testing

/// Looking at a platform and at DNS.
@Suite struct ObserveTests {
    private func opened(caching: Bool = false) throws -> Rehearsal {
        let shop = try Rehearsal(caching: caching)
        try shop.must("init --origin rehearsal.bestpants.example/look")
        try shop.must(
            "migration open plan-move --from prod --to prod2 --method snapshot "
                + Rehearsal.hosts.map { "--hostname \($0)" }.joined(separator: " "))
        return shop
    }

    private func seen(_ shop: Rehearsal, _ host: String) throws -> JSONObject {
        let event = try shop.events.last { $0["subject"]?.string == "dns/\(host)" }
        return try #require(event?["data"]?.object)
    }

    @Test func `one look shows everything and says what changed`() throws {
        let shop = try opened()
        let result = try shop.ledger("observe --format json")
        #expect(result.status == 0, "\(result.errors)")
        let types = try #require(result.json["observed"]?.array)
            .compactMap { $0.object?["type"]?.string }
        #expect(
            types == [
                "observed.environments", "observed.environment", "observed.snapshots",
                "observed.snapshots", "observed.releases", "observed.default-env",
                "observed.sql-scripts", "observed.dns", "observed.dns", "observed.dns",
            ])
        let again = try shop.ledger("observe")
        #expect(again.output.contains("10 looks, 0 changes"))
    }

    @Test func `an apex that is flattened is known by its addresses`() throws {
        let shop = try opened()
        try shop.must("observe")
        let apex = try seen(shop, "bestpants.com")
        #expect(apex["environment"] == "prod")
        #expect(apex["chain"] == nil || apex["chain"]?.array?.isEmpty == true)
        let www = try seen(shop, "www.bestpants.com")
        #expect(www["chain"] == ["www.prod.bestpants.f.nchr.io"])
        #expect(www["ttl"] == 3600)
        #expect(www["cached"] != true)
    }

    @Test func `a cache tells a lower bound and is marked as one`() throws {
        let shop = try opened(caching: true)
        try shop.must("observe")
        try shop.beside("point www.bestpants.com --to prod2 --ttl 300")
        try shop.beside("advance 10m")
        try shop.must("observe")
        let www = try seen(shop, "www.bestpants.com")
        #expect(www["cached"] == true)
        #expect(www["environment"] == "prod")
        #expect(try #require(www["ttl"]?.integer) <= 3000)
    }

    @Test func `a server that does not answer takes nothing back`() throws {
        let shop = try opened()
        try shop.must("observe")
        let before = try shop.ledger("status").output.split(separator: "\n")
            .filter { $0.hasPrefix("dns/") }
        let result = try shop.ledger("observe --resolver 127.0.0.1:1")
        #expect(result.status == 0)
        #expect(result.errors.contains("look-up of www.bestpants.com: no answer"))
        #expect(try seen(shop, "www.bestpants.com")["failed"] == true)
        let after = try shop.ledger("status").output.split(separator: "\n")
            .filter { $0.hasPrefix("dns/") }
        #expect(before == after)
    }

    @Test(arguments: ["cut", "lost-after", "lost-before", "refuse"])
    func `a list that was not seen whole proves no absence`(_ fault: String) throws {
        let shop = try opened()
        try shop.must("observe")
        try shop.fault(fault, on: "snapshot list")
        let result = try shop.ledger("observe")
        #expect(result.output.contains("0 changes"), "\(result.output)")
        #expect(result.output.contains("1 not seen whole"))
    }

    @Test func `waiting ends when it is so, and says so when it is not`() throws {
        let shop = try opened()
        try shop.must("observe")
        try shop.act("env maintenance prod ON")
        try shop.must("observe --until 'environment/prod maintenance ON'")
        let late = try shop.ledger("observe --until 'environment/prod2 is RUNNING' --timeout 40m")
        #expect(late.status == 5)
        #expect(late.output.contains("not yet"))
        #expect(try shop.ledger("observe --until 'prod2 is RUNNING'").status == 64)
        #expect(try shop.ledger("observe --until nonsense").status == 64)
        // Waiting records what is news, not every look.
        let looks = try shop.types.count { $0 == "observed.environments" }
        #expect(looks < 60)
    }

    @Test func `a rehearsal's clock is no clock for any other ledger`() throws {
        let shop = try Rehearsal()
        #expect(try shop.ledger("init --origin ledger.bestpants.example/fleet").status == 64)
        let real = try shop.ledger(
            "init --origin ledger.bestpants.example/fleet", environment: ["LEDGER_CLOCK": ""])
        #expect(real.status == 0)
        let refused = try shop.ledger("record note hello")
        #expect(refused.status == 64)
        #expect(refused.errors.contains("no rehearsal"))
    }

    @Test func `without a platform nothing is recorded`() throws {
        let shop = try opened()
        let result = try shop.ledger("observe", environment: ["PATH": "/nowhere"])
        #expect(result.status == 127)
        #expect(try shop.types == ["ledger.created", "migration.opened"])
    }
}
