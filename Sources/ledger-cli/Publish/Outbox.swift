import Ledger
import Synchronization

/// Remembers that a command opened a ledger to append and sign, so that the new head can be
/// published when the command is done: one place for every command there is.
final class Outbox: Sendable {
    private let paths = Mutex<[String]>([])

    /// Nothing is to be published.
    init() {}

    /// A ledger was opened to append and sign.
    func note(_ path: String) {
        paths.withLock { if !$0.contains(path) { $0.append(path) } }
    }

    /// A ledger was opened to append and sign: its new head is due when its policy names a place.
    static func note(_ store: LedgerStore, _ path: String) {
        // Policies that cannot be read are for the command itself to complain of.
        guard let settings = try? Settings(store), !settings.value(.publish).isEmpty else { return }
        Surroundings.current.outbox.note(path)
    }

    /// Publishes what policy says; what fails is said and stays due.
    ///
    /// The events are recorded and signed: that their head did not get out yet is a remark, not a
    /// failure of the command.
    func send() async {
        let paths = paths.withLock { held in
            defer { held = [] }
            return held
        }
        for path in paths {
            do {
                let targets = try Outbox.targets(of: path)
                for target in targets { await send(to: target, path) }
            } catch {
                Outbox.remark("not published: \(Complaint(error).message)")
            }
        }
    }

    /// The places that a ledger's policy names.
    ///
    /// - Throws: `StoreError`, `CLIError` for a value that cannot be read.
    static func targets(of path: String) throws -> [PublishTarget] {
        let store = try open(path)
        guard try store.newestHead() != nil else { return [] }
        return try Settings(store).value(.publish).split(separator: "\n").map {
            try PublishTarget.parse($0.trimmingSpaces)
        }
    }

    /// A ledger, open for writing where that is allowed: who only reads cannot tidy up after
    /// itself, and would leave files beside a ledger at rest.
    ///
    /// - Throws: `StoreError`.
    static func open(_ path: String) throws(StoreError) -> LedgerStore {
        do { return try LedgerStore.open(path: path) } catch {
            switch error {
            case .readOnly, .strangersFile:
                return try LedgerStore.open(path: path, readOnly: true)
            default: throw error
            }
        }
    }

    private func send(to target: PublishTarget, _ path: String) async {
        do {
            _ = try await Publisher(ledger: path).publish(to: target)
        } catch let error as CLIError {
            if case .notContinued(let text) = error {
                Outbox.remark("THIS LOOKS LIKE TAMPERING: \(text); run verify")
            } else {
                Outbox.remark(
                    "not published yet: \(error.message); the next event or ledger-cli checkpoint "
                        + "--publish-all tries again")
            }
        } catch {
            Outbox.remark("not published yet: \(Complaint(error).message)")
        }
    }

    private static func remark(_ text: String) {
        // When standard error takes no more, the status of the command still tells what it did.
        try? Output.note("ledger: note: \(text)")
    }
}
