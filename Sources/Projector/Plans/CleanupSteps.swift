import Ledger

/// The steps that destroy what is safe to destroy.
extension Planner {
    /// The steps of every safe resource; a dependent comes before what it was made from.
    func steps(_ verdicts: [ResourceVerdict]) -> [Step] {
        var pending = verdicts.filter { $0.verdict == .safe }
        let sources = Set(migrations.map { Resource.environment($0.roles.source) })
        func rank(_ verdict: ResourceVerdict) -> Int {
            if verdict.isSnapshot { return verdict.waitsFor.isEmpty ? 0 : 2 }
            return sources.contains(verdict.resource) ? 3 : 1
        }
        pending = (0...3).flatMap { place in pending.filter { rank($0) == place } }
        var steps: [Step] = []
        var last: [Resource: Int] = [:]
        var isStuck = false
        while !pending.isEmpty, !isStuck {
            var waiting: [ResourceVerdict] = []
            for verdict in pending {
                guard verdict.waitsFor.allSatisfy({ last[$0] != nil }) else {
                    waiting.append(verdict)
                    continue
                }
                var added = destruction(verdict)
                let after = verdict.waitsFor.compactMap { last[$0] }.sorted()
                if !added.isEmpty, !after.isEmpty {
                    added[0].after = after
                    added[0].requires = Set(verdict.reasons.compactMap(\.removedWhen)).sorted()
                }
                steps += added
                last[verdict.resource] = steps.count
            }
            isStuck = waiting.count == pending.count
            pending = waiting
        }
        return steps
    }

    private func destruction(_ verdict: ResourceVerdict) -> [Step] {
        switch verdict.resource {
        case .environment(let name, _):
            guard let environment = world.newest(name) else { return [] }
            var steps: [Step] = []
            let isSource = (world.casting.bySource[name] ?? []).contains(where: \.isDeclared)
            let protection = world.protected(environment)
            if protection.value == .on || isSource && protection.value != .off {
                steps.append(
                    Step(
                        resource: verdict.resource,
                        command: .action(.envProtected(environment: name, state: .off)),
                        because: "a protected environment cannot be destroyed",
                        evidence: protection.evidence.events))
            }
            steps.append(
                Step(
                    resource: verdict.resource, command: .action(.envDestroy(environment: name)),
                    because: "every rule for \(verdict.resource) holds", evidence: verdict.evidence,
                    completes: "\(verdict.resource) absent from a complete environment list"))
            return steps
        case .snapshot(let kind, let name):
            return [
                Step(
                    resource: verdict.resource,
                    command: .action(.snapshotDestroy(name: name, kind: kind == .nfs ? .nfs : nil)),
                    because: "every rule for \(verdict.resource) holds", evidence: verdict.evidence,
                    completes: "\(verdict.resource) absent from a complete snapshot list")
            ]
        case .release(let name):
            return [
                Step(
                    resource: verdict.resource, command: .action(.releaseDestroy(release: name)),
                    because: "it is loaded nowhere and needed by nothing",
                    evidence: verdict.evidence,
                    completes: "\(verdict.resource) absent from a complete release list")
            ]
        default: return []
        }
    }
}

extension ResourceVerdict {
    fileprivate var isSnapshot: Bool { if case .snapshot = resource { true } else { false } }
}

extension Attempt {
    var loadedRelease: String? {
        switch action {
        case .envLoad(_, let release), .envActivate(_, let release): release
        default: nil
        }
    }
}
