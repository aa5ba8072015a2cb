import FleetModel
import Ledger
import Projector

/// Writes down what an operator does by the book (Fleet, "migrate between plans").
package struct Operator {
    /// The published procedure, and the way the data travels in it.
    package enum Method: String, CaseIterable, Sendable {
        case snapshot, dump, dumpThroughTemporary
    }

    package var cast: Cast

    package init(_ cast: Cast = .move) { self.cast = cast }

    func looks() -> [Deed] {
        [
            .environment(cast.source), .environment(cast.destination),
            .environments(isComplete: true), .snapshots(isComplete: true), .nfsSnapshots,
            .defaultEnvironment, .scripts, .releases,
        ].map(Deed.look) + cast.hosts.map { .look(.host($0, isCached: false)) }
    }

    /// A look at everything.
    package var everything: [Deed] { looks() + [.look(.environment(cast.temporary))] }

    func maintenance(_ name: String, _ state: Switch) -> [Deed] {
        [
            .act(.envMaintenance(environment: name, state: state)), .wait(125),
            .look(.environment(name)),
        ]
    }

    func switching(to name: String) -> [Deed] {
        cast.hosts.map {
            .act(.dnsSwitch(DNSSwitch(host: $0, target: name, environment: name)))
        }
    }

    private func creation(_ name: String, _ snapshot: String?, files: String? = nil) -> [Deed] {
        [
            .act(
                .envCreate(
                    EnvironmentCreation(
                        environment: name, source: .named(cast.source),
                        snapshot: snapshot.map { .named($0) } ?? .unsaid,
                        nfsSnapshot: files.map { .named($0) } ?? .unsaid))), .wait(1510),
            .look(.environment(name)),
        ]
    }

    private func release(_ name: String) -> [Deed] {
        [
            .act(.envLoad(environment: name, release: cast.release)), .wait(210),
            .look(.environment(name)),
            .act(.envActivate(environment: name, release: cast.release)), .wait(210),
            .look(.environment(name)),
        ]
    }

    /// Snapshots of the source, which is closed.
    private func snapshots(_ name: String) -> [Deed] {
        var list: [Deed] = [.act(.snapshotCreate(environment: cast.source, name: name))]
        if cast.hasFiles {
            list.append(
                .act(
                    .snapshotCreate(
                        environment: cast.source, name: cast.snapshot + "files", kind: .nfs)))
        }
        return list + [.wait(610), .look(.snapshots(isComplete: true)), .look(.nfsSnapshots)]
    }

    /// What there is before the evening, unusual things included.
    private var beforehand: [Deed] {
        var list: [Deed] = []
        func setting(_ setting: String) -> [Deed] {
            [
                .act(.envSetting(environment: cast.source, setting: setting, value: "ON")),
                .wait(200), .look(.environment(cast.source)),
                .look(.setting(setting, cast.source)),
            ]
        }
        if cast.hasFiles { list += setting("nfs") }
        if cast.hasSolr { list += setting("solr") }
        if cast.hasScripts { list.append(.act(.configSqlScript(change: .add, script: "wipe"))) }
        if cast.release != "r1" {
            list += [.act(.releaseCreate(object: cast.release)), .wait(310), .look(.releases)]
            list += release(cast.source)
        }
        return list
    }

    /// The first steps of the dump method: a destination beside a source that is still open.
    func opening(_ method: Method) -> [Deed] {
        let whole = beginning(method)
        let closing = whole.firstIndex {
            if case .act(.envMaintenance) = $0 { true } else { false }
        }
        return Array(whole.prefix(closing ?? whole.count))
    }

    /// The steps before the decision.
    package func beginning(_ method: Method) -> [Deed] {
        var list: [Deed] =
            [
                .decide(.migrationOpened(cast.roles(method)), in: cast.migration),
                .look(.setting("nfs", cast.source)),
            ] + beforehand
        list += looks() + [.wait(5)]
        let source = cast.source
        let destination = cast.destination
        if method == .snapshot {
            list += maintenance(source, .on) + snapshots(cast.snapshot)
            list += creation(
                destination, cast.snapshot, files: cast.hasFiles ? cast.snapshot + "files" : nil)
            return list + release(destination) + maintenance(destination, .off)
        }
        list += creation(destination, nil) + release(destination)
        list += maintenance(source, .on) + maintenance(destination, .on)
        let dumped = method == .dump ? source : cast.temporary
        if method == .dump {
            if cast.hasFiles { list += snapshots(cast.snapshot) }
        } else {
            list += snapshots(cast.seed) + creation(cast.temporary, cast.seed)
        }
        for (database, path) in cast.dumps {
            list += [
                .act(.databaseDump(environment: dumped, database: database, path: path)), .wait(5),
            ]
        }
        for (database, path) in cast.dumps {
            list += [
                .act(.databaseLoad(environment: destination, database: database, path: path)),
                .wait(5),
            ]
        }
        list.append(.act(.envCacheFlush(environment: destination)))
        return list + maintenance(destination, .off)
    }

    /// The decision and the switch.
    package var switchOver: [Deed] {
        var list: [Deed] = [
            .decide(.testPassed(environment: cast.destination), in: cast.migration), .wait(5),
            .decide(.go, in: cast.migration), .wait(5),
            .act(.envProtected(environment: cast.destination, state: .on)),
        ]
        list += looks() + switching(to: cast.destination)
        list += [.wait(3700), .act(.configDefaultEnv(environment: cast.destination)), .wait(5)]
        if cast.hasFiles { list.append(.decide(.gapAcknowledged(.nfs), in: cast.migration)) }
        if cast.hasSolr { list.append(.decide(.gapAcknowledged(.solr), in: cast.migration)) }
        if cast.hasScripts {
            list.append(.decide(.gapAcknowledged(.sqlScripts), in: cast.migration))
        }
        return list + everything
    }

    /// Giving up before the switch.
    package var abort: [Deed] {
        [.decide(.testFailed(environment: cast.destination), in: cast.migration)]
            + maintenance(cast.source, .off) + everything
    }

    /// Going back after the switch.
    package var back: [Deed] {
        maintenance(cast.destination, .on) + [.decide(.lossAccepted, in: cast.migration)]
            + switching(to: cast.source) + [.wait(3700)] + everything
            + maintenance(cast.source, .off)
            + [
                .act(.configDefaultEnv(environment: cast.source)),
                .decide(.noGo, in: cast.migration),
            ] + everything
    }

    /// Following the cleanup plan to its end, looking after every step.
    package var cleanup: [Deed] {
        (0..<6).flatMap { _ in [.follow(.cleanup), .wait(1300)] + everything }
    }

    /// Following the way back to its end after the clean-up, looking after every step.
    var restoration: [Deed] {
        (0..<14).flatMap { _ in [.follow(.rollback), .wait(1600)] + everything }
    }

    /// The whole move, its end included.
    package func book(_ method: Method) -> [Deed] { beginning(method) + switchOver }
}
