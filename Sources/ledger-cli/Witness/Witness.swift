import Dispatch
import HTTPTypes
import HummingbirdCore
import Ledger

/// A C2SP witness: cosigns the heads of logs that it knows, each only as a continuation of the last.
///
/// A head is compared with the last one, written down durably and only then cosigned, one request
/// at a time: two requests that race can never both continue from the same head.
final class Witness: WebService {
    /// The media type of a size in a conflict.
    static let sizeType = "text/x.tlog.size"

    let bodyLimit = 1 << 16

    private let logs: TrustedLogs
    private let key: SignerKey
    private let record: WitnessRecord
    private let clock: @Sendable () -> Timestamp
    private let queue = DispatchQueue(label: "ledger.witness")

    /// A witness of some logs.
    init(
        logs: TrustedLogs, key: SignerKey, record: WitnessRecord,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.logs = logs
        self.key = key
        self.record = record
        self.clock = clock
    }

    /// Answers a request.
    func answer(_ request: Request, body: BodyReader) async -> Answer {
        do {
            let inquiry = try Inquiry(
                method: request.method, target: request.head.path ?? "", headers: request.headers)
            switch (inquiry.method, inquiry.path) {
            case (.post, ["add-checkpoint"]): return await add(try await body.bytes())
            case (.get, let path) where path.count == 2 && path[1] == "checkpoint":
                return await latest(path[0])
            case (.get, []):
                return Witness.text(
                    .ok,
                    "witness \(key.verifier)\nlogs\n"
                        + logs.logs.map { "  \($0.origin)\n" }.joined())
            case (_, ["add-checkpoint"]):
                var answer = Witness.text(.methodNotAllowed, "POST only\n")
                answer.headers[.allow] = "POST"
                return answer
            default: return Witness.text(.notFound, "there is nothing at this address\n")
            }
        } catch {
            let refusal = Refusal(describing: error)
            var answer = Witness.text(refusal.status, refusal.message + "\n")
            for field in refusal.headers { answer.headers[field.name] = field.value }
            return answer
        }
    }

    /// The newest cosigned head of a log, by the hex SHA-256 of its origin.
    private func latest(_ name: String) async -> Answer {
        await serially { [self] in
            guard
                let log = logs.logs.first(where: {
                    Digest(hashing: Array($0.origin.utf8)).hex == name
                }), let note = try record.newest(origin: log.origin)
            else { return Witness.text(.notFound, "no head of such a log was seen\n") }
            return Answer("text/plain; charset=utf-8", note.format())
        }
    }

    private func add(_ body: [UInt8]) async -> Answer {
        let request: WitnessRequest
        do {
            request = try WitnessRequest.parse(body)
        } catch {
            return Witness.text(.badRequest, "\(error)\n")
        }
        guard let log = logs.log(origin: request.checkpoint.origin) else {
            return Witness.text(.notFound, "this witness does not know the log\n")
        }
        let verified: VerifiedNote
        do {
            verified = try request.note.verify(with: log.keys)
        } catch {
            return Witness.text(.forbidden, "the checkpoint is not signed by the log: \(error)\n")
        }
        guard request.oldSize <= request.checkpoint.size else {
            return Witness.text(.badRequest, "the old size is larger than the checkpoint's\n")
        }
        return await serially { [self] in try advance(request, verified) }
    }

    /// Compares with the last head, writes the new one down, cosigns it.
    private func advance(_ request: WitnessRequest, _ verified: VerifiedNote) throws -> Answer {
        let new = request.checkpoint
        let last = try record.newest(origin: new.origin).map { try Checkpoint.parse($0) }
        let size = last?.size ?? 0
        guard request.oldSize == size else {
            return Answer(Witness.sizeType, Array("\(size)\n".utf8), status: .conflict)
        }
        do {
            try MerkleTree.verifyConsistency(
                from: size, to: new.size, oldRoot: last?.root ?? MerkleTree.emptyRoot,
                newRoot: new.root, proof: request.proof)
        } catch {
            return Witness.text(.unprocessableContent, "the proof does not hold: \(error)\n")
        }
        let signature = try key.sign(
            text: request.note.textBytes, time: max(1, Int(clock().milliseconds / 1000)))
        // Lines of unknown keys are anybody's; only what was checked is kept and shown.
        let checked = request.note.signatures.filter { !verified.unverified.contains($0) }
        let note = try SignedNote.parse(
            request.note.textBytes + [0x0A]
                + (checked + [signature]).flatMap { Array($0.line.utf8) + [0x0A] })
        try record.keep(note, origin: new.origin)
        return Witness.text(.ok, signature.line + "\n")
    }

    private func serially(_ body: @escaping @Sendable () throws -> Answer) async -> Answer {
        await withCheckedContinuation { continuation in
            queue.async {
                do {
                    continuation.resume(returning: try body())
                } catch {
                    // Nothing was cosigned; what went wrong is for whoever runs the witness.
                    continuation.resume(
                        returning: Witness.text(
                            .internalServerError, "the head could not be written down\n"))
                }
            }
        }
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Answer {
        Answer("text/plain; charset=utf-8", Array(text.utf8), status: status)
    }
}
