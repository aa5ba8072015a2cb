import Ledger

/// One of the ways to deal with writes that only the destination holds.
public struct Choice: Sendable, Hashable {
    /// `accept-loss`, `copy-back` or `fix-forward`.
    public var name: String
    /// What it means, for people.
    public var message: String
    /// Every step of it, in order.
    public var steps: [Step]
}

/// After N1 there is no way back without a choice (`rules.md`, rollback).
extension Planner {
    /// The three choices of a lossy way back; the copy-back only while there is something to copy.
    func choices(_ way: WayBack, _ migration: Migration, _ copyBack: [Step]) -> [Choice] {
        let source = migration.roles.source
        let destination = migration.roles.destination
        var list = [
            Choice(
                name: "accept-loss",
                message:
                    "lose what \(destination) took since the switch and go back to \(source) as it was",
                steps: way.steps)
        ]
        if !copyBack.isEmpty {
            list.append(
                Choice(
                    name: "copy-back",
                    message:
                        "carry the data of \(destination) back into \(source) before \(source) is opened",
                    steps: copyBack))
        }
        list.append(
            Choice(
                name: "fix-forward",
                message: "stay on \(destination), lose nothing, and mend what is wrong there",
                steps: [
                    Step(
                        resource: .environment(destination),
                        command: .manual(
                            "mend \(destination) in place: load and activate a repaired release, or activate its previous one"
                        ),
                        because: "\(destination) holds every write; \(source) does not",
                        completes: "ledger-cli record test \(destination) passed")
                ]))
        return list
    }

    /// The whole way back with the destination's data: both sides closed and effective, the dump
    /// checked, loaded over the source, caches flushed, names back, and the source opened last.
    func copyBack(_ source: Incarnation, _ migration: Migration, _ parts: ReturnParts) -> [Step] {
        guard let destination = migration.destination, world.existence(destination).isLive else {
            return []
        }
        var steps = parts.closing
        if !world.isClosedNow(source) {
            steps.append(
                Step(
                    resource: .environment(source.name),
                    command: .action(.envMaintenance(environment: source.name, state: .on)),
                    because: "nothing may be written to \(source.name) while it is loaded over",
                    evidence: source.attempts(.envMaintenance).suffix(1).flatMap(\.evidence),
                    completes:
                        "maintenance mode ON in a description of \(source.name), 60 s or more after it was accepted"
                ))
        }
        steps += carrying(from: destination.name, to: source.name)
        let requires = [
            "maintenance of \(destination.name) effective",
            "every moved hostname observed at \(source.name)",
        ]
        return steps + parts.serving + parts.moving
            + [openingStep(source, requires: requires)] + parts.restoring
    }

    /// Dumps the one closed environment and loads the other.
    func carrying(from destination: String, to source: String) -> [Step] {
        let path = "\(destination)-copy-back.sql"
        return [
            Step(
                resource: .environment(destination),
                command: .action(.databaseDump(environment: destination, path: path)),
                because: "\(destination) holds the only copy of what was written since the switch",
                requires: ["maintenance of \(destination) effective"],
                completes: "the dump accepted, \(path) there"),
            Step(
                resource: .file(path),
                command: .ledger(["ledger-cli", "record", "file", path, "--role", "dump"]),
                because: "a dump that was cut short or altered must not be loaded",
                completes: "\(path) has its completion trailer and no carriage returns"),
            Step(
                resource: .environment(source),
                command: .action(.databaseLoad(environment: source, path: path)),
                because: "\(source) is to hold every write of \(destination)",
                requires: ["maintenance of \(source) effective", "\(path) is whole"],
                completes: "the load accepted without an error"),
            Step(
                resource: .environment(source),
                command: .action(.envCacheFlush(environment: source)),
                because: "the caches hold what was there before the load"),
            Step(
                resource: .ledger, command: .ledger(["ledger-cli", "record", "reconciled"]),
                because: "the data of both was compared and nothing is missing in \(source)"),
        ]
    }
}
