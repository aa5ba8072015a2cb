import Fleet
import Ledger
import Projector

/// A plan as a script for the shell: every command of the platform goes through the ledger, what must
/// be seen first is waited for, and it stops at the first failure and at whatever only people do.
enum PlanScript {
    /// How long what was ordered before may take to be seen.
    private static let patience = "40m"

    /// The lines of the script.
    static func lines(_ plan: Plan) -> [String] {
        var lines = [
            "#!/bin/sh", "# \(Table.printable(plan.summary))",
            "# plan \(plan.digest), event \(plan.head.size), holds until \(plan.expires.short)",
            "set -eu",
        ]
        var isStopped = false
        // What no run of the script reaches is there to be read.
        func add(_ line: String) {
            lines.append(isStopped ? "# later: " + Table.printable(line) : line)
            isStopped = isStopped || line.hasSuffix(ending)
        }
        for (index, step) in plan.steps.enumerated() {
            lines.append("# \(index + 1). \(Table.printable(step.because))")
            for requirement in step.requires {
                lines.append("# first see: \(Table.printable(requirement))")
                add(looking(for: requirement, step))
            }
            if !step.after.isEmpty {
                add(stop("plan again after what came before is complete"))
            }
            add(line(step, plan))
        }
        return lines
    }

    /// How a line ends after which nothing is run.
    private static let ending = " >&2; exit 5"

    private static func line(_ step: Step, _ plan: Plan) -> String {
        if case .manual(let words) = step.command { return stop("by hand: \(words)") }
        guard let words = plan.words(step) else { return stop("by hand: \(step.because)") }
        let command = PlanPrinter.command(of: step, in: plan)
        if let word = Placeholder.found(in: step) {
            return stop("fill in \(word) first: \(command)")
        }
        guard case .action(let action) = step.command else {
            // Looking at a file is no judgement.
            return words.starts(with: ["ledger-cli", "record", "file"])
                ? Shell.quote(words) : stop("for somebody to judge: \(command)")
        }
        if case .dnsSwitch = action {
            return stop("by hand, at the DNS provider; then: \(command)")
        }
        return Shell.quote(run(action) + ["--"] + words)
    }

    private static func stop(_ words: String) -> String {
        "echo \(Shell.quote([words + "; then plan again"]))\(ending)"
    }

    /// `ledger-cli run` with the files that the command reads or writes.
    private static func run(_ action: Action) -> [String] {
        switch action {
        case .databaseDump(_, _, let path?): ["ledger-cli", "run", "--output", path]
        case .databaseLoad(_, _, let path?): ["ledger-cli", "run", "--input", path]
        default: ["ledger-cli", "run"]
        }
    }

    /// Waits for what must be seen, or stops where no look shows it.
    private static func looking(for requirement: String, _ step: Step) -> String {
        guard let condition = condition(requirement, step) else {
            return stop("first see: \(requirement)")
        }
        return Shell.quote([
            "ledger-cli", "observe", "--until", condition.description, "--timeout", patience,
        ])
    }

    private static func condition(_ requirement: String, _ step: Step) -> Condition? {
        let words = requirement.split(separator: " ").map(String.init)
        if words.count > 2, words[1...].joined(separator: " ").hasPrefix("absent from a complete"),
            let gone = try? Condition("\(words[0]) is gone")
        {
            return gone
        }
        if requirement.hasSuffix("with an active release and maintenance OFF, seen") {
            return .maintenance(words[0], .off)
        }
        if words.count == 2, words[1] == "RUNNING" {
            if let running = try? Condition("\(words[0]) is RUNNING") { return running }
            guard case .environment(let name, _) = step.resource else { return nil }
            return .release(words[0], "RUNNING", environment: name)
        }
        guard words.starts(with: ["maintenance", "of"]) else { return nil }
        return try? Condition(requirement)
    }
}
