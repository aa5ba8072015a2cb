import FleetModel
import Ledger
import Projector

/// What is claimed of a history at its end, held against what is really so.
package struct Proof {
    /// The promises that are broken, in words.
    package private(set) var violations: [String] = []
    /// How many resources were called safe.
    package private(set) var safe = 0
    /// How many rollbacks were called clean.
    package private(set) var clean = 0

    package init(_ history: History) throws {
        let planner = try history.planner()
        let plan = try planner.cleanup(migration: nil)
        for verdict in plan.resources where verdict.verdict == .safe {
            safe += 1
            guard verdict.waitsFor.isEmpty else { continue }
            var alone = history.platform
            run(plan.steps.filter { $0.resource == verdict.resource }, on: &alone, "alone")
        }
        if plan.steps.count > 1 {
            var whole = history.platform
            run(plan.steps, on: &whole, "whole plan")
        }
        try checkRollback(planner, history)
    }

    private mutating func checkRollback(_ planner: Planner, _ history: History) throws {
        guard planner.migrations.contains(where: { $0.name == "move" }) else { return }
        let plan = try planner.rollback(migration: "move")
        guard plan.extra["verdict"]?.string == "clean" else { return }
        clean += 1
        var platform = history.platform
        platform.advance(by: 1)
        let source = platform.environments["prod"]?.contents ?? []
        let destination = platform.environments["prod2"]?.contents ?? []
        let lost = destination.subtracting(source).subtracting(platform.waived)
        if platform.isLive("prod2"), !lost.isEmpty {
            violations.append("clean rollback loses writes of prod2")
        }
        if !platform.isLive("prod") { violations.append("clean rollback to nothing") }
        run(plan.steps, on: &platform, "clean rollback")
    }

    private mutating func run(_ steps: [Step], on platform: inout Platform, _ how: String) {
        var dice = SplitMix(seed: 1)
        for step in steps {
            // The only thing by hand that matters here is an unrecorded default environment.
            if step.isManual, step.resource == .fleet { platform.defaultEnvironment = "prod" }
            guard case .action(let action) = step.command else { continue }
            if !step.after.isEmpty || how == "clean rollback" { platform.advance(by: 4000) }
            let broken = harm(action, platform)
            violations += broken.map { "\(how): \(step.resource): \($0)" }
            if platform.permits(action) { platform.perform(action, &dice) }
        }
    }

    private func harm(_ action: Action, _ platform: Platform) -> [String] {
        var found: [String] = []
        switch action {
        case .envDestroy(let name, _, _):
            guard platform.isLive(name) else { return [] }
            if platform.serves(name) { found.append("serves") }
            if platform.defaultEnvironment == name { found.append("is the default") }
            if platform.holds.contains("environment/\(name)") { found.append("is held") }
            let lost = (platform.environments[name]?.contents ?? [])
                .subtracting(platform.copies(besidesEnvironment: name))
                .subtracting(platform.waived)
            if !lost.isEmpty { found.append("loses writes") }
            if platform.snapshots.contains(where: {
                $0.value.environment == name && $0.value.readyAt > platform.now
            }) {
                found.append("a snapshot of it is being created")
            }
        case .snapshotDestroy(let name, _):
            guard let snapshot = platform.snapshots[name] else { return [] }
            if platform.holds.contains("snapshot/database/\(name)") { found.append("is held") }
            if platform.environments.contains(where: {
                $0.value.seed == name && $0.value.readyAt > platform.now
            }) {
                found.append("an environment is being made from it")
            }
            if snapshot.isAutomated { found.append("is not ours") }
            let lost = snapshot.contents.subtracting(platform.copies(besidesSnapshot: name))
                .subtracting(platform.waived)
            if !lost.isEmpty { found.append("loses writes") }
        case .releaseDestroy(let release):
            if platform.environments.values.contains(where: { $0.releases.contains(release) }) {
                found.append("is loaded")
            }
        default: break
        }
        return found
    }
}
