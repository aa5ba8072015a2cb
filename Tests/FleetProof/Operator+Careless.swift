import FleetModel
import Ledger
import Projector

/// What an operator does who does not keep to the book.
extension Operator {
    /// Anything at all.
    func anything(_ dice: inout SplitMix) -> Deed {
        let name = dice.pick([cast.source, cast.destination] + cast.environments)
        switch Int.random(in: 0..<44, using: &dice) {
        case 0...13: return action(name, &dice)
        case 14...21: return rarely(name, &dice)
        case 22...30: return decision(name, &dice)
        case 31, 32: return .wait(dice.pick([1, 20, 40, 61]))
        case 33, 34: return .wait(dice.pick([300, 1600, 3700, 90_000]))
        case 35: return .timeToLive(dice.pick(cast.hosts), dice.pick([60, 300, 7200]))
        case 36: return .look(.host(dice.pick(cast.hosts), isCached: dice.chance(50)))
        case 37: return .look(.environments(isComplete: dice.chance(60)))
        case 38: return .look(.snapshots(isComplete: dice.chance(60)))
        case 39: return dice.chance(50) ? .look(.environment(name)) : overlapping(name, &dice)
        case 40: return .look(.setting(dice.pick(["nfs", "solr", "protected"]), name))
        default: return .follow(dice.pick([.cleanup, .cleanup, .rollback]))
        }
    }

    private func overlapping(_ name: String, _ dice: inout SplitMix) -> Deed {
        let other = dice.pick([cast.source, cast.destination])
        guard case .act(let first) = action(name, &dice),
            case .act(let second) = action(other, &dice)
        else { return .backUp }
        return .overlap(first, second)
    }

    private func action(_ name: String, _ dice: inout SplitMix) -> Deed {
        let snapshot = dice.pick([cast.snapshot, cast.seed, "1421200800", Cast.finalSnapshot])
        let state: Switch = dice.pick([.on, .off])
        switch Int.random(in: 0..<16, using: &dice) {
        case 0, 1, 2: return .act(.envMaintenance(environment: name, state: state))
        case 3: return .act(.envProtected(environment: name, state: state))
        case 4: return .act(.envDestroy(environment: name))
        case 5: return .act(.snapshotCreate(environment: name, name: snapshot))
        case 6: return .act(.snapshotDestroy(name: snapshot))
        case 7:
            return .act(
                .envCreate(
                    EnvironmentCreation(
                        environment: dice.chance(70) ? name : "spare",
                        source: dice.pick([.unsaid, .named(cast.source)]),
                        snapshot: dice.pick([.unsaid, .named(snapshot)]))))
        case 8:
            return .act(.envLoad(environment: name, release: dice.pick([cast.release, "r2"])))
        case 9: return .act(.envActivate(environment: name, release: cast.release))
        case 10:
            let (database, path) = file(&dice)
            return .act(.databaseDump(environment: name, database: database, path: path))
        case 11:
            let (database, path) = file(&dice)
            return .act(.databaseLoad(environment: name, database: database, path: path))
        case 12: return .act(.configDefaultEnv(environment: name))
        default:
            return .act(
                .dnsSwitch(
                    DNSSwitch(
                        host: dice.pick(cast.hosts), target: name, environment: name,
                        ttl: dice.pick([nil, 60, 300, 7200]))))
        }
    }

    /// A file, spelled somehow, and what is dumped to it or loaded from it.
    private func file(_ dice: inout SplitMix) -> (database: String?, path: String) {
        var (database, path) = dice.pick(cast.dumps)
        if cast.hasDatabases, dice.chance(30) {
            database = dice.pick([nil, "shop", Platform.secondDatabase])
        }
        if dice.chance(40) { path = "b.sql" }
        return (database, dice.pick(["", "", "./", "/home/op/"]) + path)
    }

    /// What happens less often.
    private func rarely(_ name: String, _ dice: inout SplitMix) -> Deed {
        let value = dice.pick(["ON", "OFF"])
        let untold = dice.chance(50)
        switch Int.random(in: 0..<18, using: &dice) {
        case 0: return .act(.databaseShell(environment: name))
        case 1: return .act(.envSetting(environment: name, setting: "nfs", value: value))
        case 2: return .act(.envSetting(environment: name, setting: "solr", value: value))
        case 3:
            return .act(
                .configSqlScript(change: value == "ON" ? .add : .remove, script: "wipe"))
        case 4:
            return .act(
                .snapshotCreate(environment: name, name: cast.snapshot + "files", kind: .nfs))
        case 5: return .act(.snapshotDestroy(name: cast.snapshot + "files", kind: .nfs))
        case 6: return .act(.releaseCreate(object: "r2"))
        case 7: return .act(.releaseDestroy(release: dice.pick(["r1", "r2"])))
        case 8:
            return .act(
                dice.chance(50)
                    ? .envUnload(environment: name, release: cast.release)
                    : .envDeactivate(environment: name))
        case 9:
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: return .loseEnvironment(name)
            case 1, 2:
                return .loseSnapshot(dice.pick([cast.snapshot, cast.seed, Cast.finalSnapshot]))
            default: return .backUp
            }
        case 10: return .damagedDump(environment: name, path: cast.path)
        case 11: return .void
        case 12, 13:
            guard case .act(let told) = action(name, &dice) else { return .backUp }
            return untold ? .actUntold(told) : .misreport(told)
        case 14, 15:
            // What no look can show is left to those who tell of it.
            switch untold ? action(name, &dice) : rarely(name, &dice) {
            case .act(.databaseDump), .act(.databaseLoad), .act(.databaseShell):
                return .backUp
            case .act(let action): return .byStranger(action)
            default: return .backUp
            }
        default: return .tell
        }
    }

    private func decision(_ name: String, _ dice: inout SplitMix) -> Deed {
        let held = dice.pick(
            [
                .environment(name), .snapshot(.database, cast.snapshot),
                .snapshot(.database, cast.seed), .migration(cast.migration),
                .snapshot(.database, Cast.finalSnapshot),
            ] as [Resource])
        let word: Decision
        switch Int.random(in: 0..<10, using: &dice) {
        case 0: word = .testPassed(environment: cast.destination)
        case 1: word = dice.pick([.go, .noGo])
        case 2: word = dice.pick([.lossAccepted, .writesReconciled])
        case 3, 4: word = .gapAcknowledged(dice.pick(Gap.allCases))
        case 5, 6:
            let date = Platform.time(dice.pick([4000, 9000, 20_000, 200_000]))
            word = dice.pick([
                .holdPlaced(held, until: nil), .holdPlaced(held, until: date),
                .holdReleased(held),
            ])
        case 7: word = .testFailed(environment: cast.destination)
        case 8: word = .migrationClosed(abandoned: dice.chance(50))
        default:
            let (key, value) = dice.pick([
                ("cleanup-order", "strict"), ("cleanup-order", "documented"), ("soak", "1 h"),
                ("evidence-age", "1 h"), ("evidence-age", "7 d"), ("clock-skew", "30 s"),
                ("maintenance-propagation", "300 s"),
            ])
            word = .policySet(key: key, value: value)
        }
        // Somebody may name the wrong migration.
        let others = [Cast.move, .again, .beside, .other].map(\.migration)
        return .decide(word, in: dice.chance(85) ? cast.migration : dice.pick(others))
    }

    /// A dump or a load done a little otherwise, or after somebody else's of the same file.
    private func slipped(_ deed: Deed, _ dice: inout SplitMix) -> [Deed] {
        let (database, path) = file(&dice)
        let name = dice.pick(cast.environments)
        switch deed {
        case .act(.databaseDump(let environment, let own, let ownPath)),
            .act(.databaseLoad(let environment, let own, let ownPath)):
            let isDump = if case .act(.databaseDump) = deed { true } else { false }
            func act(_ database: String?, _ path: String?) -> Deed {
                isDump
                    ? .act(
                        .databaseDump(environment: environment, database: database, path: path))
                    : .act(
                        .databaseLoad(environment: environment, database: database, path: path))
            }
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: return [act(own, "./" + (ownPath ?? path))]
            case 1: return [act(cast.hasDatabases ? database : own, ownPath)]
            case 2: return [act(own, path)]
            default:
                return [
                    .act(.databaseDump(environment: name, database: database, path: path)), deed,
                ]
            }
        default: return [deed]
        }
    }

    /// Strays from a list of deeds in so many of a hundred places.
    func straying(_ list: [Deed], wildness: Int, _ dice: inout SplitMix) -> [Deed] {
        guard wildness > 0 else { return list }
        var result: [Deed] = []
        for (index, deed) in list.enumerated() {
            guard index > 0, dice.chance(wildness) else {
                result += dice.chance(10) ? slipped(deed, &dice) : [deed]
                continue
            }
            switch Int.random(in: 0..<8, using: &dice) {
            case 0: continue
            case 1: if let last = result.popLast() { result += [deed, last] }
            case 2: result += [deed, deed]
            case 3: result += [.wait(dice.pick([1, 20, 40, 90])), deed]
            case 4:
                switch deed {
                case .look(let look): result.append(.lookUntold(look))
                case .act(let action):
                    guard case .act(let other) = self.action(cast.source, &dice) else {
                        result.append(deed)
                        continue
                    }
                    result.append(
                        dice.chance(50) ? .overlap(action, other) : .overlap(other, action))
                default: result.append(deed)
                }
            case 5: result += [.tell, deed]
            default: result += [anything(&dice), deed]
            }
        }
        return result
    }
}
