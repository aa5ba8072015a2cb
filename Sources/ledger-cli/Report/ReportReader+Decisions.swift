import Fleet
import Ledger
import Projector

/// Plans, destructions, holds, erasures and policies of a report.
extension ReportReader {
    struct PlanEvents {
        var kind: String
        var digest: String
        var issued: Event?
        var approvals: [Event] = []
        var finished: Event?
    }

    func savedPlanEvents(_ migration: String?) -> [PlanEvents] {
        var plans: [PlanEvents] = []
        for event in events where !voids.contains(event.sequence) {
            guard let payload = try? EventPayload(type: event.type, data: event.data),
                case .decision(let decision) = payload
            else { continue }
            switch decision {
            case .planIssued(let issue):
                guard migration == nil || issue.migration == nil || issue.migration == migration
                else { continue }
                plans.append(PlanEvents(kind: issue.plan, digest: issue.digest, issued: event))
            case .planApproved(let digest):
                guard let index = plans.lastIndex(where: { $0.digest == digest }) else { continue }
                plans[index].approvals.append(event)
            case .planFinished(let digest, _):
                guard let index = plans.lastIndex(where: { $0.digest == digest }) else { continue }
                plans[index].finished = event
            default: continue
            }
        }
        return plans
    }

    /// What was destroyed in the migration, and what the rules said when it was.
    func destructions(
        _ chronicle: Chronicle, _ planner: Planner, _ head: PlanHead
    ) throws -> [Report.Destruction] {
        let rows = planner.overview().rows
        let state = planner.world.state
        var attempts: [Attempt] = []
        for resource in chronicle.resources {
            switch resource {
            case .environment(let name, _):
                attempts += state.environments[name]?.attempts ?? []
            case .snapshot(let kind, let name):
                attempts += state.snapshots[SnapshotKey(kind: kind, name: name)]?.attempts ?? []
            case .release(let name): attempts += state.releases[name]?.attempts ?? []
            default: break
            }
        }
        let destroys = attempts.filter {
            [.envDestroy, .snapshotDestroy, .releaseDestroy].contains($0.action.name)
        }
        return try Set(destroys).sorted { $0.started < $1.started }.map { attempt in
            let row = rows.first { $0.resource == attempt.action.subject }
            return Report.Destruction(
                attempt: attempt,
                command: attempt.report.command ?? Grammar.renderShell(attempt.action),
                verdict: verdict(before: attempt, head),
                override: try overrideReason(attempt),
                state: row?.cells.first?.cell.text ?? "unknown")
        }
    }

    /// What the rules said of a resource right before something was done to it, from what was
    /// recorded until then.
    func verdict(before attempt: Attempt, _ head: PlanHead) -> ResourceVerdict? {
        let known = events.filter {
            $0.sequence < attempt.started.sequence && $0.time <= attempt.started.time
        }
        var replay = Replay(voids: Voids(of: known))
        for event in known {
            do { try replay.apply(event) } catch { return nil }
        }
        let planner = try? Planner(
            state: replay.state, now: attempt.started.time, head: head, renderer: .fleet)
        return try? planner?.check(attempt.action.subject)
    }

    func overrideReason(_ attempt: Attempt) throws -> Report.Text? {
        guard attempt.report.isOverride,
            let event = events.first(where: { $0.sequence == attempt.started.sequence })
        else { return nil }
        guard let (name, reference) = event.attachments.first(where: { $0.name == "override" })
        else { return Report.Text(name: "override", text: nil, absence: "not given") }
        return try text(of: event, name, reference)
    }

    func holds(_ entries: [Report.Entry]) -> [Report.Hold] {
        var holds: [Report.Hold] = []
        for entry in entries where entry.voidedBy == nil {
            guard let payload = try? EventPayload(type: entry.event.type, data: entry.event.data),
                case .decision(let decision) = payload
            else { continue }
            switch decision {
            case .holdPlaced(let resource, let until):
                holds.append(Report.Hold(resource: resource, placed: entry, until: until))
            case .holdReleased(let resource):
                for index in holds.indices
                where holds[index].resource == resource && holds[index].released == nil {
                    holds[index].released = entry
                }
            default: break
            }
        }
        return holds
    }

    func erasures(_ entries: [Report.Entry]) -> [Report.Erasure] {
        entries.compactMap { entry in
            guard let payload = try? EventPayload(type: entry.event.type, data: entry.event.data),
                case .decision(.attachmentErased(let sequence, let attachment)) = payload
            else { return nil }
            return Report.Erasure(sequence: sequence, attachment: attachment, erased: entry)
        }
    }

    func policies(
        _ state: State
    ) -> [(key: String, value: String, evidence: SequenceNumber)] {
        var newest: [String: (String, SequenceNumber)] = [:]
        for mark in state.policyMarks {
            if case .policySet(let key, let value) = mark.value {
                newest[key] = (value, mark.moment.sequence)
            }
        }
        return newest.keys.sorted().compactMap { key in
            newest[key].map { (key, $0.0, $0.1) }
        }
    }
}
