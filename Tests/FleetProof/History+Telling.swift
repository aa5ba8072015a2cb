import FleetModel
import Ledger
import Projector

/// What the ledger is told late, wrongly, or not any more.
extension History {
    /// Does what nobody tells the ledger, and looks at what came of it at once and later.
    mutating func actByStranger(_ given: Action, _ dice: inout SplitMix) throws {
        let action = completed(given)
        // A value that nobody saw is beyond what a drain can be worked out from.
        if case .dnsSwitch(let change) = action {
            try see(.host(change.host, isCached: false), &dice)
        }
        guard platform.permits(action) else { return }
        platform.perform(action, &dice)
        for wait in [dice.pick([1, 30]), dice.pick([125, 300, 1510])] {
            platform.advance(by: wait)
            for look in Look.showing(action) { try see(look, &dice) }
        }
    }

    /// Tells, with its true time, what was kept back.
    mutating func tell() throws {
        for report in unsaid { try record(.observation(report.seen), at: report.second) }
        unsaid = []
        for report in untold {
            try record(.action(report.action, report.outcome, ActionReport()), at: report.second)
        }
        untold = []
    }

    /// Voids what was told wrongly; without such a thing, the newest action that the ledger ran.
    mutating func void() throws {
        let target: SequenceNumber?
        if let last = falsehoods.popLast() {
            target = last
        } else {
            target =
                events.last {
                    $0.basis == .executed && !voided.contains($0.sequence)
                }?.sequence
        }
        guard let target else { return }
        voided.insert(target)
        try record(.decision(.eventVoided(target)))
        replay = Replay(voids: Voids(of: events))
        for event in events { try replay.apply(event) }
    }

    /// What was decided before is not known any more; what was done and promised is.
    mutating func beginLedger(_ dice: inout SplitMix) throws {
        // Nobody is sent by answers of which the new one cannot know.
        platform.advance(by: 7300)
        writesBefore = platform.everyWrite
        events = []
        replay = Replay(voids: Voids())
        untold = []
        unsaid = []
        falsehoods = []
        voided = []
        platform.holds = []
        for opened in roles { try record(.decision(.migrationOpened(opened))) }
        // Without it, what was never heard of counts as not made yet (`rules.md`, case 2).
        try see(.environments(isComplete: true), &dice)
    }
}
