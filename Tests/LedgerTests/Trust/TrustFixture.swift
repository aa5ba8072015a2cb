import Testing

@testable import Ledger

/// A small signed log with fixed keys and entries.
struct TrustFixture {
    static let origin = "ledger.bestpants.example/fleet"
    static let time = 1_493_632_800

    let log: SignerKey
    let witnesses: [SignerKey]
    let entries: [[UInt8]]

    init(entries count: Int = 7, witnesses witnessCount: Int = 3) throws {
        log = try Self.signer(Self.origin, seed: 1)
        witnesses = try (0..<witnessCount).map {
            try Self.signer("witness.example/w\($0)", seed: UInt8(100 + $0), type: .cosignature)
        }
        entries = (0..<count).map { Array("record \($0)".utf8) }
    }

    static func signer(
        _ name: String, seed: UInt8, type: SignatureType = .ed25519
    ) throws -> SignerKey {
        try SignerKey(
            name: try KeyName(name), type: type, seed: [UInt8](repeating: seed, count: 32))
    }

    var leafHashes: [Digest] { entries.map { MerkleTree.leafHash($0) } }

    var checkpoint: Checkpoint {
        Checkpoint(
            origin: Self.origin, size: entries.count,
            root: MerkleTree.root(ofLeafHashes: leafHashes))
    }

    func head(cosignedBy count: Int = 0) throws -> SignedNote {
        try checkpoint.sign(with: [log] + witnesses.prefix(count), time: Self.time)
    }

    func receipt(index: Int, cosignedBy count: Int = 0) throws -> Receipt {
        let proof = try MemoryHashes(leafHashes: leafHashes)
            .inclusionProof(index: index, size: entries.count)
        return try Receipt(index: index, proof: proof, note: try head(cosignedBy: count))
    }

    /// A policy file with this log, these witnesses as `w0`, `w1` … and some more lines.
    func policy(_ more: String) throws -> TrustPolicy {
        try TrustPolicy.parse(policyText(more))
    }

    func policyText(_ more: String) -> String {
        var text = "log \(log.verifier.text)\n"
        for (number, witness) in witnesses.enumerated() {
            text += "witness w\(number) \(witness.verifier.text)\n"
        }
        return text + more
    }
}

extension [UInt8] {
    /// The same bytes with each single bit changed in turn, and the offset of the change.
    var bitFlips: some Sequence<(offset: Int, bytes: [UInt8])> {
        (0..<count * 8).lazy.map { bit in
            var changed = self
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            return (bit / 8, changed)
        }
    }
}
