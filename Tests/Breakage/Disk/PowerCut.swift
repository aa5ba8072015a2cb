/// What a disk holds after its power was cut.
///
/// Everything that was synced is there. Of what was written since, anything may be there or not:
/// each change by itself, each sector of a write by itself.
public struct PowerCut: Sendable {
    /// What is there of the changes that were not synced.
    public enum Survival: Sendable, Hashable {
        /// Nothing.
        case nothing
        /// Everything.
        case everything
        /// Some, by a seed.
        case some(seed: UInt64)
    }

    /// A file: its bytes on the disk, nil when it is not there, and what waits.
    private struct File {
        var durable: [UInt8]?
        var waiting: [DiskCall.Change] = []
    }

    private var files: [String: File]
    private static let sector = 512

    /// A disk that holds these files.
    public init(_ files: [String: [UInt8]]) {
        self.files = files.mapValues { File(durable: $0) }
    }

    /// Lets a call happen.
    public mutating func take(_ call: DiskCall) {
        if case .marked = call.change { return }
        var file = files[call.name] ?? File()
        switch call.change {
        case .synced:
            for change in file.waiting { PowerCut.apply(change, to: &file.durable) }
            file.waiting = []
        case .deleted(isDurable: true): file = File()
        default: file.waiting.append(call.change)
        }
        files[call.name] = file
    }

    /// Gives a file another name, after everything that was written to it was synced.
    public mutating func move(_ name: String, to other: String) {
        var file = files.removeValue(forKey: name) ?? File()
        for change in file.waiting { PowerCut.apply(change, to: &file.durable) }
        file.waiting = []
        files[other] = file
    }

    /// The files after the power was cut now.
    public func remains(_ survival: Survival) -> [String: [UInt8]] {
        var random = Random(seed: 0)
        if case .some(let seed) = survival { random = Random(seed: seed) }
        var remains: [String: [UInt8]] = [:]
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            var bytes = file.durable
            switch survival {
            case .nothing: break
            case .everything:
                for change in file.waiting { PowerCut.apply(change, to: &bytes) }
            case .some: PowerCut.applySome(file.waiting, to: &bytes, &random)
            }
            if let bytes { remains[name] = bytes }
        }
        return remains
    }

    private static func applySome(
        _ changes: [DiskCall.Change], to bytes: inout [UInt8]?, _ random: inout Random
    ) {
        let isRare = random.isHeads
        for change in changes {
            switch change {
            case .wrote(let written, let offset):
                // Writes to a file that is not there after all went to one without a name.
                guard bytes != nil else { continue }
                var start = 0
                while start < written.count {
                    let end = min(
                        written.count, (offset + start) / sector * sector + sector - offset)
                    if isRare ? random.below(8) != 0 : random.isHeads {
                        apply(.wrote(Array(written[start..<end]), at: offset + start), to: &bytes)
                    }
                    start = end
                }
            case .created, .deleted:
                // The names of a folder change in their order.
                guard random.isHeads else { return }
                apply(change, to: &bytes)
            default: if random.isHeads { apply(change, to: &bytes) }
            }
        }
    }

    private static func apply(_ change: DiskCall.Change, to bytes: inout [UInt8]?) {
        switch change {
        case .created: bytes = bytes ?? []
        case .wrote(let written, let offset):
            var file = bytes ?? []
            if file.count < offset + written.count {
                file += [UInt8](repeating: 0, count: offset + written.count - file.count)
            }
            file.replaceSubrange(offset..<offset + written.count, with: written)
            bytes = file
        case .truncated(let size):
            let file = bytes ?? []
            bytes =
                file.count >= size
                ? Array(file.prefix(size))
                : file + [UInt8](repeating: 0, count: size - file.count)
        case .deleted: bytes = nil
        case .synced, .marked: break
        }
    }
}

/// Numbers from a seed (SplitMix64).
public struct Random: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The numbers of a seed.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    var isHeads: Bool { mutating get { next() & 1 == 0 } }
}
