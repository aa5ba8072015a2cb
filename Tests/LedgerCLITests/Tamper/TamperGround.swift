import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A signed and witnessed ledger to attack, and the three ways to verify what is left of it.
struct TamperGround {
    let prompt: Prompt
    let key: SignerKey

    init(events: Int = 6) async throws {
        prompt = try Prompt()
        prompt.set("LEDGER_ACTOR", "alice")
        let made = await prompt.run("init", "--origin", "ledger.test/fleet")
        try #require(made.status == 0, "\(made)")
        _ = await prompt.run("record", "note", "the shop is slow")
        var transcript = "# at 2017-05-01T08:00:00Z\n# actor alice\n"
        for _ in 0..<events - 3 { transcript += "# +1s\n$ fleet env maintenance prod ON\n" }
        try prompt.write(transcript, to: "a.transcript")
        let imported = await prompt.run("import", "a.transcript")
        try #require(imported.status == 0, "\(imported)")
        _ = await prompt.run("record", "note", "the shop is fast")
        _ = await prompt.run("checkpoint", "--sign")
        let text = try String(contentsOfFile: prompt.path("ledger.sqlite.key"), encoding: .utf8)
        key = try SignerKey.parse(text.trimmingCharacters(in: .whitespacesAndNewlines))
        try await cosign()
        let head = await prompt.run("checkpoint", "--output", "elsewhere.checkpoint")
        try #require(head.status == 0, "\(head)")
    }

    private func cosign() async throws {
        let witness = try SignerKey(
            name: KeyName("witness.test/w"), type: .cosignature,
            seed: [UInt8](repeating: 9, count: 32))
        try prompt.write(
            "log \(key.verifier.text)\nwitness w \(witness.verifier.text)\nquorum w\n",
            to: "trust.policy")
        let store = try LedgerStore.open(path: prompt.path("ledger.sqlite"))
        let head = try #require(try store.signedHeads(newest: 1).first)
        #expect(head.size == (try store.size()))
        let note = try SignedNote.parse(head.note).adding([witness], time: 1_493_632_800)
        try store.keep(
            SignedHead(
                size: head.size, root: head.root,
                note: String(decoding: note.format(), as: UTF8.self)))
        try store.close()
    }

    /// A copy of the ledger to attack, with the public key beside it.
    func victim(_ name: String = "victim-\(UUID().uuidString).sqlite") throws -> Attacker {
        for suffix in ["", ".vkey"] {
            try FileManager.default.copyItem(
                atPath: prompt.path("ledger.sqlite" + suffix), toPath: prompt.path(name + suffix))
        }
        return Attacker(path: prompt.path(name))
    }

    /// What one way of verifying says.
    struct Answer {
        let status: Int32
        let classes: [String]
        let text: String
    }

    private func verify(_ victim: Attacker, _ options: String...) async throws -> Answer {
        let result = await prompt.run(
            ["verify", "--ledger", victim.path, "--format", "json"] + options)
        guard let findings = (try? result.json)?["findings"]?.array else {
            return Answer(status: result.status, classes: [], text: result.errors)
        }
        var classes: [String] = []
        for finding in findings {
            guard let name = finding.object?["class"]?.string, !classes.contains(name) else {
                continue
            }
            classes.append(name)
        }
        return Answer(status: result.status, classes: classes, text: result.output)
    }

    func alone(_ victim: Attacker) async throws -> Answer { try await verify(victim) }

    func against(_ victim: Attacker) async throws -> Answer {
        try await verify(victim, "--against", "elsewhere.checkpoint")
    }

    func witnessed(_ victim: Attacker) async throws -> Answer {
        try await verify(victim, "--policy", "trust.policy")
    }
}
