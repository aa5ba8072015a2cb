import Testing

@testable import Ledger

/// What was seen is written as closely as a record needs it, and what is left out is counted.
@Suite struct RoomTests {
    private func rows(_ count: Int) -> [SnapshotRow] {
        var rows: [SnapshotRow] = []
        for number in 0..<count {
            let created = Int64(1_480_000_000 + 86_400 * number)
            var row = SnapshotRow(
                snapshot: "\(created)", environment: "prod", status: "AVAILABLE",
                size: "\(number)GB", type: "AUTOMATED",
                created: Timestamp(milliseconds: created * 1000))
            if number % 9 == 4 { row.environment = "staging" }
            if number == 7 { row.status = "CREATING" }
            if number % 100 == 50 { row.type = "MANUAL" }
            if number == 3 { row.created = Timestamp(milliseconds: created * 1000 + 5) }
            rows.append(row)
        }
        return rows
    }

    private func draft(_ observation: Observation) -> EventDraft {
        var random = SystemRandomNumberGenerator()
        let time = Timestamp(milliseconds: 1_500_000_000_000)
        return EventDraft(
            id: EventID(time: time, using: &random), payload: .observation(observation),
            time: time, actor: Actor(id: "alice"), basis: .observed)
    }

    private func record(_ draft: EventDraft) throws -> Observation {
        let folder = try TemporaryFolder()
        let store = try folder.newLedger()
        let place = try store.append([draft], recordedTime: draft.time)[0]
        let event = try #require(try store.event(place.sequence))
        let payload = try EventPayload(type: event.type, data: event.data)
        guard case .observation(let observation)? = payload else {
            throw EventError.notARecord("no observation")
        }
        return observation
    }

    @Test func `a listing with room enough says everything in every row`() throws {
        let observation = Observation.snapshots(
            .database, Listing(rows: rows(400), isComplete: true))
        #expect(observation.json["common"] == nil)
        #expect(try record(draft(observation)) == observation)
    }

    @Test(arguments: [480, 700, 950])
    func `a long listing is complete in its record, sizes aside`(_ count: Int) throws {
        let long = Listing(rows: rows(count), isComplete: true)
        let draft = draft(.snapshots(.database, long))
        #expect(draft.data["leftOut"] == nil)
        var expected = long
        for index in expected.rows.indices { expected.rows[index].size = nil }
        #expect(try record(draft) == .snapshots(.database, expected))
        let incomplete = Listing(rows: rows(count), isComplete: false)
        guard case .snapshots(_, let kept) = try record(self.draft(.snapshots(.nfs, incomplete)))
        else { throw EventError.notARecord("no snapshots") }
        #expect(!kept.isComplete)
        #expect(kept.rows.count == count)
    }

    @Test func `a row that lacks what others share does not get it`() throws {
        var long = Listing(rows: rows(700), isComplete: true)
        long.rows[5].type = nil
        long.rows[6].created = nil
        guard case .snapshots(_, let kept) = try record(draft(.snapshots(.database, long))) else {
            throw EventError.notARecord("no snapshots")
        }
        #expect(kept.rows.map(\.type) == long.rows.map(\.type))
        #expect(kept.rows.map(\.created) == long.rows.map(\.created))
    }

    @Test func `a listing that no record can hold proves nothing gone and keeps what matters`()
        throws
    {
        let long = Listing(rows: rows(3000), isComplete: true)
        let draft = draft(.snapshots(.database, long))
        guard case .snapshots(_, let kept) = try record(draft) else {
            throw EventError.notARecord("no snapshots")
        }
        #expect(!kept.isComplete)
        #expect(kept.rows.count > 900)
        #expect(draft.data["leftOut"] == .integer(3000 - kept.rows.count))
        #expect(kept.rows.filter { $0.type == "MANUAL" }.count == 30)
        #expect(kept.rows.last?.snapshot == long.rows.last?.snapshot)
        #expect(kept.rows.map(\.snapshot) == kept.rows.map(\.snapshot).sorted())
    }

    @Test func `lists of every kind and descriptions fit whatever they show`() throws {
        let time = Timestamp(milliseconds: 1_480_000_000_000)
        let name = String(repeating: "n", count: 40)
        var shown = EnvironmentDescription(environment: "prod", isComplete: true)
        shown.maintenance = .on
        shown.settings = ["key": String(repeating: "x", count: 70_000)]
        shown.endpoints = ["www": "www.prod"]
        let observations: [Observation] = [
            .environments(
                Listing(
                    rows: (0..<2000).map {
                        EnvironmentRow(
                            environment: "\(name)\($0)", status: "RUNNING", created: time,
                            certificate: "self-signed")
                    }, isComplete: true)),
            .releases(
                Listing(
                    rows: (0..<2000).map {
                        ReleaseRow(release: "\(name)\($0)", status: "AVAILABLE", modified: time)
                    }, isComplete: true)),
            .sqlScripts(Listing(rows: (0..<4000).map { "\(name)\($0)" }, isComplete: true)),
            .sqlScripts(
                Listing(rows: [String(repeating: "x", count: 70_000)], isComplete: true)),
            .environment(shown),
        ]
        for observation in observations {
            let draft = draft(observation)
            #expect((draft.data["leftOut"]?.integer ?? 0) > 0, "\(draft.type)")
            #expect(draft.data["complete"] == false, "\(draft.type)")
            let again = try record(draft)
            if case .environment(let kept) = again {
                #expect(kept.maintenance == .on)
                #expect(kept.endpoints == ["www": "www.prod"])
            }
        }
    }
}
