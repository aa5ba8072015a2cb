public import Ledger

/// A ledger to be broken, the same in every run.
public enum Specimen {
    /// Its origin.
    public static let origin = "ledger.bestpants.example/torture"
    private static let start = Timestamp(milliseconds: 1_493_632_800_000)

    /// The key that it is signed with.
    ///
    /// - Throws: `KeyError`.
    public static func signer() throws -> LogSigner {
        var random = Random(seed: 1)
        return LogSigner(
            keys: [try SignerKey.generate(name: KeyName(origin), using: &random)])
    }

    /// Makes it, with so many events besides the first.
    ///
    /// - Throws: `StoreError`, `KeyError`.
    public static func create(_ path: String, events: Int = 0) throws -> LedgerStore {
        let signer = try signer()
        var random = Random(seed: 2)
        var created = EventDraft(
            id: EventID(time: start, using: &random),
            payload: .decision(.ledgerCreated(origin: origin)), time: start,
            actor: Actor(id: "alice"), basis: .reported)
        created.data["vkey"] = signer.keys.first.map { .string($0.verifier.text) }
        let store = try LedgerStore.create(
            path: path, origin: origin, created: created, signer: signer)
        if events > 0 {
            _ = try store.append(
                (0..<events).map { draft($0 % 3, using: &random) }, recordedTime: start)
        }
        return store
    }

    /// So many events besides the first that the workload completes a block of 256.
    static let nearlyBlock = 251

    /// A draft of an action that was reported, about as long as the usual ones.
    public static func draft(
        _ number: Int, using random: inout some RandomNumberGenerator, text: String? = nil
    ) -> EventDraft {
        let time = start + .seconds(number)
        return EventDraft(
            id: EventID(time: time, using: &random),
            payload: .action(
                .envMaintenance(environment: "prod\(number % 7)", state: .on), .accepted,
                ActionReport(
                    command: "fleet env maintenance prod\(number % 7) ON", exitStatus: 0)),
            time: time, actor: Actor(id: "alice"), basis: .reported, migration: "plan-move",
            attachments: text.map { ["output": AttachmentContent(text: $0)] } ?? [:])
    }

    /// The draft that says that an attachment was erased.
    static func erased(
        _ sequence: SequenceNumber, using random: inout some RandomNumberGenerator
    ) -> EventDraft {
        EventDraft(
            id: EventID(time: start, using: &random),
            payload: .decision(.attachmentErased(sequence, attachment: "output")), time: start,
            actor: Actor(id: "alice"), basis: .reported)
    }

    /// When the ledger learns of things.
    public static let now = start + .hours(1)
}

/// An evening's work on a ledger that is there.
///
/// Single appends, a batch, contents beside the log, an erasure; every head is signed. What was
/// acknowledged is kept, and every error.
public struct Workload: Sendable {
    /// What the store said it has.
    public private(set) var acknowledged: [Acknowledgement] = []
    /// What it said when it could not, in order.
    public private(set) var failures: [StoreError] = []
    /// The ids of what was ever handed to it, by append: each is there as a whole or not at all.
    public private(set) var attempted: [[EventID]] = []
    /// True when every failed append is tried a second time at once.
    public var isTriedAgain = false
    /// What it said to the second try, in order.
    public private(set) var repeatedFailures: [StoreError] = []

    private var random = Random(seed: 3)

    /// A workload that has not begun.
    public init(isTriedAgain: Bool = false) { self.isTriedAgain = isTriedAgain }

    /// Does all of it; `acknowledge` is told the number of acknowledged events each time there are more.
    public mutating func run(_ path: String, acknowledge: (Int) -> Void = { _ in }) {
        guard let store = open(path) else { return }
        append(store, [draft(1, "what the command printed")], acknowledge)
        let withText = acknowledged.last.map { SequenceNumber($0.sequence) }
        append(store, (2...4).map { draft($0, $0 == 3 ? "more output" : nil) }, acknowledge)
        append(store, [draft(5)], acknowledge)
        if let withText {
            let erased = Specimen.erased(withText, using: &random)
            attempt([erased.id], acknowledge) { () throws(StoreError) in
                try store.erase(
                    [Erasure(withText, name: "output", recording: erased)],
                    recordedTime: Specimen.now
                ).appended
            }
        }
        append(store, [draft(6)], acknowledge)
        do { try store.close() } catch { failures.append(error) }
    }

    private mutating func open(_ path: String) -> LedgerStore? {
        do {
            return try LedgerStore.open(
                path: path, busyWait: .milliseconds(20), signer: try? Specimen.signer())
        } catch {
            failures.append(error)
            guard isTriedAgain else { return nil }
        }
        do {
            return try LedgerStore.open(
                path: path, busyWait: .milliseconds(20), signer: try? Specimen.signer())
        } catch {
            repeatedFailures.append(error)
            return nil
        }
    }

    private mutating func draft(_ number: Int, _ text: String? = nil) -> EventDraft {
        Specimen.draft(number, using: &random, text: text)
    }

    private mutating func append(
        _ store: LedgerStore, _ drafts: [EventDraft], _ acknowledge: (Int) -> Void
    ) {
        attempt(drafts.map(\.id), acknowledge) { () throws(StoreError) in
            try store.append(drafts, recordedTime: Specimen.now)
        }
    }

    private mutating func attempt(
        _ ids: [EventID], _ acknowledge: (Int) -> Void,
        _ body: () throws(StoreError) -> [Appended]
    ) {
        attempted.append(ids)
        do {
            acknowledged += try body().map { Acknowledgement($0) }
            return acknowledge(acknowledged.count)
        } catch {
            failures.append(error)
        }
        guard isTriedAgain else { return }
        do {
            acknowledged += try body().map { Acknowledgement($0) }
            acknowledge(acknowledged.count)
        } catch {
            repeatedFailures.append(error)
        }
    }
}
