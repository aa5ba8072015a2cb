import Foundation
import GRDB
import Ledger
import Synchronization
import Testing

@testable import ledger_cli

/// The tamper matrix: what is done to a file, what sees it, and with which exit status.
///
/// `docs/tamper-matrix.md` is made of what these tests see; `RECORD=1` writes it anew.
@Suite struct TamperMatrixTests {
    private static let file = PlanningTests.root + "/docs/tamper-matrix.md"

    @Test func `every attack is seen by whom the matrix says, and named`() async throws {
        let ground = try await TamperGround()
        let clean = try ground.victim()
        #expect(try await ground.alone(clean).status == 0)
        #expect(try await ground.against(clean).status == 0)
        #expect(try await ground.witnessed(clean).status == 0)
        var rows: [[String]] = []
        for attack in Attack.all {
            let victim = try ground.victim()
            try attack.act(victim, ground.key)
            let alone = try await ground.alone(victim)
            let against = try await ground.against(victim)
            let witnessed = try await ground.witnessed(victim)
            #expect(alone.status == attack.status, "\(attack.name): \(alone)")
            #expect(against.status == attack.against, "\(attack.name), against: \(against)")
            #expect(witnessed.status == attack.witnessed, "\(attack.name), policy: \(witnessed)")
            #expect(
                attack.alone.allSatisfy(alone.classes.contains), "\(attack.name): \(alone.classes)")
            rows.append(
                [attack.name] + [alone, against, witnessed].map(Self.cell))
        }
        let flips = try await byteRows()
        try Self.compare(Self.page(flips + rows))
    }

    /// Changes every byte of every stored row, in the file of a ledger that is as small as it gets.
    private func byteRows() async throws -> [[String]] {
        let ground = try await TamperGround(events: 4)
        let policy = try String(contentsOfFile: ground.prompt.path("trust.policy"), encoding: .utf8)
        let flips = try ByteFlips(try ground.victim(), trust: try TrustPolicy.parse(policy))
        var rows: [(name: String, bytes: Int, kinds: Set<String>)] = []
        for region in flips.regions {
            if !rows.contains(where: { $0.name == region.name }) {
                rows.append((region.name, 0, []))
            }
            let row = try #require(rows.firstIndex { $0.name == region.name })
            for offset in region.range {
                // Bit 0 keeps letters letters; every seventh byte loses its top bit instead.
                let found = try flips.verification(
                    changing: offset, of: region, by: offset.isMultiple(of: 7) ? 0x80 : 0x01)
                rows[row].bytes += 1
                guard let found else { continue }
                let fatal = found.findings.filter(\.isFatal)
                let place = "\(region.name), byte \(offset - region.range.lowerBound)"
                if region.name == ByteFlips.witnessLine {
                    // Another name is another witness's line: nobody vouches any more.
                    #expect(!fatal.isEmpty || found.anchoredSize == 0, "\(place)")
                } else if let kind = region.kind {
                    #expect(
                        fatal.contains { $0.kind == kind && $0.sequence == region.sequence },
                        "\(place) of \(region.sequence ?? 0): \(found.findings)")
                    rows[row].kinds.insert(kind.rawValue)
                } else {
                    #expect(!fatal.isEmpty, "\(place)")
                    rows[row].kinds.formUnion(fatal.map(\.kind.rawValue))
                }
            }
        }
        return rows.map { row in
            let name = "any byte of a \(row.name) (all \(row.bytes))"
            if row.name == ByteFlips.witnessLine {
                return [name, "0: not seen", "0: not seen", "3 or 6"]
            }
            return [name, "3: " + row.kinds.sorted().joined(separator: ", "), "3", "3"]
        }
    }

    private static func cell(_ answer: TamperGround.Answer) -> String {
        answer.classes.isEmpty
            ? "\(answer.status)" + (answer.status == 0 ? ": not seen" : "")
            : "\(answer.status): " + answer.classes.joined(separator: ", ")
    }

    private static func page(_ rows: [[String]]) -> String {
        var lines = [
            "# Tamper matrix", "",
            "Made by `scripts/tamper-matrix` from what its test does to a small signed ledger and",
            "what `verify` says afterwards: the exit status and the classes of its findings, the",
            "first first. Status 0 is intact, 3 does not verify, 6 is intact but not anchored.", "",
            "- *verify*: with the public key that `init` wrote beside the ledger, nothing else.",
            "- *against*: `--against` a checkpoint that was kept elsewhere before the attack.",
            "- *witness*: `--policy` with a witness that had cosigned the newest head before.", "",
            "| attack | verify | against | witness |", "|---|---|---|---|",
        ]
        lines += rows.map { "| " + $0.joined(separator: " | ") + " |" }
        lines += [
            "",
            "What *verify* alone cannot see it says itself: newest events cut off with their heads,",
            "and a file rewritten as a whole. A cut to exactly a kept head is seen by a newer one only.",
            "What was never recorded is seen by nothing.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func compare(_ text: String) throws {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["TAMPER_MATRIX"] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        if environment["RECORD"] != nil {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            Issue.record("docs/tamper-matrix.md was written anew; run again without RECORD")
        }
        let written = try? String(contentsOfFile: file, encoding: .utf8)
        #expect(written == text, "run: RECORD=1 scripts/test --filter TamperMatrixTests")
    }

    @Test func `a wrong tree node is reported, not fatal, and made again`() async throws {
        let ground = try await TamperGround(events: 260)
        for sql in [
            "UPDATE node SET hash = zeroblob(32)", "DELETE FROM node",
            "UPDATE node SET position = 5", "UPDATE node SET level = 16",
        ] {
            let victim = try ground.victim()
            try victim.sql { try $0.execute(sql: sql) }
            let answer = try await ground.alone(victim)
            #expect(answer.status == 0, "\(sql): \(answer)")
            #expect(answer.classes == ["derived data wrong"], "\(sql)")
            #expect(try await ground.alone(victim).classes == [], "\(sql): made again")
        }
    }
}
