import Ledger
import Projector

extension Evaluation {
    /// What whoever reads an answer must know of the ledger behind it, each with the next step.
    ///
    /// - Parameter clock: the present of the clock, which the ledger's own may be ahead of.
    /// - Returns: sentences without a full stop; none when there is nothing to say.
    func remarks(clock: Timestamp) -> [String] {
        let future = ahead(of: clock).map { newest in
            "event \(newest.sequence) is of \(newest.time.short), after the clock "
                + "(\(clock.short)), and all is told as of then; when that time is wrong: "
                + "ledger-cli record void \(newest.sequence) --reason …"
        }
        let unread = state.unreadable.first.map { mark in
            "event \(mark.moment.sequence): type \"\(Table.printable(mark.value))\" is not known to "
                + "this version, what it says is left out and nothing is planned; a newer version may "
                + "know it, and when it is a mistake: "
                + "ledger-cli record void \(mark.moment.sequence) --reason …"
        }
        return [future, unread].compactMap { $0 }
    }

    /// The newest event that counts, when it lies after the clock by more than clocks may differ.
    private func ahead(of clock: Timestamp) -> Moment? {
        state.newest.flatMap { clock + state.policy.clockSkew < $0.time ? $0 : nil }
    }

    /// Why nothing may be destroyed at the present that the ledger has: the time of an event ends no
    /// hold, no soak and no drain, the clock does.
    ///
    /// - Parameter clock: the present of the clock.
    /// - Returns: what stands in the way; nil when the present is the clock's.
    func prematurity(clock: Timestamp) -> Obstacle? {
        ahead(of: clock).map { newest in
            Obstacle(
                "event \(newest.sequence) is of \(newest.time.short), after the clock (\(clock.short)): nothing is destroyed at a time that has not come",
                [newest.sequence],
                unblock:
                    "when that time is wrong: ledger-cli record void \(newest.sequence) --reason …; else wait until it has come"
            )
        }
    }

    /// Says it beside the answer.
    ///
    /// - Throws: `SystemError`.
    func remark() throws {
        for remark in remarks(clock: Surroundings.current.clock()) {
            try Output.note("ledger: warning: \(remark)")
        }
    }
}
