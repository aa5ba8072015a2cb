import Ledger

/// What a log asks of a witness (C2SP tlog-witness v1.0.0, "add-checkpoint").
///
///     old <size, decimal>␊
///     <base64 hash>␊             the consistency proof, at most 63 lines
///     ␊
///     <checkpoint note, verbatim>
struct WitnessRequest: Sendable, Equatable {
    /// The size that the log believes the witness has.
    let old: Int
    /// The proof that the tree of that size is a prefix of the new one.
    let proof: [Digest]
    /// The new head.
    let note: SignedNote
    /// What the new head says.
    let checkpoint: Checkpoint

    /// The most lines of a proof.
    static let longestProof = 63

    /// Reads the body of a request; nil when it is malformed.
    init?(_ body: [UInt8]) {
        var rest = body[...]
        func line() -> ArraySlice<UInt8>? {
            guard let end = rest.firstIndex(of: 0x0A) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return rest[..<end]
        }
        let keyword = Array("old ".utf8)
        guard let first = line(), first.starts(with: keyword),
            let old = WitnessRequest.decimal(first.dropFirst(keyword.count))
        else { return nil }
        var proof: [Digest] = []
        while let next = line() {
            if next.isEmpty {
                guard let note = try? SignedNote.parse(Array(rest)),
                    let checkpoint = try? Checkpoint.parse(note)
                else { return nil }
                self.old = old
                self.proof = proof
                self.note = note
                self.checkpoint = checkpoint
                return
            }
            guard proof.count < WitnessRequest.longestProof,
                let hash = Digest(base64: String(decoding: next, as: UTF8.self))
            else { return nil }
            proof.append(hash)
        }
        return nil
    }

    /// A decimal number in the one way it is written.
    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard let number = Int(String(decoding: digits, as: UTF8.self)),
            Array("\(number)".utf8).elementsEqual(digits), number >= 0
        else { return nil }
        return number
    }
}
