import HTTPTypes
import Ledger
import Projector

/// The addresses for programs, under `/api/v1`.
///
/// With `checkpoint` and `tile/…` the prefix is a C2SP tile log, so that auditors need no client of
/// ours.
enum APIRoutes {
    /// Every address.
    static let all: [Route] = facts + log + events

    private static let point = [
        Operation.Parameter(name: "at", kind: "date-time", summary: "what was true then"),
        Operation.Parameter(
            name: "known-at", kind: "integer", summary: "as known at this event"),
    ]

    private static let facts: [Route] = [
        Route(
            "/api/v1/state", "what is true of every resource",
            Operation(id: "state", query: point), keeps: .point
        ) { site, inquiry in
            let point = try Point(inquiry)
            return try await site.archive.evaluate(point) {
                try .json(StatusText($0).json)
            }
        },
        Route(
            "/api/v1/plans/{kind}", "the next step, the way back or the clean-up",
            Operation(
                id: "plan",
                query: point + [.init(name: "migration", kind: "string", summary: "its name")],
                statuses: [200, 404, 409]), keeps: .point
        ) { site, inquiry in
            let point = try Point(inquiry)
            let kind = try inquiry.planKind()
            let migration = inquiry.value("migration")
            return try await site.archive.evaluate(point) {
                let plan = try $0.plan(kind, migration: migration)
                return try Answer.json(plan.json).tagged(plan.digest)
            }
        },
        Route(
            "/api/v1/graph", "dependencies", Operation(id: "graph", query: point), keeps: .point
        ) { site, inquiry in
            let point = try Point(inquiry)
            return try await site.archive.evaluate(point) {
                try .json(DependencyGraph($0).json)
            }
        },
        Route("/api/v1/verify", "what verification found", Operation(id: "verify")) { site, _ in
            try .json(try await site.verification().json)
        },
        Route(
            "/api/v1/stream", "the ledger's size whenever it grows",
            Operation(id: "stream", type: EventStream.mediaType, statuses: [200, 503])
        ) { site, inquiry in
            let known = HTTPField.Name("Last-Event-ID").flatMap { inquiry.headers[$0] }
            return try site.live.answer(since: known.flatMap { Int($0) })
        },
        Route("/api/v1/openapi.json", "this description", Operation(id: "openapi")) { site, _ in
            try .json(OpenAPI.document(origin: site.archive.store.origin))
        },
    ]

    private static let events: [Route] = [
        Route(
            "/api/v1/events", "events, a page at a time",
            Operation(
                id: "events",
                query: EventFilter.fields.map {
                    .init(
                        name: $0.name,
                        kind: ["since", "until"].contains($0.name) ? "date-time" : "string",
                        summary: $0.label.lowercased() + ", such as \($0.sample)")
                } + [
                    .init(name: "after", kind: "integer", summary: "only events after this one"),
                    .init(name: "before", kind: "integer", summary: "only events before this one"),
                    .init(name: "order", kind: "string", summary: "asc or desc"),
                    .init(name: "limit", kind: "integer", summary: "1 to 1000, else 100"),
                ], type: EventBatch.mediaType)
        ) { site, inquiry in
            let batch = try EventBatch(inquiry)
            return try await site.archive.read { try batch.answer($0) }
        },
        Route(
            "/api/v1/events", "records events",
            Operation(
                id: "record", statuses: [200, 201, 400, 403, 409, 412, 413, 415],
                body: [EventBatch.mediaType, PostedEvents.singleType]), method: .post
        ) { site, inquiry in
            guard let recording = site.recording else {
                throw Refusal(
                    .forbidden, "this server only reads",
                    hint: "ledger-cli serve --accept-writes --token-file FILE")
            }
            return try await recording.answer(inquiry)
        },
        Route(
            "/api/v1/events/{sequence}", "the record of an event, byte for byte",
            Operation(id: "event", type: PostedEvents.singleType, statuses: [200, 404])
        ) { site, inquiry in
            let sequence = try inquiry.sequence()
            return try await site.archive.read { snapshot in
                guard let record = try snapshot.record(sequence) else {
                    throw CLIError.noSuchEvent(sequence.number, size: try snapshot.size())
                }
                return Answer(PostedEvents.singleType, record.bytes)
                    .tagged(MerkleTree.leafHash(record.bytes).hex, isImmutable: true)
            }
        },
        Route(
            "/api/v1/events/{sequence}/changes", "what an event changed",
            Operation(id: "changes", statuses: [200, 404]), keeps: .size
        ) { site, inquiry in
            let sequence = try inquiry.sequence()
            let changes = try await site.changes(sequence)
            return try .json(["changes": changes?.json ?? .null])
        },
        Route(
            "/api/v1/events/{sequence}/receipt", "the proof that an event is in the log",
            Operation(id: "receipt", type: "text/plain", statuses: [200, 404])
        ) { site, inquiry in
            let sequence = try inquiry.sequence()
            return try await site.archive.read { try TileLog.receipt(sequence, in: $0) }
        },
    ]

    private static let log: [Route] = [
        Route(
            "/api/v1/checkpoint", "the newest signed head",
            Operation(id: "checkpoint", type: "text/plain", statuses: [200, 404])
        ) { site, _ in try await site.archive.read { try TileLog.checkpoint(in: $0) } },
        Route(
            "/api/v1/tile/{path...}", "a tile of hashes or of entries (C2SP tlog-tiles)",
            Operation(id: "tile", type: "application/octet-stream", statuses: [200, 404])
        ) { site, inquiry in
            let path = inquiry.names["path"] ?? ""
            return try await site.archive.read { try TileLog.tile(path, in: $0) }
        },
    ]
}
