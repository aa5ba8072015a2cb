import Ledger
import Projector

/// The phases of the published procedure, in order, and what happened in each.
struct Runbook: Sendable {
    /// A phase.
    struct Phase: Sendable {
        /// Its name, as plans say it.
        let name: String
        /// What happened in it, by time.
        var milestones: [Chronicle.Milestone] = []
        /// True when the migration is past it.
        let isDone: Bool
        /// True when the migration stands in it.
        let isCurrent: Bool
    }

    /// The phases.
    private(set) var phases: [Phase]
    /// The name of where the migration stands when that is none of the phases, such as `roll back`.
    let aside: String?

    /// The runbook of a migration that stands in a phase.
    init(_ chronicle: Chronicle, phase: String?) {
        let method = chronicle.migration.roles.method
        let names = Runbook.names(method)
        let current = phase.flatMap { names.firstIndex(of: $0) }
        aside = current == nil ? phase : nil
        phases = names.enumerated().map { index, name in
            Phase(
                name: name,
                isDone: current.map { index < $0 || index == $0 && name == "done" } ?? false,
                isCurrent: index == current && name != "done")
        }
        for milestone in chronicle.milestones {
            let name = Runbook.phase(of: milestone.point, method)
            guard let index = names.firstIndex(of: name) else { continue }
            phases[index].milestones.append(milestone)
        }
    }

    /// The names of the phases of a method.
    static func names(_ method: MigrationMethod) -> [String] {
        let end = ["test", "protect", "switch", "open", "default", "drain", "clean up", "done"]
        switch method {
        case .snapshot:
            return ["prepare", "close the source", "copy", "create the destination", "release"]
                + end
        case .dump:
            return ["prepare", "create the destination", "release", "close both", "copy"] + end
        }
    }

    private static func phase(of point: Chronicle.Point, _ method: MigrationMethod) -> String {
        switch point {
        case .opened: "prepare"
        case .created: "create the destination"
        case .closed: method == .snapshot ? "close the source" : "close both"
        case .copyPoint, .dumped, .loaded: "copy"
        case .activated: "release"
        case .tested, .decided: "test"
        case .protected: "protect"
        case .switched: "switch"
        case .reopened: "open"
        case .defaultMoved: "default"
        case .drained: "drain"
        case .destroyed, .gone: "clean up"
        case .ended: "done"
        }
    }

    /// The runbook as a list; `due` stands in the phase that is current.
    func markup(due: Markup?) -> Markup {
        element("section", Attribute("aria-labelledby", "runbook")) {
            element("h2", .id("runbook")) { "Runbook" }
            if let aside { element("p", .class("lead")) { "Now: \(aside)" } }
            element("ol", .class("runbook")) {
                for phase in phases {
                    element(
                        "li", .class(phase.isDone ? "done" : phase.isCurrent ? "current" : ""),
                        phase.isCurrent ? Attribute("aria-current", "step") : nil
                    ) {
                        element("p", .class("phase")) {
                            phase.name
                            if phase.isDone, phase.name != "done" {
                                element("span", .class("hidden")) { ", done" }
                            }
                        }
                        element("div") {
                            if !phase.milestones.isEmpty { list(phase.milestones) }
                            if phase.isCurrent { due }
                        }
                    }
                }
            }
            if aside != nil { due }
        }
    }

    private func list(_ milestones: [Chronicle.Milestone]) -> Markup {
        element("ul") {
            for milestone in milestones {
                element("li") {
                    Phrase.time(milestone.time)
                    " \(milestone.text)"
                    Phrase.evidence(milestone.evidence, limit: 6)
                }
            }
        }
    }
}
