import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// OCSF 1.9.0-dev as its schema stands in ocsf/ocsf-schema: what API Activity and its objects require.
@Suite struct SecurityEventsTests {
    private static let required: [String: [String]] = [
        "": [
            "activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time",
            "type_uid", "actor", "api", "src_endpoint",
        ],
        "metadata": ["product", "version"], "api": ["operation"], "api.request": ["uid"],
        "raw_data_hash": ["algorithm_id", "value"],
    ]

    private func events() async throws -> [JSONObject] {
        let prompt = try await Prompt.withLedger()
        let example = PlanningTests.root + "/Examples/snapshot-migration.transcript"
        try #require(await prompt.run("import", example).status == 0)
        _ = await prompt.run(
            "record", "command", "--outcome", "unknown", "--", "fleet", "env", "destroy", "x")
        var writer = SecurityEvents(origin: "ledger.test/fleet")
        var events: [JSONObject] = []
        for line in await prompt.run("history", "--format", "jsonl").lines {
            let record = Record(storedBytes: Array(line.utf8))
            events.append(try writer.next(record.event(), record: record))
        }
        return events
    }

    private func member(_ path: String, of object: JSONObject) -> JSONObject? {
        path.split(separator: ".").reduce(object) { $0?[String($1)]?.object }
    }

    @Test func `every event has what the class requires`() async throws {
        for event in try await events() {
            for (path, names) in Self.required {
                let object = try #require(member(path, of: event), "\(path)")
                for name in names { #expect(object[name] != nil, "\(path).\(name)") }
            }
            #expect(event["class_uid"]?.integer == 6003 && event["category_uid"]?.integer == 6)
            let activity = try #require(event["activity_id"]?.integer)
            #expect([1, 2, 3, 4, 99].contains(activity))
            #expect(event["type_uid"]?.integer == 600_300 + activity)
            // One of several is required of these.
            #expect(event["actor"]?.object?["user"]?.object?["name"] != nil)
            #expect(event["src_endpoint"]?.object?["name"] != nil)
            #expect(event["metadata"]?.object?["product"]?.object?["name"] != nil)
            #expect(
                event["metadata"]?.object?["profiles"]?.array == [.string("record_integrity")])
        }
    }

    @Test func `each event attests itself and the one before it`() async throws {
        var previous: JSONValue?
        for event in try await events() {
            let attestation = try #require(event["attestation_list"]?.array?.first?.object)
            var bare = attestation
            bare["fingerprint"] = nil
            var copy = event
            copy["attestation_list"] = [.object(bare)]
            let digest = Digest(hashing: try CanonicalJSON.encode(copy)).hex
            let fingerprint = try #require(attestation["fingerprint"]?.object)
            #expect(fingerprint["value"]?.string == digest)
            #expect(fingerprint["algorithm_id"]?.integer == 3)
            #expect(fingerprint["serialization_id"]?.integer == 2)
            #expect(attestation["chain_uid"]?.string == "ledger.test/fleet")
            let link = attestation["prev_event"]?.object?["fingerprint"]?.object?["value"]
            #expect(link == previous)
            previous = .string(digest)
        }
    }

    @Test func `the record travels with its event byte for byte`() async throws {
        for (index, event) in try await events().enumerated() {
            let raw = try #require(event["raw_data"]?.string)
            let record = try Record(storedBytes: Array(raw.utf8)).event()
            #expect(record.sequence.number == index + 1)
            #expect(
                event["raw_data_hash"]?.object?["value"]?.string
                    == Digest(hashing: Array(raw.utf8)).hex)
        }
    }

    @Test func `a destruction of unknown outcome is a deletion that nobody knows of`()
        async throws
    {
        let last = try #require(try await events().last)
        #expect(last["activity_id"]?.integer == 4)
        #expect(last["status_id"]?.integer == 0)
        #expect(last["severity_id"]?.integer == 2)
        #expect(last["resources"]?.array?.first?.object?["uid"]?.string == "environment/x")
    }
}
