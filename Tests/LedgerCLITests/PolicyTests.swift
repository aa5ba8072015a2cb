import Ledger
import Testing

@testable import ledger_cli

@Suite struct PolicyTests {
    struct Value: Sendable {
        let key: String
        let given: String
        let recorded: String?
    }

    @Test(arguments: [
        Value(key: "soak", given: "90m", recorded: "90m"),
        Value(key: "soak", given: "1440m", recorded: "24h"),
        Value(key: "soak", given: "3600s", recorded: "1h"),
        Value(key: "soak", given: "0s", recorded: "0s"),
        Value(key: "soak", given: "-5s", recorded: nil),
        Value(key: "soak", given: "five minutes", recorded: nil),
        Value(key: "soak", given: "", recorded: nil),
        Value(key: "soak", given: "99999999999999999999h", recorded: nil),
        Value(key: "cleanup-order", given: "strict", recorded: "strict"),
        Value(key: "cleanup-order", given: "Strict", recorded: nil),
        Value(key: "approvals", given: "2", recorded: "2"),
        Value(key: "approvals", given: "-1", recorded: nil),
        Value(key: "approvals", given: "two", recorded: nil),
        Value(key: "redaction", given: "token=[a-z]+", recorded: "token=[a-z]+"),
        Value(key: "redaction", given: "(", recorded: nil),
    ])
    func `a policy takes only values of its kind`(_ example: Value) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("policy", "set", example.key, "--", example.given)
        guard let recorded = example.recorded else {
            #expect(result.status == 64)
            #expect(try await prompt.types().isEmpty)
            return
        }
        #expect(result.status == 0, "\(result.errors)")
        #expect(try await prompt.event(2)["data"]?.object?["value"]?.string == recorded)
    }

    @Test(arguments: ["[a-z0-9]+@[a-z.]+", "(a+)+b"])
    func `a pattern that takes long on one word is refused with a way out`(
        _ pattern: String
    ) async throws {
        let prompt = try await Prompt.withLedger()
        // In a process of its own, with which the search ends.
        let session = try Session.run(
            "policy", "set", "redaction", pattern, in: prompt.directory)
        let complaint = String(decoding: session.complained, as: UTF8.self)
        #expect(session.status == 64)
        #expect(complaint.contains("\"\(pattern)\" takes more than 2s on one long word"))
        #expect(complaint.contains("bound what repeats"))
        #expect(try await prompt.types().isEmpty)
    }

    @Test(arguments: [
        "\\b[a-z0-9]+@[a-z.]+", "[a-z0-9]{1,64}@[a-z.]+", "[A-Z]{5}-\\d+", "eyJ[A-Za-z0-9_.-]+",
    ])
    func `a pattern that is quick on every word is taken`(_ pattern: String) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("policy", "set", "redaction", pattern)
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func `an unknown policy names the nearest one`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("policy", "set", "sok", "1h")
        #expect(result.status == 64)
        #expect(result.errors.contains("did you mean: soak"))
    }

    @Test func `the list shows what was set, by which event, and voided changes no more`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("policy", "set", "soak", "2h")
        #expect(await prompt.run("policy", "list").output.contains("event 2"))
        _ = await prompt.run("record", "void", "2", "--reason", "slip")
        #expect(!(await prompt.run("policy", "list").output.contains("event 2")))
    }

    @Test func `a pattern of the policy takes secrets out of what is recorded`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("policy", "set", "redaction", "case [0-9]+")
        _ = await prompt.run("record", "note", "support case 4711 opened")
        let shown = await prompt.run("show", "3")
        #expect(!shown.output.contains("4711"))
        #expect(shown.output.contains("[redacted]"))
    }
}
