import Ledger

/// What settles a hostname that leads nowhere any more.
extension World {
    /// What to do about a name that was taken out of DNS and gives no answer that could be recorded.
    ///
    /// Of a declared one the declaration is taken back with it, and made again without it; of one that
    /// was switched nothing is, for customers came by it.
    func removal(_ host: String, _ migration: Migration) -> String {
        guard state.hosts[host]?.switches.isEmpty ?? true else { return "" }
        return forgetting(host, migration, when: "; when it is in DNS no more: ")
    }

    /// What to do about a name that the shop gave up: it answers no more, or leads to somebody else.
    ///
    /// That it leads to the source no more proves nothing of where customers are led, so nothing but
    /// a word settles it; what was cached of it must have run out before.
    func retirement(
        _ host: String, _ migration: Migration, _ answer: HostHistory.Answer
    ) -> String {
        guard let history = state.hosts[host] else { return "" }
        let end: Timestamp
        if let failed = history.failures.last, failed > answer.moment {
            let spans =
                history.answers.compactMap(\.value.ttl)
                + history.switches.flatMap { [$0.dns?.ttl, $0.dns?.oldTTL].compactMap { $0 } }
            guard let longest = spans.max() else { return "" }
            end = failed.time + .seconds(longest)
        } else {
            guard answer.value.environment == nil, let target = answer.value.target,
                newest(target) == nil,
                case .ends(let drained, _) = drain(host, off: migration.roles.source)
            else { return "" }
            end = drained
        }
        let since = end > now ? "from \(end.short) on, " : ""
        return forgetting(
            host, migration, when: "; \(since)when it is the shop's no more: ")
    }

    private func forgetting(_ host: String, _ migration: Migration, when: String) -> String {
        let roles = migration.roles
        guard roles.hostnames.contains(host) else {
            return forgetting(host).map { when + $0 } ?? ""
        }
        let voids = migration.evidence.map { "ledger-cli record void \($0)" } + [forgetting(host)]
        let others = roles.hostnames.filter { $0 != host }
        guard others.count <= World.fewHostnames else {
            // Told of every one of many, the whole command would be told many times over.
            return when + voids.compactMap { $0 }.joined(separator: ", ")
                + ", then open the migration \(roles.migration) again as it was, with --at \(migration.opened.time.short) and without --hostname \(host)"
        }
        let hostnames = others.map { " --hostname \($0)" }.joined()
        let temporary = roles.temporary.map { " --temp \($0)" } ?? ""
        return when + voids.compactMap { $0 }.joined(separator: ", ")
            + ", then ledger-cli migration open \(roles.migration) --from \(roles.source) --to \(roles.destination) --method \(roles.method.rawValue)\(temporary)\(hostnames) --at \(migration.opened.time.short)"
    }

    /// Up to so many other hostnames, the command that declares them is given in full.
    private static let fewHostnames = 5

    /// The commands that take back all that was seen or said of a name.
    func forgetting(_ host: String) -> String? {
        guard let history = state.hosts[host] else { return nil }
        let events = World.merge(
            history.answers.map(\.moment.sequence), history.failures.map(\.sequence),
            history.switches.flatMap(\.evidence))
        guard !events.isEmpty else { return nil }
        return events.map { "ledger-cli record void \($0)" }.joined(separator: ", ")
    }
}
