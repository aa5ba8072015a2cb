import Ledger

/// How the destination's data came to be.
enum Copy {
    /// The destination was created from a snapshot of the source.
    case snapshot(name: String, taken: Taking?, creation: Attempt)
    /// A dump was loaded into the destination; through a temporary environment when `seed` is set.
    case dump(Dump)
    /// Some databases were loaded, and one that was to be dumped beside them was not.
    case partial(without: Attempt, evidence: [SequenceNumber])
    /// Nothing of the source's data is known to be in the destination.
    case none(String, [SequenceNumber])

    struct Dump {
        var dump: Attempt
        var load: Attempt
        var path: String
        /// The snapshot that the temporary environment was made from.
        var seed: (name: String, taken: Taking)?
        /// The copies of other databases of the same environment.
        var besides: [Dump] = []

        /// The database that was dumped and the one that was loaded, where the commands name one.
        var databases: (dumped: String?, loaded: String?) {
            (Copy.database(dump), Copy.database(load))
        }

        /// When its data is from.
        var point: Moment { seed?.taken.point ?? dump.started }
    }

    /// How the snapshot that an environment was made from came to be.
    struct Taking {
        /// The `snapshot create` of its name.
        var attempt: Attempt
        /// The row that shows what had the name then; nil when none does for certain.
        var row: SnapshotHistory.Sighting?
        /// A later row that shows that something else had it.
        var contrary: SnapshotHistory.Sighting?
        /// True when nobody here asked for another of the name before.
        var isOnly: Bool
        /// When its data is from: when it was asked for, or earlier when the platform says so.
        ///
        /// A try that did not work leaves the older one of the name in its place.
        var point: Moment

        /// The environment that it was to be taken of.
        var environment: String? {
            guard case .snapshotCreate(let name, _, _, _) = attempt.action else { return nil }
            return name
        }
    }

    /// The database that a dump or a load names.
    static func database(_ attempt: Attempt) -> String? {
        switch attempt.action {
        case .databaseDump(_, let database, _), .databaseLoad(_, let database, _): database
        default: nil
        }
    }

    /// When the data is from: the source must be closed from here on.
    var point: Moment? {
        switch self {
        case .snapshot(_, let taken, _): taken?.point
        case .dump(let dump): ([dump] + dump.besides).map(\.point).min()
        case .partial, .none: nil
        }
    }

    var evidence: [SequenceNumber] {
        switch self {
        case .snapshot(_, let taken, let creation):
            World.merge(taken?.attempt.evidence ?? [], creation.evidence)
        case .dump(let dump):
            World.merge(
                dump.dump.evidence, dump.load.evidence, dump.seed?.taken.attempt.evidence ?? [])
        case .partial(_, let evidence), .none(_, let evidence): evidence
        }
    }
}

extension World {
    /// How the destination's data came to be: by its last load, otherwise by its creation.
    func copy(_ migration: Migration) -> Copy {
        guard let destination = migration.destination else {
            return .none("\(migration.roles.destination) does not exist yet", [])
        }
        let loads = destination.attempts(.databaseLoad).filter {
            !isReconciled($0, migration) && !isOfAnother($0, migration)
        }
        if let rival = destination.rivalCreations.last,
            loads.allSatisfy({ $0.started < rival.started })
        {
            return .none(
                "which of several commands made \(destination.name) is not known",
                World.merge(
                    destination.creation?.evidence ?? [],
                    destination.rivalCreations.flatMap(\.evidence)))
        }
        if !loads.isEmpty { return dumpCopies(loads, migration) }
        if migration.roles.method == .dump, !isOfClosedSource(destination, migration) {
            return .none(
                "no dump was loaded into \(destination.name)", destination.creation?.evidence ?? [])
        }
        guard let creation = destination.creation else {
            return .none(originWords(destination), originEvidence(destination))
        }
        guard let name = destination.seed else {
            return .none(
                "\(destination.name) was created without naming a snapshot", creation.evidence)
        }
        return .snapshot(
            name: name, taken: taking(of: name, for: creation), creation: creation)
    }

    /// True for a destination that was made from a snapshot that was taken while the source was closed:
    /// what was declared as a dump was done by the snapshot method, whose rules then prove the copy.
    private func isOfClosedSource(_ destination: Incarnation, _ migration: Migration) -> Bool {
        guard let source = migration.source, let creation = destination.creation,
            let name = destination.seed, let taken = taking(of: name, for: creation)
        else { return false }
        return closures(source).contains { $0.contains(taken.attempt.started.time) }
    }

    /// True for a load beside the copy, of a file to which nothing was dumped, after which somebody
    /// said that nothing of the source is missing.
    private func isReconciled(_ load: Attempt, _ migration: Migration) -> Bool {
        guard load.isAccepted,
            case .databaseLoad(_, _, let path?) = load.action, state.dumps(to: path).isEmpty,
            state.otherDumps(than: path).isEmpty
        else { return false }
        return decision(migration, after: load.settled) { $0 == .writesReconciled } != nil
    }

    /// The copy by loads: the last one of each database, of which every one must be a copy.
    private func dumpCopies(_ loads: [Attempt], _ migration: Migration) -> Copy {
        var newest: [String?: Attempt] = [:]
        for load in loads {
            newest[Copy.database(load)] = load
        }
        var whole: Copy.Dump?
        for load in newest.values.sorted(by: { $0.started > $1.started }) {
            let copy = dumpCopy(load, among: loads, migration)
            guard case .dump(let part) = copy else { return copy }
            if whole == nil { whole = part } else { whole?.besides.append(part) }
        }
        if let whole, let left = leftOut(of: [whole] + whole.besides, migration) {
            return .partial(
                without: left, evidence: World.merge(left.evidence, whole.load.evidence))
        }
        return whole.map(Copy.dump) ?? .none("no load", loads.flatMap(\.evidence))
    }

    private func dumpCopy(
        _ load: Attempt, among loads: [Attempt], _ migration: Migration
    ) -> Copy {
        let copy: Copy.Dump
        let dumped: String
        switch loaded(by: load, among: loads) {
        case .failure(let doubt): return .none(doubt.why, doubt.evidence)
        case .success(let file): (copy, dumped) = file
        }
        if dumped == migration.roles.source { return .dump(copy) }
        if let temporary = incarnations[dumped]?.last(where: { $0.first < copy.dump.started }),
            let doubt = makingDoubt(temporary),
            decision(migration, after: load.settled, { $0 == .writesReconciled }) == nil
        {
            return .none(
                "\(copy.path) was dumped from \(dumped): \(doubt.why)",
                World.merge(doubt.evidence, copy.dump.evidence, copy.load.evidence))
        }
        guard let temporary = incarnations[dumped]?.last(where: { $0.first < copy.dump.started }),
            let seed = temporary.seed, let creation = temporary.creation,
            creation.isAccepted || temporary.created != nil,
            snapshotSource(seed) == migration.roles.source,
            let taken = taking(of: seed, for: creation),
            taken.environment == migration.roles.source
        else {
            return .none(
                "\(copy.path) was dumped from \(dumped), which is not known to be made from a snapshot of \(migration.roles.source)",
                World.merge(copy.dump.evidence, copy.load.evidence))
        }
        var made = copy
        made.seed = (seed, taken)
        return .dump(made)
    }

    /// Why it is not known what a load has put into an environment.
    struct LoadDoubt: Error {
        var why: String
        var evidence: [SequenceNumber]
    }

    /// The dump that a load has put into an environment in full, and of what it is.
    func loaded(by load: Attempt, among loads: [Attempt])
        -> Result<(copy: Copy.Dump, of: String), LoadDoubt>
    {
        func none(_ why: String, _ evidence: [SequenceNumber])
            -> Result<(copy: Copy.Dump, of: String), LoadDoubt>
        {
            .failure(LoadDoubt(why: why, evidence: evidence))
        }
        guard case .databaseLoad(let destination, _, let path) = load.action else {
            return none("no load", load.evidence)
        }
        guard load.isAccepted else {
            return none("the load into \(destination) was \(load.outcomeWords)", load.evidence)
        }
        let sameTarget = loads.filter { other in
            Copy.database(other) == Copy.database(load)
                || other.started < load.settled && load.started < other.settled
        }
        if let rival = World.rival(of: load, among: sameTarget) {
            return none(
                "two loads into \(destination) were under way at once",
                World.merge(rival.evidence, load.evidence))
        }
        guard let path, !FilePath.keepsNothing(path) else {
            return none("the load into \(destination) names no file", load.evidence)
        }
        let dumps = state.dumps(to: path)
        guard let dump = dumps.last(where: { $0.started < load.settled }) else {
            return none("no dump to \(path) is known", load.evidence)
        }
        let evidence = World.merge(dump.evidence, load.evidence)
        if let rival = World.rival(of: dump, among: dumps), rival.started < load.started {
            return none("two dumps to \(path) were under way at once", evidence)
        }
        if let other = state.otherDumps(than: path).last(where: { $0.started < load.settled }),
            other.settled > dump.started, case .databaseDump(_, _, let second?) = other.action
        {
            return none(
                "\(second), which was dumped to later, may be the same file as \(path)",
                World.merge(other.evidence, evidence))
        }
        guard dump.isAccepted, let dumpEnd = dump.ended, dumpEnd < load.started else {
            let how = dump.isAccepted ? "not finished when it was loaded" : dump.outcomeWords
            return none("the dump to \(path) was \(how)", evidence)
        }
        guard case .databaseDump(let dumped, _, _) = dump.action else {
            return none("no dump", evidence)
        }
        return .success((Copy.Dump(dump: dump, load: load, path: path), dumped))
    }

    /// What file evidence says against a dump that was loaded.
    func contradiction(_ copy: Copy.Dump) -> (String, [SequenceNumber])? {
        // What is seen of the path after it was dumped to again is another file's.
        let again = state.dumps(to: copy.path).first { $0.started > copy.dump.started }
        func isOfIt(_ mark: Mark<FileEvidence>) -> Bool {
            mark.moment > copy.dump.settled && again.map { mark.moment < $0.started } ?? true
        }
        for mark in state.possibleLooks(at: copy.path) where isOfIt(mark) {
            if mark.value.hasTrailer == false {
                return ("\(copy.path) is truncated", [mark.moment.sequence])
            }
            if mark.value.bytes == 0 { return ("\(copy.path) is empty", [mark.moment.sequence]) }
            if mark.value.hasCarriageReturns == true {
                return ("carriage returns crept into \(copy.path)", [mark.moment.sequence])
            }
        }
        let seen = state.looks(at: copy.path).filter(isOfIt)
        if let first = seen.first,
            let other = seen.first(where: { $0.value.sha256 != first.value.sha256 })
        {
            return (
                "\(copy.path) changed between two looks",
                [first.moment.sequence, other.moment.sequence]
            )
        }
        return nil
    }
}
