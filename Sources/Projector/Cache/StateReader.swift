import Ledger

/// Reads a state from the bytes that `StateWriter` wrote; nil for whatever it did not write.
struct StateReader {
    /// What does not belong into such bytes was met.
    struct Unreadable: Error {}

    let bytes: [UInt8]
    private(set) var end: Int
    private let isTrusting: Bool
    var offset = 0
    private var contents: [EventContent] = []
    private var authors: [Author] = []

    private init(_ bytes: [UInt8], in range: Range<Int>, isTrusting: Bool) {
        self.bytes = bytes
        self.isTrusting = isTrusting
        (offset, end) = (range.lowerBound, range.upperBound)
    }

    /// The state of some bytes; nil when they are none.
    ///
    /// Trusting, it believes that each packed history is what was written, and reads it only when
    /// it is asked for.
    static func state(of bytes: [UInt8], in range: Range<Int>, isTrusting: Bool) -> State? {
        var reader = StateReader(bytes, in: range, isTrusting: isTrusting)
        guard let state = try? reader.whole() else { return nil }
        return state
    }

    private mutating func whole() throws -> State {
        let histories = offset + StateWriter.lengthCount
        guard histories <= end else { throw Unreadable() }
        let length = bytes[offset..<histories].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(end - histories) else { throw Unreadable() }
        let shared = histories + Int(length)
        offset = shared
        try readShared()
        guard offset == end else { throw Unreadable() }
        (offset, end) = (histories, shared)
        let state = try state()
        guard offset == end else { throw Unreadable() }
        return state
    }

    private mutating func readShared() throws {
        contents = try list { try $0.content() }
        authors = try list { reader in
            let actor = Actor(id: try reader.text(), type: try reader.text())
            return Author(actor: actor, migration: try reader.optional { try $0.text() })
        }
    }

    private mutating func state() throws -> State {
        var state = State()
        state.count = try number()
        state.newest = try optional { try $0.moment() }
        state.environments = try dictionary { reader in
            (
                try reader.text(),
                EnvironmentHistory(attempts: try reader.attempts(), sightings: try reader.looks())
            )
        }
        state.snapshots = try dictionary { reader in
            guard let kind = SnapshotKind(rawValue: try reader.text()) else { throw Unreadable() }
            return (
                SnapshotKey(kind: kind, name: try reader.text()),
                SnapshotHistory(attempts: try reader.attempts(), sightings: try reader.looks())
            )
        }
        state.releases = try dictionary { reader in
            (
                try reader.text(),
                ReleaseHistory(attempts: try reader.attempts(), rows: try reader.looks())
            )
        }
        state.hosts = try dictionary { reader in
            (
                try reader.text(),
                HostHistory(
                    switches: try reader.attempts(), answers: try reader.looks(),
                    failures: try reader.list { try $0.moment() })
            )
        }
        state.defaultAttempts = try attempts()
        state.scriptAttempts = try attempts()
        state.logAttempts = try attempts()
        state.dumps = try dictionary { (try $0.text(), try $0.attempts()) }
        state.defaultAnswers = try marks { try $0.text() }
        state.scriptListings = try marks { reader in
            guard case .observation(.sqlScripts(let listing)) = try reader.payload() else {
                throw Unreadable()
            }
            return listing
        }
        state.environmentListings = try listings()
        state.snapshotListings = try dictionary { reader in
            guard let kind = SnapshotKind(rawValue: try reader.text()) else { throw Unreadable() }
            return (kind, try reader.listings())
        }
        state.releaseListings = try listings()
        state.files = try dictionary { reader in
            let path = try reader.text()
            return (
                path,
                try reader.marks { reader in
                    guard case .observation(.file(let file)) = try reader.payload() else {
                        throw Unreadable()
                    }
                    return file
                }
            )
        }
        state.declarations = try dictionary { (try $0.text(), try $0.declaration()) }
        state.closings = try dictionary { (try $0.text(), try $0.marks { try $0.number() == 1 }) }
        state.decisions = try marks { try $0.decision() }
        state.holds = try dictionary { (try $0.text(), try $0.marks { try $0.decision() }) }
        state.policyMarks = try marks { try $0.decision() }
        state.settlePolicy()
        state.planMarks = try marks { try $0.decision() }
        state.inDoubt = try dictionary { reader in
            guard let id = EventID(try reader.text()), let attempt = try reader.attempts().first
            else { throw Unreadable() }
            return (id, attempt)
        }
        state.unfinishedNotes = try dictionary { reader in
            guard let id = EventID(try reader.text()) else { throw Unreadable() }
            let command = try reader.text()
            let started = try reader.moment()
            let actor = Actor(id: try reader.text(), type: try reader.text())
            return (id, UnfinishedNote(command: command, started: started, actor: actor))
        }
        state.unreadable = try marks { try $0.text() }
        state.foretold = try list { reader in
            State.Foretold(moment: try reader.moment(), recorded: try reader.time())
        }
        return state
    }

    // MARK: What stands for itself

    private mutating func listings() throws -> [State.ListingMark] {
        try list { State.ListingMark(moment: try $0.moment()) }
    }

    private mutating func declaration() throws -> State.Declaration {
        guard case .decision(.migrationOpened(let roles)) = try payload() else {
            throw Unreadable()
        }
        return State.Declaration(
            roles: roles, opened: try moment(), confirmed: try moment(),
            evidence: try list { SequenceNumber(try $0.number()) })
    }

    // MARK: Histories

    private mutating func attempts() throws -> Chronology<Attempt> {
        try history { reader, place in
            guard let deed = reader.contents[place].deed else { throw Unreadable() }
            return deed
        }
    }

    private mutating func looks<Element: Chronicled>() throws -> Chronology<Element>
    where Element.Shared == EventContent {
        try history { reader, place in reader.contents[place] }
    }

    private mutating func history<Element: Chronicled>(
        _ shared: (inout StateReader, Int) throws -> Element.Shared
    ) throws -> Chronology<Element> {
        let kinds = try list { reader in
            let place = try reader.number()
            guard reader.contents.indices.contains(place),
                let code = Int32(exactly: try reader.number()),
                let count = Int32(exactly: try reader.number()),
                let first = Int32(exactly: try reader.number() - 1),
                let last = Int32(exactly: try reader.number() - 1)
            else { throw Unreadable() }
            return Chronology<Element>.Packed.Kind(
                shared: try shared(&reader, place), code: code, count: count, first: first,
                last: last)
        }
        let authors = try list { reader in
            let place = try reader.number()
            guard reader.authors.indices.contains(place) else { throw Unreadable() }
            return reader.authors[place]
        }
        let longest = Int64(try number())
        let starts = try words()
        let old = try slice()
        let count = try number()
        let tail = try slice()
        guard
            let packed = Chronology<Element>.Packed(
                bytes: old, starts: starts, kinds: kinds, authors: authors, longest: longest),
            isTrusting || packed.isSound,
            let young = Chronology<Element>.Packed.elements(
                of: tail, count: count, kinds: kinds, authors: authors)
        else { throw Unreadable() }
        return Chronology(packed: packed, young: young)
    }

    // MARK: What is shared

    private mutating func content() throws -> EventContent {
        let bytes = try slice()
        guard let end = bytes.firstIndex(of: 0),
            let type = String(utf8: bytes[..<end]),
            let data = (try? JSONReader.parseCanonical(Array(bytes[(end + 1)...])))?.object
        else { throw Unreadable() }
        let content = EventContent(type: EventType(type), data: data)
        guard content.isReadable else { throw Unreadable() }
        return content
    }

    private mutating func payload() throws -> EventPayload {
        let place = try number()
        guard contents.indices.contains(place),
            case .success(let payload?) = contents[place].payload
        else { throw Unreadable() }
        return payload
    }

    private mutating func decision() throws -> Decision {
        guard case .decision(let decision) = try payload() else { throw Unreadable() }
        return decision
    }
}
