import Ledger
import Projector

extension Report {
    /// The report for programs; members may be added, never renamed.
    var json: JSONObject {
        JSONObject([
            ("report", .integer(1)), ("origin", .string(origin)),
            ("head", ["size": .integer(head.size), "root": .string(head.root)]),
            ("now", .string(now.description)), ("partial", .bool(isPartial)),
            (
                "migration",
                chronicle.map { .object(Self.json(of: $0.migration, $0.hostnames)) } ?? .null
            ),
            (
                "milestones",
                .array((chronicle?.milestones ?? []).map { .object(Self.json(of: $0)) })
            ),
            ("stretches", .array((chronicle?.stretches ?? []).map { .object(Self.json(of: $0)) })),
            ("downtime", downtimeJSON),
            ("upkeep", .array((chronicle?.upkeep ?? []).map { .object($0.json(now)) })),
            ("plans", .array(plans.map { .object($0.json) })),
            ("conformance", conformance.map { .object($0.json) } ?? .null),
            ("cleanup", .object(cleanup.json)),
            ("rollback", rollback.map { .object($0.json) } ?? .null),
            ("destroyed", .array(destructions.map { .object($0.json) })),
            ("holds", .array(holds.map { .object($0.json) })),
            (
                "erasures",
                .array(
                    erasures.map {
                        [
                            "sequence": .integer($0.sequence.number),
                            "attachment": .string($0.attachment),
                            "erasedBy": .integer($0.erased.event.sequence.number),
                            "actor": .string($0.erased.event.actor.id),
                        ]
                    })
            ),
            (
                "policies",
                .array(
                    policies.map {
                        [
                            "policy": .string($0.key), "value": .string($0.value),
                            "evidence": .array([.integer($0.evidence.number)]),
                        ]
                    })
            ),
            ("events", .array(events.map { .object($0.json) })),
            ("otherEvents", .integer(otherEvents)), ("integrity", .object(integrity.json)),
        ])
    }

    private var downtimeJSON: JSONValue {
        guard let (span, isOver) = downtime else { return .null }
        return [
            "seconds": .integer(Int(span.milliseconds / 1000)), "over": .bool(isOver),
            "documentedSeconds": .integer(
                Int(Chronicle.documentedDowntime.milliseconds / 1000)),
        ]
    }

    private static func json(of migration: Migration, _ hostnames: [String]) -> JSONObject {
        [
            "name": .string(migration.name), "source": .string(migration.roles.source),
            "destination": .string(migration.roles.destination),
            "temporary": migration.temporary.map { .string($0.name) } ?? .null,
            "method": .string(migration.roles.method.rawValue),
            "hostnames": .array(hostnames.map { .string($0) }),
            "declared": .bool(migration.isDeclared),
            "opened": .string(migration.opened.time.description),
            "closed": .time(migration.closed?.moment.time),
            "abandoned": migration.closed.map { .bool($0.value) } ?? .null,
            "evidence": .sequences(migration.evidence),
        ]
    }

    private static func json(of milestone: Chronicle.Milestone) -> JSONObject {
        [
            "point": .string(milestone.point.rawValue), "time": .string(milestone.time.description),
            "resource": .string(milestone.resource.description), "text": .string(milestone.text),
            "act": milestone.act.map { .integer($0.number) } ?? .null,
            "evidence": .sequences(milestone.evidence),
        ]
    }

    private static func json(of stretch: Chronicle.Stretch) -> JSONObject {
        [
            "kind": .string(stretch.kind.rawValue),
            "resource": .string(stretch.resource.description),
            "from": .string(stretch.from.description), "to": .time(stretch.to),
            "text": .string(stretch.text), "evidence": .sequences(stretch.evidence),
        ]
    }
}

extension JSONValue {
    /// An instant, or null.
    static func time(_ time: Timestamp?) -> JSONValue {
        time.map { .string($0.description) } ?? .null
    }

    /// Events, each once and in order.
    static func sequences(_ evidence: [SequenceNumber]) -> JSONValue {
        .array(Set(evidence).sorted().map { .integer($0.number) })
    }
}

extension Report.Entry {
    fileprivate var json: JSONObject {
        JSONObject([
            ("event", .object(event.json)), ("summary", .string(summary)),
            ("voidedBy", voidedBy.map { .integer($0.number) }), ("decisive", .bool(isDecisive)),
            (
                "texts",
                .array(
                    texts.map {
                        .object(
                            JSONObject([
                                ("name", .string($0.name)), ("text", $0.text.map { .string($0) }),
                                ("absence", $0.absence.map { .string($0) }),
                            ]))
                    })
            ),
        ])
    }

    fileprivate var signature: JSONValue {
        [
            "actor": .string(event.actor.id), "time": .string(event.time.description),
            "sequence": .integer(event.sequence.number),
        ]
    }
}

extension Report.SavedPlan {
    fileprivate var json: JSONObject {
        [
            "plan": .string(kind), "digest": .string(digest), "issued": issued?.signature ?? .null,
            "approvals": .array(approvals.map(\.signature)),
            "finished": finished?.signature ?? .null,
        ]
    }
}

extension Report.Destruction {
    fileprivate var json: JSONObject {
        JSONObject([
            ("resource", .string(attempt.action.subject.description)),
            ("command", .string(command)), ("time", .string(attempt.started.time.description)),
            ("actor", .string(attempt.actor.id)), ("outcome", .string(attempt.outcome.rawValue)),
            ("said", verdict.map { .object($0.json) } ?? .null), ("now", .string(state)),
            ("overridden", .bool(attempt.report.isOverride)),
            ("override", override?.text.map { .string($0) }),
            ("evidence", .sequences(attempt.evidence)),
        ])
    }
}

extension Report.Hold {
    fileprivate var json: JSONObject {
        [
            "resource": .string(resource.description), "placed": placed.signature,
            "until": .time(until), "released": released?.signature ?? .null,
            "reason": placed.text("reason").map { .string($0) } ?? .null,
        ]
    }
}

extension Report.Integrity {
    fileprivate var json: JSONObject {
        [
            "verdict": .string(verdict.rawValue), "size": .integer(size),
            "root": .string(root.base64),
            "findings": .array(findings.map { .object($0.json) }),
            "believed": believed.map { .string($0) } ?? .null,
            "anchors": .array(
                anchors.map {
                    ["anchor": .string($0.label), "continued": .bool($0.isContinued)]
                }),
            "unsigned": .integer(unsigned), "checkpoint": head.map { .string($0.note) } ?? .null,
            "proofs": .array(
                proofs.map {
                    [
                        "sequence": .integer($0.sequence.number), "leaf": .string($0.leaf.base64),
                        "record": .string(String(decoding: $0.record, as: UTF8.self)),
                        "receipt": $0.receipt.map { .string(String(decoding: $0, as: UTF8.self)) }
                            ?? .null,
                    ]
                }),
        ]
    }
}
