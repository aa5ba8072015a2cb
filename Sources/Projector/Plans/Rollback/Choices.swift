import Ledger

/// One of the ways to deal with writes that only the destination holds.
public struct Choice: Sendable, Hashable {
    /// `accept-loss`, `copy-back`, `restore` or `fix-forward`.
    public var name: String
    /// What it means, for people.
    public var message: String
    /// Every step of it that is left, in order.
    public var steps: [Step]

    /// True when nothing that customers wrote is given up by it, nor left to be brought over by hand.
    var isLossless = false
}

/// After N1 there is no way back without a choice (`rules.md`, rollback).
extension Planner {
    /// The three choices of a lossy way back; the copy-back only while there is something to copy.
    func choices(
        _ way: WayBack, _ migration: Migration, _ copyBack: [Step], own: OwnWrites, isLoaded: Bool
    ) -> [Choice] {
        let source = migration.roles.source
        let destination = migration.roles.destination
        let loss = Choice(
            name: "accept-loss",
            message: isLoaded
                ? "lose what \(destination) took since it was dumped and go back to \(source) as it is"
                : "lose what \(destination) took since the switch and go back to \(source) as it was",
            steps: way.steps)
        return [loss] + choices(migration, copyBack: copyBack, restore: [], own: own)
    }

    /// The choices where the source is not what it was before the switch: it is loaded, or loaded
    /// again, before it is opened.
    func choices(_ migration: Migration, copyBack: [Step], restore: [Step], own: OwnWrites)
        -> [Choice]
    {
        let source = migration.roles.source
        let destination = migration.roles.destination
        var list: [Choice] = []
        if !copyBack.isEmpty {
            list.append(
                Choice(
                    name: "copy-back",
                    message: own.isToBeMerged
                        ? "bring together in \(source) by hand what \(source) and \(destination) each took, for neither holds everything: nothing is loaded over \(source), and it is dumped first"
                        : "carry the data of \(destination) back into \(source) before \(source) is opened",
                    steps: copyBack, isLossless: own.isNone))
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
                message: own.isNone
                    ? "stay on \(destination), lose nothing, and mend what is wrong there"
                    : "stay on \(destination), which may lack what \(source) took itself: bring that over by hand, or it is lost, and mend what is wrong there",
                steps: bringingOver(from: source, to: destination, own) + [
                    Step(
                        resource: .environment(destination),
                        command: .manual(
                            "mend \(destination) in place: load and activate a repaired release, or activate its previous one"
                        ),
                        because: own.isNone
                            ? "\(destination) holds every write; \(source) does not"
                            : "customers are on \(destination)",
                        completes: "ledger-cli record test \(destination) passed")
                ], isLossless: own.isNone))
        return list
    }
}
