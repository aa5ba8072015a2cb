import Ledger

/// Prints the newest signed head for people to keep elsewhere.
enum HeadPrinter {
    /// The head in one line: what `verify --against` takes, to be pasted into a ticket.
    static func line(_ head: SignedHead) -> String { "head: \(head.size) \(head.root.base64)" }

    /// The head in JSON answers.
    static func json(_ head: SignedHead) -> JSONValue {
        [
            "size": .integer(head.size), "root": .string(head.root.base64),
            "note": .string(head.note),
        ]
    }

    /// The head that an append of this store has just signed; nil when no key was at hand.
    ///
    /// A ledger that is signed otherwise deserves a word about an append that is not.
    ///
    /// - Throws: `StoreError`, `SystemError`.
    static func head(after store: LedgerStore) throws -> SignedHead? {
        let head = try store.newestHead()
        guard store.signer == nil else { return head }
        if head != nil {
            try Output.note(
                "ledger: note: not signed: no key at hand; name it in LEDGER_KEY, or sign later with "
                    + "ledger-cli checkpoint --sign")
        }
        return nil
    }
}
