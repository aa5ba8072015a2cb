import Dispatch
import Fleet
import HTTPTypes
import Ledger
import Projector

/// Records what is posted: what `record` does at a prompt, for programs.
///
/// The token names the actor; the id makes a repeated post harmless; `If-Match` makes it depend on
/// the size that the sender has seen. What steers decisions beyond `record` stays at the prompt.
final class PostedEvents: Sendable {
    /// The media type of one event.
    static let singleType = "application/cloudevents+json"
    /// How many events one post may hold.
    static let batchLimit = 500

    private let store: LedgerStore
    private let clock: @Sendable () -> Timestamp
    private let queue = DispatchQueue(label: "ledger.posted")
    /// What a task has at hand does not reach the queue.
    private let search = BoundedSearch.telling(Surroundings.current.errors)

    /// A recorder on a ledger that is open for writing.
    init(_ store: LedgerStore, clock: @escaping @Sendable () -> Timestamp) {
        self.store = store
        self.clock = clock
    }

    /// Records what a request holds, all of it or nothing.
    ///
    /// - Throws: `Refusal`, `StoreError`.
    func answer(_ inquiry: Inquiry) async throws -> Answer {
        guard let reader = inquiry.reader else {
            throw Refusal(.unauthorized, "recording needs a token that names the actor")
        }
        try Self.requireOwnPage(inquiry.headers)
        let objects = try Self.objects(inquiry)
        let expected = try Self.expectedSize(inquiry.headers[.ifMatch])
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                let result = PatternSearch.$current.withValue(search) {
                    Result { try record(objects, by: reader, expected: expected) }
                }
                continuation.resume(with: result)
            }
        }
    }

    /// A page of another site may make a browser post, with the token that the browser keeps.
    private static func requireOwnPage(_ headers: HTTPFields) throws(Refusal) {
        if let name = HTTPField.Name("Sec-Fetch-Site"), let site = headers[name],
            !["same-origin", "none"].contains(site)
        {
            throw Refusal(.forbidden, "pages of other sites record nothing here")
        }
    }

    private static func objects(_ inquiry: Inquiry) throws(Refusal) -> [JSONObject] {
        let type = (inquiry.headers[.contentType] ?? "").split(separator: ";").first
            .map { $0.lowercased().filter { $0 != " " } }
        guard type == singleType || type == EventBatch.mediaType else {
            throw Refusal(
                .unsupportedMediaType, "the body is not of a type that is recorded",
                hint: "Content-Type: \(singleType) or \(EventBatch.mediaType)")
        }
        let value: JSONValue
        do {
            value = try JSONReader.parse(inquiry.body)
        } catch {
            throw Refusal(.badRequest, "the body: \(error)")
        }
        let objects =
            type == singleType
            ? value.object.map { [$0] }
            : value.array.flatMap { list in
                let objects = list.compactMap(\.object)
                return objects.count == list.count ? objects : nil
            }
        guard let objects, !objects.isEmpty, objects.count <= batchLimit else {
            throw Refusal(
                .badRequest, "the body: expected 1 to \(batchLimit) CloudEvents JSON objects")
        }
        return objects
    }

    private static func expectedSize(_ field: String?) throws(Refusal) -> Int? {
        guard let field, field != "*" else { return nil }
        let text = field.filter { $0 != " " }
        guard text.hasPrefix("\""), text.hasSuffix("\""), text.count > 2,
            let size = Int(text.dropFirst().dropLast()), size >= 0
        else {
            throw Refusal(
                .badRequest, "If-Match: expected the size of the ledger in quotes",
                hint: "If-Match: \"64\"")
        }
        return size
    }

    private func record(
        _ objects: [JSONObject], by reader: Reader, expected: Int?
    ) throws -> Answer {
        let now = clock()
        let settings = try Settings(store)
        let register = try MigrationRegister(store)
        var drafts: [EventDraft] = []
        for (index, object) in objects.enumerated() {
            do {
                drafts.append(
                    try PostedEvent(object, origin: store.origin, actor: reader.actor)
                        .draft(now: now, settings, register, store))
            } catch let refusal as Refusal {
                throw objects.count == 1
                    ? refusal
                    : Refusal(
                        refusal.status, "event \(index + 1): \(refusal.message)",
                        hint: refusal.hint)
            }
        }
        // A repeated post finds its events and is done, whatever the size is by now.
        let isRepeated = try store.read { snapshot in
            try drafts.allSatisfy { try snapshot.sequence(of: $0.id) != nil }
        }
        let appended: [Appended]
        do {
            appended = try store.append(
                drafts, recordedTime: now, expectedSize: isRepeated ? nil : expected)
        } catch {
            throw PostedEvents.refusal(error)
        }
        let isNew = appended.contains(where: \.isNew)
        let size = try store.size()
        var answer = try Answer.json(
            [
                "appended": .array(
                    zip(drafts, appended).map { draft, place in
                        [
                            "sequence": .integer(place.sequence.number),
                            "id": .string(place.id.description),
                            "type": .string(draft.type.description),
                            "subject": .string(draft.subject),
                            "time": .string(draft.time.description), "new": .bool(place.isNew),
                            "leaf": .string(place.leafHash.base64),
                        ]
                    }), "size": .integer(size),
            ], status: isNew ? .created : .ok)
        answer.headers[.eTag] = "\"\(size)\""
        if let first = appended.first, isNew {
            answer.headers[.location] = "/api/v1/events/\(first.sequence)"
        }
        return answer
    }

    /// 412 for a ledger that has moved on; any other error stays what it is.
    private static func refusal(_ error: StoreError) -> any Error {
        guard case .sizeDiffers(let expected, let actual) = error else { return error }
        var refusal = Refusal(
            .preconditionFailed,
            "the ledger has \(actual) events, expected \(expected); nothing was recorded",
            hint: "read what is new after event \(expected), then post with If-Match: \"\(actual)\""
        )
        refusal.headers[.eTag] = "\"\(actual)\""
        refusal.details = ["size": .integer(actual)]
        return refusal
    }
}
