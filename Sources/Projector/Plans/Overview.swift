public import Ledger

/// What is true at a moment, one row a resource, each fact with the events behind it.
public struct Overview: Sendable {
    /// A fact as text: its value or `unknown`, how it is known, and by which events.
    public struct Cell: Sendable, Hashable {
        /// The value, or `unknown`.
        public var text: String
        /// The events behind it, how it is known by them and when it was last confirmed.
        public var evidence: Evidence
    }

    /// A row of named cells about one resource.
    public struct Row: Sendable {
        /// The resource.
        public var resource: Resource
        /// The facts by name.
        public var cells: [(name: String, cell: Cell)]
    }

    /// Environments, snapshots, releases, hostnames and migrations.
    public var rows: [Row] = []
    /// Attempts of which neither an outcome nor a look says what came of them, newest last.
    public var inDoubt: [Attempt] = []
    /// Commands without an action of their own that have no known end, newest last.
    public var unfinishedNotes: [UnfinishedNote] = []
    /// The sources that are in maintenance while hostnames may still lead there, by migration: their
    /// names and the times of the commands.
    public var closed: [(environment: String, since: Timestamp)] = []
}

extension Planner {
    /// What is true now, as a table.
    public func overview() -> Overview {
        var overview = Overview()
        for name in world.incarnations.keys.sorted() {
            guard let environment = world.newest(name) else { continue }
            overview.rows.append(row(environment))
        }
        for key in world.state.snapshots.keys.sorted() {
            let last = world.state.snapshots[key]?.sightings.last
            overview.rows.append(
                Overview.Row(
                    resource: key.resource,
                    cells: [
                        ("there", cell(world.existence(key))),
                        ("status", cell(world.snapshotStatus(key)) { $0 }),
                        (
                            "of",
                            Overview.Cell(
                                text: last?.row.environment ?? "unknown",
                                evidence: last?.proof ?? [])
                        ),
                    ]))
        }
        overview.rows += releaseRows()
        for host in world.state.hosts.keys.sorted() {
            let place: Overview.Cell
            switch world.location(host) {
            case .at(let target, let answer):
                let isDangling = world.newest(target).map { world.existence($0).isGone } ?? false
                place = Overview.Cell(
                    text: isDangling ? "\(target), gone" : target, evidence: answer.proof)
            case .unknown(_, let evidence):
                place = Overview.Cell(text: "unknown", evidence: Evidence(evidence))
            }
            overview.rows.append(Overview.Row(resource: .dns(host), cells: [("at", place)]))
        }
        overview.rows.append(
            Overview.Row(
                resource: .fleet,
                cells: [("default environment", cell(world.defaultEnvironment) { $0 })]))
        for migration in migrations {
            overview.rows.append(
                Overview.Row(
                    resource: .migration(migration.name),
                    cells: [
                        (
                            "roles",
                            Overview.Cell(
                                text:
                                    "\(migration.roles.source) to \(migration.roles.destination), \(migration.roles.method.rawValue)",
                                evidence: Evidence(migration.evidence))
                        ),
                        (
                            "state",
                            Overview.Cell(
                                text: migration.closed.map { $0.value ? "abandoned" : "closed" }
                                    ?? (migration.isDeclared ? "open" : "derived"), evidence: [])
                        ),
                    ]))
            if let source = migration.source, migration.closed == nil, isPossiblyClosed(source),
                let last = source.attempts(.envMaintenance).last, !world.existence(source).isGone,
                world.hostnames(migration).contains(where: { host in
                    if case .at(let place, _) = world.location(host) {
                        place == source.name
                    } else {
                        true
                    }
                })
            {
                overview.closed.append((source.name, last.started.time))
            }
        }
        overview.inDoubt = attemptsInDoubt()
        overview.unfinishedNotes = world.state.unfinishedNotes.values.sorted {
            $0.started < $1.started
        }
        return overview
    }

    private func row(_ environment: Incarnation) -> Overview.Row {
        Overview.Row(
            resource: .environment(environment.name),
            cells: [
                ("there", cell(world.existence(environment))),
                ("status", cell(world.status(environment)) { $0 }),
                ("release", cell(world.activeRelease(environment)) { $0 ?? "none" }),
                ("maintenance", cell(world.shownMaintenance(environment)) { $0.rawValue }),
                ("protected", cell(world.protected(environment)) { $0.rawValue }),
                ("nfs", cell(world.nfs(environment)) { $0.rawValue }),
                ("solr", cell(world.solr(environment)) { $0.rawValue }),
            ])
    }

    private func cell<Value>(_ fact: Fact<Value>, _ text: (Value) -> String) -> Overview.Cell {
        Overview.Cell(text: fact.value.map(text) ?? "unknown", evidence: fact.evidence)
    }

    private func cell(_ existence: Existence) -> Overview.Cell {
        let text =
            switch existence {
            case .live: "yes"
            case .creating: "being created"
            case .beingDestroyed: "being destroyed"
            case .gone: "gone"
            case .unknown: "unknown"
            }
        return Overview.Cell(text: text, evidence: Evidence(existence.evidence))
    }
}
