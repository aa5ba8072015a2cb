import Foundation
import GRDB
import Testing

@testable import Ledger

/// Signed heads are numbered as they were kept, and a bundle has them in that order.
@Suite struct HeadOrderTests {
    /// A ledger with heads of 2 and 4 events, of which the older one was cosigned late, and of 6.
    private func ledger() throws -> ExportFixture {
        let fixture = try ExportFixture(events: 2)
        try fixture.grow(to: 4)
        let old = try #require(try fixture.store.signedHeads().last)
        try fixture.store.keep(old)
        try fixture.grow(to: 6)
        return fixture
    }

    private func tamper(_ path: String, _ sql: [String]) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { database in
            let guards = try Row.fetchAll(
                database, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for row in guards { try database.execute(sql: "DROP TRIGGER \(row[0] as String)") }
            for line in sql { try database.execute(sql: line) }
            for row in guards { try database.execute(sql: row[1]) }
        }
        try queue.close()
    }

    private func findings(_ store: LedgerStore, _ key: SignerKey) throws -> [Finding] {
        try store.read { snapshot in
            try LogVerification(
                snapshot, origin: Drafts.origin,
                demands: VerificationDemands(trust: TrustPolicy(logKeys: [key.verifier])))
        }.findings
    }

    @Test func `heads as they are written are in order, also after a restore`() throws {
        let fixture = try ledger()
        #expect(try fixture.store.signedHeads().map(\.size) == [6, 2, 4, 2])
        #expect(try findings(fixture.store, fixture.key) == [])
        try fixture.exportBundle()
        let bundle = try BundleReader(fixture.folder.file("bundle"))
        #expect(try LogVerification(bundle).findings == [])
        let copy = try LedgerStore.restore(path: fixture.folder.file("copy.sqlite"), from: bundle)
        #expect(try findings(copy, fixture.key) == [])
    }

    @Test(arguments: [
        (["UPDATE checkpoint SET number = number + 1000 WHERE number = 4"], Finding.Class.missing),
        (["UPDATE checkpoint SET number = -number"], .edited),
        (["UPDATE checkpoint SET number = 0 WHERE number = 1"], .edited),
        (["DELETE FROM checkpoint WHERE number = 3"], .missing),
        (["UPDATE checkpoint SET number = 9223372036854775807 WHERE number = 4"], .missing),
        (
            [
                "UPDATE checkpoint SET number = -1 WHERE number = 1",
                "UPDATE checkpoint SET number = 1 WHERE number = 4",
                "UPDATE checkpoint SET number = 4 WHERE number = -1",
            ], .reordered
        ),
    ])
    func `a number that the program would not have written is named, and recording goes on`(
        _ sql: [String], _ kind: Finding.Class
    ) throws {
        let fixture = try ledger()
        let path = fixture.folder.file("ledger.sqlite")
        try fixture.store.close()
        try tamper(path, sql)
        let store = try LedgerStore.open(path: path)
        for number in 70...72 {
            _ = try store.append(
                [Drafts.maintenance(number)], recordedTime: Drafts.start + .seconds(99),
                sign: fixture.sign)
            #expect(try findings(store, fixture.key).map(\.kind) == [kind])
        }
        #expect(try store.newestHead()?.size == 9)
        try store.close()
        // The guards stand as before.
        let queue = try DatabaseQueue(path: path)
        #expect(try queue.read { try Schema.differences(in: $0) } == [])
    }

    @Test func `exchanged lines of a bundle's heads do not verify`() throws {
        let fixture = try ledger()
        try fixture.exportBundle()
        let lines = try fixture.bytes("bundle/heads.jsonl").split(separator: 0x0A)
        for (one, other) in [(0, 1), (1, 3), (0, 3)] {
            var changed = lines
            changed.swapAt(one, other)
            try fixture.write(changed.flatMap { $0 + [0x0A] }, to: "bundle/heads.jsonl")
            let found = try LogVerification(try BundleReader(fixture.folder.file("bundle")))
            #expect(found.findings.map(\.kind) == [.reordered], "\(one) and \(other)")
            #expect(found.verdict == .doesNotVerify)
        }
    }
}
