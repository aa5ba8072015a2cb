import Ledger

/// Inclusion proofs of events here and there in a signed ledger, each verified.
enum ProofMeasure {
    static func run(_ options: Options) async throws -> JSONObject {
        let store = try LedgerStore.open(path: try options.text("path"), readOnly: true)
        let count = try options.number("proofs", default: 200)
        var watch = Stopwatch()
        var longest = 0
        try store.read { snapshot in
            guard let head = try snapshot.newestHead() else { throw BenchError("no signed head") }
            let note = try SignedNote.parse(head.note)
            for number in 0..<count {
                let index = number &* 7_919_777 % head.size
                let proof = try watch.time {
                    try snapshot.hashes.inclusionProof(index: index, size: head.size)
                }
                let receipt = try Receipt(index: index, proof: proof, note: note)
                guard let record = try snapshot.record(SequenceNumber(index + 1)) else {
                    throw BenchError("no event \(index + 1)")
                }
                try receipt.verifyInclusion(of: record.bytes, in: receipt.checkpoint)
                longest = max(longest, receipt.format().count)
            }
        }
        return JSONObject([
            ("latency", .object(watch.summary)), ("receipt", .integer(longest)),
            ("proofs", .integer(count)),
        ])
    }
}
