import CTerminal
import Ledger

/// While it lives, the signals that would end or stop this process are put into a pipe instead, so
/// that they reach the program that runs and never lose its outcome.
final class SignalCatch {
    /// Where the signals arrive; negative when another catch is on, as in tests.
    let descriptor: Int32

    /// Begins to catch.
    init() {
        var reading: Int32 = -1
        descriptor = ledger_signals_catch(&reading) == 0 ? reading : -1
    }

    deinit { if descriptor >= 0 { ledger_signals_release() } }

    /// The signals that have arrived since the last time.
    func arrived() -> [ledger_signal] {
        guard descriptor >= 0 else { return [] }
        let size = MemoryLayout<ledger_signal>.size
        guard case .bytes(let bytes) = OperatingSystem.readPiece(descriptor, limit: 64 * size)
        else {
            return []
        }
        return stride(from: 0, to: bytes.count - size + 1, by: size).map { start in
            bytes[start..<start + size].withUnsafeBytes { $0.loadUnaligned(as: ledger_signal.self) }
        }
    }
}
