import Ledger

/// A migration back to an environment that an earlier one has left.
extension World {
    /// The earlier declared migration that led from a migration's destination to its source.
    func outward(_ migration: Migration) -> Migration? {
        guard let source = migration.source, let destination = migration.destination else {
            return nil
        }
        return (casting.bySource[destination.name] ?? []).last { other in
            other.isDeclared && other.opened < migration.opened
                && other.source?.first == destination.first
                && other.destination?.name == source.name
                && other.destination?.first == source.first
        }
    }

    /// The later declared migration that leads customers back from a migration's destination to its
    /// source, once they are led there by it.
    func homeward(_ migration: Migration) -> Migration? {
        guard let source = migration.source, let destination = migration.destination else {
            return nil
        }
        return (casting.bySource[destination.name] ?? []).last { next in
            next.isDeclared && next.opened > migration.opened
                && next.source?.first == destination.first
                && next.destination?.name == source.name
                && next.destination?.first == source.first && abandonment(next) == nil
                && hostnames(next).contains { host in
                    isLed(host, to: source.name)
                        && leading(host, to: source, of: next).contains {
                            $0.started > next.opened
                        }
                }
        }
    }

    /// True when what a migration copied from its source came back to it, with all that its destination
    /// took, by a later one; what was loaded into the source since then is all of that.
    func isCarriedHome(_ migration: Migration, since taken: Moment?) -> Bool {
        guard let source = migration.source, let home = homeward(migration),
            success(home).isEmpty, case .dump(let copy) = copy(home),
            isWhole(migration, until: copy.load.started)
        else { return false }
        let last = ([copy] + copy.besides).map(\.load.started).max()
        return source.attempts(.databaseLoad, .databaseShell).allSatisfy { writer in
            taken.map { writer.settled < $0 } ?? false
                || writer.action.name == .databaseLoad && last.map { writer.started <= $0 } ?? false
        }
    }

    /// From when on what happens to a hostname bears on a migration: since its destination was heard of,
    /// or, when an earlier migration led away from there, since nobody was led there any more and all
    /// that it had taken was in the copy.
    func arrivals(_ host: String, of migration: Migration, at destination: Incarnation) -> Moment {
        guard migration.destination?.first == destination.first,
            let outward = outward(migration),
            let left = departure(host, to: migration.roles.source),
            isWhole(outward, until: left)
        else { return destination.first }
        return max(left, destination.first)
    }

    /// Since when an earlier migration is over that led away from a migration's destination; nil when
    /// there is none, or that is not known.
    func leaving(_ migration: Migration) -> Moment? {
        guard let outward = outward(migration) else { return nil }
        let left = hostnames(migration).compactMap {
            departure($0, to: migration.roles.source)
        }.min()
        let closed = outward.closed.map(\.moment).flatMap { $0 < migration.opened ? $0 : nil }
        return left.map { max($0, closed ?? $0) }
    }

    /// The first look at a hostname that shows it at a place after every answer that led to another one
    /// has run out; nil when there is none, or no time to live is known.
    private func departure(_ host: String, to new: String) -> Moment? {
        guard let history = state.hosts[host] else { return nil }
        return history.answers.first { answer in
            guard answer.value.isAt(new), !answer.value.isCached else { return false }
            let answers = history.answers.filter { $0.moment < answer.moment }
            let switches = history.switches.filter { $0.started < answer.moment }
            let told =
                answers.filter { !$0.value.isCached }.compactMap(\.value.ttl)
                + switches.compactMap { $0.dns?.oldTTL }
            let lives =
                told + answers.compactMap(\.value.ttl) + switches.compactMap { $0.dns?.ttl }
            let last =
                (answers.filter { !$0.value.isAt(new) }.map(\.moment) + switches.map(\.settled))
                .max()
            guard !told.isEmpty, let longest = lives.max(), let last else { return false }
            return last < answer.moment && last.time + .seconds(longest) <= answer.moment.time
        }?.moment
    }

    /// True when a migration's copy had all that its source took up to a moment.
    private func isWhole(_ migration: Migration, until moment: Moment) -> Bool {
        guard let source = migration.source, let point = copy(migration).point,
            copyQuiesced(migration).isEmpty, copyVerified(migration).isEmpty,
            sqlScripts(migration).isEmpty
        else { return false }
        let isClosed = closures(source, trustsSight: true).contains { closure in
            closure.contains(point.time) && (closure.end.map { $0.time >= moment.time } ?? true)
        }
        let isWritten = source.attempts(.databaseLoad, .databaseShell).contains { writer in
            writer.started < moment && (writer.settled > point || writer.isInDoubt)
        }
        return isClosed && !isWritten
    }
}
