import Foundation
import GRDB

/// A sum over the entries of the index of ids and of the postings of each attribute, to hold what they
/// have against what the records say: two sets of entries give the same sum only when they are the
/// same, as far as anyone who does not know the key of this process's hashes can bring about.
struct IndexSums: Sendable, Equatable {
    /// Events up to this one are in complete blocks, which have postings.
    let postedSize: Int
    private var ids: UInt64 = 0
    private var postings = [UInt64](repeating: 0, count: Posted.allCases.count)

    /// No entries of a log of so many events.
    init(size: Int) { postedSize = size & ~255 }

    /// Adds the entries that an event should have.
    mutating func add(_ event: Event, at sequence: SequenceNumber) {
        var id = event.id.description
        id.withUTF8 { add(id: UnsafeRawBufferPointer($0), sequence.number) }
        guard sequence.number <= postedSize else { return }
        event.forEachPosted { postings[$0.index] &+= Self.entry(Self.hash($1), sequence.number) }
    }

    /// Adds the entries that the event of a record should have.
    mutating func add(_ record: RecordOutline) {
        let sequence = record.sequence.number
        add(id: record.id, sequence)
        guard sequence <= postedSize else { return }
        record.forEachPosted { postings[$0.index] &+= Self.entry(Self.hash($1), sequence) }
    }

    /// Adds other sums of the same log.
    mutating func add(_ other: IndexSums) {
        ids &+= other.ids
        for index in postings.indices { postings[index] &+= other.postings[index] }
    }

    private mutating func add(id: UnsafeRawBufferPointer, _ sequence: Int) {
        ids &+= Self.entry(Self.hash(id), sequence)
    }

    private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: text)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// What stands for a text at a place.
    ///
    /// Both factors depend on the text's keyed hash, so that no exchange of places leaves a sum as it
    /// was.
    private static func entry(_ hash: UInt64, _ place: Int) -> UInt64 {
        let stirred = UInt64(truncatingIfNeeded: place) &* 0x9E37_79B9_7F4A_7C15
        let product = (hash ^ stirred).multipliedFullWidth(
            by: (hash << 32 | hash >> 32) &+ (stirred ^ 0xD1B5_4A32_D192_ED03))
        return product.high ^ product.low
    }

    /// The sums over the entries that the file has.
    ///
    /// - Throws: `DatabaseError` when some cannot be read, or are not in order.
    init(reading database: Database) throws {
        self.init(
            size: try Int.fetchOne(database, sql: "SELECT max(sequence) FROM event") ?? 0)
        guard try readIDs(database), try readPostings(database) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT)
        }
    }

    /// The names of the columns of which the file has other entries than these, or does not have them
    /// in order.
    func columnsThatDiffer(in database: Database) -> [String] {
        var found = IndexSums(size: postedSize)
        let hasIDs = (try? found.readIDs(database)) ?? false
        let hasPostings = (try? found.readPostings(database)) ?? false
        return (hasIDs && found.ids == ids ? [] : ["id"])
            + Posted.allCases.filter {
                !hasPostings || found.postings[$0.index] != postings[$0.index]
            }.map(\.rawValue)
    }

    /// Reads the index of ids in its order and nothing else.
    static let selectIDs = """
        SELECT sequence, id FROM event INDEXED BY event_id WHERE id IS NOT NULL ORDER BY id
        """

    private mutating func readIDs(_ database: Database) throws -> Bool {
        let rows = RowReader(try database.makeStatement(sql: Self.selectIDs))
        var last: [UInt8] = []
        while try rows.next() {
            let id = rows.bytes(1)
            add(id: id, rows.integer(0))
            // Ids are there once.
            guard last.isEmpty || last.withUnsafeBytes({ $0.order(id) }) < 0 else {
                return false
            }
            last.removeAll(keepingCapacity: true)
            last.append(contentsOf: id)
        }
        return true
    }

    /// Reads all postings in their order.
    static let selectPostings = """
        SELECT level, block, attribute, value, places FROM posting
        ORDER BY level, block, attribute, value
        """

    private mutating func readPostings(_ database: Database) throws -> Bool {
        let rows = RowReader(try database.makeStatement(sql: Self.selectPostings))
        let names = Posted.allCases.map { Array($0.rawValue.utf8) }
        // What the blocks of level 16 should say of those below them, and what they do say.
        var (expected, found): (UInt64, UInt64) = (0, 0)
        let covered = (postedSize >> 16) << 8
        var last: (level: Int, block: Int, attribute: Int) = (0, 0, 0)
        var lastText: [UInt8] = []
        while try rows.next() {
            let (level, block) = (rows.integer(0), rows.integer(1))
            let (name, text) = (rows.bytes(2), rows.bytes(3))
            guard let attribute = names.firstIndex(where: { name.elementsEqual($0) }),
                last <= (level, block, attribute),
                last < (level, block, attribute)
                    || lastText.withUnsafeBytes({ $0.order(text) }) < 0,
                Self.isAscending(rows.bytes(4))
            else { return false }
            last = (level, block, attribute)
            lastText.removeAll(keepingCapacity: true)
            lastText.append(contentsOf: text)
            let hash = Self.hash(text)
            // A text may be of two attributes.
            let tagged = hash &+ UInt64(attribute)
            switch level {
            case 8:
                for place in rows.bytes(4) {
                    postings[attribute] &+= Self.entry(hash, (block << 8 | Int(place)) + 1)
                }
                if block < covered { expected &+= Self.entry(tagged, block) }
            case 16:
                for place in rows.bytes(4) {
                    found &+= Self.entry(tagged, block << 8 | Int(place))
                }
            default: return false
            }
        }
        return expected == found
    }

    private static func isAscending(_ places: UnsafeRawBufferPointer) -> Bool {
        guard var last = places.first else { return false }
        for place in places.dropFirst() {
            guard last < place else { return false }
            last = place
        }
        return true
    }
}
