import FleetModel
package import Ledger
package import Projector

/// For each rule a history that differs from a sound one in one respect, so that this rule alone
/// stands between a resource and its destruction.
package struct Necessity {
    package let rule: RuleName
    /// What is kept by the rule; nil stands for the final snapshot of the source.
    package let resource: Resource?
    private let deeds: [Deed]
    /// True when the last deed ends unknown.
    private var isInDoubt = false

    package init(_ rule: RuleName) {
        self.rule = rule
        (resource, deeds) = Necessity.history(rule)
        isInDoubt = rule == .existence
    }

    /// The history, planned with all rules but one, or with all.
    package func played(without: RuleName?) throws -> History {
        var setup = History.Setup()
        setup.without = without
        var history = History(setup)
        var dice = SplitMix(seed: 11)
        for deed in isInDoubt ? deeds.dropLast() : deeds[...] {
            try history.play(Move(deed: deed, dice: dice.next()))
        }
        guard isInDoubt, let last = deeds.last else { return history }
        history.failures = 100
        // The dice decide whether it ends refused or unknown; an unknown end is wanted.
        for seed in UInt64(0)..<50 {
            var doubtful = history
            try doubtful.play(Move(deed: last, dice: seed))
            if doubtful.events.last?.type == .action(.envDestroy, .unknown) { return doubtful }
        }
        return history
    }

    /// The verdict of what is kept, planned with all rules but one, or with all.
    package func verdict(without: RuleName?) throws -> ResourceVerdict {
        let planner = try played(without: without).planner()
        guard let resource else {
            let final = planner.verdicts().first {
                if case .snapshot(.database, let name) = $0.resource {
                    name.hasPrefix("prod-final")
                } else {
                    false
                }
            }
            guard let final else { throw PlanError.unknownResource("prod-final") }
            return final
        }
        return try planner.check(resource)
    }

    private static let prod = Resource.environment("prod")
    private static let prod2 = Resource.environment("prod2")
    private static let tmp = Resource.environment("tmp")
    private static let pm = Resource.snapshot(.database, "pm")

    private static func history(_ rule: RuleName) -> (Resource?, [Deed]) {
        let hand = Operator()
        let book = hand.book(.snapshot)
        let dump = hand.book(.dump)
        let temporary = hand.book(.dumpThroughTemporary)
        let everything = hand.everything
        switch rule {
        case .noSuccessor: return (prod2, book)
        case .destinationServing: return (prod, book + hand.maintenance("prod2", .on))
        case .destinationProtected:
            return (prod, book + [.act(.envProtected(environment: "prod2", state: .off))])
        case .decisionMade: return (prod, book.without { $0.decision == .go })
        case .trafficOffSource:
            return (prod, book.without { $0.action?.subject == .dns(Platform.hostnames[0]) })
        case .drained:
            return (prod, book.map { if case .wait(3700) = $0 { .wait(60) } else { $0 } })
        case .notDefault:
            return (prod, book.without { $0.action?.name == .configDefaultEnv })
        case .copyQuiesced:
            return (prod, quick(book) + [.decide(.gapAcknowledged(.sourceWrites))])
        case .copyVerified:
            return (
                prod,
                dump.map {
                    $0.action?.name == .databaseDump
                        ? .damagedDump(environment: "prod", path: "a.sql") : $0
                }
            )
        case .sourceWrites:
            return (prod, book + [.act(.databaseShell(environment: "prod"))])
        case .nfsPreserved: return unacknowledged(.nfs) { $0.hasFiles = true }
        case .solrAcknowledged: return unacknowledged(.solr) { $0.hasSolr = true }
        case .sqlScripts: return unacknowledged(.sqlScripts) { $0.hasScripts = true }
        case .cacheFlushed: return (prod, dump.without { $0.action?.name == .envCacheFlush })
        case .inFlight:
            return (prod, book + [.act(.snapshotCreate(environment: "prod", name: "late"))])
        case .held: return (prod, book + [.decide(.holdPlaced(prod, until: nil))])
        case .soak: return (prod, book + [.decide(.policySet(key: "soak", value: "2h"))])
        case .beingDestroyed, .existence:
            return (
                prod,
                book + [
                    .act(.envProtected(environment: "prod", state: .off)), .wait(5),
                    .act(.envDestroy(environment: "prod")),
                ]
            )
        case .identity:
            return (
                prod,
                book + hand.cleanup + [
                    .act(
                        .envCreate(
                            EnvironmentCreation(environment: "prod", source: .named("prod2")))),
                    .wait(1510),
                ] + everything
            )
        case .protected:
            // Before anybody declared a migration: somebody's will, and no step of it.
            return (
                tmp,
                temporary.without(\.isOpening)
                    + [.act(.envProtected(environment: "tmp", state: .on))]
                    + temporary.filter(\.isOpening)
            )
        case .snapshotAvailable:
            let unseen = book.without {
                if case .look(.snapshots) = $0 { true } else { false }
            }
            return (
                pm, unseen.after(.snapshotCreate) { [$0, .look(.snapshots(isComplete: true))] }
            )
        case .copyProvenance: return (.snapshot(.database, "1421200800"), book)
        case .snapshotInUse:
            return (
                pm,
                book + [
                    .act(
                        .envCreate(EnvironmentCreation(environment: "tmp", snapshot: .named("pm"))))
                ]
            )
        case .migrationSettled: return (pm, hand.beginning(.snapshot) + everything)
        case .lastRecoveryPoint:
            return (
                pm,
                book + [
                    .act(.envProtected(environment: "prod", state: .off)), .wait(5),
                    .act(.envDestroy(environment: "prod")),
                ]
            )
        case .finalSnapshotKept: return (nil, book + hand.cleanup)
        case .tempRole:
            return (tmp, temporary + [.act(.configDefaultEnv(environment: "tmp"))])
        case .dumpVerified:
            return (tmp, temporary.without { $0.action?.name == .databaseDump })
        case .abandoned: return (prod2, hand.opening(.dump) + everything)
        case .sourceServing:
            return (
                prod2,
                hand.beginning(.snapshot) + [.decide(.testFailed(environment: "prod2"))]
                    + everything
            )
        case .trafficOffDestination:
            let made = hand.opening(.dump).without {
                [.envLoad, .envActivate].contains($0.action?.name)
            }
            return (
                prod2,
                made + [.decide(.noGo)] + hand.switching(to: "prod2") + [.wait(3700)] + everything
            )
        case .customerWrites:
            return (prod2, book + hand.back.without { $0.decision == .lossAccepted })
        case .releaseLoaded:
            return (
                .release("r3"),
                book + [
                    .act(.releaseCreate(object: "r3")), .wait(310),
                    .act(.envLoad(environment: "prod2", release: "r3")), .wait(210),
                ] + everything
            )
        case .releaseNeeded:
            let own: [Deed] = [
                .act(.releaseCreate(object: "r2")), .wait(310),
                .act(.envLoad(environment: "prod", release: "r2")), .wait(210),
                .act(.envActivate(environment: "prod", release: "r2")), .wait(210),
            ]
            return (.release("r2"), [book[0]] + own + book.dropFirst() + hand.cleanup)
        }
    }

    /// The snapshot is taken before maintenance is effective.
    private static func quick(_ book: [Deed]) -> [Deed] {
        var isFirst = true
        return book.map { deed in
            guard isFirst, case .wait(125) = deed else { return deed }
            isFirst = false
            return .wait(20)
        }
    }

    private static func unacknowledged(_ gap: Gap, _ change: (inout Cast) -> Void) -> (
        Resource?, [Deed]
    ) {
        var hand = Operator()
        change(&hand.cast)
        return (prod, hand.book(.dump).without { $0.decision == .gapAcknowledged(gap) })
    }
}

extension Deed {
    fileprivate var action: Action? { if case .act(let action) = self { action } else { nil } }

    fileprivate var isOpening: Bool {
        if case .migrationOpened = decision { true } else { false }
    }

    fileprivate var decision: Decision? {
        if case .decide(let decision, _) = self { decision } else { nil }
    }
}

extension [Deed] {
    fileprivate func without(_ isOut: (Deed) -> Bool) -> [Deed] { filter { !isOut($0) } }

    fileprivate func after(_ name: ActionName, _ change: (Deed) -> [Deed]) -> [Deed] {
        flatMap { $0.action?.name == name ? change($0) : [$0] }
    }
}
