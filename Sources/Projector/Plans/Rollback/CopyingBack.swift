import Ledger

/// Carrying the data of the closed destination back into the source.
extension Planner {
    /// The whole way back with the destination's data: both sides closed and effective, the dump
    /// checked, loaded over the source, caches flushed, names back, and the source opened last.
    ///
    /// Over a source that may hold what the destination lacks nothing is loaded.
    func copyBack(
        _ source: Incarnation, _ migration: Migration, _ parts: ReturnParts, _ own: OwnWrites
    ) -> [Step] {
        guard let destination = migration.destination, world.existence(destination).isLive else {
            return []
        }
        let requires = [
            "maintenance of \(destination.name) effective",
            "every moved hostname observed at \(source.name)",
        ]
        let closing = parts.closing.isEmpty ? self.closing(destination) : parts.closing
        let carrying =
            own.isToBeMerged
            ? merging(from: destination, into: source.name, source, own)
            : carrying(from: destination, to: source.name, source, own)
        return closing + shutting(source) + carrying
            + parts.serving + parts.moving
            + [openingStep(source, requires: requires)] + parts.restoring
    }

    /// The source takes no writes while it is loaded over.
    func shutting(_ source: Incarnation) -> [Step] { shutting(source.name, source) }

    /// The same for an environment that may yet have to be made.
    func shutting(_ name: String, _ source: Incarnation?) -> [Step] {
        if let source {
            if world.isClosedNow(source) { return [] }
            if let waiting = waitingForClosure(of: source) { return [waiting] }
        }
        return [
            Step(
                resource: .environment(name),
                command: .action(.envMaintenance(environment: name, state: .on)),
                because: "nothing may be written to \(name) while it is loaded",
                evidence: source?.attempts(.envMaintenance).suffix(1).flatMap(\.evidence) ?? [],
                completes:
                    "maintenance mode ON in a description of \(name), 60 s or more after it was accepted"
            )
        ]
    }

    /// Dumps the one closed environment and loads the other, which may yet have to be made, as far as
    /// that is not done since the one was closed.
    func carrying(
        from destination: Incarnation, to name: String, _ source: Incarnation?, _ own: OwnWrites
    ) -> [Step] {
        let file = dumping(
            destination, to: "\(destination.name)-copy-back.sql",
            "\(destination.name) holds the only copy of what was written since the switch")
        let load = file.dump.flatMap { dump in
            source?.attempts(.databaseLoad).last.flatMap { load in
                load.isAccepted && isLoaded(dump, by: load) ? load : nil
            }
        }
        let flushing = flushingStep(name)
        if let load {
            let isDone = source.map { isFlushed($0, since: load) } ?? false
            return (isDone ? [] : [flushing]) + recalling(name, own) + [reconciling(name)]
        }
        let loading = Step(
            resource: .environment(name),
            command: .action(
                .databaseLoad(
                    environment: name, database: file.dump.flatMap(Copy.database), path: file.path)),
            because: "\(name) is to hold every write of \(destination.name)",
            requires: ["maintenance of \(name) effective"]
                + (file.isChecked ? [] : ["\(file.path) is whole"]),
            completes: "the load accepted without an error")
        return file.steps + [loading, flushing] + recalling(name, own) + [reconciling(name)]
    }

    /// Nobody but who compares both can say that nothing is missing.
    func reconciling(_ name: String) -> Step {
        Step(
            resource: .ledger, command: .ledger(["ledger-cli", "record", "reconciled"]),
            because: "the data of both was compared and nothing is missing in \(name)")
    }

    /// A dump of a closed environment, as far as it is there.
    struct DumpFile {
        var dump: Attempt?
        var path: String
        var isChecked: Bool
        /// What is left to be done to have it.
        var steps: [Step]
    }

    /// The newest good dump of a closed environment and what is left to be done to have it, checked.
    func dumping(
        _ environment: Incarnation, to free: String, _ because: String
    ) -> DumpFile {
        let name = environment.name
        let dump = dumpSinceClosing(environment)
        var path = free
        if case .databaseDump(_, _, let known?)? = dump?.action { path = known }
        let isChecked = dump.map { isWhole(path, since: $0) } ?? false
        let taking = takingDump(of: name, to: path, because)
        return DumpFile(
            dump: dump, path: path, isChecked: isChecked,
            steps: taking.filter { step in
                if case .ledger = step.command { !isChecked } else { dump == nil }
            })
    }

    /// Dumping an environment that may yet have to be made, and looking at the file.
    func takingDump(of name: String, to path: String, _ because: String) -> [Step] {
        [
            Step(
                resource: .environment(name),
                command: .action(.databaseDump(environment: name, path: path)),
                because: because, requires: ["maintenance of \(name) effective"],
                completes: "the dump accepted, \(path) there"),
            Step(
                resource: .file(path),
                command: .ledger(["ledger-cli", "record", "file", path, "--role", "dump"]),
                because: "a dump that was cut short or altered must not be loaded",
                completes: "\(path) has its completion trailer and no carriage returns"),
        ]
    }

    /// The newest good dump of an environment since it was closed, while it is.
    private func dumpSinceClosing(_ environment: Incarnation) -> Attempt? {
        guard world.isClosedNow(environment), let closure = world.closures(environment).last else {
            return nil
        }
        let writer = environment.attempts(.databaseLoad, .databaseShell).last
        return environment.attempts(.databaseDump).last { dump in
            guard dump.isAccepted, closure.contains(dump.started.time),
                writer.map({ $0.settled < dump.started }) ?? true,
                case .databaseDump(_, _, let path?) = dump.action, !FilePath.keepsNothing(path)
            else { return false }
            return world.contradiction(Copy.Dump(dump: dump, load: dump, path: path)) == nil
                && !world.state.dumps(to: path).contains { $0.started > dump.started }
        }
    }

    /// True when the file of a dump was looked at since and has its completion trailer.
    private func isWhole(_ path: String, since dump: Attempt) -> Bool {
        world.state.looks(at: path).contains { look in
            look.moment > dump.started && look.value.hasTrailer == true
                && look.value.hasCarriageReturns == false
        }
    }

    func isFlushed(_ environment: Incarnation, since load: Attempt) -> Bool {
        environment.attempts(.envCacheFlush).contains {
            $0.isAccepted && $0.started > load.settled
        }
    }
}
