import Ledger

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where the bytes of a stream go.
enum StreamTarget: Sendable {
    /// A descriptor of this process.
    case descriptor(Int32)
    /// A stream in memory.
    case sink(Sink)
    /// Nowhere; they are only captured.
    case nowhere
}

/// Carries one stream from a descriptor to its target, a piece at a time.
///
/// A piece is read only once the one before is delivered: who reads slowly slows the program down,
/// as if nothing stood between them.
final class Relay {
    /// How much is written at once to a descriptor that others share and that therefore may wait:
    /// what a pipe that is ready for writing takes without waiting (`PIPE_BUF`).
    private static let portion = 4096

    /// Where bytes come from; negative once that has ended.
    private(set) var source: Int32
    private var target: StreamTarget
    private let isOwned: Bool
    /// True when the target is a descriptor of our own that never waits.
    private let isPatient: Bool
    private var pending: ArraySlice<UInt8> = []
    /// What passed.
    private(set) var capture: Capture
    /// How much more may come; nil for no end.
    private var allowance: Int?
    /// True once the target took no more.
    private(set) var isRefused = false
    /// Why what came last is lost, such as that the disk is full: the value of `errno`; nil also when
    /// only nobody reads any more.
    private(set) var loss: Int32?
    /// True when the source could not be read to its end.
    private(set) var hasFailed = false

    /// A relay.
    ///
    /// - Parameters:
    ///   - source: where bytes come from.
    ///   - target: where they go.
    ///   - isOwned: true when the source is to be closed in the end.
    ///   - isPatient: true when the target is nonblocking.
    ///   - keepsContent: false when only length and digest are wanted.
    init(
        from source: Int32, to target: StreamTarget, isOwned: Bool = true, isPatient: Bool = false,
        keepsContent: Bool = true
    ) {
        self.source = source
        self.target = target
        self.isOwned = isOwned
        self.isPatient = isPatient
        capture = Capture(keepsContent: keepsContent)
    }

    /// True when nothing more will come and all is delivered.
    var isDone: Bool { source < 0 && pending.isEmpty }

    /// True when bytes wait for the target.
    var isWaiting: Bool { !pending.isEmpty }

    /// What to wait for: room at the target, else bytes at the source; nil when done.
    var interest: pollfd? {
        if !pending.isEmpty, case .descriptor(let descriptor) = target {
            return pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        }
        return source < 0 ? nil : pollfd(fd: source, events: Int16(POLLIN), revents: 0)
    }

    /// Moves what can be moved; true when something was.
    ///
    /// The filter sees what was read and gives what is passed on.
    func move(_ filter: (([UInt8]) -> [UInt8])? = nil) -> Bool {
        if !pending.isEmpty { return deliver() }
        guard source >= 0 else { return false }
        switch OperatingSystem.readPiece(source) {
        case .nothing: return false
        case .failed:
            // A master whose last slave is closed says so, too: for a terminal it is the end.
            hasFailed = true
            end()
            return true
        case .end:
            end()
            return true
        case .bytes(let bytes):
            let passed = filter?(bytes) ?? bytes
            capture.take(passed)
            pending = passed[...]
            _ = deliver()
            if let left = allowance {
                allowance = left - bytes.count
                if left <= bytes.count { end() }
            }
            return true
        }
    }

    /// Puts bytes into the stream that did not come from the source.
    func insert(_ bytes: [UInt8]) {
        pending += bytes
        _ = deliver()
    }

    private func deliver() -> Bool {
        switch target {
        case .nowhere: pending = []
        case .sink(let sink):
            let bytes = pending
            pending = []
            do { try sink.write(bytes) } catch { refuse() }
        case .descriptor(let descriptor):
            while !pending.isEmpty {
                var ready = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
                OperatingSystem.wait(&ready, milliseconds: 0)
                guard ready[0].revents != 0 else { return true }
                let part = isPatient ? pending : pending.prefix(Relay.portion)
                guard let count = OperatingSystem.writePiece(part, to: descriptor) else {
                    loss = OperatingSystem.loss(errno, at: descriptor)
                    refuse()
                    return true
                }
                if count == 0 { return true }
                pending = pending.dropFirst(count)
            }
        }
        return true
    }

    /// The target takes no more: whoever writes to the source is told, as if it were the target.
    private func refuse() {
        isRefused = true
        pending = []
        end()
    }

    /// Takes only so many bytes more: what the program itself can have left behind in a pipe.
    ///
    /// What something in the background goes on writing is not waited for.
    func takeLast(_ count: Int) { allowance = count }

    /// Ends the stream.
    func end() {
        if isOwned { OperatingSystem.release(descriptor: source) }
        source = -1
    }

    /// Ends the stream and forgets what was not delivered; its target may be closed from here on, and
    /// another file have its number.
    func abandon() {
        pending = []
        target = .nowhere
        end()
    }
}
