import Foundation
import HTTPTypes
import Ledger
import Testing

@testable import ledger_cli

@Suite struct InterfaceTests {
    @Test func `the description lists every address for programs and no other`() async throws {
        let fixture = try await SiteFixture.example()
        let document = try #require(try await fixture.json("/api/v1/openapi.json").object)
        let paths = try #require(document["paths"]?.object)
        let described = paths.members.flatMap { path in
            (path.value.object?.members ?? []).map { "\($0.name.uppercased()) \(path.name)" }
        }
        let routes = Routes.all.filter { $0.pieces.starts(with: [.name("api"), .name("v1")]) }
            .map { "\($0.method.rawValue) \($0.template)" }
        #expect(described.sorted() == routes.sorted())
        var ids: Set<String> = []
        for path in paths.members {
            for operation in path.value.object?.members ?? [] {
                let object = try #require(operation.value.object)
                let id = try #require(object["operationId"]?.string)
                #expect(ids.insert(id).inserted, "\(id)")
                let named = (object["parameters"]?.array ?? []).compactMap(\.object)
                    .filter { $0["in"]?.string == "path" }.compactMap { $0["name"]?.string }
                let placeholders = path.name.split(separator: "/").filter { $0.hasPrefix("{") }
                    .map { String($0.dropFirst().dropLast()) }
                #expect(named == placeholders, "\(path.name)")
            }
        }
    }

    @Test func `every described address answers as described`() async throws {
        let fixture = try await SiteFixture.example()
        let values = ["sequence": "20", "kind": "cleanup", "path": "0/000.p/64"]
        for route in Routes.all {
            guard let operation = route.operation, route.method == .get else { continue }
            var target = route.template
            for (name, value) in values {
                target = target.replacing("{\(name)}", with: value)
            }
            let samples = ["date-time": "2017-05-03T22:00:00Z", "integer": "20", "string": ""]
            target +=
                "?"
                + operation.query.map { "\($0.name)=\(samples[$0.kind] ?? "")" }
                .joined(separator: "&")
            let response = await fixture.ask(target)
            #expect(operation.statuses.contains(response.status.code), "\(target)")
            if response.status == .ok {
                let type = try #require(response.headers[.contentType])
                #expect(type.hasPrefix(operation.type), "\(target): \(type)")
            }
        }
    }

    @Test func `pages of events follow each other to the last, in both orders`() async throws {
        let fixture = try await SiteFixture.example()
        let link = try #require(HTTPField.Name("Link"))
        for (order, last) in [("asc", 64), ("desc", 1)] {
            var seen: [Int] = []
            var target: String? = "/api/v1/events?limit=7&order=\(order)"
            while let next = target {
                let response = await fixture.ask(next)
                let batch = try #require(JSONReader.parse(response.bytes).array)
                #expect((1...7).contains(batch.count))
                seen += batch.compactMap { Int($0.object?["sequence"]?.string ?? "") }
                target = response.headers[link].map {
                    String($0.dropFirst().prefix { $0 != ">" })
                }
            }
            #expect(seen.count == 64)
            #expect(seen.last == last)
        }
    }

    @Test func `a batch holds the very bytes of the records`() async throws {
        let fixture = try await SiteFixture.example()
        let one = await fixture.ask("/api/v1/events/20").bytes
        let batch = await fixture.ask("/api/v1/events?after=19&limit=1").bytes
        #expect(batch == Array("[".utf8) + one + Array("]\n".utf8))
        let leaf = await fixture.ask("/api/v1/events/20").headers[.eTag]
        #expect(leaf == "\"\(MerkleTree.leafHash(one).hex)\"")
    }

    @Test func `filters restrict as they say`() async throws {
        let fixture = try await SiteFixture.example()
        for (query, test) in [
            ("type=env.destroy", { ($0["type"]?.string ?? "").hasPrefix("env.destroy.") }),
            ("actor=carol", { $0["authid"]?.string == "carol" }),
            ("subject=snapshot/", { ($0["subject"]?.string ?? "").hasPrefix("snapshot/") }),
            ("migration=plan-move", { $0["correlationid"]?.string == "plan-move" }),
        ] as [(String, (JSONObject) -> Bool)] {
            let batch = try #require(
                try await fixture.json("/api/v1/events?limit=1000&\(query)").array)
            #expect(!batch.isEmpty)
            #expect(batch.compactMap(\.object).allSatisfy(test), "\(query)")
        }
    }

    @Test func `the tiles are those of the layout and give the root`() async throws {
        let fixture = try await SiteFixture.example()
        let layout = TileLayout(size: 64)
        for tile in layout.hashTiles {
            guard case .hashes(_, _, let width) = tile else { continue }
            let bytes = await fixture.ask("/api/v1/\(tile.text)").bytes
            #expect(bytes.count == 32 * width)
        }
        var records: [[UInt8]] = []
        for bundle in layout.entryBundles {
            guard case .entries(_, let width) = bundle else { continue }
            records += try EntryBundle.decode(
                await fixture.ask("/api/v1/\(bundle.text)").bytes, width: width)
        }
        let root = MerkleTree.root(ofLeafHashes: records.map { MerkleTree.leafHash($0) })
        #expect(try root == fixture.site.archive.store.root())
    }

    @Test func `the checkpoint and the receipts verify with the ledger's key`() async throws {
        let fixture = try await SiteFixture.example()
        let keys = try PublicKeyFile.parse(
            String(contentsOfFile: fixture.prompt.path("ledger.sqlite.vkey"), encoding: .utf8))
        let policy = TrustPolicy(logKeys: keys, origin: "ledger.test/fleet")
        let note = try SignedNote.parse(await fixture.ask("/api/v1/checkpoint").bytes)
        let head = try policy.verify(note)
        #expect(head.checkpoint.size == 64)
        for sequence in [1, 20, 64] {
            let receipt = try Receipt.parse(
                await fixture.ask("/api/v1/events/\(sequence)/receipt").bytes)
            let record = await fixture.ask("/api/v1/events/\(sequence)").bytes
            #expect(receipt.index == sequence - 1)
            try MerkleTree.verifyInclusion(
                leafHash: MerkleTree.leafHash(record), index: receipt.index,
                size: receipt.checkpoint.size, proof: receipt.proof, root: head.checkpoint.root)
        }
    }

    @Test func `a point in time and knowledge changes the state`() async throws {
        let fixture = try await SiteFixture.example()
        func maintenance(_ query: String) async throws -> String? {
            let state = try await fixture.json("/api/v1/state?\(query)").object
            let prod = state?["resources"]?.array?.first {
                $0.object?["resource"]?.string == "environment/prod"
            }
            return prod?.object?["maintenance"]?.object?["value"]?.string
        }
        #expect(try await maintenance("at=2017-05-03T21:00:00Z") == "OFF")
        #expect(try await maintenance("at=2017-05-03T21:35:00Z") == "ON")
        #expect(try await maintenance("at=2017-05-03T21:35:00Z&known-at=17") == "OFF")
    }

    @Test func `requests of random bytes are answered and never crash the site`() async throws {
        let fixture = try await SiteFixture.example()
        var seed: UInt64 = 42
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        let pieces = [
            "/", "//", "events", "timeline", "api", "v1", "tile", "entries", "0", "x001", ".p", "%",
            "%2F", "%00", "%FF", "?", "&", "=", "at", "known-at", "moment",
            "9999999999999999999999",
            "-1", "2017-05-03T21:00:00Z", "+", "#", "..", "é", "\u{1F600}", "*", "subject", "limit",
            "plans", "cleanup", "migrations", "receipt", " ", "\t", "[", "{",
        ]
        for _ in 0..<400 {
            var target = next(5) == 0 ? "" : "/"
            for _ in 0..<next(8) { target += pieces[next(pieces.count)] }
            let response = await fixture.ask(target)
            #expect(response.status.code < 500, "\(target): \(response.text)")
        }
    }
}
