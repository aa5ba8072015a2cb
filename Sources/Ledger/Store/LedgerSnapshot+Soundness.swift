import GRDB

/// What the tree cannot see: the database around the records.
extension LedgerSnapshot {
    /// What is wrong with the file's layout, one sentence each; derived objects are marked.
    ///
    /// - Throws: `StoreError`.
    public func layoutFindings() throws(StoreError) -> [LayoutFinding] {
        try StoreError.translating(path) {
            let objects = try Schema.differences(in: database).map {
                LayoutFinding(
                    name: $0.name, what: $0.kind.rawValue, isDerived: $0.isDerived)
            }
            let isNumbered = try Schema.version(of: database) >= Schema.firstVersion
            return objects
                + (isNumbered
                    ? []
                    : [LayoutFinding(name: "user_version", what: "altered", isDerived: true)])
        }
    }

    /// What SQLite finds wrong with its own structure and indexes; empty when all is well.
    ///
    /// - Parameter areIndexesRead: true when the indexes of `event` were held against the records
    ///   already, which is what takes SQLite long.
    /// - Returns: a sentence for each finding.
    /// - Throws: `StoreError`.
    public func structureFindings(areIndexesRead: Bool = false) throws(StoreError) -> [String] {
        let checks =
            areIndexesRead
            ? ["quick_check(100)"]
                + ["attachment", "checkpoint"].map { "integrity_check(\($0))" }
            : ["integrity_check(100)"]
        return try StoreError.translating(path) {
            var findings: [String] = []
            for check in checks {
                do {
                    findings += try String.fetchAll(database, sql: "PRAGMA \(check)")
                        .filter { $0 != "ok" && !findings.contains($0) }
                } catch let error as DatabaseError {
                    // A record that is no JSON stops the check of the generated columns.
                    findings.append(error.message ?? "\(error.resultCode)")
                }
            }
            return findings
        }
    }

    /// True when queries may be answered by an index of the layout before, which `verify` does not hold
    /// against the records.
    func hasFormerIndexes() throws(StoreError) -> Bool {
        try StoreError.translating(path) { try Schema.hasFormerIndexes(in: database) }
    }

    /// Holds the index of ids and the postings against what the records say; where one differs, each
    /// event is looked for by itself, so that it can be named.
    func inspectIndexes(_ sums: IndexSums, _ reading: inout LogReading) throws {
        // What is lost is derived data, and reported as such once.
        let lost = Set(
            try layoutFindings().filter { $0.isDerived && $0.what == "missing" }.map(\.name))
        var different = Set(
            try StoreError.translating(path) { sums.columnsThatDiffer(in: database) })
        if lost.contains("event_id") { different.remove("id") }
        if lost.contains("posting") { different.formIntersection(["id"]) }
        guard !different.isEmpty else { return }
        var named: Set<String> = []
        try forEachRecord { stored in
            guard let event = try? stored.record.event() else { return }
            for column in try columnsNotIndexing(event) where different.contains(column) {
                named.insert(column)
                reading.addIndexDiffers(
                    stored.sequence, "column \"\(column)\" does not lead to the record")
            }
        }
        for column in different.subtracting(named).sorted() {
            reading.addIndexDiffers(
                nil, "the index of column \"\(column)\" is not the one that the records give")
        }
    }

    /// The names of the columns under which an event is not found as its record says.
    ///
    /// - Throws: `StoreError`.
    public func columnsNotIndexing(_ event: Event) throws(StoreError) -> [String] {
        let size = try size()
        return try StoreError.translating(path) {
            var missed = try isFound(event) ? [] : ["id"]
            let place = event.sequence.number - 1
            guard place < size & ~255 else { return missed }
            for attribute in Posted.allCases {
                guard let text = event.text(of: attribute) else { continue }
                let places = try StoredPostings(database: database).places(
                    level: 8, block: place >> 8,
                    satisfying: [.init(attribute: attribute, text: text, end: nil)])
                if places?.contains(UInt8(truncatingIfNeeded: place)) == false {
                    missed.append(attribute.rawValue)
                }
            }
            return missed
        }
    }

    private func isFound(_ event: Event) throws -> Bool {
        do {
            let found = try Int.fetchOne(
                try database.cachedStatement(
                    sql: """
                        SELECT sequence FROM event INDEXED BY event_id
                        WHERE id = ? AND sequence = ?
                        """),
                arguments: [event.id.description, event.sequence.number])
            return found != nil
        } catch let error as DatabaseError
            where error.message?.hasPrefix("no such index") ?? false
        {
            // Derived, made again when opened for writing, and named as a missing part of the
            // layout: not each event's own difference.
            return true
        }
    }

    /// The kept tree nodes that are missing or disagree with the level below them.
    ///
    /// - Throws: `StoreError.damagedTree`.
    public func wrongNodes() throws(StoreError) -> [TreeCoordinate] {
        try wrongNodes(subtrees: [:])
    }

    /// The same, given the roots of subtrees of 256 whose leaves were read already.
    func wrongNodes(subtrees: [Int: Digest]) throws(StoreError) -> [TreeCoordinate] {
        let size = try size()
        return try StoreError.translating(path) {
            try StoredNodes(database: database).wrongNodes(size: size, subtrees: subtrees)
        }
    }

    /// Whether the kept nodes from which a log of some size goes on agree with the level below.
    func areNodesRightAtEdge(size: Int) throws(StoreError) -> Bool {
        try StoreError.translating(path) {
            try StoredNodes(database: database).areRightAtEdge(size: size)
        }
    }
}

/// An object of the database that is not as a ledger has it.
public struct LayoutFinding: Sendable, Hashable {
    /// The name of the table, index or trigger.
    public let name: String
    /// `missing`, `altered` or `foreign`.
    public let what: String
    /// True when it holds only derived data.
    public let isDerived: Bool
}
