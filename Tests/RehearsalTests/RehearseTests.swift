import Foundation
import Ledger
import Testing

/// The script that teams rehearse with.
@Suite struct RehearseTests {
    @Test(arguments: ["snapshot", "dump"])
    func `scripts/rehearse ends with the clean-up applied and the ledger intact`(
        _ method: String
    ) throws {
        let log = FileManager.default.temporaryDirectory
            .appendingPathComponent("rehearse-\(UUID().uuidString).log").path
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        let status = try Spawned(
            Rehearsal.root + "/scripts/rehearse", [method], in: Rehearsal.root,
            environment: ProcessInfo.processInfo.environment
                .merging(["REHEARSE_BIN": Rehearsal.programs]) { $1 },
            output: handle.fileDescriptor, errors: handle.fileDescriptor
        ).wait()
        let text = try String(contentsOfFile: log, encoding: .utf8)
        try FileManager.default.removeItem(atPath: log)
        #expect(status == 0, "\(text.suffix(2000))")
        #expect(text.contains("is carried out"))
        #expect(text.contains("intact"))
        let last = text.split(separator: "\n").last.map(String.init) ?? ""
        #expect(last.hasPrefix("Rehearsed: \(method)"))
        if let folder = last.split(separator: " ").last {
            try FileManager.default.removeItem(atPath: String(folder))
        }
    }

    @Test func `a dump that was lost midway is not the copy`() throws {
        let shop = try Rehearsal.evening("dump", until: .opened)
        try shop.act("env create --size f1-xlarge --ha --source-environment prod prod2")
        try shop.must("observe --until 'environment/prod2 is RUNNING'")
        try shop.act("env maintenance prod ON")
        try shop.fault("lost-midway", on: "database dump")
        #expect(
            try shop.ledger("run --output shop.sql -- fleet database dump prod").status == 255)
        let types = try shop.types
        #expect(types.contains("database.dump.unknown"))
        let file = try #require(shop.events.last { $0["type"] == "observed.file" })
        #expect(file["data"]?.object?["trailer"] == false)
    }
}
