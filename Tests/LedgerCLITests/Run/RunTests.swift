import Foundation
import Ledger
import Testing

@testable import ledger_cli

@Suite struct RunTests {
    @Test func `a command is in the ledger before it starts and after it has ended`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory)
        let result = await prompt.run(
            "run", "--", platform.path, "env", "maintenance", "prod", "ON")
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output == "Maintenance Mode for Environment prod is now being turned ON\n")
        #expect(result.errors.isEmpty)
        #expect(
            try await prompt.types() == ["env.maintenance.started", "env.maintenance.accepted"])
        let start = try await prompt.event(2)
        let end = try await prompt.event(3)
        #expect(end["causationid"] == start["id"])
        #expect(end["basis"] == "executed")
        #expect(end["data"]?.object?["detail"] == "echo")
    }

    @Test func `nothing is started that the grammar does not know`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory)
        let result = await prompt.run("run", "--", platform.path, "env", "explode", "prod")
        #expect(result.status == 64)
        #expect(platform.asked.isEmpty)
        #expect(try await prompt.types().isEmpty)
    }

    struct StatusCase: Sendable {
        let script: String
        let status: Int32
    }

    @Test(arguments: [
        StatusCase(script: "exit 0", status: 0), StatusCase(script: "exit 3", status: 3),
        StatusCase(script: "exit 255", status: 255),
        StatusCase(script: "kill -TERM $$", status: 143),
        StatusCase(script: "kill -KILL $$", status: 137),
    ])
    func `the status is the command's own`(_ example: StatusCase) async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("run", "--", "sh", "-c", example.script)
        #expect(result.status == example.status)
        #expect(try await prompt.types() == ["note.added"])
        #expect(
            try await prompt.event(2)["data"]?.object?["exit"] == .integer(Int(example.status)))
    }

    @Test func `what is not there or cannot be executed leaves no trace`() async throws {
        let prompt = try await Prompt.withLedger()
        #expect(await prompt.run("run", "--", "no-such-program-here").status == 127)
        #expect(await prompt.run("run", "--", "/etc/passwd").status == 126)
        #expect(
            await prompt.run("run", "--", prompt.path("bin/fleet"), "env", "list").status == 127)
        #expect(try await prompt.types().isEmpty)
    }

    @Test func `without a ledger nothing runs`() async throws {
        let prompt = try Prompt()
        let platform = try FakePlatform(in: prompt.directory)
        let result = await prompt.run("run", "--", platform.path, "env", "maintenance", "a", "ON")
        #expect(result.status == 125)
        #expect(result.errors.contains("nothing was started"))
        #expect(platform.asked.isEmpty)
    }

    @Test func `silence where an echo is documented proves nothing`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory, "\"env maintenance \"*) ;;")
        #expect(
            await prompt.run("run", "--", platform.path, "env", "maintenance", "a", "ON").status
                == 0)
        #expect(
            try await prompt.types() == ["env.maintenance.started", "env.maintenance.unknown"])
    }

    @Test func `an echo of another object is unknown, text and a status a refusal`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(
            in: prompt.directory,
            """
            "env maintenance a ON") echo "Maintenance Mode for Environment b is now being turned ON" ;;
            "env maintenance c ON") echo "Environment c does not exist"; exit 1 ;;
            """)
        _ = await prompt.run("run", "--", platform.path, "env", "maintenance", "a", "ON")
        _ = await prompt.run("run", "--", platform.path, "env", "maintenance", "c", "ON")
        #expect(
            try await prompt.types() == [
                "env.maintenance.started", "env.maintenance.unknown", "env.maintenance.started",
                "env.maintenance.refused",
            ])
    }

    @Test func `a reading becomes an observation, one that fails an incomplete one`() async throws {
        let prompt = try await Prompt.withLedger()
        let list = "name  status    release\\n----  --------  -------\\nprod  RUNNING   037205f\\n"
        let platform = try FakePlatform(
            in: prompt.directory,
            """
            "env list") printf '\(list)' ;;
            "snapshot list") echo oops; exit 1 ;;
            """)
        #expect(await prompt.run("run", "--", platform.path, "env", "list").status == 0)
        #expect(await prompt.run("run", "--", platform.path, "snapshot", "list").status == 1)
        #expect(try await prompt.types() == ["observed.environments", "observed.snapshots"])
        #expect(try await prompt.event(2)["data"]?.object?["complete"] == true)
        #expect(try await prompt.event(3)["data"]?.object?["complete"] == false)
    }

    @Test func `a dump leaves its digest and never its content`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory)
        let result = await prompt.run(
            "run", "--output", "prod.sql", "--", platform.path, "database", "dump", "prod")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.isEmpty)
        let written = try String(contentsOfFile: prompt.path("prod.sql"), encoding: .utf8)
        #expect(written == "-- data\n-- Dump completed on 2017-05-03\n")
        #expect(
            try await prompt.types() == [
                "database.dump.started", "database.dump.accepted", "observed.file",
            ])
        let evidence = try #require(try await prompt.event(4)["data"]?.object)
        #expect(evidence["path"] == "prod.sql")
        #expect(evidence["bytes"] == .integer(written.utf8.count))
        #expect(evidence["trailer"] == true)
        #expect(try await prompt.event(3)["data"]?.object?["output"] == nil)

        let loaded = await prompt.run(
            "run", "--input", "prod.sql", "--", platform.path, "database", "connect", "prod2")
        #expect(loaded.status == 0, "\(loaded.errors)")
        #expect(
            try String(contentsOfFile: prompt.path("bin/loaded"), encoding: .utf8) == written)
        #expect(try await prompt.event(7)["data"]?.object?["sha256"] == evidence["sha256"])
    }

    @Test func `what cannot be read to its end is no load that worked`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory)
        let folder = await prompt.run(
            "run", "--input", "bin", "--", platform.path, "database", "connect", "prod2")
        #expect(folder.status == 125)
        #expect(folder.errors.contains("bin: is a directory"), "\(folder.errors)")
        #expect(folder.errors.contains("nothing was started"))
        #expect(platform.asked.isEmpty)
        // It opens, and no byte of it can be read.
        let failed = await prompt.run(
            "run", "--input", "/proc/self/mem", "--", platform.path, "database", "connect", "prod2")
        #expect(failed.status == 0)
        #expect(
            try await prompt.types() == ["database.load.started", "database.load.unknown"])
    }

    @Test func `something in the background that holds the output open is not waited for`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run(
            "run", "--", "sh", "-c", "sleep 60 & echo $!; exec 1>&-; echo done >&2")
        #expect(result.status == 0)
        #expect(result.errors == "done\n")
        let process = try #require(Int32(result.lines.first ?? ""))
        kill(process, SIGKILL)
    }

    @Test func `something in the background that goes on writing is not waited for`() async throws {
        let prompt = try await Prompt.withLedger()
        let result = await prompt.run("run", "--", "sh", "-c", "yes & echo $! >&2; exit 4")
        #expect(result.status == 4)
        let process = try #require(Int32(result.errors.filter { !$0.isNewline }))
        kill(process, SIGKILL)
    }

    @Test func `a file keeps what it holds until the command has a start in the ledger`()
        async throws
    {
        let prompt = try Prompt()
        try prompt.write("old", to: "prod.sql")
        let platform = try FakePlatform(in: prompt.directory)
        let words = [
            "run", "--output", "prod.sql", "--", platform.path, "database", "dump", "prod",
        ]
        #expect(await prompt.run(words).status == 125)
        #expect(try String(contentsOfFile: prompt.path("prod.sql"), encoding: .utf8) == "old")
    }
}
