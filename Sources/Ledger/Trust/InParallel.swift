import Dispatch
import Foundation
import Synchronization

/// Does work on all processors and hands the results over in the order in which it was given.
///
/// Only as much is under way as keeps the processors busy, so that memory stays flat.
final class InParallel<Input: Sendable, Output: Sendable> {
    private final class Slot: Sendable {
        let output = Mutex<Output?>(nil)
        let isDone = DispatchSemaphore(value: 0)
    }

    private let work: @Sendable (Input) -> Output
    private let limit = ProcessInfo.processInfo.activeProcessorCount + 1
    private var slots: [Slot] = []

    init(_ work: @escaping @Sendable (Input) -> Output) { self.work = work }

    /// Takes further work; hands over what is done when enough is under way.
    func give(_ input: Input, _ take: (Output) throws -> Void) rethrows {
        let slot = Slot()
        slots.append(slot)
        DispatchQueue.global().async { [work] in
            let output = work(input)
            slot.output.withLock { $0 = output }
            slot.isDone.signal()
        }
        while slots.count > limit { try handOver(take) }
    }

    /// Hands over what is still under way.
    func finish(_ take: (Output) throws -> Void) rethrows {
        while !slots.isEmpty { try handOver(take) }
    }

    private func handOver(_ take: (Output) throws -> Void) rethrows {
        let slot = slots.removeFirst()
        slot.isDone.wait()
        if let output = slot.output.withLock({ $0.take() }) { try take(output) }
    }
}
