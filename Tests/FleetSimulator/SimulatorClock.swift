import Foundation
import Ledger

/// The simulator's time: a file that holds one RFC 3339 time.
///
/// Whoever waits moves the time on instead of sleeping, and every command takes a second; the
/// ledger reads the same file as `LEDGER_CLOCK`, so that both tell the same time.
struct SimulatorClock {
    /// The path of the file.
    let path: String

    /// What the file says.
    ///
    /// - Throws: `SimulatorError` when it holds no time.
    func now() throws -> Timestamp {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let time = Timestamp(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw SimulatorError("\(path): no time; run fleet-simulator start") }
        return time
    }

    /// Sets the time.
    ///
    /// - Throws: when the file cannot be written.
    func set(_ time: Timestamp) throws {
        try "\(time)\n".write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// Moves the time on.
    ///
    /// - Throws: `SimulatorError`, or when the file cannot be written.
    func advance(by span: Span) throws { try set(try now() + span) }
}

/// Why the simulator itself cannot go on; the platform's own refusals are no errors of it.
struct SimulatorError: Error, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = text }
}
