import FleetModel
import Ledger
import Projector

/// What is claimed of a history at its end, held against what is really so.
package struct Proof {
    /// The promises that are broken, in words.
    package private(set) var violations: [String] = []
    /// What was looked at.
    package private(set) var tally = Tally()
    /// How many resources were called safe.
    package var safe: Int { tally.verdicts[.safe] ?? 0 }
    /// How many rollbacks were called clean.
    package var clean: Int { tally.ways["clean"] ?? 0 }
    private let roles: [MigrationRoles]
    private let writesBefore: Set<Int>
    /// What nobody ever named: that a shop has a second database is not promised to be found.
    private let isUnnamed: @Sendable (Int) -> Bool
    /// The environments that a migration protected last, by a command recorded as its own.
    private let protectedByMigration: Set<String>

    /// A history that is careful strays nowhere and was looked at wholly at its end: of it a way
    /// back must also say no less than is so.
    package init(_ history: History, isCareful: Bool = false) throws {
        roles = history.roles
        writesBefore = history.writesBefore
        protectedByMigration = history.protectedByMigration
        isUnnamed = history.isUnnamed
        // Of what nobody told it the ledger can promise nothing.
        guard history.isTold else { return }
        let planner = try history.planner()
        let plan = try planner.cleanup(migration: nil)
        tally.plans += 1
        let verdicts = plan.resources
        for verdict in verdicts {
            tally.verdicts[verdict.verdict, default: 0] += 1
            guard verdict.verdict == .safe, verdict.waitsFor.isEmpty else { continue }
            execute(
                plan.steps.filter { $0.resource == verdict.resource }, history.platform, "alone",
                isQuick: true)
        }
        // Asked alone, a resource gets the answer that it has among all.
        if let other = verdicts.first(where: { planner.verdict(of: $0.resource) != $0 }) {
            violations.append("another verdict of \(other.resource) when asked alone")
        }
        if plan.steps.count > 1 {
            execute(plan.steps, history.platform, "whole plan", isQuick: true)
            execute(plan.steps, history.platform, "whole plan, slowly", isQuick: false)
        }
        for migration in planner.migrations where migration.isDeclared {
            let plan = try planner.rollback(
                migration: migration.name, verdicts: verdicts)
            tally.plans += 1
            checkWayBack(plan, migration.roles, history.platform, isCareful)
        }
    }

    private mutating func checkWayBack(
        _ plan: Plan, _ roles: MigrationRoles, _ now: Platform, _ isCareful: Bool
    ) {
        let verdict = plan.extra["verdict"]?.string ?? ""
        tally.ways[verdict, default: 0] += 1
        var platform = now
        platform.advance(by: 1)
        let lost = self.lost(roles, platform)
        if verdict == "clean" {
            if !lost.isEmpty {
                violations.append("clean rollback loses writes of the destination")
            }
            if !platform.isLive(roles.source) { violations.append("clean rollback to nothing") }
        }
        if restoresLess(plan, roles, now) {
            violations.append("\(verdict) rollback leaves out what the final snapshot holds")
        }
        let end = execute(plan.steps, platform, "\(verdict) rollback", isQuick: false, roles: roles)
        if verdict != "clean", !plan.steps.isEmpty {
            execute(plan.steps, platform, "\(verdict) rollback", isQuick: true, roles: roles)
        }
        guard isCareful else { return }
        if verdict == "lossy", lost.isEmpty, !isTaking(roles, platform) {
            violations.append("lossy, and nothing can be lost")
        }
        if verdict == "unknown" { violations.append("unknown, and everything was observed") }
        if verdict == "clean" || verdict == "lossy", !end.isOpen(roles.source) {
            violations.append("\(verdict) rollback leaves the source closed")
        }
    }

    /// True when the source is to be made of a snapshot that lacks what its newest final one has.
    private func restoresLess(_ plan: Plan, _ roles: MigrationRoles, _ platform: Platform) -> Bool {
        let finals = platform.snapshots.filter { $0.key.hasPrefix("\(roles.source)-final-") }
        let newest = finals.max { $0.value.created < $1.value.created }?.value.contents ?? []
        return plan.steps.contains { step in
            guard case .action(.envCreate(let creation)) = step.command,
                creation.environment == roles.source, let name = creation.snapshot.name
            else { return false }
            let contents = platform.snapshots[name]?.contents ?? []
            return !newest.subtracting(contents).filter { !isUnnamed($0) }
                .isSubset(of: platform.waived)
        }
    }

    /// The writes that the destination has and the source lacks, where it matters: taken by either.
    private func lost(_ roles: MigrationRoles, _ platform: Platform) -> Set<Int> {
        guard platform.isLive(roles.destination) else { return [] }
        let ours = platform.environments[roles.source]?.contents ?? []
        let theirs = platform.environments[roles.destination]?.contents ?? []
        return theirs.subtracting(ours).subtracting(platform.waived).subtracting(writesBefore)
            .filter {
                let taker = platform.takenBy[$0 - 1]
                return taker == roles.source || taker == roles.destination
            }
    }

    private func isTaking(_ roles: MigrationRoles, _ platform: Platform) -> Bool {
        platform.isOpen(roles.destination) && platform.serves(roles.destination)
    }

    /// Does the steps in order on a copy of the platform, waiting as they say; what is left then.
    @discardableResult
    private mutating func execute(
        _ steps: [Step], _ start: Platform, _ how: String, isQuick: Bool,
        roles: MigrationRoles? = nil
    ) -> Platform {
        var platform = start
        var dice = SplitMix(seed: 1)
        for step in steps {
            tally.steps += 1
            platform.advance(by: Proof.wait(before: step, isQuick))
            // The only thing by hand that matters here is an unrecorded default environment.
            if step.isManual, step.resource == .fleet, let roles {
                platform.defaultEnvironment = roles.source
            }
            guard case .action(let action) = step.command else {
                if case .ledger = step.command { platform.waived.formUnion(platform.everyWrite) }
                continue
            }
            let broken = harm(action, platform, roles)
            for what in broken where !violations.contains("\(how): \(action.name): \(what)") {
                violations.append("\(how): \(action.name): \(what)")
            }
            if platform.permits(action) { platform.perform(action, &dice) }
        }
        platform.advance(by: 130)
        return platform
    }

    /// How long an executor waits who sees what a step requires; a quick one waits for nothing else.
    private static func wait(before step: Step, _ isQuick: Bool) -> Int {
        guard isQuick else { return 7300 }
        let requires = step.requires.joined(separator: " ")
        if requires.contains("drain") || requires.contains("observed at") { return 7300 }
        if requires.contains("RUNNING") { return 1600 }
        if !step.after.isEmpty || requires.contains("absent") { return 1300 }
        return requires.isEmpty ? 0 : 130
    }

    private func harm(_ action: Action, _ platform: Platform, _ roles: MigrationRoles?)
        -> [String]
    {
        switch action {
        case .envDestroy(let name, _, _): return harm(destroying: name, platform)
        case .snapshotDestroy(let name, .nfs?): return harm(destroyingFiles: name, platform)
        case .snapshotDestroy(let name, _): return harm(destroyingSnapshot: name, platform)
        case .releaseDestroy(let release):
            if platform.environments.values.contains(where: { $0.releases.contains(release) }) {
                return ["is loaded"]
            }
        case .envProtected(let name, .off):
            guard platform.environments[name]?.isProtected == true else { return [] }
            let isOurs = self.roles.contains {
                [$0.source, $0.destination, $0.temporary].contains(name)
            }
            return isOurs || protectedByMigration.contains(name) ? [] : ["is protected by somebody"]
        case .envMaintenance(let name, .off):
            guard let roles, name == roles.source, isTaking(roles, platform) else { return [] }
            return ["is opened while customers are served by the destination"]
        default: break
        }
        return []
    }

    private func harm(destroying name: String, _ platform: Platform) -> [String] {
        guard let environment = platform.environments[name], platform.isLive(name) else {
            return []
        }
        var found: [String] = []
        // Without a release nobody is served, wherever a hostname leads.
        let isActive = environment.active != nil || environment.activation != nil
        if platform.serves(name), isActive { found.append("serves") }
        if platform.defaultEnvironment == name { found.append("is the default") }
        if isHeld("environment/\(name)", of: name, platform) { found.append("is held") }
        if !environment.contents.subtracting(platform.copies(besidesEnvironment: name))
            .filter({ !isUnnamed($0) }).isSubset(of: platform.waived)
        {
            found.append("loses writes")
        }
        if !environment.uploads.subtracting(platform.uploads(besidesEnvironment: name))
            .isSubset(of: platform.waivedUploads)
        {
            found.append("loses files")
        }
        let isSource = roles.contains { $0.source == name }
        if isSource, environment.isSolrOn, !platform.waivedCores.contains(name) {
            found.append("loses a search core")
        }
        let making = platform.snapshots.values.contains {
            $0.environment == name && $0.readyAt > platform.now && !$0.isAutomated
        }
        if making { found.append("a snapshot of it is being created") }
        return found
    }

    private func isHeld(_ resource: String, of environment: String, _ platform: Platform) -> Bool {
        platform.isHeld(resource)
            || roles.contains {
                [$0.source, $0.destination, $0.temporary].contains(environment)
                    && platform.isHeld("migration/\($0.migration)")
            }
    }

    private func harm(destroyingSnapshot name: String, _ platform: Platform) -> [String] {
        guard let snapshot = platform.snapshots[name] else { return [] }
        var found: [String] = []
        if platform.isHeld("snapshot/database/\(name)") { found.append("is held") }
        let isRead = platform.environments.contains {
            $0.value.seed == name && $0.value.readyAt > platform.now
        }
        if isRead { found.append("an environment is being made from it") }
        if snapshot.isAutomated { found.append("is not ours") }
        if !snapshot.contents.subtracting(platform.copies(besidesSnapshot: name))
            .filter({ !isUnnamed($0) }).isSubset(of: platform.waived)
        {
            found.append("loses writes")
        }
        return found
    }

    private func harm(destroyingFiles name: String, _ platform: Platform) -> [String] {
        guard let snapshot = platform.nfsSnapshots[name] else { return [] }
        var found: [String] = []
        if platform.isHeld("snapshot/nfs/\(name)") { found.append("is held") }
        if !snapshot.contents.subtracting(platform.uploads(besidesSnapshot: name))
            .isSubset(of: platform.waivedUploads)
        {
            found.append("loses files")
        }
        return found
    }
}

extension History {
    /// Whether a write lies in a database that no command names, while some name the other one.
    fileprivate var isUnnamed: @Sendable (Int) -> Bool {
        guard platform.hasDatabases else { return { _ in false } }
        var names: Set<String> = []
        for event in events {
            switch try? EventPayload(type: event.type, data: event.data) {
            // Here it is of everything.
            case .action(.databaseDump(_, nil, _), _, _): return { _ in false }
            case .action(.databaseDump(_, let name?, _), _, _),
                .action(.databaseLoad(_, let name?, _), _, _):
                names.insert(name)
            default: break
            }
        }
        guard names.count == 1 else { return { _ in false } }
        let isSecondNamed = names.contains(Platform.secondDatabase)
        return { Platform.isInSecondDatabase($0) != isSecondNamed }
    }

    /// The environments that a command of a migration was the last to protect.
    fileprivate var protectedByMigration: Set<String> {
        var names: Set<String> = []
        for event in events {
            guard
                case .action(.envProtected(let name, .on), let outcome, _)? = try? EventPayload(
                    type: event.type, data: event.data), outcome != .refused
            else { continue }
            if roles.contains(where: { $0.migration == event.migration }) {
                names.insert(name)
            } else {
                names.remove(name)
            }
        }
        return names
    }
}
