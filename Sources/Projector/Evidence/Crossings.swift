import Ledger

/// Which things bear on which others, looked up once, so that a verdict does not walk everything.
///
/// It holds no conclusions: what is found here is still judged where it is asked for.
struct Crossings: Sendable {
    /// Environments not seen RUNNING yet, by the environments whose data or settings they copy.
    var unfinished: [String: [Incarnation]] = [:]
    /// Creations that may still be reading a snapshot, by the snapshot that they name.
    var readersOfSnapshot: [String: [(Incarnation, Attempt)]] = [:]
    /// Creations that name no snapshot, by the source that they name.
    var readersOfSource: [String: [(Incarnation, Attempt)]] = [:]
    /// Creations that name neither.
    var readersOfAny: [(Incarnation, Attempt)] = []
    /// Creations that may still be reading an nfs snapshot, named or not.
    var readersOfFiles: [(Incarnation, Attempt)] = []
    /// Environments that no command of the ledger made and that may be on their way: nobody said from
    /// what.
    var strangers: [Incarnation] = []
    /// Environments that were dumped, by the snapshot that they were made from.
    var dumped: [String: [Incarnation]] = [:]
    /// Environments that were made from a snapshot of an older one of their name, oldest first.
    var remakes: [String: [Incarnation]] = [:]
    /// Snapshots by the environment that their newest row shows.
    var snapshots: [String: [SnapshotKey]] = [:]
    /// Snapshots by the environments that tries at taking them name.
    var taken: [String: [SnapshotKey]] = [:]
    /// Hostnames by the environments or targets that they were seen at or switched to.
    var hosts: [String: Set<String>] = [:]
    /// Hostnames by the environments or targets that they were switched to.
    var switched: [String: Set<String>] = [:]
    /// Environments by the targets and addresses that answers which lead to them show.
    var places: [String: Set<String>] = [:]

    /// The names of environments that somebody looked up; none of them is among the hostnames here.
    var ownNames = OwnNames()

    /// Hostnames whose newest look-up or switch names nothing that an environment is known by.
    var unplaced: Set<String> = []

    init() {}

    init(_ world: World) {
        ownNames = OwnNames(world.state, world.incarnations)
        addHosts(world.state)
        for key in world.state.snapshots.keys.sorted() {
            guard let history = world.state.snapshots[key] else { continue }
            if let row = history.sightings.last?.row {
                snapshots[row.environment, default: []].append(key)
            }
            for attempt in history.attempts.kinds {
                if case .snapshotCreate(let name, _, _, _) = attempt.action {
                    taken[name, default: []].append(key)
                }
            }
        }
        for name in world.incarnations.keys.sorted() {
            guard let all = world.incarnations[name], let clone = all.last else { continue }
            let remade = all.dropFirst().filter { $0.seed.flatMap(world.snapshotSource) == name }
            if !remade.isEmpty { remakes[name] = remade }
            add(clone, world)
        }
    }

    private mutating func addHosts(_ state: State) {
        for (host, history) in state.hosts {
            for answer in history.answers.kinds.map(\.value) {
                guard let place = answer.environment else { continue }
                for shown in answer.addresses + [answer.target].compactMap({ $0 }) {
                    places[shown, default: []].insert(place)
                }
            }
            if ownNames.contains(host) { continue }
            let answer = history.answers.last
            let change = history.switches.newest(like: { $0.outcome != .refused })
            let isSwitchNewer = change.map { change in
                answer.map { $0.moment < change.settled } ?? true
            }
            let place =
                isSwitchNewer ?? false ? change?.dns?.environment : answer?.value.environment
            if place == nil { unplaced.insert(host) }
            for place in history.answers.kinds.compactMap({
                $0.value.environment ?? $0.value.target
            }) {
                hosts[place, default: []].insert(host)
            }
            for change in history.switches.kinds.compactMap(\.dns) {
                let place = change.environment ?? change.target
                hosts[place, default: []].insert(host)
                switched[place, default: []].insert(host)
            }
        }
    }

    /// How old an environment is that cannot be on its way any more; Fleet takes less than an hour.
    private static let grown = Span.hours(24)

    /// True for one that nobody here made and that was seen CREATING last, or in a status that says
    /// nothing while it was never seen to be done.
    private static func mayBeOnItsWay(_ clone: Incarnation) -> Bool {
        guard clone.creation == nil,
            let last = clone.sightings.newest(like: { $0.shown.status != nil }),
            let status = last.shown.status
        else { return false }
        if status == "CREATING" { return true }
        guard !World.statusTokens.contains(status) else { return false }
        let isGrown = clone.created.map { last.moment.time - $0 >= grown } ?? false
        return !isGrown
            && !clone.sightings.contains { look in
                look.shown.status.map { $0 != "CREATING" && World.statusTokens.contains($0) }
                    ?? false
            }
    }

    private mutating func add(_ clone: Incarnation, _ world: World) {
        if let seed = clone.seed, clone.attempts.has(like: { $0.action.name == .databaseDump }) {
            dumped[seed, default: []].append(clone)
        }
        if Crossings.mayBeOnItsWay(clone) { strangers.append(clone) }
        var creations = clone.attempts(.envCreate)
        // One of unknown outcome is kept with the environment that had the name before.
        if let creation = clone.creation,
            !creations.contains(where: { $0.started == creation.started })
        {
            creations.append(creation)
        }
        guard !creations.isEmpty else { return }
        let lastRunning = clone.sightings.newest(like: { $0.shown.status == "RUNNING" })?.moment
        if lastRunning == nil, let arguments = clone.creation?.createArguments {
            let origins = [
                arguments.source.name, clone.seed.flatMap(world.snapshotSource),
            ].compactMap { $0 }
            for origin in Set(origins) { unfinished[origin, default: []].append(clone) }
        }
        for attempt in creations {
            guard let arguments = attempt.createArguments,
                lastRunning.map({ $0 <= attempt.settled }) ?? true
            else { continue }
            if arguments.nfsSnapshot != .none { readersOfFiles.append((clone, attempt)) }
            if let name = arguments.snapshot.name {
                readersOfSnapshot[name, default: []].append((clone, attempt))
            } else if arguments.snapshot == .unsaid {
                if let source = arguments.source.name {
                    readersOfSource[source, default: []].append((clone, attempt))
                } else if arguments.source == .unsaid {
                    readersOfAny.append((clone, attempt))
                }
            }
        }
    }
}

/// The migrations by the names that play a part in them.
struct Casting: Sendable {
    /// By source, destination and temporary environment.
    var byEnvironment: [String: [Migration]] = [:]
    /// By source alone.
    var bySource: [String: [Migration]] = [:]
    /// The migrations that name a hostname as theirs.
    private var byHost: [String: [Migration]] = [:]

    /// True when a hostname is declared to belong to a migration that has no environment in common
    /// with another one.
    func isOfOthers(_ host: String, than migration: Migration) -> Bool {
        let ends = Casting.environments(of: migration)
        return (byHost[host] ?? []).contains {
            $0.isDeclared && $0.name != migration.name
                && ends.isDisjoint(with: Casting.environments(of: $0))
        }
    }

    private static func environments(of migration: Migration) -> Set<String> {
        Set(
            [
                migration.roles.source, migration.roles.destination, migration.roles.temporary,
                migration.temporary?.name,
            ].compactMap { $0 })
    }

    init(_ migrations: [Migration] = []) {
        for migration in migrations {
            bySource[migration.roles.source, default: []].append(migration)
            let names = [
                migration.roles.source, migration.roles.destination, migration.temporary?.name,
            ].compactMap { $0 }
            for name in Set(names) { byEnvironment[name, default: []].append(migration) }
            for host in migration.roles.hostnames {
                byHost[host, default: []].append(migration)
            }
        }
    }
}
