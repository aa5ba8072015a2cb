import Ledger

/// A source that is gone and whose name something else has: under that name it cannot be made again,
/// and what would be done to the name would be done to what has it now.
extension Planner {
    /// What has the name of a source that is gone and was not made in its place: another data, or the
    /// destination of another migration.
    func taker(of source: Incarnation, _ migration: Migration) -> Incarnation? {
        guard let newest = world.newest(source.name), newest.first != source.first,
            !world.existence(newest).isGone
        else { return nil }
        return world.remade(source) == nil || moving(to: newest, besides: migration) != nil
            ? newest : nil
    }

    private func moving(to environment: Incarnation, besides migration: Migration) -> Migration? {
        (world.casting.byEnvironment[environment.name] ?? []).last { other in
            other.isDeclared && other.name != migration.name
                && other.destination?.name == environment.name
                && other.destination?.first == environment.first
        }
    }

    /// The way back while the name is taken: whoever took it goes first, or people make the source
    /// again under another name.
    func nameTaken(
        by taker: Incarnation, _ source: Incarnation, _ migration: Migration, _ usable: SnapshotKey,
        _ start: WayBack
    ) -> WayBack {
        var way = start
        let name = source.name
        let byHand = "under another name by hand"
        way.residue = residue(migration, [])
        guard let other = moving(to: taker, besides: migration) else {
            way.because =
                "\(name) can be recreated from \(usable.resource), but not as \(name): another environment has the name"
            way.steps = [
                Step(
                    resource: usable.resource,
                    command: .manual(
                        "recreate what \(name) held \(byHand), from snapshot \(usable.name), and lead customers there"
                    ),
                    because: "an environment that is not \(name) as it was has its name",
                    evidence: [taker.first.sequence])
            ]
            way.needs += [.environments, .describe(name)]
            return way
        }
        way.verdict = .unknown
        way.because =
            "\(usable.resource) holds what \(name) held, but its name is taken by the \(name) that \(other.name) moves to: roll \(other.name) back first, or recreate it \(byHand)"
        way.needs = [wayBackNeed(other)]
        return way
    }
}
