import Ledger

/// Which switches of a hostname lead to a migration's own destination.
///
/// An environment that is made anew has the endpoints of the one that had its name before (Fleet,
/// endpoints are derived from names), so a name alone does not tell which of the two was meant.
extension World {
    /// The tries at leading a hostname to the destination of a migration, oldest first: not those by
    /// which another migration led it to an earlier environment of the name and that were taken back
    /// before there was a new one.
    func leading(_ host: String, to destination: Incarnation, of migration: Migration) -> [Attempt]
    {
        guard let history = state.hosts[host] else { return [] }
        let tries = history.switches.filter { $0.dns?.isAt(destination.name) ?? false }
        guard let taken = takenOver(destination, by: migration) else { return tries }
        return tries.filter { change in
            change.settled > taken || isInForce(change, in: history, at: taken)
        }
    }

    /// Whether a migration tried to lead customers to its destination.
    func isLed(to destination: Incarnation, of migration: Migration) -> Bool {
        hostnames(migration).contains { !leading($0, to: destination, of: migration).isEmpty }
    }

    /// When the first environment of a destination's name after another migration's was heard of.
    private func takenOver(_ destination: Incarnation, by migration: Migration) -> Moment? {
        let others = (casting.byEnvironment[destination.name] ?? []).filter {
            $0.isDeclared && $0.name != migration.name
        }
        let earlier = (incarnations[destination.name] ?? []).last { candidate in
            candidate.first < destination.first
                && others.contains { $0.destination?.first == candidate.first }
        }
        return earlier?.succeeded
    }

    /// True when nothing says that a hostname was led elsewhere between a switch and a moment.
    private func isInForce(_ change: Attempt, in history: HostHistory, at moment: Moment) -> Bool {
        guard let name = change.dns?.environment ?? change.dns?.target else { return true }
        let isSeenElsewhere = history.answers.contains {
            $0.moment > change.settled && $0.moment < moment && !$0.value.isCached
                && !$0.value.isAt(name)
        }
        let isLedElsewhere = history.switches.contains {
            $0.started > change.started && $0.settled < moment && $0.isAccepted
                && !($0.dns?.isAt(name) ?? true)
        }
        return !isSeenElsewhere && !isLedElsewhere
    }
}
