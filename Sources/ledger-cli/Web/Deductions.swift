import Projector
import Synchronization

/// What follows from one state at one present, worked out once for all pages that ask.
///
/// Whoever asks while another works it out waits for that answer: the lock of each part is held
/// meanwhile, so that a team that reloads at once costs one planner, not one each.
final class Deductions: Sendable {
    private let keptPlanner = Kept<Planner>()
    private let keptOverviews = Kept<(now: Overview, past: Overview)>()
    private let keptCleanup = Kept<Plan>()

    /// The planner.
    ///
    /// - Throws: what `make` throws; that is kept too, since it follows from the same state.
    func planner(_ make: () throws(PlanError) -> Planner) throws(PlanError) -> Planner {
        try keptPlanner.value(make)
    }

    /// What is true, and the same as it was when nothing had aged.
    ///
    /// - Throws: what `make` throws.
    func overviews(
        _ make: () throws(PlanError) -> (now: Overview, past: Overview)
    ) throws(PlanError) -> (now: Overview, past: Overview) {
        try keptOverviews.value(make)
    }

    /// The clean-up of everything.
    ///
    /// - Throws: what `make` throws.
    func cleanup(_ make: () throws(PlanError) -> Plan) throws(PlanError) -> Plan {
        try keptCleanup.value(make)
    }

    /// A value that is made once.
    private final class Kept<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, PlanError>?>(nil)

        func value(_ make: () throws(PlanError) -> Value) throws(PlanError) -> Value {
            let result = result.withLock { kept in
                if let kept { return kept }
                let made: Result<Value, PlanError>
                do throws(PlanError) { made = .success(try make()) } catch {
                    made = .failure(error)
                }
                kept = made
                return made
            }
            return try result.get()
        }
    }
}
