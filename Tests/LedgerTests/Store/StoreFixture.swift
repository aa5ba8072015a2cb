import Foundation

@testable import Ledger

/// A folder of its own for one test, removed with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "ledger-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The bytes of a file and of its journal.
    func contents(_ name: String) -> [UInt8] {
        ["", "-wal"].flatMap { suffix in
            [UInt8](FileManager.default.contents(atPath: file(name) + suffix) ?? Data())
        }
    }
}

/// Drafts by number: the same number always gives the same draft.
enum Drafts {
    static let start = Timestamp(milliseconds: 1_493_632_800_000)
    static let origin = "ledger.bestpants.example/fleet"

    static func id(_ number: Int) -> EventID {
        var random = TrustRandom(seed: UInt64(bitPattern: Int64(number)))
        return EventID(time: start + .seconds(number), entropy: random.bytes(count: 10))
    }

    static func created() -> EventDraft {
        EventDraft(
            id: id(-1), payload: .decision(.ledgerCreated(origin: origin)), time: start,
            actor: Actor(id: "alice"), basis: .reported)
    }

    static func maintenance(
        _ number: Int, environment: String = "prod", actor: String = "alice",
        migration: String? = nil, attachments: [String: AttachmentContent] = [:]
    ) -> EventDraft {
        EventDraft(
            id: id(number),
            payload: .action(
                .envMaintenance(environment: environment, state: .on), .accepted,
                ActionReport(command: "fleet env maintenance \(environment) ON", exitStatus: 0)),
            time: start + .seconds(number), actor: Actor(id: actor), basis: .reported,
            migration: migration, attachments: attachments)
    }

    static func note(_ number: Int, text: String) -> EventDraft {
        EventDraft(
            id: id(number), payload: .decision(.noteAdded(Note())),
            time: start + .seconds(number), actor: Actor(id: "bob"), basis: .reported,
            attachments: ["text": AttachmentContent(text: text)])
    }

    static func erased(_ number: Int, _ sequence: Int, _ name: String) -> EventDraft {
        EventDraft(
            id: id(number),
            payload: .decision(.attachmentErased(SequenceNumber(sequence), attachment: name)),
            time: start + .seconds(number), actor: Actor(id: "alice"), basis: .reported)
    }
}

extension TemporaryFolder {
    func newLedger(_ name: String = "ledger.sqlite", sign: HeadSigner? = nil) throws -> LedgerStore
    {
        try LedgerStore.create(
            path: file(name), origin: Drafts.origin, created: Drafts.created(), sign: sign)
    }
}

extension LedgerStore {
    @discardableResult
    func append(_ draft: EventDraft, at seconds: Int = 0) throws -> Appended? {
        try append([draft], recordedTime: Drafts.start + .seconds(seconds)).first
    }
}

/// A note that says only what head it is of.
func plainNote(size: Int, root: Digest) -> String { "head \(size) \(root)" }
