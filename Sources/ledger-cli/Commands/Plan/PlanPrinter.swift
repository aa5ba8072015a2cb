import Fleet
import Ledger
import Projector

/// Prints a plan: JSON for programs, a script for the shell, numbered steps for people.
enum PlanPrinter {
    /// Prints a plan in the format that was asked for.
    ///
    /// - Throws: `SystemError`, or `CLIError.unsupportedFormat`.
    static func print(_ plan: Plan, _ global: GlobalOptions) throws {
        switch try global.format(.text, .json, .sh) {
        case .json: try Output.json(plan.json)
        case .sh: try Output.lines(PlanScript.lines(plan))
        default: try Output.lines(text(plan))
        }
    }

    /// The command of a step as a shell reads it, redirections included.
    static func command(of step: Step, in plan: Plan) -> String {
        if case .action(let action) = step.command {
            guard case .dnsSwitch = action else { return Grammar.renderShell(action) }
        }
        return plan.words(step).map(Shell.quote) ?? ""
    }

    /// What is to be done in a step: a command, or words for what has none.
    static func words(of step: Step, in plan: Plan) -> String {
        if case .manual(let words) = step.command { return "by hand: \(words)" }
        return command(of: step, in: plan)
    }

    /// A reason as a line with its evidence, and what would change it.
    static func lines(_ reason: Reason) -> [String] {
        let question = reason.verdict == .unknown ? "? " : "- "
        return [
            "    \(question)\(reason.rule.rawValue): \(Table.printable(reason.message))\(cited(reason.evidence))",
            "      → \(Table.printable(reason.unblock))",
        ]
    }

    /// The events that prove something, in brackets.
    static func cited(_ evidence: [SequenceNumber]) -> String {
        guard !evidence.isEmpty else { return "" }
        return " [" + Set(evidence).sorted().map { "\($0)" }.joined(separator: " ") + "]"
    }

    /// A verdict in its colour.
    static func coloured(_ verdict: Projector.Verdict) -> String {
        let style = Style.output
        switch verdict {
        case .safe: return style.green(verdict.rawValue)
        case .blocked: return style.red(verdict.rawValue)
        case .unknown: return style.yellow(verdict.rawValue)
        case .notOurs, .gone: return style.dim(verdict.rawValue)
        }
    }

    static func text(_ plan: Plan) -> [String] {
        let style = Style.output
        var lines = [style.bold(plan.summary)]
        lines += extras(plan)
        if !plan.steps.isEmpty {
            lines += ["", "Steps"]
            for (index, step) in plan.steps.enumerated() { lines += text(step, index + 1, plan) }
        }
        for choice in plan.choices {
            lines += ["", "Choice \(style.bold(choice.name)): \(Table.printable(choice.message))"]
            guard choice.steps != plan.steps else {
                lines.append("  the steps above")
                continue
            }
            for (index, step) in choice.steps.enumerated() { lines += text(step, index + 1, plan) }
        }
        if plan.kind == .cleanup {
            for resource in plan.resources {
                lines += [
                    "",
                    "\(Table.printable(resource.resource.description))  \(coloured(resource.verdict))\(cited(resource.evidence))",
                ]
                lines += resource.reasons.flatMap(self.lines)
            }
        }
        if !plan.needs.isEmpty {
            lines += ["", "Questions: answer each and ask again"]
            lines += plan.needs.map {
                "  # \(Table.printable($0.fact))\n  \(Shell.quote($0.command))"
            }
        }
        lines += ["", "Assumes: " + plan.assumes.joined(separator: "; ")]
        lines.append(
            "As of \(plan.now.short), event \(plan.head.size); digest \(plan.digest.prefix(12)); holds until \(plan.expires.short)"
        )
        return lines
    }

    private static func text(_ step: Step, _ number: Int, _ plan: Plan) -> [String] {
        var lines = ["  \(number). \(Table.printable(words(of: step, in: plan)))"]
        lines.append("     because \(Table.printable(step.because))\(cited(step.evidence))")
        if !step.after.isEmpty {
            lines.append(
                "     after step \(step.after.map(String.init).joined(separator: ", ")) is complete"
            )
        }
        lines += step.requires.map { "     first see: \($0)" }
        if let completes = step.completes { lines.append("     done when \(completes)") }
        return lines
    }

    private static func extras(_ plan: Plan) -> [String] {
        var lines: [String] = []
        if let exposure = plan.extra["exposure"]?.object {
            if let why = exposure["unknown"]?.string { lines.append("Exposure: unknown: \(why)") }
            if let from = exposure["from"]?.string {
                let to = exposure["to"]?.string ?? "now and on"
                lines.append(
                    "Exposure: the destination may hold customer writes from \(from) to \(to)")
            }
        }
        for point in plan.extra["noReturn"]?.array ?? [] {
            let evidence = (point.object?["evidence"]?.array ?? []).compactMap(\.integer).map {
                SequenceNumber($0)
            }
            lines.append(
                "Passed \(point.object?["point"]?.string ?? ""): \(point.object?["message"]?.string ?? "")\(cited(evidence))"
            )
        }
        for text in plan.extra["unsafe"]?.array ?? [] {
            lines.append("Unsafe now: \(text.string ?? "")")
        }
        for text in plan.extra["observe"]?.array ?? [] {
            lines.append("First observe: \(text.string ?? "")")
        }
        for text in plan.extra["residue"]?.array ?? [] {
            lines.append("Left over: \(text.string ?? "")")
        }
        for name in plan.extra["dangling"]?.array ?? [] {
            lines.append("Dangling: \(name.object?["message"]?.string ?? "")")
        }
        return lines.map(Table.printable)
    }
}
