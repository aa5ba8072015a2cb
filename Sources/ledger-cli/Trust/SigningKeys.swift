import Foundation
import Ledger

/// The private keys that a command has at hand, and where they came from.
struct SigningKeys: Sendable {
    /// Where the keys came from.
    enum Source: Sendable, Equatable {
        /// The text in `LEDGER_KEY`.
        case variable
        /// A file that `--key` or `LEDGER_KEY` names.
        case named(String)
        /// The file beside the ledger.
        case beside(String)

        /// The file, when there is one.
        var file: String? {
            switch self {
            case .variable: nil
            case .named(let name), .beside(let name): name
            }
        }
    }

    /// The keys.
    let keys: [SignerKey]
    /// Where they came from.
    let source: Source

    /// The keys at hand: the file given, else `LEDGER_KEY` (a file, or the text of a key), else the
    /// file beside the ledger, unless it may not be read; nil without any.
    ///
    /// - Throws: `CLIError.keyMissing` when what is named cannot be used.
    static func find(ledger: String, given: String? = nil) throws(CLIError) -> SigningKeys? {
        let surroundings = Surroundings.current
        if let given { return try read(.named(try notSecret(given))) }
        if let value = surroundings.environment("LEDGER_KEY"), !value.isEmpty {
            // With a blank or a quotation mark before it, it is a key still and no path to be told.
            if value.uppercased().contains("PRIVATE+KEY+") {
                return SigningKeys(
                    keys: try KeyFile.parse(value, name: "LEDGER_KEY"), source: .variable)
            }
            return try read(.named(value))
        }
        let beside = KeyFile.privateName(of: ledger)
        guard OperatingSystem.exists(surroundings.path(beside)) else { return nil }
        guard FileManager.default.isReadableFile(atPath: surroundings.path(beside)) else {
            // Whoever may write the ledger and not sign it leaves a tail that the next signer covers.
            try? Output.note(
                "ledger: note: \(beside) may not be read by you; what is recorded now is not signed"
            )
            return nil
        }
        guard OperatingSystem.isRegular(surroundings.path(beside)) else {
            throw .keyMissing(
                "signing key: \(beside): no plain file",
                hint: "move it away, or name the file of the key in LEDGER_KEY")
        }
        return SigningKeys(
            keys: try KeyFile(reading: beside, isBeside: true).keys, source: .beside(beside))
    }

    private static func read(_ source: Source) throws(CLIError) -> SigningKeys {
        SigningKeys(keys: try KeyFile(reading: source.file ?? "-").keys, source: source)
    }

    /// A private key has no place on a command line, where every process can read it.
    private static func notSecret(_ text: String) throws(CLIError) -> String {
        guard !text.utf8.starts(with: "PRIVATE+KEY+".utf8) else {
            throw .usage(
                "--key: expected the file of a private key, not the key itself",
                hint: "what stands on a command line is seen by others; use LEDGER_KEY or a file")
        }
        return text
    }

    /// What signs with these keys.
    var signer: LogSigner { SigningKeys.signer(keys) }

    /// What signs with some keys, and says when that covers what others recorded without a key.
    static func signer(_ keys: [SignerKey]) -> LogSigner {
        LogSigner(keys: keys) { tail in
            let events =
                tail.count == 1
                ? "event \(tail.lowerBound), which was"
                : "events \(tail.lowerBound) to \(tail.upperBound), which were"
            // They are signed already; that nobody can be told does not undo it.
            try? Output.note(
                "ledger: note: the head also signs \(events) recorded without a key")
        }
    }

    /// The keys in the file beside the ledger, which are not at hand while another is named; none when
    /// they cannot be read.
    static func beside(_ ledger: String) -> [SignerKey] {
        let name = KeyFile.privateName(of: ledger)
        let path = Surroundings.current.path(name)
        guard OperatingSystem.isRegular(path), FileManager.default.isReadableFile(atPath: path)
        else { return [] }
        return (try? KeyFile(reading: name).keys) ?? []
    }
}

extension GlobalOptions {
    /// The ledger, open for writing; every append is signed when a key is at hand.
    ///
    /// - Parameter key: the file that `--key` names.
    /// - Returns: the open ledger.
    /// - Throws: `CLIError.keyMissing` when a key is at hand that may not sign this ledger, `CLIError`
    ///   when a rehearsal's clock is set and it is no rehearsal; `StoreError`.
    func openSigning(key: String? = nil) throws -> LedgerStore {
        let keys = try SigningKeys.find(ledger: given, given: key)
        let store = try LedgerStore.open(path: path, signer: keys?.signer)
        try RehearsalClock.check(store.origin)
        guard let keys else { return store }
        Outbox.note(store, path)
        do {
            _ = try keys.signer.signing(size: try store.size() + 1, try store.logKeys())
        } catch let error as SigningError {
            throw CLIError.keyMissing(
                "\(keys.source.file ?? "LEDGER_KEY"): \(error)",
                hint: "name the file of a key that signs this ledger in LEDGER_KEY; ledger-cli key "
                    + "list shows which do")
        }
        return store
    }
}
