import Fleet
import Ledger
import Projector

extension PlanChain {
    /// The environments that the plan took the protection off and then did not destroy.
    ///
    /// Where either is not known they are named too: an environment that stays must not stay open
    /// because nobody was told.
    var leftOpen: [(environment: String, isCertain: Bool)] {
        issued.plan.steps.compactMap { step in
            guard case .action(.envProtected(let name, let state)) = step.command, state == .off,
                let opening = attempt(at: step), opening.outcome != .refused
            else { return nil }
            let destroy = issued.plan.steps.first { later in
                guard case .action(.envDestroy(let other, _, _)) = later.command else {
                    return false
                }
                return other == name
            }
            let end = destroy.flatMap { attempt(at: $0)?.outcome }
            if end == .accepted { return nil }
            let isCertain = opening.outcome == .accepted && (end == nil || end == .refused)
            return (name, isCertain)
        }
    }
}

extension Complaint {
    /// The complaint with what is unprotected now, and how to protect it again.
    func adding(_ open: [(environment: String, isCertain: Bool)]) -> Complaint {
        var complaint = self
        for (name, isCertain) in open {
            complaint.message +=
                "\nenvironment/\(name) \(isCertain ? "is now" : "may now be") unprotected"
            complaint.hints.append(
                "unless it is destroyed next: ledger-cli run -- "
                    + Shell.quote(Grammar.render(.envProtected(environment: name, state: .on))))
        }
        return complaint
    }
}
