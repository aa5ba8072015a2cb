import Ledger
import Testing

@testable import ledger_cli

/// What is made of the answers of name servers, without a network.
@Suite struct ResolverTests {
    typealias Kind = NameQuestion.RecordType

    private static let source = "www.prod.bestpants.f.nchr.io"
    private static let destination = "www.prod2.bestpants.f.nchr.io"

    /// Records by owner, with kind, value and time to live, and questions that nobody answers.
    private struct Zone: Sendable {
        var records: [String: [(kind: Kind, value: String, ttl: Int)]] = [
            source: [(.address, "203.0.113.10", 60), (.address6, "2001:db8::10", 60)],
            destination: [(.address, "203.0.113.20", 60), (.address6, "2001:db8::20", 60)],
        ]
        var silent: [(name: String, kind: Kind)] = []
        var isAuthoritative = true

        func ask(_ name: String, _ kind: Kind) -> NameQuestion.Answer? {
            var answer = NameQuestion.Answer(isAuthoritative: isAuthoritative)
            var owner = name
            while true {
                if silent.contains(where: { $0.name == owner && $0.kind == kind }) { return nil }
                let found = (records[owner] ?? []).filter { $0.kind == kind || $0.kind == .alias }
                answer.records += found.map {
                    NameQuestion.Record(type: $0.kind, owner: owner, value: $0.value, ttl: $0.ttl)
                }
                guard let alias = found.first(where: { $0.kind == .alias }) else { return answer }
                owner = alias.value
            }
        }
    }

    private func look(_ host: String, in zone: Zone) -> DNSAnswer {
        var resolver = Resolver()
        resolver.endpoints = ["prod": [Self.source], "prod2": [Self.destination]]
        resolver.asking = { name, kind, _, _ in zone.ask(name, kind) }
        return resolver.answer(for: host)
    }

    private func apex(_ address: String, _ address6: String?) -> Zone {
        var zone = Zone()
        zone.records["bestpants.com"] = [(.address, address, 300)]
        if let address6 { zone.records["bestpants.com"]?.append((.address6, address6, 900)) }
        return zone
    }

    @Test func `an apex is where all its addresses of both kinds are`() {
        let both = look("bestpants.com", in: apex("203.0.113.20", "2001:db8::20"))
        #expect(both.environment == "prod2")
        #expect(both.ttl == 900)
        #expect(look("bestpants.com", in: apex("203.0.113.20", nil)).environment == "prod2")
        let split = look("bestpants.com", in: apex("203.0.113.20", "2001:db8::10"))
        #expect(split.environment == nil)
        #expect(!split.isFailed)
    }

    @Test(arguments: [Kind.address, .address6])
    func `a question that nobody answers leaves a hostname at no environment`(_ kind: Kind) {
        var zone = apex("203.0.113.20", nil)
        zone.silent = [("bestpants.com", kind)]
        let answer = look("bestpants.com", in: zone)
        #expect(answer.isFailed)
        #expect(answer.environment == nil)
    }

    @Test func `an alias of an endpoint leads there, whatever is not answered of its addresses`() {
        var zone = Zone()
        zone.records["www.bestpants.com"] = [(.alias, Self.destination, 300)]
        zone.silent = [(Self.destination, .address6)]
        let answer = look("www.bestpants.com", in: zone)
        #expect(!answer.isFailed)
        #expect(answer.environment == "prod2")
        #expect(answer.ttl == 300)
    }

    @Test(arguments: [Kind.address, .address6])
    func `an endpoint that cannot be looked up may share the addresses of another one`(
        _ kind: Kind
    ) {
        var zone = apex("203.0.113.20", nil)
        zone.silent = [(Self.source, kind)]
        #expect(look("bestpants.com", in: zone).isFailed)
    }

    @Test func `the time to live of a chain is the largest of its links above the endpoint`() {
        var zone = Zone()
        zone.records["www.bestpants.com"] = [(.alias, "shop.edge.example", 300)]
        zone.records["shop.edge.example"] = [(.alias, Self.destination, 86400)]
        zone.records[Self.destination]?.append((.alias, "lb.nchr.io", 604_800))
        let answer = look("www.bestpants.com", in: zone)
        #expect(answer.environment == "prod2")
        #expect(answer.ttl == 86400)
        #expect(!answer.isCached)
        zone.isAuthoritative = false
        #expect(look("www.bestpants.com", in: zone).isCached)
    }

    @Test func `a chain that ends at addresses counts their time to live too`() {
        var zone = Zone()
        zone.records["www.bestpants.com"] = [(.alias, "shop.edge.example", 300)]
        zone.records["shop.edge.example"] = [(.address, "203.0.113.20", 7200)]
        let answer = look("www.bestpants.com", in: zone)
        #expect(answer.environment == "prod2")
        #expect(answer.ttl == 7200)
    }

    @Test func `a name that does not exist is a failed look-up`() {
        #expect(look("none.bestpants.com", in: Zone()).isFailed)
    }
}
