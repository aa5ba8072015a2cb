import CStore
import Foundation

/// The file in which writers stand in line: it counts them, and has a place for what each is about to
/// append, so that one who writes can write for those behind it.
///
/// It is mapped into the memory of every process that stands in line. A holder of a number has an
/// exclusive lock on the byte of that number, of the kind that belongs to the open file and not to the
/// process, so that several stores of one process stand in the same line, and the lock of who dies is
/// gone at once. The bytes of the numbers need not exist.
final class TurnFile: Sendable {
    /// How far the append of a number has come.
    enum Stage: UInt32 {
        /// Who has the number writes itself.
        case none = 0
        /// Whoever writes before may write it along.
        case offered = 1
        /// One who writes has taken it and is not done.
        case taken = 2
        /// It stands in the log.
        case written = 3
        /// It is being put down.
        case offering = 4
    }

    /// How many offers there are room for.
    static let places = 32
    /// How many bytes an offer may have; the last byte of a page is never used.
    static let offerLimit = pageLength - placeHeader - 1
    /// One page for the counter, and one for each place.
    private static let pageLength = 4096
    private static let placeHeader = 32
    private static let length = (1 + places) * pageLength

    private let path: String
    private let descriptor: Int32
    /// The file in memory; shared, and therefore read and written by the functions of `CStore` only,
    /// but for the bytes of an offer, which belong to one process at a time.
    private nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    /// Whether nobody may write the file who may not write the ledger.
    let isTrusted: Bool

    /// Opens the file, or makes it; nil when that cannot be done, and then nobody waits in line.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - ledger: the ledger's own file, whose rights a new one gets.
    init?(path: String, ledger: String) {
        var ledgerStatus = stat()
        let isKnown = stat(ledger, &ledgerStatus) == 0
        let rights = isKnown ? ledgerStatus.st_mode & 0o666 : 0o600
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, rights)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let memory = TurnFile.map(descriptor)
        else {
            close(descriptor)
            return nil
        }
        self.path = path
        self.descriptor = descriptor
        self.memory = memory
        isTrusted = isKnown && TurnFile.isAsClosed(status, as: ledgerStatus)
    }

    /// Every page is written to first: to touch memory for which the disk has no room ends a process.
    private static func map(_ descriptor: Int32) -> UnsafeMutableRawPointer? {
        var zero: UInt8 = 0
        for end in stride(from: length, to: 0, by: -pageLength) {
            guard pwrite(descriptor, &zero, 1, off_t(end - 1)) == 1 else { return nil }
        }
        let memory = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        return memory == MAP_FAILED ? nil : memory
    }

    private static func isAsClosed(_ file: stat, as ledger: stat) -> Bool {
        let open = file.st_mode & 0o022
        return file.st_uid == ledger.st_uid && open & ~ledger.st_mode == 0
            && (open & 0o020 == 0 || file.st_gid == ledger.st_gid)
    }

    /// Closes the file, and removes it when nobody else has a number.
    deinit {
        if !isLocked(0..<Int64.max) { unlink(path) }
        munmap(memory, TurnFile.length)
        close(descriptor)
    }

    /// Whether another process has removed the file as it left; the line goes on in a new one.
    var isRemoved: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink == 0
    }

    /// Draws a number and holds it; nil when it cannot be locked.
    func draw() -> Int64? {
        let number = Int64(truncatingIfNeeded: store_next_number(counter))
        return TurnFile.isNumber(number) && lock(F_WRLCK, number..<number + 1) ? number : nil
    }

    /// The number that is drawn next.
    var next: Int64 { Int64(truncatingIfNeeded: store_number(counter)) }

    /// Lets the next one go on.
    func giveBack(_ number: Int64) { _ = lock(F_UNLCK, number..<number + 1) }

    /// Whether someone has a lower number.
    func isBefore(_ number: Int64) -> Bool { number > 0 && isLocked(0..<number) }

    /// Whether someone else has a number.
    func isHeld(_ number: Int64) -> Bool {
        TurnFile.isNumber(number) && isLocked(number..<number + 1)
    }

    /// Anything may stand in a file; there are never so many writers.
    private static func isNumber(_ number: Int64) -> Bool { (0..<Int64.max / 2).contains(number) }

    // MARK: Waiting

    /// The word at which the holder of a number sleeps; it changes when the holder is woken up.
    func word(of number: Int64) -> UInt32 { store_word(word(at: place(of: number))) }

    /// Sleeps until the holder of a number is woken up, or for so many microseconds.
    func sleep(_ number: Int64, since word: UInt32, microseconds: UInt32) {
        store_sleep(self.word(at: place(of: number)), word, microseconds)
    }

    /// Wakes the holder of a number.
    func wake(_ number: Int64) { store_wake(word(at: place(of: number))) }

    // MARK: Offers

    /// Offers what the holder of a number is about to append; false when there is no room for it.
    func offer(_ bytes: [UInt8], as number: Int64) -> Bool {
        let place = place(of: number)
        let before = store_word(stage(at: place))
        guard bytes.count <= TurnFile.offerLimit, !isInUse(place, at: before),
            store_change_word(stage(at: place), before, Stage.offering.rawValue) != 0
        else { return false }
        store_set_number(owner(at: place), UInt64(number))
        store_set_word(count(at: place), UInt32(bytes.count))
        bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            (place + TurnFile.placeHeader).copyMemory(from: start, byteCount: source.count)
        }
        store_set_word(stage(at: place), Stage.offered.rawValue)
        return true
    }

    /// Whether someone else still stands at a place, or writes what stood there.
    private func isInUse(_ place: UnsafeMutableRawPointer, at stage: UInt32) -> Bool {
        switch Stage(rawValue: stage) {
        case .offering: true
        case .offered: isHeld(Int64(truncatingIfNeeded: store_number(owner(at: place))))
        case .taken:
            isHeld(Int64(truncatingIfNeeded: store_number(taker(at: place))))
                || isHeld(Int64(truncatingIfNeeded: store_number(owner(at: place))))
        case .some(.none), .written, nil: false
        }
    }

    /// Takes what a number offers, for the one who has another number and SQLite's write lock; nil when
    /// there is nothing.
    func take(_ number: Int64, as taker: Int64) -> [UInt8]? {
        let place = place(of: number)
        guard stage(of: number) == .offered, isHeld(number) else { return nil }
        // First, so that nobody takes an older one for the taker; there is one at a time.
        store_set_number(self.taker(at: place), UInt64(taker))
        guard change(number, from: .offered, to: .taken) else { return nil }
        let count = Int(store_word(count(at: place)))
        guard store_number(owner(at: place)) == UInt64(number), count <= TurnFile.offerLimit else {
            _ = change(number, from: .taken, to: .offered)
            return nil
        }
        return Array(
            UnsafeRawBufferPointer(start: place + TurnFile.placeHeader, count: count))
    }

    /// How far the append of a number has come.
    func stage(of number: Int64) -> Stage {
        let place = place(of: number)
        guard store_number(owner(at: place)) == UInt64(number) else { return .none }
        return Stage(rawValue: store_word(stage(at: place))) ?? .none
    }

    /// Moves the append of a number on; false when it was at another stage.
    func change(_ number: Int64, from: Stage, to: Stage) -> Bool {
        store_change_word(stage(at: place(of: number)), from.rawValue, to.rawValue) != 0
    }

    /// Whether who took the append of a number is still at it.
    func isTakerThere(_ number: Int64) -> Bool {
        isHeld(Int64(truncatingIfNeeded: store_number(taker(at: place(of: number)))))
    }

    // MARK: Layout

    private var counter: UnsafeMutablePointer<UInt64> {
        memory.assumingMemoryBound(to: UInt64.self)
    }

    private func place(of number: Int64) -> UnsafeMutableRawPointer {
        memory + (1 + Int(number % Int64(TurnFile.places))) * TurnFile.pageLength
    }

    private func owner(at place: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt64> {
        place.assumingMemoryBound(to: UInt64.self)
    }

    private func taker(at place: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt64> {
        (place + 8).assumingMemoryBound(to: UInt64.self)
    }

    private func stage(at place: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32> {
        (place + 16).assumingMemoryBound(to: UInt32.self)
    }

    private func word(at place: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32> {
        (place + 20).assumingMemoryBound(to: UInt32.self)
    }

    private func count(at place: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32> {
        (place + 24).assumingMemoryBound(to: UInt32.self)
    }

    // MARK: Locks

    private func lock(_ kind: Int32, _ bytes: Range<Int64>) -> Bool {
        var request = TurnFile.request(kind, bytes)
        return fcntl(descriptor, TurnFile.setLock, &request) == 0
    }

    private func isLocked(_ bytes: Range<Int64>) -> Bool {
        var request = TurnFile.request(F_WRLCK, bytes)
        guard fcntl(descriptor, TurnFile.getLock, &request) == 0 else { return false }
        return Int32(request.l_type) != F_UNLCK
    }

    private static func request(_ kind: Int32, _ bytes: Range<Int64>) -> flock {
        var request = flock()
        request.l_type = Int16(kind)
        request.l_whence = Int16(SEEK_SET)
        request.l_start = off_t(bytes.lowerBound)
        request.l_len = off_t(bytes.upperBound - bytes.lowerBound)
        return request
    }

    // Locks of the open file; Darwin and Linux number them differently.
    #if canImport(Darwin)
        private static let setLock: Int32 = 90
        private static let getLock: Int32 = 92
    #else
        private static let setLock: Int32 = 37
        private static let getLock: Int32 = 36
    #endif
}
