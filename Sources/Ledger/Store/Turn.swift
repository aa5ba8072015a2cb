/// One writer's number in the line, from when it is drawn until it is given back.
///
/// What it offers is written by whoever comes to write first: by one before it, or by itself when its
/// turn comes up. Offers are taken by holders of SQLite's write lock only, so that one who has that
/// lock, or sees that nobody who took its offer is left, knows what became of it.
final class Turn {
    private let file: TurnFile
    private let number: Int64
    /// The numbers whose offers are being written along.
    private var taken: [Int64] = []
    private var isOver = false

    /// Who waits looks this often whether those before it are still there, in microseconds: one that
    /// was killed wakes nobody.
    private static let glance: UInt32 = 5000

    /// Draws a number; nil when that cannot be done.
    ///
    /// - Parameters:
    ///   - file: where the line is.
    ///   - offer: what is about to be appended; nil when nobody else may write it.
    init?(in file: TurnFile, offering offer: [UInt8]?) {
        guard let number = file.draw() else { return nil }
        self.file = file
        self.number = number
        if let offer, file.isTrusted { _ = file.offer(offer, as: number) }
    }

    /// Waits until its offer stands in the log or nobody has a lower number, or for so long.
    func wait(until end: ContinuousClock.Instant) {
        while true {
            let word = file.word(of: number)
            // Nobody is to wait for one who has nothing left to write.
            if isWritten { return self.end() }
            guard file.isBefore(number), ContinuousClock.now < end else { return }
            file.sleep(number, since: word, microseconds: Turn.glance)
        }
    }

    /// Whether another writer says that it has written the offer.
    var isWritten: Bool { file.stage(of: number) == .written }

    /// Whether another writer may have written the offer, and died before it could say so.
    var mayBeWritten: Bool { isWritten || file.stage(of: number) == .taken }

    /// Takes the offer back under SQLite's write lock: nobody else is writing it then.
    func takeBack() {
        for stage in [TurnFile.Stage.offered, .taken] {
            _ = file.change(number, from: stage, to: .none)
        }
    }

    /// Takes the offer back without that lock; false when another writer is at it.
    func tryToTakeBack() -> Bool {
        while file.stage(of: number) == .offered {
            if file.change(number, from: .offered, to: .none) { return true }
        }
        return file.stage(of: number) != .taken || !file.isTakerThere(number)
    }

    /// Takes what others behind it offer, in their order, under SQLite's write lock; the body says
    /// whether an offer was written along.
    func takeOffers(_ body: ([UInt8]) throws -> Bool) rethrows {
        guard file.isTrusted, !isOver else { return }
        for other in behind {
            guard let bytes = file.take(other, as: number) else { continue }
            taken.append(other)
            if try !body(bytes) {
                taken.removeLast()
                refuse(other)
            }
        }
    }

    /// True when something was written along.
    var hasTaken: Bool { !taken.isEmpty }

    /// Has those write themselves whose offers were taken: the transaction was rolled back.
    func refuseTaken() {
        for other in taken { refuse(other) }
        taken = []
    }

    private func refuse(_ other: Int64) { _ = file.change(other, from: .taken, to: .none) }

    /// Gives the number back after the transaction, and wakes those it has written for, else the next.
    func end() {
        if isOver { return }
        isOver = true
        for other in taken { _ = file.change(other, from: .taken, to: .written) }
        file.giveBack(number)
        for other in taken { file.wake(other) }
        // The last of those that have nothing left to write wakes the one who has.
        guard taken.isEmpty, !file.isBefore(number) else { return }
        if let next = behind.first(where: file.isHeld) { file.wake(next) }
    }

    /// The numbers after its own.
    private var behind: Range<Int64> {
        let next = file.next
        return number + 1..<max(number + 1, min(next, number + Int64(TurnFile.places)))
    }
}
