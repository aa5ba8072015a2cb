import Foundation
import Testing

@testable import ledger_cli

/// What stands in the place of the ledger, or of a file beside it, stops a command at once and with a
/// next step.
@Suite struct InTheWayTests {
    @Test func `a pipe in the place of the ledger is no ledger, and nobody waits for it`()
        async throws
    {
        let prompt = try Prompt()
        try #require(mkfifo(prompt.path("ledger.sqlite"), 0o600) == 0)
        for words in [
            ["status"], ["verify"], ["record", "note", "x"], ["history"],
            ["check", "environment/prod"], ["backup", "copy.sqlite"], ["import", "--bundle", "b"],
        ] {
            let session = try Session([Session.binary] + words, in: prompt.directory)
            session.endInput()
            let status = try session.wait(seconds: 20)
            let errors = String(decoding: session.complained, as: UTF8.self)
            #expect(status == (words[0] == "import" ? 1 : 10), "\(words): \(errors)")
        }
        let run = try Session.run("run", "--", "touch", "started", in: prompt.directory)
        #expect(run.status == 125)
        #expect(!FileManager.default.fileExists(atPath: prompt.path("started")))
    }

    @Test(arguments: [
        "-journal", "-wal", "-shm", ".key", ".vkey", "-projection", "-projection-before", "-turn",
    ])
    func `a pipe beside the ledger makes nobody wait`(_ suffix: String) async throws {
        let prompt = try await Prompt.withLedger()
        let place = prompt.path("ledger.sqlite" + suffix)
        try? FileManager.default.removeItem(atPath: place)
        try #require(mkfifo(place, 0o600) == 0)
        for words in [
            ["status"], ["record", "note", "x"], ["verify"], ["verify", "--projections"],
        ] {
            let session = try Session([Session.binary] + words, in: prompt.directory)
            session.endInput()
            let status = try session.wait(seconds: 20)
            let errors = String(decoding: session.complained, as: UTF8.self)
            if status != 0 {
                #expect(errors.contains("ledger.sqlite\(suffix): no plain file"), "\(errors)")
                #expect(errors.contains("move it away"), "\(errors)")
            }
        }
    }

    @Test func `a ledger that is removed while a command runs is missed, and nothing is made`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let session = try Session.run(
            "run", "--", "sh", "-c", "rm -f ledger.sqlite*", in: prompt.directory)
        let errors = String(decoding: session.complained, as: UTF8.self)
        #expect(session.status == 125)
        #expect(errors.contains("ledger.sqlite: no ledger here"), "\(errors)")
        #expect(errors.contains("the command ran and its outcome is NOT in the ledger"))
        #expect(!FileManager.default.fileExists(atPath: prompt.path("ledger.sqlite")))
    }

    @Test func `an outcome is not written to a ledger that is no more`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = try FakePlatform(
            in: prompt.directory,
            """
            "env maintenance "*) mv "$here/../ledger.sqlite" "$here/../away"
                echo "Maintenance Mode for Environment $3 is now being turned $4" ;;
            """)
        let session = try Session.run(
            "run", "--", "fleet", "env", "maintenance", "prod", "ON", in: prompt.directory)
        let errors = String(decoding: session.complained, as: UTF8.self)
        #expect(session.status == 125, "\(errors)")
        #expect(errors.contains("NOT in the ledger"), "\(errors)")
        #expect(errors.contains("ledger-cli record command --outcome accepted"), "\(errors)")
        #expect(!FileManager.default.fileExists(atPath: prompt.path("ledger.sqlite")))
    }

    @Test func `an empty file in the place of a ledger has a next step`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("export", "--bundle", "b")
        for suffix in ["", ".key", ".vkey", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: prompt.path("ledger.sqlite" + suffix))
        }
        try prompt.write("", to: "ledger.sqlite")
        let recorded = await prompt.run("record", "note", "x")
        #expect(recorded.status == 10)
        #expect(recorded.errors.contains("an empty file, not a ledger"), "\(recorded)")
        #expect(recorded.errors.contains("hint: remove it, then ledger-cli init"), "\(recorded)")
        let made = await prompt.run("init", "--origin", "o/a")
        #expect(made.status == 1)
        #expect(made.errors.contains("hint: remove it"), "\(made)")
        #expect(!FileManager.default.fileExists(atPath: prompt.path("ledger.sqlite.key")))
        let restored = await prompt.run("import", "--bundle", "b")
        #expect(restored.status == 0, "\(restored)")
        #expect(await prompt.run("history").lines.last == "1 event")
    }
}
