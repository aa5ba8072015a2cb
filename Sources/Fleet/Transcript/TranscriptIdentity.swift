import Ledger

/// Gives the events of a transcript ids that derive from what stands in it, so that importing a file
/// twice adds nothing.
///
/// The digest is SHA-256 over the source, the time, the actor, the command, its output and the
/// occurrence number among commands that are the same in all of these, then over that and the number
/// of the entry; texts carry their length in front, so that no two ways of cutting agree. Comments,
/// line numbers and the file's name are not part of it.
struct TranscriptIdentity {
    private let source: String
    /// How often each command of the present moment stood there; the clock of a transcript does not
    /// go back, so that those of other moments are none of these.
    private var occurrences: [Digest: Int] = [:]
    private var moment: Timestamp?

    init(source: String) { self.source = source }

    /// The digest of a command, which counts it.
    mutating func seed(
        time: Timestamp, actor: Actor, command: String, output: String
    ) -> Digest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(output.utf8.count + 256)
        for text in ["transcript", source, time.description, actor.id, command, output] {
            TranscriptIdentity.append(text.utf8.count, to: &bytes)
            bytes += text.utf8
        }
        let content = Digest(hashing: bytes)
        if time != moment {
            occurrences.removeAll(keepingCapacity: true)
            moment = time
        }
        let occurrence = occurrences[content, default: 0]
        occurrences[content] = occurrence + 1
        var numbered = content.bytes
        TranscriptIdentity.append(occurrence, to: &numbered)
        return Digest(hashing: numbered)
    }

    /// The id of an event that a command became.
    func id(_ seed: Digest, entry: Int, time: Timestamp) -> EventID {
        var bytes = seed.bytes
        TranscriptIdentity.append(entry, to: &bytes)
        return EventID(time: time, entropy: Digest(hashing: bytes).bytes)
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
