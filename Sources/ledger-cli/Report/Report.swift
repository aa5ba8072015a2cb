import Ledger
import Projector

/// Everything that a report says about a migration, as values: a function of the ledger and of the
/// present that was asked about, and of nothing else.
struct Report: Sendable {
    /// The ledger's origin.
    var origin: String
    /// How many events it was made from, and their root.
    var head: PlanHead
    /// The present.
    var now: Timestamp
    /// True when what is later than the present, or recorded later, was left out on purpose.
    var isPartial: Bool
    /// The story; nil in a ledger without a migration.
    var chronicle: Chronicle?
    /// The events of the migration, in the order of the log.
    var events: [Entry]
    /// How many events of the ledger belong elsewhere.
    var otherEvents: Int
    /// Plans that were saved, and who approved them.
    var plans: [SavedPlan]
    /// How it was done, held against the procedure; nil without a migration.
    var conformance: Conformance?
    /// What was destroyed, and what the rules said right before.
    var destructions: [Destruction]
    /// What may be destroyed now.
    var cleanup: Plan
    /// The way back now; nil without a migration.
    var rollback: Plan?
    /// Why nothing is judged and planned; nil when it is.
    var obstacle: String?
    /// Holds, ended ones too.
    var holds: [Hold]
    /// What was erased.
    var erasures: [Erasure]
    /// Policies that are not the default.
    var policies: [(key: String, value: String, evidence: SequenceNumber)]
    /// Whether the file can be trusted.
    var integrity: Integrity

    /// An event, with the words that go with it.
    struct Entry: Sendable {
        var event: Event
        /// What took it back.
        var voidedBy: SequenceNumber?
        /// What it says in a few words.
        var summary: String
        /// Reasons, notes and what the platform answered, by name.
        var texts: [Text]
        /// True for what decides: its record and its receipt travel with the report.
        var isDecisive: Bool
    }

    /// Words that are kept beside the log.
    struct Text: Sendable, Equatable {
        var name: String
        /// Nil when they were erased or never were in this file.
        var text: String?
        /// Why there is no text.
        var absence: String?
    }

    /// A plan that was saved.
    struct SavedPlan: Sendable {
        var kind: String
        var digest: String
        var issued: Entry?
        var approvals: [Entry]
        var finished: Entry?
    }

    /// Something that was destroyed.
    struct Destruction: Sendable {
        var attempt: Attempt
        /// The command in words.
        var command: String
        /// What the rules said when it was issued, from what was known then; nil when they could not.
        var verdict: ResourceVerdict?
        /// Why the guard was overridden.
        var override: Text?
        /// What is known of the resource now.
        var state: String
    }

    /// A hold.
    struct Hold: Sendable {
        var resource: Resource
        var placed: Entry
        var until: Timestamp?
        var released: Entry?
    }

    /// Words that were taken away.
    struct Erasure: Sendable {
        var sequence: SequenceNumber
        var attachment: String
        var erased: Entry
    }

    /// Whether the file can be trusted, and what others need to see for themselves.
    struct Integrity: Sendable {
        var verdict: Ledger.Verdict
        var findings: [Finding]
        var size: Int
        var root: Digest
        /// Whom the verdict believes, in words; nil when no signature could be checked.
        var believed: String?
        /// The heads that were kept elsewhere, and whether the log continues each.
        var anchors: [(label: String, isContinued: Bool)]
        /// How many events stand under no signed head that is believed.
        var unsigned: Int
        /// The newest signed head; nil when no head was signed.
        var head: SignedHead?
        /// The record and, under the signed head, the receipt of each decisive event.
        var proofs: [Proof]
    }

    /// What proves one event.
    struct Proof: Sendable {
        var sequence: SequenceNumber
        var record: [UInt8]
        var leaf: Digest
        var receipt: [UInt8]?
    }
}

extension Report {
    /// How long customers had no shop and whether that is over; nil when they always had one.
    ///
    /// As conformance sees it, so that two answers about one evening never differ.
    var downtime: (span: Span, isOver: Bool)? {
        chronicle?.downtime(as: conformance, until: now)
    }
}

extension Chronicle {
    /// How long customers had no shop, as conformance sees it where it does.
    func downtime(as conformance: Conformance?, until now: Timestamp) -> (span: Span, isOver: Bool)?
    {
        guard let downtime = conformance?.downtime else { return self.downtime(until: now) }
        return ((downtime.to ?? now) - downtime.from, downtime.to != nil)
    }
}

extension Report.Entry {
    /// The words of a name.
    func text(_ name: String) -> String? { texts.first { $0.name == name }?.text }
}
