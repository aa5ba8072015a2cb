import Testing

@testable import Ledger

/// What of an event that comes in again may be otherwise.
@Suite struct KnownEventTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `an import takes an event for known that only says how it was learned of otherwise`()
        throws
    {
        let store = try folder.newLedger()
        let imported = ExistingPolicy.compareContent(redacted: "[redacted]")
        var draft = Drafts.maintenance(1, migration: "plan-move")
        draft.data["command"] = "mysql -p[redacted]"
        draft.attachments["output"] = AttachmentContent(text: "x")
        try store.append(draft)
        for change: (inout EventDraft) -> Void in [
            { $0.basis = .imported }, { $0.migration = nil },
            { $0.data["command"] = "mysql -psecret" },
            { $0.attachments["output"] = AttachmentContent(text: "y") },
        ] {
            var other = draft
            change(&other)
            let known = try store.append(
                [other], recordedTime: Drafts.start, existing: imported)
            #expect(known.map(\.isNew) == [false])
        }
        // As it stands in an export, where the reference takes the place of the content.
        let exported = try #require(try store.event(SequenceNumber(2))).draft
        let known = try store.append(
            [exported], recordedTime: Drafts.start, existing: imported)
        #expect(known.map(\.isNew) == [false])
        for change: (inout EventDraft) -> Void in [
            { $0.subject = "environment/prod2" }, { $0.time = $0.time + .seconds(1) },
            { $0.actor.id = "mallory" }, { $0.actor.type = "system" },
            { $0.migration = "other" }, { $0.cause = Drafts.id(7) },
            { $0.traceparent = "00-1-2-00" },
            { $0.data["state"] = "OFF" }, { $0.data["more"] = 1 }, { $0.attachments = [:] },
            { $0.type = .action(.envMaintenance, .refused) },
            { $0.attachments["more"] = AttachmentContent(text: "x") },
        ] {
            var other = draft
            change(&other)
            #expect(throws: StoreError.idConflict(id: draft.id, sequence: SequenceNumber(2))) {
                try store.append([other], recordedTime: Drafts.start, existing: imported)
            }
        }
        #expect(try store.size() == 2)
    }
}
