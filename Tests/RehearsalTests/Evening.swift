import Foundation
import Testing

/// The evening of a migration, by the book, up to a point.
enum Evening {
    /// Where the evening stands.
    enum Point: Int, Comparable, Sendable {
        case opened, copied, released, decided, switched, drained

        static func < (a: Point, b: Point) -> Bool { a.rawValue < b.rawValue }
    }

    /// Both methods' ends, each made once; a test takes a copy.
    private static let ends: [String: Task<Rehearsal, any Error>] = [
        "snapshot": Task { try ended("snapshot") }, "dump": Task { try ended("dump") },
    ]

    private static func ended(_ method: String) throws -> Rehearsal {
        let end = try Rehearsal.evening(method, until: .drained)
        // It stays for as long as the tests run; nobody asks it anything any more.
        end.stop()
        return end
    }

    /// A rehearsal whose customers have moved, ready to be cleaned up after.
    static func end(_ method: String) async throws -> Rehearsal {
        let end = try await #require(ends[method]).value
        return try Rehearsal(like: end)
    }
}

extension Rehearsal {
    /// A migration by the book, up to a point.
    static func evening(_ method: String, until point: Evening.Point) throws -> Rehearsal {
        let shop = try Rehearsal()
        try shop.must("init --origin rehearsal.bestpants.example/\(method)")
        try shop.must(
            "migration open plan-move --from prod --to prod2 --method \(method) "
                + hosts.map { "--hostname \($0)" }.joined(separator: " "))
        try shop.must("observe")
        try shop.must("record observation environment prod --nfs off --protected on")
        if point >= .copied { try method == "snapshot" ? shop.snapshotCopy() : shop.dumpCopy() }
        if point >= .released, method == "snapshot" { try shop.release() }
        if point >= .decided {
            try shop.must("record test prod2 passed")
            try shop.must("record decision go")
            try shop.act("env protected prod2 ON")
            try shop.must("observe")
        }
        if point >= .switched {
            try shop.point("prod2")
            if method == "dump" {
                try shop.act("env maintenance prod2 OFF")
                try shop.must("observe --until 'environment/prod2 maintenance OFF'")
            }
        }
        if point >= .drained {
            try shop.beside("advance 2h")
            try shop.act("config default-env prod2")
            try shop.must("observe")
        }
        return shop
    }

    /// Sends customers to an environment, and says so.
    func point(_ environment: String) throws {
        for host in Rehearsal.hosts {
            try beside("point \(host) --to \(environment) --ttl 300")
            try must("record dns \(host) --to \(environment) --ttl 300")
        }
    }

    private func close(_ environments: String...) throws {
        for name in environments { try act("env maintenance \(name) ON") }
        try beside("advance 70s")
        for name in environments {
            try must("observe --until 'environment/\(name) maintenance ON'")
        }
    }

    private func snapshotCopy() throws {
        try close("prod")
        try act("snapshot create prod --name plan-migration")
        try must("observe --until 'snapshot/database/plan-migration is AVAILABLE'")
        try act(
            "env create --size f1-xlarge --ha --source-environment prod "
                + "--snapshot plan-migration prod2")
        try must("observe --until 'environment/prod2 is RUNNING'")
    }

    private func release() throws {
        try act("env load prod2 c341606")
        try must("observe --until 'release/c341606 is RUNNING on prod2'")
        try act("env activate prod2 c341606")
        try must("observe --until 'release/c341606 is ACTIVE on prod2'")
        try must("observe prod prod2")
    }

    private func dumpCopy() throws {
        try act("env create --size f1-xlarge --ha --source-environment prod prod2")
        try must("observe --until 'environment/prod2 is RUNNING'")
        try release()
        try close("prod", "prod2")
        try must("run --output shop.sql -- fleet database dump prod")
        try must("run --input shop.sql -- fleet database connect prod2")
        try act("env cache flush prod2")
        try must("observe")
    }
}
