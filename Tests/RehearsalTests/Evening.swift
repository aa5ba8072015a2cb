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
        "snapshot": Task { try await ended("snapshot") }, "dump": Task { try await ended("dump") },
    ]

    private static func ended(_ method: String) async throws -> Rehearsal {
        let end = try await Rehearsal.evening(method, until: .drained)
        // It stays for as long as the tests run; nobody asks it anything any more.
        end.stop()
        return end
    }

    /// A rehearsal whose customers have moved, ready to be cleaned up after.
    static func end(_ method: String) async throws -> Rehearsal {
        let end = try await #require(ends[method]).value
        return try await Rehearsal(like: end)
    }
}

extension Rehearsal {
    /// A migration by the book, up to a point.
    static func evening(_ method: String, until point: Evening.Point) async throws -> Rehearsal {
        let shop = try await Rehearsal()
        try await shop.must("init --origin rehearsal.bestpants.example/\(method)")
        try await shop.must(
            "migration open plan-move --from prod --to prod2 --method \(method) "
                + hosts.map { "--hostname \($0)" }.joined(separator: " "))
        try await shop.must("observe")
        try await shop.must("record observation environment prod --nfs off --protected on")
        if point >= .copied {
            try await method == "snapshot" ? shop.snapshotCopy() : shop.dumpCopy()
        }
        if point >= .released, method == "snapshot" { try await shop.release() }
        if point >= .decided {
            try await shop.must("record test prod2 passed")
            try await shop.must("record decision go")
            try await shop.act("env protected prod2 ON")
            try await shop.must("observe")
        }
        if point >= .switched {
            try await shop.point("prod2")
            if method == "dump" {
                try await shop.act("env maintenance prod2 OFF")
                try await shop.must("observe --until 'environment/prod2 maintenance OFF'")
            }
        }
        if point >= .drained {
            try await shop.beside("advance 2h")
            try await shop.act("config default-env prod2")
            try await shop.must("observe")
        }
        return shop
    }

    /// Sends customers to an environment, and says so.
    func point(_ environment: String) async throws {
        for host in Rehearsal.hosts {
            try await beside("point \(host) --to \(environment) --ttl 300")
            try await must("record dns \(host) --to \(environment) --ttl 300")
        }
    }

    private func close(_ environments: String...) async throws {
        for name in environments { try await act("env maintenance \(name) ON") }
        try await beside("advance 70s")
        for name in environments {
            try await must("observe --until 'environment/\(name) maintenance ON'")
        }
    }

    private func snapshotCopy() async throws {
        try await close("prod")
        try await act("snapshot create prod --name plan-migration")
        try await must("observe --until 'snapshot/database/plan-migration is AVAILABLE'")
        try await act(
            "env create --size f1-xlarge --ha --source-environment prod "
                + "--snapshot plan-migration prod2")
        try await must("observe --until 'environment/prod2 is RUNNING'")
    }

    private func release() async throws {
        try await act("env load prod2 c341606")
        try await must("observe --until 'release/c341606 is RUNNING on prod2'")
        try await act("env activate prod2 c341606")
        try await must("observe --until 'release/c341606 is ACTIVE on prod2'")
        try await must("observe prod prod2")
    }

    private func dumpCopy() async throws {
        try await act("env create --size f1-xlarge --ha --source-environment prod prod2")
        try await must("observe --until 'environment/prod2 is RUNNING'")
        try await release()
        try await close("prod", "prod2")
        try await must("run --output shop.sql -- fleet database dump prod")
        try await must("run --input shop.sql -- fleet database connect prod2")
        try await act("env cache flush prod2")
        try await must("observe")
    }
}
