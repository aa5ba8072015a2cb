import Ledger

extension Planner {
    /// The rows of the releases that were listed, built, or seen on an environment.
    func releaseRows() -> [Overview.Row] {
        let live = world.incarnations.keys.sorted().compactMap { world.newest($0) }
            .filter { !world.existence($0).isGone }
        var users: [String: [(environment: String, isActive: Bool, evidence: Evidence)]] = [:]
        for environment in live {
            guard let sighting = environment.sightings.newest(like: { $0.shown.releases != nil })
            else { continue }
            for row in sighting.shown.releases ?? [] {
                let isActive = sighting.shown.activeRelease == .some(row.release)
                users[row.release, default: []].append(
                    (environment.name, isActive, sighting.proof))
            }
        }
        return Set(world.state.releases.keys).union(users.keys).sorted().map { name in
            let (there, status) = existence(ofRelease: name, isUsed: users[name] != nil)
            let used = users[name] ?? []
            let places = used.map { $0.isActive ? "\($0.environment), active" : $0.environment }
            return Overview.Row(
                resource: .release(name),
                cells: [
                    ("there", there), ("status", status),
                    (
                        "on",
                        Overview.Cell(
                            text: places.isEmpty ? "none seen" : places.joined(separator: "; "),
                            evidence: Evidence(used.flatMap { Array($0.evidence) }))
                    ),
                ])
        }
    }

    /// Whether a release is there, and the status it was listed with.
    private func existence(
        ofRelease name: String, isUsed: Bool
    ) -> (there: Overview.Cell, status: Overview.Cell) {
        let history = world.state.releases[name] ?? ReleaseHistory()
        let row = history.rows.last
        let seen = Evidence(row.map { [$0.moment.sequence] } ?? [])
        var status = Overview.Cell(text: row?.value.status ?? "unknown", evidence: seen)
        func there(_ text: String, _ evidence: [SequenceNumber]) -> Overview.Cell {
            Overview.Cell(text: text, evidence: Evidence(evidence))
        }
        let destroy = history.attempts.last { attempt in
            attempt.action.name == .releaseDestroy
                && (row.map { $0.moment < attempt.settled } ?? true)
        }
        if let destroy, destroy.outcome != .refused {
            status = Overview.Cell(text: "unknown", evidence: Evidence(destroy.evidence))
            guard destroy.isAccepted else { return (there("unknown", destroy.evidence), status) }
            let absent = world.state.releaseListings.last { $0.moment > destroy.settled }
            return (
                there(
                    absent == nil ? "being destroyed" : "gone",
                    destroy.evidence + [absent?.moment.sequence].compactMap { $0 }), status
            )
        }
        guard let row else { return (there(isUsed ? "yes" : "unknown", []), status) }
        let missing = world.state.releaseListings.last.flatMap { last in
            last.moment > row.moment ? last.moment.sequence : nil
        }
        if let missing, !isUsed {
            status = Overview.Cell(
                text: "unknown", evidence: Evidence([row.moment.sequence, missing]))
            return (there("unknown", [row.moment.sequence, missing]), status)
        }
        return (there("yes", [row.moment.sequence]), status)
    }
}
