import Ledger

extension Exposure {
    /// True when the destination took customer writes, as far as is known, and takes none any more.
    var isOver: Bool { if case .interval(_, _?, _) = self { true } else { false } }
}

/// Closing the destination and opening the source, as the way back needs it.
extension Planner {
    /// True when the destination of a migration was not made, or is gone and took nothing with it.
    func isNoMore(_ migration: Migration, _ exposure: Exposure) -> Bool {
        guard let destination = migration.destination else { return true }
        return exposure.isNone && world.existence(destination).isGone
    }

    /// The destination must take no more writes before anybody leaves it.
    func closing(_ destination: Incarnation) -> [Step] {
        guard world.existence(destination).mayTakeWrites, !world.isClosedNow(destination) else {
            return []
        }
        if let waiting = waitingForClosure(of: destination) { return [waiting] }
        return [
            closingStep(
                destination.name,
                evidence: destination.attempts(.envMaintenance).suffix(1).flatMap(\.evidence))
        ]
    }

    func opening(_ source: Incarnation, requires: [String] = []) -> [Step] {
        guard isPossiblyClosed(source) else { return [] }
        return [openingStep(source, requires: requires)]
    }

    func openingStep(_ source: Incarnation, requires: [String]) -> Step {
        Step(
            resource: .environment(source.name),
            command: .action(.envMaintenance(environment: source.name, state: .off)),
            because: "customers are to be served by \(source.name) again",
            evidence: source.attempts(.envMaintenance).suffix(1).flatMap(\.evidence),
            requires: requires,
            completes: "maintenance mode OFF in a description of \(source.name)")
    }

    /// The source was loaded with what it held before, and its caches hold what was there in between.
    func flushing(_ source: Incarnation, _ data: SourceData) -> [Step] {
        guard case .own(let load?) = data, !isFlushed(source, since: load) else { return [] }
        return [flushingStep(source.name, evidence: load.evidence)]
    }

    func flushingStep(_ name: String, evidence: [SequenceNumber] = []) -> Step {
        Step(
            resource: .environment(name), command: .action(.envCacheFlush(environment: name)),
            because: "the caches hold what was there before the load", evidence: evidence)
    }

    func protecting(_ source: Incarnation) -> [Step] {
        let name = source.name
        let unprotected = source.attempts(.envProtected).contains {
            $0.action == .envProtected(environment: name, state: .off)
        }
        guard unprotected, world.protected(source).value != .on else { return [] }
        return [
            Step(
                resource: .environment(name),
                command: .action(.envProtected(environment: name, state: .on)),
                because: "\(name) serves customers and was unprotected",
                evidence: world.protected(source).evidence.events)
        ]
    }
}
