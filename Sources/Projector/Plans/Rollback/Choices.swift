import Ledger

/// One of the ways to deal with writes that only the destination holds.
public struct Choice: Sendable, Hashable {
    /// `accept-loss`, `copy-back`, `restore` or `fix-forward`.
    public var name: String
    /// What it means, for people.
    public var message: String
    /// Every step of it that is left, in order.
    public var steps: [Step]

    /// True when nothing that customers wrote is given up by it.
    var isLossless: Bool { name == "copy-back" || name == "fix-forward" }
}

/// After N1 there is no way back without a choice (`rules.md`, rollback).
extension Planner {
    /// The three choices of a lossy way back; the copy-back only while there is something to copy.
    func choices(_ way: WayBack, _ migration: Migration, _ copyBack: [Step], isLoaded: Bool)
        -> [Choice]
    {
        let source = migration.roles.source
        let destination = migration.roles.destination
        let loss = Choice(
            name: "accept-loss",
            message: isLoaded
                ? "lose what \(destination) took since it was dumped and go back to \(source) as it is"
                : "lose what \(destination) took since the switch and go back to \(source) as it was",
            steps: way.steps)
        return [loss] + choices(migration, copyBack: copyBack, restore: [])
    }

    /// The choices where the source is not what it was before the switch: it is loaded, or loaded
    /// again, before it is opened.
    func choices(_ migration: Migration, copyBack: [Step], restore: [Step]) -> [Choice] {
        let source = migration.roles.source
        let destination = migration.roles.destination
        var list: [Choice] = []
        if !copyBack.isEmpty {
            list.append(
                Choice(
                    name: "copy-back",
                    message:
                        "carry the data of \(destination) back into \(source) before \(source) is opened",
                    steps: copyBack))
        }
        if !restore.isEmpty {
            list.append(
                Choice(
                    name: "restore",
                    message:
                        "lose what \(destination) took since the switch and load \(source) with what it held before",
                    steps: restore))
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
}
