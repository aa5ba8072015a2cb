import Ledger

/// The clock of a rehearsal: a file that holds one time, named by `LEDGER_CLOCK`.
///
/// Whoever waits moves it on instead of sleeping, so that a migration of an evening is rehearsed in
/// seconds. Only a ledger whose origin says that it is a rehearsal can be used with it: the times
/// of every other ledger are those of the machine.
struct RehearsalClock: Sendable {
    /// The word that an origin must have between dots, slashes and dashes.
    static let word = "rehearsal"

    /// The path of the file.
    let path: String

    /// The clock that the environment names; nil when it names none.
    static func named(by environment: (String) -> String?) -> RehearsalClock? {
        guard let path = environment("LEDGER_CLOCK"), !path.isEmpty else { return nil }
        return RehearsalClock(path: path)
    }

    /// True when an origin is that of a rehearsal.
    static func permits(_ origin: String) -> Bool {
        origin.split { "./-".contains($0) }.contains { $0 == word }
    }

    /// Refuses a ledger that is no rehearsal while a rehearsal's clock is set.
    ///
    /// - Throws: `CLIError.usage`.
    static func check(_ origin: String) throws(CLIError) {
        guard named(by: Surroundings.current.environment) != nil, !permits(origin) else { return }
        throw .usage(
            "LEDGER_CLOCK is set, and \(origin) is no rehearsal",
            hint: "unset LEDGER_CLOCK; the origin of a rehearsal has the word \(word) in it")
    }

    /// The time: a rehearsal's, else the machine's.
    static func time() -> Timestamp {
        named(by: OperatingSystem.environment)?.now() ?? OperatingSystem.now()
    }

    /// Lets time pass: a rehearsal's, else the machine's.
    static func pause(_ span: Span) {
        if let clock = named(by: OperatingSystem.environment) { return clock.pass(span) }
        OperatingSystem.sleep(milliseconds: UInt32(max(0, min(span.milliseconds, 3_600_000))))
    }

    /// What the file says; the real time when it cannot be read.
    func now() -> Timestamp {
        var bytes: [UInt8] = []
        guard (try? OperatingSystem.read(path, { bytes += $0 })) != nil,
            let time = Timestamp(
                String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self))
        else { return OperatingSystem.now() }
        return time
    }

    /// Lets time pass.
    func pass(_ span: Span) {
        do {
            try OperatingSystem.replace(path, with: Array("\(now() + span)\n".utf8))
        } catch {
            // Time that cannot be moved on must at least not be looked at without a pause.
            OperatingSystem.sleep(milliseconds: 1000)
        }
    }
}
