import CFaultyDisk

/// A folder whose disk fails when it is told to.
///
/// That concerns everything that SQLite does there in this process; other folders are as they
/// always were.
public final class FaultyDisk: Sendable {
    private let number: Int32

    /// Kinds of calls.
    public struct Calls: OptionSet, Sendable, Hashable {
        /// A sum of kinds.
        public let rawValue: Int32

        /// A sum of kinds.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// Reading of pages.
        public static let read = Calls(rawValue: Int32(FAULTY_READ))
        /// Writing.
        public static let write = Calls(rawValue: Int32(FAULTY_WRITE))
        /// Syncing.
        public static let sync = Calls(rawValue: Int32(FAULTY_SYNC))
        /// Cutting a file.
        public static let truncate = Calls(rawValue: Int32(FAULTY_TRUNCATE))
        /// Opening or making a file.
        public static let open = Calls(rawValue: Int32(FAULTY_OPEN))
        /// Deleting a file.
        public static let delete = Calls(rawValue: Int32(FAULTY_DELETE))
        /// Locking the file.
        public static let lock = Calls(rawValue: Int32(FAULTY_LOCK))
        /// Locking the index of the journal.
        public static let sharedLock = Calls(rawValue: Int32(FAULTY_SHARED_LOCK))
        /// Mapping the index of the journal into memory.
        public static let sharedMemory = Calls(rawValue: Int32(FAULTY_SHARED_MEMORY))
        /// Everything that changes a file.
        public static let changes: Calls = [.write, .sync, .truncate, .delete]
    }

    /// What goes wrong.
    public struct Fault: Sendable, Hashable {
        /// How.
        public enum Manner: Sendable, Hashable {
            /// Nothing is done, and the call says so.
            case fails
            /// Half is written, and the call says that it failed.
            case failsShort
            /// Nothing is done, and the call says that all went well.
            case lies
        }

        /// Which calls.
        public var calls: Calls
        /// From which of them on, counted from 1.
        public var number: Int
        /// The code of SQLite that they give.
        public var code: Int32
        /// How they fail.
        public var manner: Manner
        /// Whether all later ones fail too.
        public var isLasting: Bool

        /// A fault.
        public init(
            _ calls: Calls, number: Int = 1, code: Int32, manner: Manner = .fails,
            isLasting: Bool = false
        ) {
            self.calls = calls
            self.number = number
            self.code = code
            self.manner = manner
            self.isLasting = isLasting
        }
    }

    /// Takes a folder over; nil when that cannot be done.
    public init?(folder: String) {
        number = faulty_disk_mount(folder)
        guard number >= 0 else { return nil }
    }

    deinit { faulty_disk_unmount(number) }

    /// Lets calls fail from now on, and counts them from now on.
    public func arm(_ fault: Fault) {
        let manner =
            switch fault.manner {
            case .fails: FAULTY_FAILS
            case .failsShort: FAULTY_FAILS_SHORT
            case .lies: FAULTY_LIES
            }
        faulty_disk_arm(
            number, fault.calls.rawValue, fault.number, fault.code, Int32(manner),
            fault.isLasting ? 1 : 0)
    }

    /// Lets nothing fail any more.
    public func disarm() { faulty_disk_disarm(number) }

    /// How many of the armed calls there were.
    public var callCount: Int { faulty_disk_calls(number) }

    /// How many of them failed.
    public var faultCount: Int { faulty_disk_faults(number) }

    /// Records from now on what changes the files.
    public func record() { faulty_disk_record(number) }

    /// Puts a mark into the record.
    public func mark(_ mark: Int) { faulty_disk_mark(number, Int64(mark)) }

    /// What was recorded.
    public var recorded: [DiskCall] {
        (0..<faulty_disk_recorded(number)).compactMap { index in
            var entry = faulty_entry()
            guard faulty_disk_entry(number, index, &entry) != 0 else { return nil }
            return DiskCall(entry)
        }
    }
}

/// A call that changed a file.
public struct DiskCall: Sendable, Hashable {
    /// What it did.
    public enum Change: Sendable, Hashable {
        /// The file was made.
        case created
        /// Bytes were written at an offset.
        case wrote([UInt8], at: Int)
        /// The file was cut, or made longer, to a size.
        case truncated(to: Int)
        /// Everything before is on the disk.
        case synced
        /// The file was deleted, durably when its folder was synced too.
        case deleted(isDurable: Bool)
        /// No call: a mark.
        case marked(Int)
    }

    /// The file's name in its folder.
    public let name: String
    /// What it did.
    public let change: Change

    init?(_ entry: faulty_entry) {
        name = entry.name.map { String(cString: $0) } ?? ""
        switch Int(entry.kind) {
        case FAULTY_DID_CREATE: change = .created
        case FAULTY_DID_WRITE:
            change = .wrote(
                Array(UnsafeBufferPointer(start: entry.bytes, count: entry.count)),
                at: Int(entry.offset))
        case FAULTY_DID_TRUNCATE: change = .truncated(to: Int(entry.offset))
        case FAULTY_DID_SYNC: change = .synced
        case FAULTY_DID_DELETE: change = .deleted(isDurable: false)
        case FAULTY_DID_DELETE_DURABLY: change = .deleted(isDurable: true)
        case FAULTY_DID_MARK: change = .marked(Int(entry.offset))
        default: return nil
        }
    }
}
