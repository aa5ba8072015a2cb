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
        let flips = try await byteRows(of: ground)
        try Self.compare(Self.page(flips + rows))
    }

    /// Changes every byte of every stored row, in the file.
    private func byteRows(of ground: TamperGround) async throws -> [[String]] {
        let flips = try ByteFlips(try ground.victim(), key: ground.key.verifier)
        var counts: [(name: String, bytes: Int, kinds: [String])] = []
        for region in flips.regions {
            let index: Int
            if let found = counts.firstIndex(where: { $0.name == region.name }) {
                index = found
            } else {
                index = counts.count
                counts.append((region.name, 0, []))
            }
            for offset in region.range {
                // Bit 0 keeps letters letters; every seventh byte loses its top bit instead.
                let findings = try flips.findings(
                    changing: offset, of: region, by: offset.isMultiple(of: 7) ? 0x80 : 0x01)
                counts[index].bytes += 1
                guard let findings else { continue }
                let fatal = findings.filter(\.isFatal)
                #expect(!fatal.isEmpty, "\(region.name), byte \(offset - region.range.lowerBound)")
                if let kind = region.kind {
                    #expect(
                        fatal.contains { $0.kind == kind && $0.sequence == region.sequence },
                        "\(region.name) \(region.sequence ?? 0), byte \(offset): \(findings)")
                    if !counts[index].kinds.contains(kind.rawValue) {
                        counts[index].kinds.append(kind.rawValue)
                    }
                } else {
                    for finding in fatal where !counts[index].kinds.contains(finding.kind.rawValue)
                    {
                        counts[index].kinds.append(finding.kind.rawValue)
                    }
                }
            }
        }
        return counts.map { row in
            let cell = "3: " + row.kinds.sorted().joined(separator: ", ")
            return ["any byte of a \(row.name) (all \(row.bytes))", cell, "3", "3"]
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
