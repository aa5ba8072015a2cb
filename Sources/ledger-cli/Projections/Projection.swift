import Foundation
import Ledger
import Projector

/// A ledger replayed up to some size, as it is kept beside the file.
struct Projection {
    /// How many events it holds.
    let size: Int
    /// The root of their tree: a log that was rewritten never meets a state that hides it.
    let root: Digest
    /// When the latest of them happened.
    let latest: Timestamp
    /// How each event is known, the first one first.
    let bases: BasisLetters
    /// What they say.
    let state: State

    private static let magic = Array("mLdgPrj1".utf8)
    private static let headCount = 8 + 24 + 8 + 8 + 32

    /// The projection as a file has it, made by a program; nil when it cannot be kept.
    func bytes(by program: ProgramBuild) -> [UInt8]? {
        guard bases.count == size else { return nil }
        var bytes = Projection.magic + program.bytes
        bytes += Projection.bytes(of: UInt64(size))
        bytes += Projection.bytes(of: UInt64(bitPattern: latest.milliseconds))
        bytes += root.bytes
        bytes += bases.bytes
        // In one piece, so that there is no second copy of something so large.
        guard state.encode(to: &bytes) else { return nil }
        let sum = Projection.checksum(bytes[...])
        bytes += Projection.bytes(of: sum)
        return bytes
    }

    /// What stands before the state, enough to see whether it is of use.
    struct Head {
        let size: Int
        let latest: Timestamp
        let root: Digest
        fileprivate let bytes: [UInt8]

        /// The head of a file; nil for one of another program, and for one that is damaged.
        init?(_ bytes: [UInt8], program: ProgramBuild) {
            guard bytes.count >= Projection.headCount + 8,
                Array(bytes[..<8]) == Projection.magic, Array(bytes[8..<32]) == program.bytes,
                let size = Int(exactly: Projection.number(bytes[32..<40])),
                size <= bytes.count - Projection.headCount - 8,
                let root = Digest(Data(bytes[48..<80])),
                Projection.number(bytes.suffix(8)) == Projection.checksum(bytes.dropLast(8))
            else { return nil }
            self.size = size
            self.root = root
            latest = Timestamp(
                milliseconds: Int64(bitPattern: Projection.number(bytes[40..<48])))
            self.bytes = bytes
        }

        /// The whole; nil when the rest cannot be read.
        func projection() -> Projection? {
            let start = Projection.headCount + size
            let bases = BasisLetters(bytes: bytes[Projection.headCount..<start])
            // The sum is right, so these are the bytes that were written.
            guard let state = State(unchanged: bytes, in: start..<bytes.count - 8) else {
                return nil
            }
            return Projection(size: size, root: root, latest: latest, bases: bases, state: state)
        }
    }

    private static func bytes(of number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64($0 * 8)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A number that tells a damaged file; against people there is `verify --projections`.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBytes { text in
            let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
            var sum = UInt64(text.count) &* prime
            var index = 0
            func word(_ place: Int) -> UInt64 {
                text.loadUnaligned(fromByteOffset: index + place * 8, as: UInt64.self)
            }
            // Four sums side by side, which do not wait for one another.
            var (a, b, c, d) = (sum, ~sum, sum << 1, sum >> 1)
            while text.count - index >= 32 {
                a = (a ^ word(0)) &* prime
                b = (b ^ word(1)) &* prime
                c = (c ^ word(2)) &* prime
                d = (d ^ word(3)) &* prime
                (a, b, c, d) = (a ^ a >> 29, b ^ b >> 29, c ^ c >> 29, d ^ d >> 29)
                index += 32
            }
            for part in [a, b, c, d] {
                sum = (sum ^ part) &* prime
                sum ^= sum >> 29
            }
            while index < text.count {
                sum = (sum ^ UInt64(text[index])) &* prime
                index += 1
            }
            return sum ^ sum >> 32
        }
    }
}

/// How each event of a log is known, the first one first: a byte an event.
struct BasisLetters: RandomAccessCollection, Equatable {
    fileprivate private(set) var bytes: ArraySlice<UInt8> = []

    init() {}

    fileprivate init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var startIndex: Int { 0 }
    var endIndex: Int { bytes.count }

    subscript(position: Int) -> Basis {
        Basis(letter: bytes[bytes.startIndex + position]) ?? .imported
    }

    mutating func append(_ basis: Basis) { bytes.append(basis.letter) }

    mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }
}

extension Basis {
    fileprivate var letter: UInt8 {
        switch self {
        case .executed: UInt8(ascii: "x")
        case .observed: UInt8(ascii: "o")
        case .reported: UInt8(ascii: "r")
        case .imported: UInt8(ascii: "i")
        }
    }

    fileprivate init?(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "x"): self = .executed
        case UInt8(ascii: "o"): self = .observed
        case UInt8(ascii: "r"): self = .reported
        case UInt8(ascii: "i"): self = .imported
        default: return nil
        }
    }
}

/// Which build of the program is at work, as its file tells.
///
/// Another build may fold events otherwise: it must not go on from what this one kept.
struct ProgramBuild: Equatable {
    /// The length and the time of the file.
    let bytes: [UInt8]

    /// The program that runs; nil when its file cannot be found.
    static let running: ProgramBuild? = {
        let link = "/proc/self/exe"
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link)
        guard let path = target ?? Bundle.main.executablePath else { return nil }
        return ProgramBuild(path: path)
    }()

    init?(path: String) {
        guard let file = OperatingSystem.status(path) else { return nil }
        var bytes: [UInt8] = []
        // However odd the clock of who built it was.
        let time = file.written.seconds &* 1_000_000_000 &+ file.written.nanoseconds
        for word in [UInt64(file.size), UInt64(bitPattern: Int64(time)), file.number] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        self.bytes = bytes
    }
}
