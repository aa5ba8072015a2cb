import Foundation
import Ledger
import Testing

@testable import Fleet

@Suite struct ExampleTests {
    static let names = ["snapshot-migration", "dump-migration"]

    private func example(_ name: String) throws -> TranscriptReading {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "Examples/\(name).transcript")
        return try Transcript.read(
            [UInt8](try Data(contentsOf: file)), file: name, source: "example",
            ledgerCommand: ledgerReader)
    }

    @Test(arguments: names)
    func `every command of an example is accepted and every listing complete`(
        _ name: String
    ) throws {
        let reading = try example(name)
        #expect(reading.drafts.count > 50)
        var incomplete: [EventDraft] = []
        for draft in reading.drafts {
            switch draft.payload {
            case .action(_, let outcome, _)?: #expect(outcome == .accepted, "\(draft.data)")
            case .observation(let observation)?:
                if case .dns = observation { continue }
                if case .defaultEnvironment(let environment) = observation {
                    #expect(environment != nil)
                    continue
                }
                if draft.data["complete"] != true { incomplete.append(draft) }
            case .decision?: break
            case nil: Issue.record("\(draft.type) does not read back")
            }
        }
        // What support told about NFS and protection are single facts.
        #expect(incomplete.count == 2)
        #expect(incomplete.allSatisfy { $0.data["nfs"] != nil || $0.data["protected"] != nil })
    }

    @Test(arguments: names) func `an example ends with the source gone and a snapshot of it kept`(
        _ name: String
    ) throws {
        let drafts = try example(name).drafts
        var environments: Listing<EnvironmentRow>?
        var snapshots: Listing<SnapshotRow>?
        for draft in drafts {
            guard case .observation(let observation)? = draft.payload else { continue }
            environments = observation.environmentRows ?? environments
            if case .snapshots(.database, let listing) = observation { snapshots = listing }
        }
        #expect(environments?.isComplete == true)
        #expect(environments?.rows.map(\.environment) == ["prod2"])
        #expect(snapshots?.isComplete == true)
        #expect(
            snapshots?.rows.contains {
                $0.environment == "prod" && $0.type == "MANUAL" && $0.status == "AVAILABLE"
            } == true)
        #expect(drafts.last?.type == .decision(.migrationClosed))
    }

    @Test(arguments: names) func `every event of an example fits a record`(_ name: String) throws {
        for (index, draft) in try example(name).drafts.enumerated() {
            let event = Event(
                sequence: SequenceNumber(index + 1), recordedTime: draft.time, source: "example",
                draft: draft)
            _ = try Record(event)
        }
    }

    @Test func `a hundred thousand lines are read in one pass`() throws {
        var text = clock
        for index in 0..<10_000 {
            text += "# +5s\n$ fleet env describe prod\n"
            text += "----  ----\nname  prod\nstatus  RUNNING\n----  ----\n\n\n"
            text += index % 2 == 0 ? "# -- ü\n# exit 0\n" : "# exit 255\n# -- x\n"
        }
        let reading = try read(text)
        #expect(reading.lines.count == 100_001)
        #expect(reading.drafts.count == 10_000)
        #expect(Set(reading.drafts.map(\.id)).count == 10_000)
    }
}
