import Fleet
import Ledger

/// What is kept of a stream that passes by: its first and last bytes, its length and its SHA-256.
///
/// The kept ends reach beyond what is written down in the end (`SecretFilter.margin`), so that a
/// secret on the border is recognised. Memory does not grow with the stream.
struct Capture {
    private static let limit = Excerpt.bound + SecretFilter.margin

    /// The first bytes.
    private(set) var head: [UInt8] = []
    /// The last bytes, as a ring.
    private var ring: [UInt8] = []
    private var next = 0
    /// How many bytes passed.
    private(set) var count = 0
    /// False for content that must not be kept, such as a dump.
    private let keepsContent: Bool
    private var inspector = FileInspector()

    /// A capture that has seen nothing yet.
    init(keepsContent: Bool = true) { self.keepsContent = keepsContent }

    /// Takes the next bytes.
    mutating func take(_ bytes: [UInt8]) {
        inspector.update(bytes)
        count += bytes.count
        guard keepsContent else { return }
        if head.count < Capture.limit { head += bytes.prefix(Capture.limit - head.count) }
        var rest = bytes.suffix(Capture.limit)
        if ring.count < Capture.limit {
            let room = rest.prefix(Capture.limit - ring.count)
            ring += room
            rest = rest.dropFirst(room.count)
        }
        while !rest.isEmpty {
            let part = rest.prefix(Capture.limit - next)
            ring.replaceSubrange(next..<next + part.count, with: part)
            next = (next + part.count) % Capture.limit
            rest = rest.dropFirst(part.count)
        }
    }

    /// The last bytes, in order.
    var tail: [UInt8] { Array(ring[next...] + ring[..<next]) }

    /// True when bytes between the first and the last ones were not kept.
    var isCut: Bool { keepsContent && count > 2 * Capture.limit }

    /// The text of what was kept; where bytes are missing, a line says so.
    var text: String {
        let tail = tail
        let overlap = head.count + tail.count - count
        guard overlap < 0 || !keepsContent else {
            return String(decoding: head + tail.dropFirst(overlap), as: UTF8.self)
        }
        return String(decoding: head, as: UTF8.self)
            + (keepsContent ? "\n[… \(-overlap) bytes left out …]\n" : "")
            + String(decoding: tail, as: UTF8.self)
    }

    /// What is written down of the content: both ends, secrets taken out.
    func excerpt(_ filter: SecretFilter) -> [UInt8] {
        keepsContent ? filter.excerpt(head: head, tail: tail, count: count) : []
    }

    /// What is known of the whole: length and SHA-256, and for a dump whether it is whole.
    func evidence(path: String, role: FileRole) -> FileEvidence {
        inspector.evidence(path: path, role: role)
    }
}
