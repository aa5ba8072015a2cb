import FleetModel
import FleetProof
import Foundation
import Ledger
import Projector

/// How long planning takes for fleets of growing size.
enum Scale {
    static func run() throws {
        print("environments  snapshots   events  replay/s  world/s  cleanup/s  µs a resource")
        for count in [100, 1_000, 3_000, 10_000] {
            let fleet = LargeFleet(environments: count)
            let start = Date()
            var replay = Replay(voids: Voids())
            for event in fleet.events { try replay.apply(event) }
            let replayed = Date()
            let planner = try Planner(
                state: replay.state, now: fleet.now,
                head: PlanHead(size: fleet.events.count, root: ""), renderer: .model)
            let resolved = Date()
            let plan = try planner.cleanup(migration: nil)
            let planned = Date()
            let seconds = planned.timeIntervalSince(resolved) + resolved.timeIntervalSince(replayed)
            let resources = plan.resources.count
            print(
                String(
                    format: "%12d %10d %8d %9.3f %8.3f %10.3f %14.1f", count, count * 10,
                    fleet.events.count, replayed.timeIntervalSince(start),
                    resolved.timeIntervalSince(replayed), planned.timeIntervalSince(resolved),
                    seconds / Double(resources) * 1e6))
        }
    }
}
