// The target of scripts/fuzz: libFuzzer hands in bytes, the first of which chooses a parser.
//
// It is compiled together with the parsers' own sources, so that the fuzzer sees which branches an
// input takes. A parser refuses bytes or gives a value that writes the same bytes; anything else,
// and every trap, is a finding.

/// The parsers, by the first byte of an input.
private let parsers: [(name: String, check: @Sendable ([UInt8]) -> Bool)] = [
    (
        "note",
        { bytes in
            guard let note = try? SignedNote.parse(bytes) else { return true }
            return note.format() == bytes
        }
    ),
    (
        "checkpoint",
        { bytes in
            guard let note = try? SignedNote.parse(bytes),
                let checkpoint = try? Checkpoint.parse(note)
            else { return true }
            return Array(checkpoint.text.utf8) == note.textBytes
        }
    ),
    (
        "proof",
        { bytes in
            guard let receipt = try? Receipt.parse(bytes) else { return true }
            _ = try? receipt.verify(leafHash: MerkleTree.emptyRoot, policy: trust)
            return receipt.format() == bytes
        }
    ),
    (
        "tile",
        { bytes in
            let width = Int(bytes.first ?? 0) + 1
            let rest = Array(bytes.dropFirst())
            if let hashes = try? HashTile.decode(rest, width: width),
                HashTile.encode(hashes) != rest
            {
                return false
            }
            guard let entries = try? EntryBundle.decode(rest, width: width) else { return true }
            return (try? EntryBundle.encode(entries)) == rest
        }
    ),
    (
        "path",
        { bytes in
            guard let text = String(validating: bytes, as: UTF8.self),
                let path = TilePath.parse(text)
            else { return true }
            return path.text == text
        }
    ),
    (
        "policy",
        { bytes in
            guard let policy = try? TrustPolicy.parse(bytes) else { return true }
            return policy.isQuorumMet(by: Set(policy.witnesses.map(\.name)))
        }
    ),
    (
        "key",
        { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else { return true }
            if let key = try? VerifierKey.parse(text), key.text != text { return false }
            if let key = try? SignerKey.parse(text), key.privateText != text { return false }
            return true
        }
    ),
]

private let trust = TrustPolicy(logKeys: [])

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let choice = bytes.first else { return 0 }
    let parser = parsers[Int(choice) % parsers.count]
    precondition(
        parser.check(Array(bytes.dropFirst())), "parser \(parser.name) changed what it read")
    return 0
}
