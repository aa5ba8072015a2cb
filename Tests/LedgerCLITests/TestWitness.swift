import Foundation
import Ledger
import Synchronization

/// A C2SP witness in memory: answers `add-checkpoint` as the specification says.
final class TestWitness: Sendable {
    /// What it has signed of a log.
    struct Seen: Sendable, Equatable {
        var size: Int
        var root: Digest
    }

    /// How it misbehaves.
    enum Fault: Sendable, Equatable {
        case none
        case away
        case wrongSignature
        case otherKey
        case zeroTime
        case garbage
    }

    let key: SignerKey
    private let logs: [String: VerifierKey]
    private let state: Mutex<(seen: [String: Seen], fault: Fault, requests: Int)>

    init(
        name: String = "witness.test/w1", seed: UInt8 = 7, logs: [VerifierKey], fault: Fault = .none
    ) throws {
        key = try SignerKey(
            name: KeyName(name), type: .cosignature, seed: [UInt8](repeating: seed, count: 32))
        self.logs = Dictionary(logs.map { ($0.name.text, $0) }) { first, _ in first }
        state = Mutex(([:], fault, 0))
    }

    /// The number of requests that came.
    var requests: Int { state.withLock { $0.requests } }

    /// What it has signed of a log.
    func seen(_ origin: String) -> Seen? { state.withLock { $0.seen[origin] } }

    func set(_ fault: Fault) { state.withLock { $0.fault = fault } }

    /// Makes it remember a head that it never saw.
    func pretend(_ origin: String, _ seen: Seen) { state.withLock { $0.seen[origin] = seen } }

    /// The transport that leads to this witness only.
    var post: @Sendable (String, [UInt8]) async throws -> (status: Int, body: [UInt8]) {
        { address, body in
            guard address.hasSuffix("/add-checkpoint") else { return (404, []) }
            return try self.answer(body)
        }
    }

    struct Away: Error, CustomStringConvertible { let description = "connection refused" }

    /// Checks and remembers in one step.
    func answer(_ body: [UInt8]) throws -> (status: Int, body: [UInt8]) {
        try state.withLock { state in
            state.requests += 1
            if state.fault == .away { throw Away() }
            guard let request = try? WitnessRequest.parse(body) else { return (400, []) }
            let head = request.checkpoint
            guard let log = logs[head.origin] else { return (404, []) }
            guard (try? TrustPolicy(logKeys: [log]).verify(request.note)) != nil else {
                return (403, [])
            }
            guard request.oldSize <= head.size else { return (400, []) }
            let seen = state.seen[head.origin] ?? Seen(size: 0, root: MerkleTree.emptyRoot)
            guard request.oldSize == seen.size else {
                return (409, Array("\(seen.size)\n".utf8))
            }
            do {
                try MerkleTree.verifyConsistency(
                    from: seen.size, to: head.size, oldRoot: seen.root, newRoot: head.root,
                    proof: request.proof)
            } catch { return (422, []) }
            state.seen[head.origin] = Seen(size: head.size, root: head.root)
            return (200, try cosignature(request.note, state.fault))
        }
    }

    private func cosignature(_ note: SignedNote, _ fault: Fault) throws -> [UInt8] {
        var text = note.textBytes
        var signer = key
        var time = 1_493_632_800
        switch fault {
        case .garbage: return Array("thank you\n".utf8)
        case .wrongSignature: text += [0x78, 0x0A]
        case .otherKey:
            signer = try SignerKey(
                name: key.verifier.name, type: .cosignature, seed: [UInt8](repeating: 8, count: 32))
        case .zeroTime: time = 0
        case .none, .away: break
        }
        return Array(try signer.sign(text: text, time: time).line.utf8) + [0x0A]
    }
}
