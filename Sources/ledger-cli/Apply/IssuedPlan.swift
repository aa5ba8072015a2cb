import Ledger
import Projector

/// A plan that was saved, found again and derived anew from the events that it was made of.
struct IssuedPlan {
    /// Where it was issued.
    let sequence: SequenceNumber
    /// The id of that event.
    let id: EventID
    /// Who issued it.
    let issuer: Actor
    /// What was issued.
    let issue: PlanIssue
    /// The plan as it is derived now.
    let plan: Plan

    /// The beginning of the digest, as people see it.
    var name: String { String(issue.digest.prefix(12)) }

    /// The plan that a file or a digest names.
    ///
    /// - Throws: `ApplyError` when there is none, or what is in the file or derived is another;
    ///   `StoreError`, `PlanError`.
    static func find(_ text: String, _ global: GlobalOptions) throws -> IssuedPlan {
        let digest = try wantedDigest(text)
        let store = try global.open()
        let events = try store.events(
            matching: HistoryQuery(type: .exact(DecisionName.planIssued.rawValue)))
        var found: [(event: Event, issue: PlanIssue)] = []
        for event in events {
            guard
                case .decision(.planIssued(let issue))? = try EventPayload(
                    type: event.type, data: event.data), issue.digest.hasPrefix(digest)
            else { continue }
            found.append((event, issue))
        }
        guard let (event, issue) = found.first else { throw ApplyError.notIssued(text) }
        guard Set(found.map(\.issue.digest)).count == 1 else {
            throw ApplyError.ambiguous(text, found.map { String($0.issue.digest.prefix(16)) })
        }
        if try Voiding.voids(in: store).contains(event.sequence) {
            throw ApplyError.withdrawn(String(issue.digest.prefix(12)))
        }
        let plan = try derive(issue, global)
        guard plan.digest == issue.digest else {
            throw ApplyError.derivesAnother(issued: issue.digest, derived: plan.digest)
        }
        return IssuedPlan(
            sequence: event.sequence, id: event.id, issuer: event.actor, issue: issue, plan: plan)
    }

    /// The plan that the events up to a head give, under the policy of that day.
    ///
    /// - Throws: `StoreError`, `PlanError`, `ApplyError`.
    static func derive(_ issue: PlanIssue, _ global: GlobalOptions) throws -> Plan {
        let evaluation = try Evaluation(global, .asked(knownAt: issue.size), fromLog: true)
        let planner = try Planner(
            state: evaluation.state, now: issue.now, head: evaluation.head, renderer: .fleet)
        return try planner.plan(issue.plan, migration: issue.migration)
    }

    /// The digest, or its beginning, that a file or a word names.
    private static func wantedDigest(_ text: String) throws -> String {
        let surroundings = Surroundings.current
        if text != "-", !OperatingSystem.exists(surroundings.path(text)) {
            let word = text.hasPrefix("plan/") ? String(text.dropFirst(5)) : text
            let isDigest =
                (8...64).contains(word.utf8.count)
                && word.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
                }
            guard isDigest else { throw ApplyError.noPlan(text) }
            return word
        }
        let bytes = try surroundings.bytes(of: text)
        guard var object = try? JSONReader.parse(bytes).object,
            let digest = object["digest"]?.string
        else { throw ApplyError.notAPlan(text) }
        object["digest"] = nil
        guard Digest(hashing: try CanonicalJSON.encode(object)).hex == digest else {
            throw ApplyError.altered(text)
        }
        return digest
    }
}

extension Planner {
    /// A plan of a kind.
    ///
    /// - Throws: `PlanError`; `ApplyError.notAPlan` for a kind that this version does not know.
    func plan(_ kind: String, migration: String?) throws -> Plan {
        switch Plan.Kind(rawValue: kind) {
        case .cleanup?: try cleanup(migration: migration)
        case .rollback?: try rollback(migration: migration)
        case .next?: try next(migration: migration)
        case nil: throw ApplyError.notAPlan(kind)
        }
    }
}
