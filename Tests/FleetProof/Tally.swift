package import Projector

/// What a proof has looked at, in numbers.
package struct Tally: Sendable {
    package var histories = 0
    package var plans = 0
    /// Steps of plans that were executed on the model.
    package var steps = 0
    package var verdicts: [Verdict: Int] = [:]
    /// Verdicts of ways back.
    package var ways: [String: Int] = [:]
    /// Histories by the book, wholly observed, up to the clean-up.
    package var booked = 0
    /// Those among them whose plan destroys the source.
    package var planned = 0
    /// Histories by the book with looks left out.
    package var sparse = 0
    /// Those among them whose plan destroys the source once its questions are answered.
    package var answered = 0
    package var violations = 0

    package init() {}

    package mutating func add(_ other: Tally) {
        histories += other.histories
        plans += other.plans
        steps += other.steps
        verdicts.merge(other.verdicts, uniquingKeysWith: +)
        ways.merge(other.ways, uniquingKeysWith: +)
        booked += other.booked
        planned += other.planned
        sparse += other.sparse
        answered += other.answered
        violations += other.violations
    }
}
