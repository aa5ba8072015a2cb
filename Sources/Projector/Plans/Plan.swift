public import Ledger

/// How actions become command lines; handed in, so that planning knows no platform text.
public struct ActionRenderer: Sendable {
    /// The words of the command.
    public var command: @Sendable (Action) -> [String]
    /// The line that the platform answers with, when it is documented.
    public var expected: @Sendable (Action) -> String?
    /// What the platform's prompt expects, when it asks.
    public var answer: @Sendable (Action) -> String?

    /// A renderer of three functions.
    public init(
        command: @escaping @Sendable (Action) -> [String],
        expected: @escaping @Sendable (Action) -> String?,
        answer: @escaping @Sendable (Action) -> String?
    ) {
        self.command = command
        self.expected = expected
        self.answer = answer
    }
}

/// The head of the log that a plan was made from.
public struct PlanHead: Sendable, Hashable {
    /// How many events.
    public var size: Int
    /// The RFC 6962 root in base64.
    public var root: String

    /// A head.
    public init(size: Int, root: String) {
        self.size = size
        self.root = root
    }
}

/// A resource with its verdict and all the reasons for it.
public struct ResourceVerdict: Sendable, Hashable {
    /// The resource.
    public var resource: Resource
    /// What planning concludes.
    public var verdict: Verdict
    /// Every rule that does not hold.
    public var reasons: [Reason]
    /// The events that prove a verdict without reasons, such as `gone`.
    public var evidence: [SequenceNumber]
    /// The steps that must be done and seen first; not empty only when safe within this plan alone.
    public var waitsFor: [Resource] = []
}

/// One step of a plan.
public struct Step: Sendable, Hashable {
    /// What is to be run.
    public enum Command: Sendable, Hashable {
        /// An action of the platform.
        case action(Action)
        /// A command of the ledger, word by word.
        case ledger([String])
        /// Something that no command does, in words.
        case manual(String)
    }

    /// The resource that the step changes.
    public var resource: Resource
    /// What is to be run.
    public var command: Command
    /// Why.
    public var because: String
    /// The events behind it.
    public var evidence: [SequenceNumber] = []
    /// What must have been seen before.
    public var requires: [String] = []
    /// What shows that it is done.
    public var completes: String?
    /// The numbers of the steps that must be complete before.
    public var after: [Int] = []
    /// The action that a command of the ledger runs although no rule admits it.
    public var overrides: Action?

    /// What the step does on the platform, if anything.
    public var action: Action? {
        if case .action(let action) = command { action } else { overrides }
    }
}

/// An answer of the planner: verdicts, steps and open questions.
public struct Plan: Sendable {
    /// What the plan is for.
    public enum Kind: String, Sendable, Hashable { case next, rollback, cleanup }

    /// What the plan is for.
    public var kind: Kind
    /// The migration that it is restricted to.
    public var migration: String?
    /// The present that it was made for.
    public var now: Timestamp
    /// When it no longer holds.
    public var expires: Timestamp
    /// The head that it was made from.
    public var head: PlanHead
    /// Every live resource that the plan covers.
    public var resources: [ResourceVerdict] = []
    /// What to do, in order.
    public var steps: [Step] = []
    /// The ways to deal with writes that only the destination holds, for a lossy rollback.
    public var choices: [Choice] = []
    /// The questions that are open.
    public var needs: [Need] = []
    /// The policies that it leans on.
    public var assumes: [String] = []
    /// One line that sums it up.
    public var summary = ""
    /// Members of one kind of plan alone, such as a rollback's verdict.
    public var extra = JSONObject()
    let renderer: ActionRenderer

    /// The plan as JSON, with its digest.
    public var json: JSONObject {
        var object = body
        object["digest"] = .string(digest)
        return object
    }

    /// The SHA-256 of the plan without its digest in RFC 8785 form, lower-case hexadecimal.
    public var digest: String {
        let bytes = (try? CanonicalJSON.encode(body)) ?? []
        return Digest(hashing: bytes).hex
    }

    private var body: JSONObject {
        var object = extra
        object["plan"] = .string(kind.rawValue)
        object["migration"] = migration.map { .string($0) } ?? .null
        object["now"] = .string(now.description)
        object["expires"] = .string(expires.description)
        object["head"] = ["size": .integer(head.size), "root": .string(head.root)]
        object["resources"] = .array(resources.map { .object($0.json) })
        add(steps, to: &object)
        if !choices.isEmpty {
            object["choices"] = .array(
                choices.map { choice in
                    var entry: JSONObject = [
                        "choice": .string(choice.name), "message": .string(choice.message),
                    ]
                    add(choice.steps, to: &entry)
                    return .object(entry)
                })
        }
        object["needs"] = .array(
            needs.map {
                ["fact": .string($0.fact), "command": .array($0.command.map { .string($0) })]
            })
        object["assumes"] = .array(assumes.map { .string($0) })
        object["summary"] = .string(summary)
        return object
    }

    /// The words of a step's command; nil for a step by hand.
    public func words(_ step: Step) -> [String]? {
        switch step.command {
        case .action(let action): renderer.command(action)
        case .ledger(let words): words
        case .manual: nil
        }
    }

    /// Steps with a command stand under `steps`, those by hand under `manual`; numbers run on.
    private func add(_ steps: [Step], to object: inout JSONObject) {
        let numbered = steps.enumerated()
        object["steps"] = .array(
            numbered.filter { !$0.element.isManual }.map {
                .object(json(of: $0.element, number: $0.offset + 1))
            })
        let manual = numbered.filter { $0.element.isManual }
        guard !manual.isEmpty || kind == .rollback else { return }
        object["manual"] = .array(
            manual.map { .object(json(of: $0.element, number: $0.offset + 1)) })
    }

    private func json(of step: Step, number: Int) -> JSONObject {
        var object = JSONObject([
            ("number", .integer(number)), ("resource", .string(step.resource.description)),
            ("because", .string(step.because)), ("evidence", .numbers(step.evidence)),
            ("requires", .array(step.requires.map { .string($0) })),
            ("completes", step.completes.map { .string($0) }),
            ("after", step.after.isEmpty ? nil : .array(step.after.map { .integer($0) })),
            ("command", words(step).map { .array($0.map { .string($0) }) }),
        ])
        if case .manual(let text) = step.command { object["do"] = .string(text) }
        if let action = step.action {
            object["expect"] = renderer.expected(action).map { .string($0) }
            object["answer"] = renderer.answer(action).map { .string($0) }
            switch action {
            case .databaseDump(_, _, let path?): object["output"] = .string(path)
            case .databaseLoad(_, _, let path?): object["input"] = .string(path)
            default: break
            }
        }
        return object
    }
}

extension Step {
    /// True when no command does it.
    public var isManual: Bool { if case .manual = command { true } else { false } }
}

extension JSONValue {
    static func numbers(_ evidence: [SequenceNumber]) -> JSONValue {
        .array(World.merge(evidence).map { .integer($0.number) })
    }
}

extension ResourceVerdict {
    /// The verdict as it stands in a plan.
    public var json: JSONObject {
        [
            "resource": .string(resource.description), "verdict": .string(verdict.rawValue),
            "evidence": .numbers(evidence + reasons.flatMap(\.evidence)),
            "reasons": .array(
                reasons.map {
                    [
                        "rule": .string($0.rule.rawValue), "verdict": .string($0.verdict.rawValue),
                        "message": .string($0.message), "evidence": .numbers($0.evidence),
                        "unblock": .string($0.unblock),
                    ]
                }),
        ]
    }
}
