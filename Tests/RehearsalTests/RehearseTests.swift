import Foundation
import Ledger
import Testing

/// The script that teams rehearse with.
@Suite(.serialized, .timeLimit(.minutes(60))) struct RehearseTests {
    @Test(arguments: ["snapshot", "dump"])
    func `scripts/rehearse ends with the clean-up applied and the ledger intact`(
        _ method: String
    ) async throws {
        let result = try await Rehearsal.run(
            Rehearsal.root + "/scripts/rehearse", [method], in: Rehearsal.root,
            environment: ProcessInfo.processInfo.environment
                .merging(["REHEARSE_BIN": Rehearsal.programs]) { $1 })
        let text = result.output
        #expect(result.status == 0, "\(text.suffix(2000))\(result.errors.suffix(2000))")
        #expect(text.contains("is carried out"))
        #expect(text.contains("intact"))
        let last = text.split(separator: "\n").last.map(String.init) ?? ""
        #expect(last.hasPrefix("Rehearsed: \(method)"))
        if last.hasPrefix("Rehearsed"), let folder = last.split(separator: " ").last {
            try FileManager.default.removeItem(atPath: String(folder))
        }
    }

    @Test func `a dump that was lost midway is not the copy`() async throws {
        let shop = try await Rehearsal.evening("dump", until: .opened)
        try await shop.act("env create --size f1-xlarge --ha --source-environment prod prod2")
        try await shop.must("observe --until 'environment/prod2 is RUNNING'")
        try await shop.act("env maintenance prod ON")
        try await shop.beside("advance 70s")
        try await shop.must("observe --until 'environment/prod maintenance ON'")
        try await shop.fault("lost-midway", on: "database dump")
        #expect(
            try await shop.ledger("run --output shop.sql -- fleet database dump prod").status == 255
        )
        let types = try await shop.types
        #expect(types.contains("database.dump.unknown"))
        let file = try await #require(shop.events.last { $0["type"] == "observed.file" })
        #expect(file["data"]?.object?["trailer"] == false)
    }
}
