/// What a log sends to a witness: its new head, and the proof that it continues an older one.
///
/// C2SP tlog-witness v1.0.0, the body of `add-checkpoint`:
///
///     old <size, decimal>␊
///     <base64 hash>␊                 the consistency proof, at most 63 hashes
///     ␊
///     <checkpoint note, verbatim>
public struct WitnessRequest: Hashable, Sendable {
    /// The most hashes that a request may have.
    public static let hashLimit = 63

    /// The size of the head that the witness is thought to have signed last; 0 for none.
    public let oldSize: Int
    /// The proof from that size to the size of the head.
    public let proof: [Digest]
    /// The head's note.
    public let note: SignedNote
    /// What the note says; parsed, not verified.
    public let checkpoint: Checkpoint

    /// Puts a request together.
    ///
    /// Throws `WitnessError.note` when the note's text is not a checkpoint.
    public init(oldSize: Int, proof: [Digest], note: SignedNote) throws(WitnessError) {
        precondition(oldSize >= 0, "a tree size is never negative")
        do { checkpoint = try Checkpoint.parse(note) } catch { throw .note(error) }
        self.oldSize = oldSize
        self.proof = proof
        self.note = note
    }

    /// The exact bytes of the request.
    public func format() -> [UInt8] {
        let lines = ["old \(oldSize)"] + proof.map(\.base64) + [""]
        return lines.flatMap { Array($0.utf8) + [0x0A] } + note.format()
    }

    /// Reads a request from its exact bytes.
    ///
    /// Throws `WitnessError` with the line, counted from 1.
    public static func parse(_ bytes: [UInt8]) throws(WitnessError) -> WitnessRequest {
        var rest = bytes[...]
        var count = 0
        func line() -> ArraySlice<UInt8>? {
            guard let end = rest.firstIndex(of: 0x0A) else { return nil }
            defer { rest = rest[(end + 1)...] }
            count += 1
            return rest[..<end]
        }
        guard let first = line(), first.starts(with: "old ".utf8),
            let oldSize = CanonicalDecimal.parse(first.dropFirst(4))
        else { throw .malformed(line: 1, expected: "old and a decimal tree size") }
        var proof: [Digest] = []
        while true {
            guard let text = line() else {
                throw .malformed(line: count + 1, expected: "a hash or an empty line")
            }
            if text.isEmpty { break }
            guard let hash = Digest(base64: text) else {
                throw .malformed(line: count, expected: "the base64 of a 32-byte hash")
            }
            guard proof.count < hashLimit else {
                throw .malformed(line: count, expected: "an empty line after 63 hashes")
            }
            proof.append(hash)
        }
        let note: SignedNote
        do { note = try SignedNote.parse(Array(rest)) } catch { throw .note(error) }
        return try WitnessRequest(oldSize: oldSize, proof: proof, note: note)
    }
}

/// What a witness answered.
public enum WitnessAnswer: Hashable, Sendable {
    /// It cosigned: the signature lines of its keys.
    case cosigned([NoteSignature])
    /// It has signed a head of another size than the request said; that size.
    case conflict(Int)
    /// It refused, with an HTTP status and its words.
    case refused(status: Int, text: String)

    /// Reads an answer.
    ///
    /// Throws `WitnessError.malformedAnswer` for a body that does not go with its status.
    public static func parse(status: Int, body: [UInt8]) throws(WitnessError) -> WitnessAnswer {
        switch status {
        case 200:
            guard body.last == 0x0A else { throw .malformedAnswer(status: status) }
            var lines: [NoteSignature] = []
            for line in body.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) {
                guard lines.count < SignedNote.signatureLimit,
                    let signature = NoteSignature(line: line)
                else { throw .malformedAnswer(status: status) }
                lines.append(signature)
            }
            return .cosigned(lines)
        case 409:
            guard body.last == 0x0A, let size = CanonicalDecimal.parse(body.dropLast()) else {
                throw .malformedAnswer(status: status)
            }
            return .conflict(size)
        default:
            let text = String(decoding: body.prefix(200), as: UTF8.self)
            return .refused(status: status, text: text)
        }
    }
}

/// Why a request to a witness or its answer is refused.
public enum WitnessError: Error, Equatable, Sendable {
    /// A line of a request is not what the format wants there.
    case malformed(line: Int, expected: String)
    /// The head in a request is malformed.
    case note(NoteError)
    /// The body of an answer does not go with its status.
    case malformedAnswer(status: Int)
    /// The witness answered with lines, none of which is a cosignature of its key.
    case notCosigned
    /// A cosignature of the witness's key does not hold, or states no time.
    case invalidCosignature(NoteError?)
}

extension WitnessError: CustomStringConvertible {
    /// One line: what is wrong.
    public var description: String {
        switch self {
        case .malformed(let line, let expected): "request line \(line): \(expected) expected"
        case .note(let error): "request's checkpoint: \(error)"
        case .malformedAnswer(let status): "the answer of status \(status) cannot be read"
        case .notCosigned: "the answer has no signature of the witness's key"
        case .invalidCosignature(let error):
            "the cosignature does not hold" + (error.map { ": \($0)" } ?? "")
        }
    }
}

extension SignedNote {
    /// The same note with a witness's lines, which must hold and state a time.
    ///
    /// Lines of other keys than the witness's are not taken. Throws `WitnessError`.
    public func adding(
        _ lines: [NoteSignature], by witness: VerifierKey
    ) throws(WitnessError) -> (note: SignedNote, time: Int) {
        let own = lines.filter { $0.name == witness.name && $0.id == witness.id }
        guard !own.isEmpty else { throw .notCosigned }
        do throws(NoteError) {
            let bare = SignedNote(textBytes: textBytes, signatures: own)
            let time = try bare.verify(with: [witness]).signature(by: witness)?.time ?? 0
            guard time > 0 else { throw NoteError.noKnownSignature }
            return (try adding(Array(own.prefix(1))), time)
        } catch {
            throw .invalidCosignature(error == .noKnownSignature ? nil : error)
        }
    }

    /// The note with the lines of the log only, whose name is the first line of its heads.
    ///
    /// A witness has no use for those of others. Without any, the note stays as it is.
    public var withLogLines: SignedNote {
        guard let origin = textBytes.split(separator: 0x0A).first else { return self }
        let own = signatures.filter { $0.name.utf8.elementsEqual(origin) }
        return own.isEmpty ? self : SignedNote(textBytes: textBytes, signatures: own)
    }

    /// The time of a witness's cosignature that holds; nil without one.
    public func cosigned(by witness: VerifierKey) -> Int? {
        let own = signatures.filter { $0.name == witness.name && $0.id == witness.id }
        guard !own.isEmpty else { return nil }
        let bare = SignedNote(textBytes: textBytes, signatures: own)
        return try? bare.verify(with: [witness]).signature(by: witness)?.time
    }
}
