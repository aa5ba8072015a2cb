package import FleetModel
import Ledger
import Projector

/// Writes down what an operator does: by the book, carelessly or wrongly.
package struct Operator {
    /// The published procedure, and the way the data travels in it.
    package enum Method: String, CaseIterable, Sendable {
        case snapshot, dump, dumpThroughTemporary
    }

    package var dice: SplitMix

    package init(dice: SplitMix) { self.dice = dice }

    private static func looks() -> [Deed] {
        [
            .environment("prod"), .environment("prod2"), .environments(isComplete: true),
            .snapshots(isComplete: true), .nfsSnapshots, .defaultEnvironment, .scripts,
        ].map(Deed.look) + Platform.hostnames.map { .look(.host($0, isCached: false)) }
    }

    /// A look at everything.
    package static let everything = looks() + [.look(.environment("tmp"))]

    private static func maintenance(_ name: String, _ state: Switch) -> [Deed] {
        [
            .act(.envMaintenance(environment: name, state: state)), .wait(125),
            .look(.environment(name)),
        ]
    }

    private static func switching(to name: String) -> [Deed] {
        Platform.hostnames.map {
            .act(.dnsSwitch(DNSSwitch(host: $0, target: name, environment: name)))
        }
    }

    private static func creation(_ name: String, _ snapshot: String?) -> [Deed] {
        [
            .act(
                .envCreate(
                    EnvironmentCreation(
                        environment: name, source: .named("prod"),
                        snapshot: snapshot.map { .named($0) } ?? .unsaid))), .wait(1510),
            .look(.environment(name)),
        ]
    }

    private static func release(_ name: String) -> [Deed] {
        [
            .act(.envLoad(environment: name, release: "r1")), .wait(210), .look(.environment(name)),
            .act(.envActivate(environment: name, release: "r1")), .wait(210),
            .look(.environment(name)),
        ]
    }

    /// The steps before the decision.
    package static func beginning(_ method: Method) -> [Deed] {
        let roles = MigrationRoles(
            migration: "move", source: "prod", destination: "prod2",
            method: method == .snapshot ? .snapshot : .dump,
            temporary: method == .dumpThroughTemporary ? "tmp" : nil,
            hostnames: Platform.hostnames)
        var list: [Deed] = [.decide(.migrationOpened(roles)), .look(.setting("nfs", "prod"))]
        list += looks() + [.wait(5)]
        if method == .snapshot {
            list += maintenance("prod", .on)
            list += [
                .act(.snapshotCreate(environment: "prod", name: "pm")), .wait(610),
                .look(.snapshots(isComplete: true)),
            ]
            list += creation("prod2", "pm") + release("prod2") + maintenance("prod2", .off)
            return list
        }
        list += creation("prod2", nil) + release("prod2")
        list += maintenance("prod", .on) + maintenance("prod2", .on)
        if method == .dump {
            list.append(.act(.databaseDump(environment: "prod", path: "a.sql")))
        } else {
            list += [
                .act(.snapshotCreate(environment: "prod", name: "ts")), .wait(610),
                .look(.snapshots(isComplete: true)),
            ]
            list += creation("tmp", "ts")
            list.append(.act(.databaseDump(environment: "tmp", path: "a.sql")))
        }
        list += [
            .wait(5), .act(.databaseLoad(environment: "prod2", path: "a.sql")), .wait(5),
            .act(.envCacheFlush(environment: "prod2")),
        ]
        return list + maintenance("prod2", .off)
    }

    /// The decision and the switch.
    package static let switchOver: [Deed] =
        [
            .decide(.testPassed(environment: "prod2")), .wait(5), .decide(.go), .wait(5),
            .act(.envProtected(environment: "prod2", state: .on)),
        ] + looks() + switching(to: "prod2") + [
            .wait(3700), .act(.configDefaultEnv(environment: "prod2")), .wait(5),
        ] + everything

    /// Giving up before the switch.
    package static let abort: [Deed] =
        [.decide(.testFailed(environment: "prod2"))] + maintenance("prod", .off) + everything

    /// Going back after the switch.
    package static let back: [Deed] =
        maintenance("prod2", .on) + [.decide(.lossAccepted)] + switching(to: "prod")
        + [.wait(3700)] + everything + maintenance("prod", .off)
        + [.act(.configDefaultEnv(environment: "prod")), .decide(.noGo)] + everything

    /// Anything at all.
    mutating func anything() -> Deed {
        let name = dice.pick(["prod", "prod", "prod2", "prod2", "tmp"])
        let snapshot = dice.pick(["pm", "ts", "1421200800"])
        let state: Switch = dice.pick([.on, .off])
        let host = dice.pick(Platform.hostnames)
        switch Int.random(in: 0..<34, using: &dice) {
        case 0, 1, 2: return .act(.envMaintenance(environment: name, state: state))
        case 3: return .act(.envProtected(environment: name, state: state))
        case 4: return .act(.envDestroy(environment: name))
        case 5: return .act(.snapshotCreate(environment: name, name: snapshot))
        case 6: return .act(.snapshotDestroy(name: snapshot))
        case 7:
            return .act(
                .envCreate(
                    EnvironmentCreation(
                        environment: name, source: dice.pick([.unsaid, .named("prod")]),
                        snapshot: dice.pick([.unsaid, .named(snapshot)]))))
        case 8: return .act(.envLoad(environment: name, release: dice.pick(["r1", "r2"])))
        case 9: return .act(.envActivate(environment: name, release: "r1"))
        case 10:
            return .act(.databaseDump(environment: name, path: dice.pick(["a.sql", "b.sql"])))
        case 11:
            return .act(.databaseLoad(environment: name, path: dice.pick(["a.sql", "b.sql"])))
        case 12: return .act(.databaseShell(environment: name))
        case 13: return .act(.configDefaultEnv(environment: name))
        case 14, 15, 16:
            return .act(
                .dnsSwitch(
                    DNSSwitch(
                        host: host, target: name, environment: name,
                        ttl: dice.pick([nil, 60, 300, 7200]))))
        case 17: return .timeToLive(host, dice.pick([60, 300, 7200]))
        case 18: return .decide(.testPassed(environment: "prod2"))
        case 19: return .decide(dice.pick([.go, .noGo]))
        case 20: return .decide(dice.pick([.lossAccepted, .writesReconciled]))
        case 21:
            return .decide(dice.pick([.gapAcknowledged(.sourceWrites), .gapAcknowledged(.nfs)]))
        case 22:
            let held = dice.pick(
                [.environment(name), .snapshot(.database, snapshot)] as [Resource])
            return .decide(dice.pick([.holdPlaced(held, until: nil), .holdReleased(held)]))
        case 23:
            return .decide(
                dice.pick([
                    .migrationClosed(abandoned: true),
                    .policySet(key: "cleanup-order", value: "strict"),
                    .testFailed(environment: "prod2"), .migrationClosed(abandoned: false),
                ]))
        case 24, 25: return .wait(dice.pick([1, 20, 40, 61]))
        case 26, 27: return .wait(dice.pick([300, 1600, 3700, 90_000]))
        case 28: return .look(.host(host, isCached: dice.chance(50)))
        case 29: return .look(.environments(isComplete: dice.chance(60)))
        case 30: return .look(.snapshots(isComplete: dice.chance(60)))
        case 31: return .look(.environment(name))
        default: return .follow(dice.pick([.cleanup, .cleanup, .rollback]))
        }
    }

    /// A whole history; `wildness` is in how many of a hundred places it strays from the book.
    package mutating func history(_ method: Method, wildness: Int) -> [Move] {
        var list = Operator.beginning(method)
        if dice.chance(70) {
            list += Operator.switchOver
            if dice.chance(25) { list += Operator.back }
        } else if dice.chance(60) {
            list += Operator.abort
        }
        if dice.chance(25) { list.removeLast(Int.random(in: 0..<list.count / 2, using: &dice)) }
        var result: [Deed] = []
        for (index, deed) in list.enumerated() {
            if index > 0, dice.chance(wildness) {
                switch Int.random(in: 0..<6, using: &dice) {
                case 0: continue
                case 1: if let last = result.popLast() { result += [deed, last] }
                case 2: result += [deed, deed]
                case 3: result.append(.wait(dice.pick([1, 20, 40, 90])))
                default: result += [anything(), deed]
                }
            } else {
                result.append(deed)
            }
        }
        for _ in 0..<Int.random(in: 0...8, using: &dice) {
            result.append(anything())
            if dice.chance(40) { result += [.wait(dice.pick([1, 61, 700, 3700]))] }
            if dice.chance(40) { result += Operator.everything }
        }
        return result.map { Move(deed: $0, dice: dice.next()) }
    }
}
