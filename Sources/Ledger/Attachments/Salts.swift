import Foundation
import Synchronization

/// Salts for attachments, whose random bytes are drawn from the system several salts at a time: each
/// draw is a call of the system, and a long import needs a salt for nearly every event.
enum Salts {
    private static let drawn = Mutex<[UInt8]>([])
    /// What `getentropy` gives at most.
    private static let drawCount = 256

    /// A salt that nobody else has.
    static func next() -> [UInt8] {
        drawn.withLock { drawn in
            if drawn.count < AttachmentReference.saltByteCount { drawn = draw() }
            defer { drawn.removeLast(AttachmentReference.saltByteCount) }
            return Array(drawn.suffix(AttachmentReference.saltByteCount))
        }
    }

    private static func draw() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: drawCount) { buffer, filled in
            if getentropy(buffer.baseAddress, drawCount) != 0 {
                var random = SystemRandomNumberGenerator()
                for index in 0..<drawCount { buffer[index] = random.next() }
            }
            filled = drawCount
        }
    }
}
