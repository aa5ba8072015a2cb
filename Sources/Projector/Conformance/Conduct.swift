import Ledger

/// What was done in one migration: its environments, its commands in order, its decisions.
struct Conduct {
    let world: World
    let migration: Migration
    /// The commands that belong to the migration, by start; refused ones among them.
    let commands: [Attempt]
    /// Those of them that were not refused, by what they do: each check asks for a few of many.
    private let tries: [ActionName: [Attempt]]
    /// The hostnames of the migration.
    let hosts: [String]
    /// When the source was effectively in maintenance, and the destination.
    let sourceClosures: [Closure]
    let destinationClosures: [Closure]
    private let scope: Scope

    var source: Incarnation? { migration.source }
    var destination: Incarnation? { migration.destination }
    var temporary: Incarnation? { migration.temporary }
    var s: String { migration.roles.source }
    var d: String { migration.roles.destination }
    var t: String? { temporary?.name ?? migration.roles.temporary }
    var now: Timestamp { world.now }

    init(_ migration: Migration, in world: World, among migrations: [Migration]) {
        self.world = world
        self.migration = migration
        hosts = world.hostnames(migration)
        sourceClosures = migration.source.map { world.closures($0) } ?? []
        destinationClosures = migration.destination.map { world.closures($0) } ?? []
        let scope = Scope(migration, in: world, among: migrations)
        self.scope = scope
        let environments = [migration.source, migration.destination, migration.temporary]
            .compactMap { $0 }
        let names = Set(environments.map(\.name))
        var commands = environments.flatMap(\.attempts)
        for (key, history) in world.state.snapshots {
            let owner =
                history.sightings.last?.row.environment
                ?? (key.kind == .database ? world.snapshotSource(key.name) : nil)
            guard let owner, names.contains(owner) else { continue }
            commands += history.attempts.filter { $0.action.name == .snapshotDestroy }
        }
        for host in hosts { commands += world.state.hosts[host]?.switches ?? [] }
        commands += world.state.defaultAttempts.filter { attempt in
            if case .configDefaultEnv(let name) = attempt.action {
                names.contains(name)
            } else {
                false
            }
        }
        commands += world.state.logAttempts.filter { attempt in
            if case .logDelete(let name, _, _) = attempt.action {
                name.map(names.contains) ?? (attempt.migration == migration.name)
            } else {
                false
            }
        }
        self.commands = commands.filter(scope.contains).sorted { $0.started < $1.started }
        tries = Dictionary(
            grouping: self.commands.filter { $0.outcome != .refused }, by: \.action.name)
    }

    /// The commands of a kind that were not refused: what was not refused may have worked.
    func tried(_ name: ActionName, _ isWanted: (Action) -> Bool = { _ in true }) -> [Attempt] {
        (tries[name] ?? []).filter { isWanted($0.action) }
    }

    /// The commands of a kind that the platform said yes to.
    func accepted(_ name: ActionName, _ isWanted: (Action) -> Bool = { _ in true }) -> [Attempt] {
        tried(name, isWanted).filter(\.isAccepted)
    }

    /// The commands of a kind on one environment that were not refused.
    func tried(_ name: ActionName, on environment: String?) -> [Attempt] {
        guard let environment else { return [] }
        return tried(name) { $0.subject == .environment(environment) }
    }

    /// The tries at turning maintenance of an environment ON or OFF.
    func maintenance(_ environment: String, _ state: Switch) -> [Attempt] {
        tried(.envMaintenance) { $0 == .envMaintenance(environment: environment, state: state) }
    }

    /// The tries at switching hostnames to the destination.
    var switches: [Attempt] {
        tried(.dnsSwitch).filter { $0.dns?.isAt(d) ?? false }
    }

    /// The tries at switching hostnames back to the source after one was switched away.
    var switchesBack: [Attempt] {
        guard let first = switches.first else { return [] }
        return tried(.dnsSwitch).filter {
            $0.dns?.isAt(s) ?? false && $0.started > first.started
        }
    }

    /// The tries at destroying the source.
    var sourceDestroys: [Attempt] { tried(.envDestroy, on: s) }

    /// Database snapshots of the source that belong to the migration, the temporary's own aside.
    var snapshots: [Attempt] {
        let all = tried(.snapshotCreate) { action in
            guard case .snapshotCreate(s, let name, let kind, _) = action else { return false }
            return kind != .nfs && name != temporary?.seed
        }
        // What the destination was made from is the migration's snapshot; the others are not.
        guard let seed = destination?.seed else { return all }
        let used = all.filter { $0.snapshotName == seed }
        return used.isEmpty ? all : Array(used.suffix(1))
    }

    /// The dumps that were loaded into the destination, or may be; and when their data is from.
    var dumps: [(dump: Attempt, point: Attempt)] {
        let paths = Set(tried(.databaseLoad, on: d).compactMap(\.dumpPath))
        let all = tried(.databaseDump).filter { attempt in
            attempt.action.subject == .environment(s)
                || t.map { attempt.action.subject == .environment($0) } ?? false
        }
        let used = all.filter { $0.dumpPath.map(paths.contains) ?? false }
        return (used.isEmpty ? all : used).map { dump in
            guard let temporary, dump.action.subject == .environment(temporary.name),
                let seed = temporary.seed, let creation = temporary.creation,
                let taken = world.taking(of: seed, for: creation)
            else { return (dump, dump) }
            return (dump, taken.attempt)
        }
    }

    /// From when the destination's data is; nil while nothing was copied.
    var copyPoint: Moment? {
        world.copy(migration).point ?? snapshots.last?.started ?? dumps.last?.point.started
    }

    /// The newest word of a kind before a moment.
    func decision(
        before moment: Moment? = nil, after: Moment? = nil, _ isWanted: (Decision) -> Bool
    ) -> Mark<Decision>? {
        world.state.decisions.last { mark in
            isWanted(mark.value) && (moment.map { mark.moment < $0 } ?? true)
                && (after.map { mark.moment > $0 } ?? true)
                && (mark.migration == migration.name || world.isTest(mark, of: migration))
        }
    }

    /// The migration and the world as they were known to stand just before a command.
    func before(_ attempt: Attempt) -> (World, Migration)? {
        let past = world.before(attempt.started)
        return past.migrations().first { $0.name == migration.name }.map { (past, $0) }
    }

    /// Whether an environment was effectively in maintenance at a moment.
    func closed(_ name: String, at moment: Moment) -> Standing {
        let closures = name == s ? sourceClosures : destinationClosures
        if let closure = closures.last(where: { $0.contains(moment.time) }) {
            guard closure.confirmed != nil else {
                return .open(
                    "maintenance of \(name) was not seen ON since it can be effective",
                    closure.evidence)
            }
            return .held(closure.evidence)
        }
        if let doubtful = closures.last(where: {
            $0.from <= moment.time && $0.end?.isCertain == false
        }) {
            return .open(
                "maintenance of \(name) may have been turned OFF before",
                doubtful.evidence + (doubtful.end?.evidence ?? []))
        }
        // Seen open later without a command of ours: it may have opened right after it was seen closed.
        if let ended = closures.last(where: { closure in
            closure.from <= moment.time
                && closure.end.map { $0.time <= moment.time && moment.time < $0.settled } ?? false
                && closure.end.map { end in
                    !maintenance(name, .off).contains { $0.evidence == end.evidence }
                } ?? false
        }) {
            return .open(
                "\(name) was later seen open, and it is not known since when",
                ended.evidence + (ended.end?.evidence ?? []))
        }
        guard let on = maintenance(name, .on).last(where: { $0.started < moment }),
            !maintenance(name, .off).contains(where: {
                $0.started > on.started && $0.started < moment
            })
        else { return .broken("while \(name) was not in maintenance", []) }
        let since = moment.time - on.started.time
        return .broken(
            "\(since.words) after maintenance ON of \(name), which takes up to "
                + world.policy.maintenancePropagation.words,
            on.evidence)
    }

    /// True when the migration ended: closed, its source or an abandoned destination destroyed, or
    /// customers moved more than a day ago.
    var isOver: Bool {
        if migration.closed != nil || sourceDestroys.contains(where: \.isAccepted) { return true }
        let isAbandoned = world.abandonment(migration) != nil
        if isAbandoned, tried(.envDestroy, on: d).contains(where: \.isAccepted) { return true }
        guard let last = switches.last, last.isAccepted else { return false }
        return now - last.started.time > .hours(24)
    }
}

/// Which commands belong to a migration: those that name it, and of those that name none the ones
/// in its time.
private struct Scope {
    private let name: String
    private let known: Set<String>
    private let from: Moment
    private let until: Moment?

    init(_ migration: Migration, in world: World, among migrations: [Migration]) {
        name = migration.name
        known = Set(migrations.map(\.name))
        let ends = [migration.roles.source, migration.roles.destination]
        let others = migrations.filter {
            $0.name != migration.name && $0.isDeclared && ends.contains($0.roles.source)
        }
        // It may have been declared afterwards: then it began with its first command.
        var start = min(
            migration.opened, migration.destination?.first ?? migration.opened,
            world.copy(migration).point ?? migration.opened)
        let closing = migration.source?.attempts(.envMaintenance).last { $0.started < start }
        if let closing, case .envMaintenance(_, .on) = closing.action {
            start = closing.started
        }
        let previous = others.compactMap { $0.closed?.moment }.filter { $0 < migration.opened }
            .max()
        from = previous.map { max($0, start) } ?? start
        until =
            others.filter { other in
                other.opened > migration.opened
                    && (other.roles.source == migration.roles.destination
                        || migration.closed.map { $0.moment < other.opened } ?? false)
            }.map(\.opened).min()
    }

    func contains(_ attempt: Attempt) -> Bool {
        if let owner = attempt.migration, known.contains(owner) { return owner == name }
        return attempt.started >= from && until.map { attempt.started < $0 } ?? true
    }
}

extension World {
    /// The world as the events before a moment make it; snapshots and releases aside.
    func before(_ moment: Moment) -> World {
        var past = state
        for name in past.environments.keys {
            past.environments[name]?.attempts.removeAll { $0.started >= moment }
            past.environments[name]?.sightings.removeAll { $0.moment >= moment }
        }
        for host in past.hosts.keys {
            past.hosts[host]?.switches.removeAll { $0.started >= moment }
            past.hosts[host]?.answers.removeAll { $0.moment >= moment }
        }
        past.environmentListings.removeAll { $0.moment >= moment }
        past.defaultAttempts.removeAll { $0.started >= moment }
        past.defaultAnswers.removeAll { $0.moment >= moment }
        past.decisions.removeAll { $0.moment >= moment }
        return World(state: past, now: moment.time)
    }
}

extension Attempt {
    /// The name of the snapshot that it makes or destroys.
    var snapshotName: String? {
        switch action {
        case .snapshotCreate(_, let name, _, _), .snapshotDestroy(let name, _): name
        default: nil
        }
    }

    /// The file that a dump goes to or a load comes from.
    var dumpPath: String? {
        switch action {
        case .databaseDump(_, _, let path), .databaseLoad(_, _, let path): path
        default: nil
        }
    }

    /// When it was issued, for messages.
    var at: String { "at \(started.time.short)" }
}

extension Span {
    /// The span for people: `20 s`, `55 min`, `3 h 5 min`.
    var words: String {
        let seconds = milliseconds / 1000
        if seconds < 120 { return "\(seconds) s" }
        let minutes = seconds / 60
        if minutes < 120 { return "\(minutes) min" }
        return "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min")
    }
}
