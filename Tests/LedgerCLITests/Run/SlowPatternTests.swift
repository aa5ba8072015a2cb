import Fleet
import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A pattern of the policy that takes for ever holds nothing up.
@Suite struct SlowPatternTests {
    /// A ledger whose policy has a pattern that none would take today.
    private func prompt(_ pattern: String) async throws -> Prompt {
        let prompt = try await Prompt.withLedger()
        try prompt.setPattern(pattern, at: "2017-05-01T08:00:00Z")
        return prompt
    }

    @Test func `an output that is not searched in time is not kept, and its outcome is recorded`()
        async throws
    {
        let prompt = try await prompt("[a-z0-9]+@[a-z.]+")
        let platform = try FakePlatform(
            in: prompt.directory,
            """
            "env maintenance "*) echo "Maintenance Mode for Environment $3 is now being turned $4"
                head -c 60000 /dev/zero | tr '\\0' a; echo; exit 0 ;;
            """)
        let session = try Session.run(
            "run", "--", platform.path, "env", "maintenance", "prod", "ON", in: prompt.directory)
        #expect(session.status == 0)
        let complaint = String(decoding: session.complained, as: UTF8.self)
        #expect(complaint.contains("was not done with a text of"), "\(complaint)")
        #expect(complaint.contains("the text is not kept"))
        #expect(session.printed.count > 60_000)
        #expect(
            try await prompt.types()
                == ["policy.set", "env.maintenance.started", "env.maintenance.accepted"])
        #expect(await prompt.run("show", "4").output.contains(Redaction.leftOut))
    }

    @Test func `a signal ends a run that waits for a pattern, with its outcome recorded`()
        async throws
    {
        let prompt = try await prompt("[a-z0-9]+@[a-z.]+")
        let platform = try FakePlatform(
            in: prompt.directory,
            "\"env list\") head -c 60000 /dev/zero | tr '\\0' a; echo; echo done ;;")
        let session = try Session(
            [Session.binary, "run", "--", platform.path, "env", "list"], in: prompt.directory)
        session.endInput()
        try session.read(until: "done")
        kill(session.process, SIGTERM)
        try session.wait(seconds: 30)
        #expect(try await prompt.types() == ["policy.set", "observed.environments"])
    }

    @Test func `a note that is not searched in time is not kept, and a name is refused`()
        async throws
    {
        let prompt = try await prompt("(a+)+b")
        let word = String(repeating: "a", count: 40) + "c"
        func run(_ words: String...) throws -> (status: Int32?, errors: String) {
            // In a process of its own, with which the search ends.
            let session = try Session([Session.binary] + words, in: prompt.directory)
            session.endInput()
            try session.wait()
            return (session.status, String(decoding: session.complained, as: UTF8.self))
        }
        let note = try run("record", "note", word)
        #expect(note.status == 0)
        #expect(note.errors.contains("redaction pattern \"(a+)+b\" was not done"))
        #expect(await prompt.run("show", "3").output.contains(Redaction.leftOut))
        let hold = try run("record", "hold", "environment/\(word)", "--reason", "x")
        #expect(hold.status == 1)
        #expect(hold.errors.contains("policy set redaction sets quicker ones"), "\(hold.errors)")
        let platform = try FakePlatform(in: prompt.directory)
        let started = try run("run", "--", platform.path, "env", "maintenance", word, "ON")
        #expect(started.status == 125)
        #expect(started.errors.contains("nothing was started"), "\(started.errors)")
        #expect(platform.asked.isEmpty)
        #expect(try await prompt.types() == ["policy.set", "note.added"])
    }
}

extension Prompt {
    /// Sets a pattern of the policy that is not tried before.
    func setPattern(_ pattern: String, at time: String) throws {
        let store = try LedgerStore.open(path: path("ledger.sqlite"))
        let time = try #require(Timestamp(time))
        let policy = EventDraft(
            id: EventID(time: time, entropy: [UInt8](repeating: 7, count: 10)),
            payload: .decision(.policySet(key: "redaction", value: pattern)), time: time,
            actor: Actor(id: "alice"), basis: .reported)
        _ = try store.append([policy], recordedTime: time)
        try store.close()
    }
}
