import FleetModel
import Ledger
package import Projector

/// A whole history to be played, made from a seed.
package struct Scenario: Sendable {
    /// What a history is held to beside the promises that hold for all.
    package enum Kind: String, Sendable {
        /// By the book to its end and wholly observed: the source is in the plan.
        case book
        /// The same, and the clean-up followed to its end: the source is gone.
        case cleaned
        /// The same, and then the way back followed to its end: the source is there again.
        case restored
        /// By the book with looks left out: the source is in the plan once questions are answered.
        case sparse
        /// By the book up to somewhere, and then a look at everything: the way back is known.
        case careful
        /// Anything.
        case stray
    }

    package let seed: UInt64
    package let kind: Kind
    package let setup: History.Setup
    package let moves: [Move]
    let source: String

    /// The scenario of a seed.
    package init(seed: UInt64, without: RuleName? = LeftOut.rule) {
        var dice = SplitMix(seed: seed)
        var setup = History.Setup()
        setup.without = without
        var hand = Operator()
        let method = dice.pick(Operator.Method.allCases)
        if dice.chance(25) { hand.cast.hasFiles = true }
        if dice.chance(15) { hand.cast.hasSolr = true }
        if dice.chance(15) { hand.cast.hasScripts = true }
        if dice.chance(15) { hand.cast.release = "r2" }
        if method != .snapshot, dice.chance(15) {
            hand.cast.hasDatabases = true
            setup.hasDatabases = true
        }
        let kind: Kind
        var deeds: [Deed]
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<4:
            kind = dice.chance(80) ? .book : dice.chance(50) ? .cleaned : .restored
            deeds = hand.book(method)
            if kind != .book { deeds += hand.cleanup }
            if kind == .restored { deeds += hand.restoration }
        case 4..<8:
            kind = .sparse
            deeds = hand.book(method).filter { deed in
                if case .look = deed { dice.chance(60) } else { true }
            }
        case 8..<12:
            kind = .careful
            let whole = hand.book(method)
            // Everything unusual that lies before the opening's first look has happened.
            deeds = Array(whole.prefix(Int.random(in: 0...whole.count, using: &dice)))
            deeds += [.wait(1600)] + hand.everything
        default:
            kind = .stray
            setup.failures = dice.pick([0, 4, 10])
            let wildness = dice.pick([0, 1, 2, 4, 8, 20])
            deeds = Scenario.stray(&hand, method, wildness, &setup, &dice)
        }
        self.seed = seed
        self.kind = kind
        self.setup = setup
        source = hand.cast.source
        moves = deeds.map { Move(deed: $0, dice: dice.next()) }
    }

    private static func stray(
        _ hand: inout Operator, _ method: Operator.Method, _ wildness: Int,
        _ setup: inout History.Setup, _ dice: inout SplitMix
    ) -> [Deed] {
        var list = hand.beginning(method)
        var last = hand
        if dice.chance(70) {
            list += hand.switchOver
            switch Int.random(in: 0..<100, using: &dice) {
            case 0..<25:
                list += hand.back
                if dice.chance(30) { list += hand.cleanup }
                if dice.chance(30) {
                    last = besides(hand, &dice)
                    list += last.book(dice.pick(Operator.Method.allCases))
                }
            case 25..<35: list += hand.cleanup
            case 35..<50:
                if dice.chance(50) { list += hand.cleanup }
                last = Operator(.again)
                list += last.book(dice.pick(Operator.Method.allCases))
            case 50..<55:
                // The old name is used again, for something else.
                list += hand.cleanup
                list.append(
                    .act(
                        .envCreate(
                            EnvironmentCreation(
                                environment: hand.cast.source,
                                source: .named(hand.cast.destination)))))
            case 55..<60:
                list += hand.cleanup
                last = Operator(.home)
                list += last.book(dice.pick(Operator.Method.allCases))
            case 60..<75:
                list += hand.cleanup + hand.restoration
                if dice.chance(40) {
                    last = besides(hand, &dice)
                    list += last.book(dice.pick(Operator.Method.allCases))
                }
            default: break
            }
        } else if dice.chance(60) {
            list += hand.abort
            if dice.chance(30) { list += hand.cleanup }
            if dice.chance(20) { list += hand.book(method) }
            if dice.chance(20) {
                last = besides(hand, &dice)
                list += last.book(dice.pick(Operator.Method.allCases))
            }
        }
        if dice.chance(8) {
            setup.hasSite = true
            let other = Operator(.other)
            list = merge(list, other.book(dice.pick(Operator.Method.allCases)), &dice)
            if dice.chance(50) { last = other }
        }
        if dice.chance(4) {
            // What a first try left behind is in the way of the second one, which knows nothing of it.
            let tried = hand.book(dice.pick(Operator.Method.allCases))
            list =
                tried.prefix(Int.random(in: 0...tried.count, using: &dice)) + [.beginLedger] + list
        }
        if dice.chance(4) {
            last = besides(hand, &dice)
            list = merge(list, last.book(dice.pick(Operator.Method.allCases)), &dice)
        }
        if dice.chance(25) { list.removeLast(Int.random(in: 0..<list.count / 2, using: &dice)) }
        if dice.chance(4) {
            // Nobody says that it is a migration.
            list.removeAll { if case .decide(.migrationOpened, _) = $0 { true } else { false } }
        }
        var result = hand.straying(list, wildness: wildness, &dice)
        for _ in 0..<Int.random(in: 0...8, using: &dice) {
            result.append((dice.chance(70) ? last : hand).anything(&dice))
            if dice.chance(40) { result += [.wait(dice.pick([1, 61, 700, 3700]))] }
            if dice.chance(40) { result += last.everything }
        }
        if dice.chance(4) {
            result.insert(.beginLedger, at: Int.random(in: 0...result.count, using: &dice))
        }
        if dice.chance(50) { result += [.tell, .void] }
        if dice.chance(50) { result += [.wait(dice.pick([1, 1600]))] + hand.everything }
        return result
    }

    /// Another move of the same source, perhaps with names of the first one.
    private static func besides(_ hand: Operator, _ dice: inout SplitMix) -> Operator {
        var cast = Cast.beside
        if dice.chance(25) { cast.destination = hand.cast.temporary }
        if dice.chance(30) { cast.destination = hand.cast.destination }
        if dice.chance(15) { cast.snapshot = dice.pick([hand.cast.snapshot, hand.cast.seed]) }
        return Operator(cast)
    }

    /// Two histories at once, each in its own order.
    private static func merge(_ one: [Deed], _ two: [Deed], _ dice: inout SplitMix) -> [Deed] {
        var rest = (one[...], two[...])
        var result: [Deed] = []
        while true {
            switch (rest.0.first, rest.1.first) {
            case (nil, nil): return result
            case (let deed?, nil):
                result.append(deed)
                rest.0.removeFirst()
            case (nil, let deed?):
                result.append(deed)
                rest.1.removeFirst()
            case (let first?, let second?):
                let isFirst = dice.chance(50)
                result.append(isFirst ? first : second)
                if isFirst { rest.0.removeFirst() } else { rest.1.removeFirst() }
            }
        }
    }

    /// What came of a scenario.
    package struct Result {
        package var tally = Tally()
        package var fingerprint: UInt64 = 0
        /// The first promise that was broken, and after how many moves.
        package var broken: (what: String, moves: Int)?
    }

    /// Plays it, proving at some moments and at the end.
    package func prove() throws -> Result {
        var result = Result()
        result.tally.histories = 1
        var history = History(setup)
        for (index, move) in moves.enumerated() {
            try history.play(move)
            guard kind == .stray, index < moves.count - 1, move.dice % 40 == 0 else { continue }
            take(try Proof(history), &result, index + 1)
            if result.broken != nil { return result }
        }
        take(try Proof(history, isCareful: kind == .careful), &result, moves.count)
        if result.broken == nil, let broken = try expectation(history, &result.tally) {
            result.tally.violations += 1
            result.broken = (broken, moves.count)
        }
        result.fingerprint = history.fingerprint
        return result
    }

    private func take(_ proof: Proof, _ result: inout Result, _ moves: Int) {
        result.tally.add(proof.tally)
        guard let first = proof.violations.first else { return }
        result.tally.violations += 1
        result.broken = (first, moves)
    }

    /// What a history by the book must come to.
    private func expectation(_ history: History, _ tally: inout Tally) throws -> String? {
        switch kind {
        case .book:
            tally.booked += 1
            guard try plans(history) else {
                return "by the book, and the source is not in the plan"
            }
            tally.planned += 1
            return nil
        case .cleaned:
            tally.booked += 1
            guard history.platform.environments[source] == nil else {
                return "by the book, cleaned up, and the source is still there"
            }
            tally.planned += 1
            return nil
        case .restored:
            tally.booked += 1
            guard history.platform.isOpen(source), history.platform.serves(source) else {
                return "by the book, cleaned up, and the way back does not bring the source back"
            }
            tally.planned += 1
            return nil
        case .sparse:
            tally.sparse += 1
            var history = history
            for _ in 0..<3 where !(try plans(history)) {
                try history.play(Move(deed: .answerNeeds, dice: 1))
            }
            guard try !plans(history) else {
                tally.answered += 1
                return nil
            }
            return "by the book, questions answered, and the source is not in the plan"
        case .careful, .stray: return nil
        }
    }

    private func plans(_ history: History) throws -> Bool {
        try history.planner().cleanup(migration: nil).steps.contains {
            $0.command == .action(.envDestroy(environment: source))
        }
    }
}
