import Ledger

/// How one thing stands against a constraint.
enum Standing {
    /// As it should be.
    case held([SequenceNumber])
    /// Not as it should be.
    case broken(String, [SequenceNumber])
    /// What is known does not tell.
    case open(String, [SequenceNumber])
    /// The constraint does not speak of it.
    case aside

    /// The same with more events behind it.
    func citing(_ evidence: [SequenceNumber]) -> Standing {
        switch self {
        case .held(let own): .held(World.merge(own, evidence))
        case .broken(let message, let own): .broken(message, World.merge(own, evidence))
        case .open(let why, let own): .open(why, World.merge(own, evidence))
        case .aside: .aside
        }
    }

    /// The same with words before what is wrong.
    func saying(_ words: String) -> Standing {
        switch self {
        case .broken(let message, let evidence): .broken(words + message, evidence)
        case .open(let why, let evidence): .open(words + why, evidence)
        case .held, .aside: self
        }
    }
}

/// The templates, as small as they are: a check is one of them over the commands of a migration.
extension CheckResult {
    /// A constraint on each of some things; one deviation for all that are wrong in the same way.
    ///
    /// What is cited is put in order once, at the end: a migration may have many thousand commands.
    static func each<Item>(_ items: [Item], _ judge: (Item) -> Standing) -> CheckResult {
        var held: Set<SequenceNumber> = []
        var isHeld = false
        var broken: [(message: String, evidence: Set<SequenceNumber>)] = []
        var places: [String: Int] = [:]
        var open: (String, [SequenceNumber])?
        for item in items {
            switch judge(item) {
            case .held(let evidence):
                held.formUnion(evidence)
                isHeld = true
            case .broken(let message, let evidence):
                if let place = places[message] {
                    broken[place].evidence.formUnion(evidence)
                } else {
                    places[message] = broken.count
                    broken.append((message, Set(evidence)))
                }
            case .open(let why, let evidence): if open == nil { open = (why, evidence) }
            case .aside: break
            }
        }
        if !broken.isEmpty {
            return .violated(
                broken.map { Deviation(message: $0.message, evidence: $0.evidence.sorted()) })
        }
        if let open { return .unknown(open.0, World.merge(open.1)) }
        return isHeld ? .satisfied(held.sorted()) : .vacuous
    }

    /// Every later one has an earlier one before it.
    static func precedence(
        of first: [Attempt], before later: [Attempt], otherwise message: (Attempt) -> String
    ) -> CheckResult {
        each(later) { attempt in
            guard let before = first.last(where: { $0.settled < attempt.started }) else {
                return .broken(message(attempt), attempt.evidence)
            }
            return .held(before.evidence + attempt.evidence)
        }
    }

    /// None of some things is of a kind.
    static func absence(
        among attempts: [Attempt], of isBad: (Attempt) -> Bool, _ message: (Attempt) -> String
    ) -> CheckResult {
        each(attempts) {
            isBad($0) ? .broken(message($0), $0.evidence) : .held($0.evidence)
        }
    }

    /// Each is answered before the time is up; until then the check is not activated.
    static func response(
        to first: [Attempt], due: (Attempt) -> Moment?, now: Timestamp,
        by answer: (Attempt) -> Moment?, otherwise message: (Attempt, Moment?) -> String
    ) -> CheckResult {
        each(first) { attempt in
            let answered = answer(attempt)
            guard let due = due(attempt) else {
                return answered.map { .held(attempt.evidence + [$0.sequence]) } ?? .aside
            }
            if let answered, answered < due {
                return .held(attempt.evidence + [answered.sequence])
            }
            if due.time > now { return .aside }
            return .broken(
                message(attempt, answered),
                attempt.evidence + [answered?.sequence].compactMap { $0 })
        }
    }
}

extension Standing {
    /// What the rules of the clean-up say, as the standing of a step that was taken in spite of them.
    static func rules(_ reasons: [Reason], _ evidence: [SequenceNumber]) -> Standing {
        if let reason = reasons.first(where: { $0.verdict != .unknown }) {
            return .broken(reason.message, evidence + reason.evidence)
        }
        if let reason = reasons.first {
            return .open(reason.message, evidence + reason.evidence)
        }
        return .held(evidence)
    }
}
