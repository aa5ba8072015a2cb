/// How what was seen fits into a record.
///
/// A listing whose rows in their plain form take more room than a record has is written closely: what
/// most rows share stands once, and what nothing is decided by is left out. What does not fit in that
/// form either is left out, and then the listing is no longer complete: it proves nothing to be gone.
extension Observation {
    /// How many bytes an observation may take; attributes and references take the rest of a record.
    static let room = 63_000

    /// The observation as far as a record has room for it, and how much was left out; itself when it
    /// fits.
    func fitting(into room: Int = Observation.room) -> (observation: Observation, leftOut: Int) {
        guard !fits(into: room) else { return (self, 0) }
        switch self {
        case .environments(let listing):
            let shorter = listing.fitting(room) { Observation.environments($0) }
            return (.environments(shorter), listing.rows.count - shorter.rows.count)
        case .snapshots(let kind, let listing):
            let shorter = listing.fitting(room, rank: \.rank) {
                Observation.snapshots(kind, $0)
            }
            return (.snapshots(kind, shorter), listing.rows.count - shorter.rows.count)
        case .releases(let listing):
            let shorter = listing.fitting(room) { Observation.releases($0) }
            return (.releases(shorter), listing.rows.count - shorter.rows.count)
        case .sqlScripts(let listing):
            let shorter = listing.fitting(room) { Observation.sqlScripts($0) }
            return (.sqlScripts(shorter), listing.rows.count - shorter.rows.count)
        case .environment(var shown):
            // Whatever is left out is not known: the rest alone is evidence.
            shown.isComplete = false
            let count = shown.settings.count + shown.endpoints.count + (shown.releases?.count ?? 0)
            shown.settings = [:]
            if Observation.environment(shown).fits(into: room) {
                return (
                    .environment(shown),
                    count - shown.endpoints.count - (shown.releases?.count ?? 0)
                )
            }
            (shown.endpoints, shown.releases) = ([:], nil)
            return (.environment(shown), count)
        case .defaultEnvironment, .dns, .file: return (self, 0)
        }
    }

    private func fits(into room: Int) -> Bool { json.byteCount <= room }
}

extension SnapshotRow {
    /// The higher, the sooner it matters: of those that the platform makes by itself there is one more
    /// each day, and the newest tells most.
    fileprivate var rank: Int64 {
        guard type?.uppercased() == "AUTOMATED", let created else { return .max }
        return created.milliseconds
    }
}

extension Listing {
    /// The rows that fit, in their order: those of the highest rank, of the same rank the first ones.
    fileprivate func fitting(
        _ room: Int, rank: (Row) -> Int64 = { _ in 0 }, _ observation: (Listing) -> Observation
    ) -> Listing {
        let preferred = rows.indices.map { (rank: rank(rows[$0]), index: $0) }
            .sorted { ($1.rank, $0.index) < ($0.rank, $1.index) }.map(\.index)
        // The most rows that fit, by halves: another row never makes a listing shorter by much.
        func listing(_ count: Int) -> Listing {
            Listing(rows: preferred.prefix(count).sorted().map { rows[$0] }, isComplete: false)
        }
        var (fits, tooMany) = (0, rows.count)
        while fits + 1 < tooMany {
            let middle = (fits + tooMany) / 2
            if observation(listing(middle)).json.byteCount <= room {
                fits = middle
            } else {
                tooMany = middle
            }
        }
        return listing(fits)
    }
}

extension JSONObject {
    /// How many bytes its canonical form has; as many as can be when it has none.
    fileprivate var byteCount: Int { (try? CanonicalJSON.encode(self).count) ?? .max }
}

extension JSONValue {
    /// More bytes than the canonical form has, without making it: every character may be escaped.
    var longestForm: Int {
        switch self {
        case .null, .bool: 6
        case .number: 32
        case .string(let text): text.utf8.count * 6 + 3
        case .array(let values): values.reduce(2) { $0 + $1.longestForm }
        case .object(let object): object.longestForm
        }
    }
}

extension JSONObject {
    /// More bytes than the canonical form has.
    var longestForm: Int {
        members.reduce(2) { $0 + $1.name.utf8.count * 6 + 4 + $1.value.longestForm }
    }

    /// The name of the member that takes the most room; nil without members.
    var longestMember: String? {
        members.max { $0.value.longestForm < $1.value.longestForm }?.name
    }
}

/// The rows of a listing as they stand in a record.
struct ListingRows {
    /// What most rows share; nil when each row says everything.
    private(set) var common: JSONObject?
    /// The rows.
    private(set) var rows: [JSONValue]

    /// The rows, written closely when they take more room than there is; `spare` are the members by
    /// which nothing is decided.
    init(_ values: [JSONValue], spare: Set<String>) {
        rows = values
        guard JSONValue.array(values).longestForm > Observation.room else { return }
        let size = (try? CanonicalJSON.encode(.array(values)).count) ?? 0
        guard size > Observation.room else { return }
        let objects = values.compactMap(\.object)
        guard objects.count == values.count, let first = objects.first else { return }
        var shared: [(name: String, text: String)] = []
        // Only what every row has: what is left out of a row can then be nothing else.
        for name in ["environment", "status", "type"] where first[name]?.string != nil {
            var counts: [String: Int] = [:]
            for object in objects { counts[object[name]?.string ?? "", default: 0] += 1 }
            let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
            guard let most, counts[""] == nil else { continue }
            shared.append((name, most.key))
        }
        rows = objects.map { object in
            var object = object
            for name in spare { object[name] = nil }
            // By bytes: texts that only look the same are not the same name.
            for (name, text) in shared
            where object[name]?.string?.utf8.elementsEqual(text.utf8) ?? false {
                object[name] = nil
            }
            for name in ["created", "modified"] {
                guard let time = object[name]?.string, time.hasSuffix(".000Z") else { continue }
                object[name] = .string(time.dropLast(5) + "Z")
            }
            return .object(object)
        }
        common = JSONObject(shared.map { ($0.name, .string($0.text)) })
    }

    /// The rows of a listing, each with all that it says.
    ///
    /// - Throws: `EventError.malformed`.
    static func read(
        _ name: String, of data: DataReader
    ) throws(EventError) -> [DataReader] {
        let rows = try data.objects(name)
        guard let value = data.object["common"] else { return rows }
        guard let common = value.object else { throw data.wrong("common", "an object") }
        return rows.map { row in
            var whole = common
            whole.merge(row.object)
            return DataReader(whole, type: row.type)
        }
    }
}
