import Foundation
import Ledger

/// A projection beside a ledger, held against the log.
struct ProjectionCheck {
    /// What came of it.
    enum Outcome: String {
        /// It is, byte for byte, what the log gives.
        case agrees
        /// It is not what the log gives.
        case differs
        /// It is damaged, or was made by another program or from another log: nothing reads it.
        case unused
    }

    /// The name of the file.
    let name: String
    /// How many events it says that it holds.
    let size: Int?
    /// What came of it.
    let outcome: Outcome
    /// Where it was put when it differs.
    let place: String?

    /// Holds every projection of a ledger against what its events give; one that differs is put
    /// aside, so that no command goes on from it.
    ///
    /// - Throws: `StoreError`, `EventError`.
    static func all(of store: LedgerStore) throws -> [ProjectionCheck] {
        guard let program = ProgramBuild.running else { return [] }
        let cache = ProjectionCache(ledger: store.path, program: program)
        return try cache.paths.compactMap { path in
            guard let bytes = OperatingSystem.contents(path) else { return nil }
            let name = URL(filePath: path).lastPathComponent
            let again: [UInt8]? = try store.read(again: true) { snapshot in
                guard let head = cache.head(path), try head.size <= snapshot.size(),
                    try snapshot.root(size: head.size) == head.root
                else { return nil }
                // As it was known then: a later void only makes it useless.
                return try ProjectedLedger(snapshot, knownAt: head.size).projection
                    .bytes(by: program)
            }
            guard let again else {
                return ProjectionCheck(name: name, size: nil, outcome: .unused, place: nil)
            }
            let agrees = again == bytes
            return ProjectionCheck(
                name: name, size: cache.head(path)?.size, outcome: agrees ? .agrees : .differs,
                place: agrees ? nil : cache.setAside(path))
        }
    }

    /// The line for people.
    var line: String {
        let events = size.map { " of \($0) events" } ?? ""
        let file = "projection \(Table.printable(name))\(events)"
        return switch outcome {
        case .agrees: "\(file): rebuilt from the log, the same"
        case .unused: "\(file): damaged, or of another log or program; it is not used"
        case .differs:
            "\(Style.output.red("\(file): differs from what the log gives"))"
                + (place.map {
                    "; put aside as \(Table.printable(URL(filePath: $0).lastPathComponent)), answers come from the log again"
                } ?? "; delete it: answers may come from it")
        }
    }

    /// The members of the JSON answer.
    var json: JSONObject {
        JSONObject([
            ("file", .string(name)), ("size", size.map { .integer($0) }),
            ("outcome", .string(outcome.rawValue)),
        ])
    }
}
