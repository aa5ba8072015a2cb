/// The words for whoever is given a bundle and does not trust the one who gave it.
enum BundleReadme {
    /// The text of `README.md`.
    static func text(_ manifest: LedgerBundle.Manifest, checkpoint: String?) -> String {
        """
        # A ledger to check

        This folder holds the migration ledger `\(manifest.origin)`: \(manifest.size) events, \
        \(manifest.attachments) attachments, \(manifest.heads) signed heads. It is written by the \
        party that you check, this page included, so ask for three things another way: the log's \
        public key, one checkpoint that was kept elsewhere (a ticket, a mail, another host, a \
        witness), and the program that you check with.

        \(head(manifest, checkpoint: checkpoint))

        ## What is here

        | file | what it is |
        |---|---|
        | `checkpoint` | the newest signed head: origin, number of events, root hash, signatures \
        (C2SP tlog-checkpoint) |
        | `tile/entries/…` | the records, up to 256 a file, each after its length (u16, big-endian) |
        | `tile/0/…`, `tile/1/…` | the hashes of the tree (C2SP tlog-tiles) |
        | `tail.jsonl` | records after the newest signed head: nobody has signed these |
        | `heads.jsonl` | every head that was signed, the oldest first |
        | `attachments.jsonl` | texts and outputs beside the log, with their salts, in base64 |
        | `receipts/N.tlog-proof`, `receipts/N.json` | for one event alone: the proof that it is \
        in the log, and its record |
        | `bundle.json` | what should be here; it proves nothing |

        ## Check it with the ledger's program

            ledger-cli verify --bundle . --key 'NAME+HASH+KEY' --against /kept/elsewhere/checkpoint
            ledger-cli verify --receipt receipts/001.tlog-proof --record receipts/001.json --key …

        Exit status 0 is intact, 3 is tampered with.

        ## Check it with other programs

        Any reader of C2SP tile logs reads `checkpoint` and `tile/`; serve the folder with a web \
        server. `scripts/verify-bundle.py` of the ledger's sources is one reader in Python that \
        shares no code with the program. By hand:

        - A record is one line of JSON (CloudEvents). Its leaf hash is SHA-256 of a zero byte and \
        the record, found in `tile/0/…` at its place:

              (printf '\\0'; cat receipts/001.json) | sha256sum
              head -c 32 tile/0/000* | xxd -p -c 32

        - The tree is that of RFC 6962; its root over all events stands in line 3 of `checkpoint`.
        - An attachment belongs to its event when SHA-256 of salt and content is the \
        `commitment` that the record has under the attachment's name:

              head -1 attachments.jsonl | jq -r '.salt,.content' | base64 -d | sha256sum
              jq -r .data.NAME.commitment receipts/SEQUENCE.json | base64 -d | xxd -p -c 32

        - An erased attachment has no salt and no content any more. An event `attachment.erased` \
        says when, by whom and why; every hash still holds.

        ## What nobody can see here

        What was never recorded; whether an actor was who the name says; and, without a \
        checkpoint from elsewhere, whether the newest events were cut off or the whole log was \
        written anew.

        """
    }

    private static func head(_ manifest: LedgerBundle.Manifest, checkpoint: String?) -> String {
        guard let checkpoint else {
            return """
                Nobody signed it: the records in `tail.jsonl` give the root `\(manifest.root)`, \
                which proves nothing unless you have that root from elsewhere.
                """
        }
        let indented = checkpoint.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
        let beyond = manifest.size - manifest.tiles
        let tail =
            beyond > 0
            ? "\n\n\(beyond) events came after it and stand in `tail.jsonl`, unsigned." : ""
        return "Its newest signed head:\n\n" + indented + tail
    }
}
