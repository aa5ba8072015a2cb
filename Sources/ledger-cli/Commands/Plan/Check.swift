import ArgumentParser
import Ledger
import Projector

/// The command `check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether one resource is safe to destroy now.",
        discussion: """
            The status is 0 only when the resource is safe and its first step waits for nothing; \
            otherwise 5, with every reason. Asked of a time later than the clock it is \
            hypothetical, and never 0.

            EXAMPLES
              $ ledger-cli check environment/prod && echo safe

            EXIT STATUS
              \(ExitStatus.help([.notSafe, .noLedger, .busy]))
            """)

    @Argument(help: "The resource, such as environment/prod.", transform: ArgumentText.resource)
    var resource: Resource
    @OptionGroup var options: EvaluationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let evaluation = try Evaluation(global, options)
        try evaluation.remark()
        let found = try verdict(evaluation.planner())
        let isReady = found.verdict == .safe && found.waitsFor.isEmpty && !evaluation.isHypothetical
        if format == .json {
            var object = found.json
            object["now"] = .string(evaluation.now.description)
            object["hypothetical"] = .bool(evaluation.isHypothetical)
            object["after"] = .array(found.waitsFor.map { .string($0.description) })
            try Output.json(object)
        } else {
            let hypothetical =
                evaluation.isHypothetical
                ? " (hypothetical: \(evaluation.now.short) lies after the clock)" : ""
            try Output.line(
                "\(Table.printable(resource.description))  \(PlanPrinter.coloured(found.verdict))\(PlanPrinter.cited(found.evidence))\(hypothetical)"
            )
            try Output.lines(found.reasons.flatMap(PlanPrinter.lines))
            if !found.waitsFor.isEmpty {
                try Output.line(
                    "    after \(found.waitsFor.map(\.description).joined(separator: ", ")) is gone"
                )
            }
        }
        if !isReady { throw Exit(status: .notSafe) }
    }

    /// What is not known is not safe, and no failure of the question.
    private func verdict(_ planner: Planner) throws(PlanError) -> ResourceVerdict {
        do {
            return try planner.check(resource)
        } catch .unknownResource(let text) {
            guard let stranger = planner.stranger(resource) else { throw .unknownResource(text) }
            return stranger
        }
    }
}

/// The command `rules`.
struct Rules: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "List the rules that verdicts are made of.",
        discussion: """
            Each rule with what it asks and the page that it comes from.

            EXAMPLES
              $ ledger-cli rules

            EXIT STATUS
              \(ExitStatus.help([]))
            """)
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        if try global.format(.text, .json) == .json {
            return try Output.json([
                "rules": .array(
                    RuleName.allCases.map {
                        [
                            "rule": .string($0.rawValue), "asks": .string($0.sentence),
                            "source": .string($0.source),
                        ]
                    })
            ])
        }
        var table = Table("rule", "asks", "source")
        for rule in RuleName.allCases { table.add(rule.rawValue, rule.sentence, rule.source) }
        try Output.table(table)
    }
}
