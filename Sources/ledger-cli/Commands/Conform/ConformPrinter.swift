import Ledger
import Projector

/// Writes what `conform` found for people.
enum ConformPrinter {
    /// The answer about one migration.
    ///
    /// - Throws: `SystemError`.
    static func print(_ conformance: Conformance) throws {
        try Output.lines([
            "\(Table.printable(conformance.migration)): \(summary(conformance))",
            method(conformance.method),
        ])
        for finding in conformance.findings { try Output.lines(lines(finding)) }
        if !conformance.undecided.isEmpty {
            try Output.line("Unknown: the events do not tell")
            for finding in conformance.undecided {
                try Output.line(
                    "  ? \(finding.check.id) \(finding.check.name): \(Table.printable(finding.message))\(PlanPrinter.cited(finding.evidence))"
                )
            }
        }
        if let downtime = conformance.downtime { try Output.lines(lines(downtime)) }
        if !conformance.phases.isEmpty {
            var table = Table([
                ("phase", .left), ("from", .left), ("to", .left), ("min", .right),
                ("events", .left),
            ])
            for phase in conformance.phases {
                table.add(
                    phase.name, phase.from.short, phase.to?.short ?? "-", minutes(phase.length),
                    phase.evidence.map(\.description).joined(separator: " "))
            }
            try Output.lines(table.lines)
        }
        for orphan in conformance.orphans {
            try Output.line(
                "Left behind: \(Table.printable(orphan.resource.description)): \(Table.printable(orphan.message))\(PlanPrinter.cited(orphan.evidence))"
            )
        }
    }

    /// The table of checks.
    ///
    /// - Throws: `SystemError`.
    static func list(_ format: OutputFormat) throws {
        if format == .json {
            return try Output.json([
                "checks": .array(
                    ConformanceCheck.all.map { check in
                        [
                            "check": .string(check.id), "name": .string(check.name),
                            "severity": .string(check.severity.rawValue),
                            "template": .string(check.template.rawValue),
                            "methods": .array(
                                check.methods.map(\.rawValue).sorted().map { .string($0) }),
                            "procedure": .string(check.sentence),
                            "source": .string(check.source),
                        ]
                    })
            ])
        }
        var table = Table("check", "", "template", "method", "name", "asks", "source")
        for check in ConformanceCheck.all.sorted(by: { $0.id < $1.id }) {
            table.add(
                check.id, check.severity.rawValue, check.template.rawValue,
                check.methods.count == 1 ? check.methods.first?.rawValue ?? "" : "both",
                check.name, check.sentence, check.source)
        }
        try Output.lines(table.lines)
    }

    private static func summary(_ conformance: Conformance) -> String {
        let counts = ConformanceCheck.Severity.allCases.map { severity in
            let count = conformance.findings.filter { $0.check.severity == severity }.count
            return "\(count) \(severity.rawValue)"
        }
        let fitness =
            conformance.fitness.map { value in
                let thousandths = Int((value * 1000).rounded(.down))
                return
                    "fitness \(thousandths / 1000).\(String(1000 + thousandths % 1000).dropFirst())"
            } ?? "nothing to hold against the procedure yet"
        return
            "\(fitness) (\(conformance.satisfied) of \(conformance.activated) activated checks hold); findings: \(counts.joined(separator: ", "))"
    }

    private static func method(_ method: Conformance.Method) -> String {
        let guess = method.guessed?.rawValue ?? "ambiguous"
        guard let declared = method.declared else {
            return
                "method: not declared; the events show: \(guess)"
                + (method.guessed == nil ? ", so only the checks of both methods were made" : "")
        }
        if method.disagrees {
            return "method: declared \(declared.rawValue), but the events show \(guess)"
        }
        return "method: \(declared.rawValue), declared; the events show: \(guess)"
    }

    private static func lines(_ finding: Conformance.Finding) -> [String] {
        let style = Style.output
        let severity =
            switch finding.check.severity {
            case .error: style.red("E")
            case .warning: style.yellow("W")
            case .note: style.dim("I")
            }
        return [
            "\(severity) \(finding.check.id) \(finding.check.name): \(Table.printable(finding.message))\(PlanPrinter.cited(finding.evidence))",
            "    → \(finding.check.sentence) (\(finding.check.source))",
        ]
    }

    private static func lines(_ downtime: Downtime) -> [String] {
        let length = downtime.to.map { "\(minutes($0 - downtime.from)) min" } ?? "not over"
        var lines = [
            "Downtime: \(length) of the documented hour, \(downtime.from.short) to \(downtime.to?.short ?? "-")\(PlanPrinter.cited(downtime.evidence))",
            "    \(Table.printable(downtime.derivation))",
        ]
        if let latest = downtime.latest {
            lines.append(
                "    old DNS answers can have sent customers to the closed source until \(latest.short)"
            )
        }
        return lines
    }

    private static func minutes(_ span: Span?) -> String {
        guard let span else { return "-" }
        return String((span.milliseconds + 30_000) / 60_000)
    }
}
