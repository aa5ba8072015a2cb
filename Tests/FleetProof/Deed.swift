package import FleetModel
package import Ledger
package import Projector

/// One thing that an operator does, or that happens to one.
package enum Deed: Sendable {
    case act(Action)
    case look(Look)
    case decide(Decision, in: String = "move")
    case wait(Int)
    case timeToLive(String, Int)
    /// Runs the first step of the current plan.
    case follow(Plan.Kind)
    /// Acts now and tells the ledger later.
    case actUntold(Action)
    /// Looks now and tells the ledger later.
    case lookUntold(Look)
    /// Does the second while the first, which was started before it, is under way.
    case overlap(Action, Action)
    /// Tells the ledger, with its true time, what it was not told.
    case tell
    /// Somebody else does something that only looks show.
    case byStranger(Action)
    /// Tells the ledger of an action that never was.
    case misreport(Action)
    /// Somebody else destroys a snapshot, and a complete list shows that it is gone.
    case loseSnapshot(String)
    /// Somebody else destroys an environment, and a complete list shows it.
    case loseEnvironment(String)
    /// Voids what was told wrongly; without such a thing, the newest action that the ledger ran.
    case void
    /// The daily snapshots are taken.
    case backUp
    /// A dump that is accepted and comes out damaged, and the look at the file that shows it.
    case damagedDump(environment: String, path: String)
    /// Answers what the current plan asks.
    case answerNeeds
    /// Loses what the ledger was told and begins another one.
    case beginLedger
}

/// A deed with the dice that decide what comes of it, so that leaving others out changes nothing.
package struct Move: Sendable {
    package var deed: Deed
    package var dice: UInt64

    package init(deed: Deed, dice: UInt64) {
        self.deed = deed
        self.dice = dice
    }
}
