import Ledger

/// The open formats: a parser refuses bytes or gives a value that writes the same bytes.
extension FuzzTarget {
    private static let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let root = MerkleTree.emptyRoot.base64
    private static let signature =
        "— PeterNeumann " + String(repeating: "AAAA", count: 22) + "AAA=\n"
    private static let note = "example.com/log\n7\n" + root + "\n\n" + signature
    private static let noTrust = TrustPolicy(logKeys: [])

    static let trust: [FuzzTarget] = [
        FuzzTarget("note", seeds: [note], words: ["— ", "\n\n", " ", "+", root]) { bytes in
            guard let note = try? SignedNote.parse(bytes), note.format() != bytes else {
                return nil
            }
            return "a note is written otherwise"
        },
        FuzzTarget("checkpoint", seeds: [note], words: ["— ", "\n\n", "0", root]) { bytes in
            guard let note = try? SignedNote.parse(bytes),
                let checkpoint = try? Checkpoint.parse(note),
                Array(checkpoint.text.utf8) != note.textBytes
            else { return nil }
            return "a checkpoint is written otherwise"
        },
        FuzzTarget(
            "proof", seeds: ["c2sp.org/tlog-proof@v1\nindex 3\n" + root + "\n\n" + note],
            words: ["c2sp.org/tlog-proof@v1\n", "index ", "extra ", root, "— ", "\n\n"]
        ) { bytes in
            guard let receipt = try? Receipt.parse(bytes) else { return nil }
            _ = try? receipt.verify(leafHash: MerkleTree.emptyRoot, policy: noTrust)
            return receipt.format() == bytes ? nil : "a receipt is written otherwise"
        },
        FuzzTarget(
            "tile", bytes: [[1, 0, 2, 0x61, 0x62, 0, 1, 0x63], [UInt8](repeating: 0, count: 65)]
        ) { bytes in
            let width = Int(bytes.first ?? 0) + 1
            let rest = Array(bytes.dropFirst())
            if let hashes = try? HashTile.decode(rest, width: width),
                HashTile.encode(hashes) != rest
            {
                return "a tile of hashes is written otherwise"
            }
            guard let entries = try? EntryBundle.decode(rest, width: width),
                (try? EntryBundle.encode(entries)) != rest
            else { return nil }
            return "a bundle of entries is written otherwise"
        },
        FuzzTarget(
            "path", seeds: ["tile/entries/x001/067.p/17", "tile/0/x001/x234/067"],
            words: ["tile/", "entries/", ".p/", "x001/", "000"]
        ) { bytes in
            guard let text = String(validating: bytes, as: UTF8.self),
                let path = TilePath.parse(text), !path.text.utf8.elementsEqual(bytes)
            else { return nil }
            return "a path is written otherwise"
        },
        FuzzTarget(
            "policy",
            seeds: [
                "log " + key + "\ngroup g any w\nquorum none\n",
                "log \(key)\nwitness w \(key) https://w.example\ngroup g all w\nquorum g\n",
            ], words: ["log ", "witness ", "group ", "quorum none", "any ", "all ", key]
        ) { bytes in
            guard let policy = try? TrustPolicy.parse(bytes),
                !policy.isQuorumMet(by: Set(policy.witnesses.map(\.name)))
            else { return nil }
            return "all witnesses are no quorum"
        },
        FuzzTarget(
            "key", seeds: [key, "PRIVATE+KEY+" + key], words: ["PRIVATE+KEY+", "+", "A"]
        ) { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            if let key = try? VerifierKey.parse(text), !key.text.utf8.elementsEqual(bytes) {
                return "a public key is written otherwise"
            }
            if let key = try? SignerKey.parse(text), !key.privateText.utf8.elementsEqual(bytes) {
                return "a private key is written otherwise"
            }
            return nil
        },
    ]
}
