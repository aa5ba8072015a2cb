import Ledger

extension World {
    /// What lasted in a migration, by kind and time.
    func stretches(of migration: Migration) -> [Chronicle.Stretch] {
        var all = lives(migration)
        for (_, environment) in cast(of: migration) { all += maintenance(environment) }
        all += downtime(migration)
        if case .interval(let from, let to, let evidence) = exposure(migration) {
            all.append(
                .init(
                    kind: .exposure, resource: .environment(migration.roles.destination),
                    from: from, to: to,
                    text:
                        "\(migration.roles.destination) may hold customer writes that \(migration.roles.source) lacks",
                    evidence: evidence))
        }
        all += draining(migration)
        all += cleaning(migration)
        return all
    }

    private func lives(_ migration: Migration) -> [Chronicle.Stretch] {
        cast(of: migration).map { role, environment in
            let gone = goneSince(existence(environment))
            return Chronicle.Stretch(
                kind: .life, resource: .environment(environment.name),
                from: environment.creation?.started.time ?? environment.first.time,
                to: gone?.time, text: "\(environment.name), the \(role)",
                evidence: World.merge([environment.first.sequence], gone?.evidence ?? []))
        }
    }

    private func maintenance(_ environment: Incarnation) -> [Chronicle.Stretch] {
        let gone = goneSince(existence(environment))
        return closures(environment).filter { $0.from <= now }.map { closure in
            let doubt = closure.confirmed == nil ? ", never seen" : ""
            return Chronicle.Stretch(
                kind: .maintenance, resource: .environment(environment.name), from: closure.from,
                to: closure.end?.time ?? gone?.time,
                text: "\(environment.name) in maintenance\(doubt)",
                evidence: World.merge(
                    closure.evidence, closure.end?.evidence ?? gone?.evidence ?? []))
        }
    }

    /// From the command that closes the source until customers are served again: by the source, when
    /// it is opened, or by the destination, when the last hostname points at it and it is open.
    private func downtime(_ migration: Migration) -> [Chronicle.Stretch] {
        guard let source = migration.source else { return [] }
        let commands = source.attempts(.envMaintenance)
        return closures(source).compactMap { closure in
            let command = commands.last { attempt in
                guard case .envMaintenance(_, .on) = attempt.action else { return false }
                return closure.evidence.contains(attempt.started.sequence)
            }
            let from = command?.started.time ?? closure.from
            guard from >= migration.opened.time || !migration.isDeclared else { return nil }
            let moved = served(migration, after: from)
            let ends = [closure.end.map { ($0.time, $0.evidence) }, moved].compactMap { $0 }
            let end = ends.min { $0.0 < $1.0 }
            return Chronicle.Stretch(
                kind: .downtime, resource: .environment(source.name), from: from, to: end?.0,
                text: "customers are served by nobody",
                evidence: World.merge(
                    command?.evidence ?? closure.evidence.prefix(1).map { $0 }, end?.1 ?? []))
        }
    }

    /// When the destination serves customers: every hostname is switched to it and it is open.
    private func served(
        _ migration: Migration, after start: Timestamp
    ) -> (Timestamp, [SequenceNumber])? {
        guard let destination = migration.destination else { return nil }
        var last: Timestamp?
        var evidence: [SequenceNumber] = []
        for host in hostnames(migration) {
            let history = state.hosts[host]
            let switched = history?.switches.first {
                $0.isAccepted && $0.started.time >= start && $0.dns?.isAt(destination.name) ?? false
            }
            let seen = history?.answers.first {
                $0.moment.time >= start && $0.value.isAt(destination.name)
            }
            let first = [
                switched.map { ($0.settled.time, $0.evidence) },
                seen.map { ($0.moment.time, [$0.moment.sequence]) },
            ].compactMap { $0 }.min { $0.0 < $1.0 }
            guard let first else { return nil }
            last = max(last ?? first.0, first.0)
            evidence += first.1
        }
        guard let last else { return nil }
        guard let closure = closures(destination).first(where: { $0.contains(last) }) else {
            return (last, World.merge(evidence))
        }
        return closure.end.map { ($0.time, World.merge(evidence, $0.evidence)) }
    }

    private func draining(_ migration: Migration) -> [Chronicle.Stretch] {
        guard let (end, evidence) = drainEnd(migration) else { return [] }
        let switches = hostnames(migration).flatMap { state.hosts[$0]?.switches ?? [] }
        let away = switches.filter {
            $0.isAccepted && !($0.dns?.isAt(migration.roles.source) ?? true)
        }
        guard let start = away.map(\.settled.time).max(), start < end else { return [] }
        var all = [
            Chronicle.Stretch(
                kind: .drain, resource: .environment(migration.roles.source), from: start, to: end,
                text: "old DNS answers may still lead to \(migration.roles.source)",
                evidence: World.merge(evidence, away.flatMap(\.evidence)))
        ]
        if policy.soak > .seconds(0) {
            all.append(
                .init(
                    kind: .soak, resource: .environment(migration.roles.source), from: end,
                    to: end + policy.soak, text: "soak",
                    evidence: state.policyMarks.suffix(1).map(\.moment.sequence)))
        }
        return all
    }

    private func cleaning(_ migration: Migration) -> [Chronicle.Stretch] {
        let things: [(Resource, [Attempt], Existence)] =
            cast(of: migration).map {
                (
                    .environment($0.environment.name), $0.environment.attempts(.envDestroy),
                    existence($0.environment)
                )
            }
            + snapshots(of: migration).map { key in
                (
                    key.resource,
                    (state.snapshots[key]?.attempts ?? []).filter {
                        $0.action.name == .snapshotDestroy
                    }, existence(key)
                )
            }
        let destroyed = things.filter { !$0.1.isEmpty }
        let attempts = destroyed.flatMap(\.1)
        guard let first = attempts.map(\.started).min() else { return [] }
        let ends = destroyed.map { goneSince($0.2) }
        let isOver = ends.allSatisfy { $0 != nil }
        return [
            Chronicle.Stretch(
                kind: .cleanup, resource: .migration(migration.name), from: first.time,
                to: isOver ? ends.compactMap { $0?.time }.max() : nil, text: "clean-up",
                evidence: World.merge(
                    attempts.flatMap(\.evidence), ends.flatMap { $0?.evidence ?? [] }))
        ]
    }
}
