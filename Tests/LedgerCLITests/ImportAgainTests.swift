import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// What comes in again, and in another form than before.
@Suite struct ImportAgainTests {
    private static let evening = """
        # at 2017-04-30T10:00:00Z
        # actor alice
        $ ledger-cli record hold environment/prod2 --reason audit
        $ fleet env destroy prod
        Environment prod is now being destroyed

        """

    private static func event(_ more: JSONObject = [:]) throws -> String {
        var event: JSONObject = [
            "specversion": "1.0", "id": "0190163d-8694-739b-aea5-966c26f8ad91",
            "source": "elsewhere.example", "type": "env.maintenance.accepted",
            "subject": "environment/prod", "time": "2017-04-30T12:00:00+02:00",
            "data": ["environment": "prod", "state": "ON"],
        ]
        for member in more.members { event[member.name] = member.value }
        return String(decoding: try CanonicalJSON.encode(.object(event)), as: UTF8.self) + "\n"
    }

    @Test func `a command whose outcome was corrected in the file is an error with its line`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        try prompt.write(Self.evening, to: "a.transcript")
        _ = await prompt.run("import", "a.transcript")
        for directive in ["# exit 255", "# timeout"] {
            try prompt.write(Self.evening + directive + "\n", to: "a.transcript")
            let result = await prompt.run("import", "a.transcript")
            #expect(result.status == 1)
            #expect(
                result.errors.hasPrefix(
                    "ledger: error: a.transcript:4: event 3 has the id of this one and says "
                        + "something else; nothing was written"), "\(result.errors)")
            #expect(result.errors.contains("leave the line as it was imported"))
            #expect(result.errors.contains("record void 3"))
            let piped = await prompt.run("import", "-", input: Self.evening + directive + "\n")
            #expect(piped.errors.hasPrefix("ledger: error: -:4: event 3 "), "\(piped.errors)")
        }
        #expect(try await prompt.types() == ["hold.placed", "env.destroy.accepted"])
    }

    @Test func `a line whose event is voided is advised about as one that keeps its id`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        try prompt.write(Self.evening, to: "a.transcript")
        _ = await prompt.run("import", "a.transcript")
        _ = await prompt.run("record", "void", "3", "--reason", "exit was 255")
        try prompt.write(Self.evening + "# exit 255\n", to: "a.transcript")
        let result = await prompt.run("import", "a.transcript")
        #expect(result.status == 1)
        #expect(result.errors.contains("event 3, which is voided, has the id of this one"))
        #expect(!result.errors.contains("record void"), "\(result.errors)")
        // The advice leads out: the line as it was, and what grew since comes in.
        try prompt.write(Self.evening + "# +1m\n$ uptime\n", to: "a.transcript")
        let again = await prompt.run("import", "a.transcript")
        #expect(again.output.contains("added 1 event"), "\(again.errors)")
    }

    @Test func `what grew, and what only the policy made look otherwise, comes in as before`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let text = "# at 2017-04-30T09:00:00Z\n$ echo word\nnothing\n"
        try prompt.write(text, to: "a.transcript")
        _ = await prompt.run("import", "a.transcript")
        _ = await prompt.run("policy", "set", "redaction", "w.rd")
        try prompt.write(text + "$ uptime\n", to: "a.transcript")
        let result = await prompt.run("import", "a.transcript")
        #expect(result.output.contains("1 were imported before"), "\(result.errors)")
    }

    @Test func `a file that a transcript names is not looked at again`() async throws {
        let prompt = try await Prompt.withLedger()
        let text = "# at 2017-04-30T08:00:00Z\n$ ledger-cli record file a.sql --role dump\n"
        try prompt.write("x\n-- Dump completed\n", to: "a.sql")
        _ = await prompt.run("import", "-", input: text)
        for content in ["another\n", nil] {
            try content.map { try prompt.write($0, to: "a.sql") }
                ?? FileManager.default.removeItem(atPath: prompt.path("a.sql"))
            let again = await prompt.run("import", "-", input: text)
            #expect(again.output.hasPrefix("nothing to add"), "\(again.errors)")
        }
    }

    @Test func `an event that says something else under a known id is an error with its line`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        try prompt.write(try Self.event(), to: "a.jsonl")
        #expect(await prompt.run("import", "a.jsonl").status == 0)
        let changes: [JSONObject] = [
            ["data": ["environment": "prod", "state": "OFF"]], ["authid": "mallory"],
            ["type": "env.maintenance.refused"], ["time": "2017-04-30T12:00:01+02:00"],
        ]
        for change in changes {
            let text = try "\n" + Self.event() + Self.event(change)
            try prompt.write(text, to: "b.jsonl")
            let result = await prompt.run("import", "b.jsonl")
            #expect(result.status == 1)
            #expect(result.errors.hasPrefix("ledger: error: b.jsonl:3: event 2 "))
        }
        // Within one file, too.
        let fresh = try await Prompt.withLedger()
        try fresh.write(try Self.event() + Self.event(changes[0]), to: "b.jsonl")
        let result = await fresh.run("import", "b.jsonl")
        #expect(result.status == 1)
        #expect(
            result.errors.hasPrefix(
                "ledger: error: b.jsonl:2: b.jsonl:1 has the id of this one and says something else"
            ), "\(result.errors)")
        #expect(try await fresh.types().isEmpty)
    }

    @Test func `what only the ledger can give need not stand in a line`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("import", "--jsonl", "-", input: try Self.event())
        #expect(result.status == 0, "\(result.errors)")
        let event = try await prompt.event(2)
        #expect(event["time"] == "2017-04-30T10:00:00.000Z")
        #expect(event["id"] == "0190163d-8694-739b-aea5-966c26f8ad91")
        #expect(event["basis"] == "imported")
        for name in ["type", "authid", "subject"] {
            let empty = await prompt.run(
                "import", "--jsonl", "-", input: try Self.event([name: ""]))
            #expect(empty.status == 1, "\(name)")
        }
    }

    @Test func `a secret in a line never reaches the file`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("policy", "set", "redaction", "GEHEIM[0-9]+")
        let line = try Self.event([
            "data": [
                "environment": "prod", "state": "ON",
                "command": "mysql -pHUNTER22 GEHEIM17", "remarks": ["mysql://u:HUNTER22@h"],
            ]
        ])
        let result = await prompt.run("import", "--jsonl", "-", input: line)
        #expect(result.status == 0, "\(result.errors)")
        let text = await prompt.run("history", "--format", "jsonl").output
        #expect(!text.contains("HUNTER22") && !text.contains("GEHEIM17"))
        #expect(text.contains("mysql -p[redacted] [redacted]"))
    }

    @Test func `an event that is too long is named by its line`() async throws {
        let prompt = try await Prompt.withLedger()
        let long = String(repeating: "x", count: 70_000)
        let text =
            try Self.event()
            + Self.event([
                "id": "0190163d-8694-739b-aea5-966c26f8ad92",
                "data": ["environment": "prod", "state": "ON", "command": .string(long)],
            ])
        try prompt.write(text, to: "a.jsonl")
        let result = await prompt.run("import", "a.jsonl")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("ledger: error: a.jsonl:2: \"command\" is too long: "))
    }

    @Test func `a void of what is not there is named by its line`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(
            Self.evening + "$ ledger-cli record void 99 --reason slip\n", to: "a.transcript")
        let result = await prompt.run("import", "a.transcript")
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("ledger: error: a.transcript:6: event 99"))
    }

    @Test func `captured output of an import that is deleted is missed, also in a bundle`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        try prompt.write(Self.evening, to: "a.transcript")
        _ = await prompt.run("import", "a.transcript")
        _ = await prompt.run("export", "--bundle", "bundle")
        #expect(await prompt.run("verify", "--bundle", "bundle").status == 0)
        let rows = prompt.path("bundle/attachments.jsonl")
        let manifest = prompt.path("bundle/bundle.json")
        let lines = try String(contentsOfFile: rows, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        try lines.prefix(1).joined(separator: "\n").appending("\n")
            .write(toFile: rows, atomically: false, encoding: .utf8)
        try String(contentsOfFile: manifest, encoding: .utf8)
            .replacing("\"attachments\":2", with: "\"attachments\":1")
            .write(toFile: manifest, atomically: false, encoding: .utf8)
        let result = await prompt.run("verify", "--bundle", "bundle")
        #expect(result.status == 3)
        #expect(result.output.contains("attachment \"output\" is not there"), "\(result.output)")
    }

    @Test func `an event that came without its content says so, and verifies`() async throws {
        let source = try await Prompt.withLedger()
        try source.write(Self.evening, to: "a.transcript")
        _ = await source.run("import", "a.transcript")
        let lines = await source.run("history", "--format", "jsonl").output
        let target = try await Prompt.withLedger()
        #expect(await target.run("import", "--jsonl", "-", input: lines).status == 0)
        #expect(await target.run("verify").status == 0)
        #expect(await target.run("show", "3").output.contains("elsewhere"))
        // Where the content is, its own export adds nothing.
        let again = await source.run("import", "--jsonl", "-", input: lines)
        #expect(again.output.hasPrefix("nothing to add"), "\(again.errors)")
    }
}
