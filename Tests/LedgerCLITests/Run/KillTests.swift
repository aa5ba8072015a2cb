import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// Whatever is killed and whenever: no start is lost that the platform saw, no outcome is invented.
@Suite struct KillTests {
    /// A platform that writes down when it is asked and when it has answered.
    private static let cases = """
        "env load "*)
            echo "started $4" >> "$here/log"
            echo "Release $4 is now being loaded into environment $3"
            echo "answered $4" >> "$here/log" ;;
        """

    private func releases(_ prompt: Prompt, _ word: String) -> Set<String> {
        let log = (try? String(contentsOfFile: prompt.path("bin/log"), encoding: .utf8)) ?? ""
        return Set(
            log.split(separator: "\n").filter { $0.hasPrefix(word + " ") }
                .map { String($0.dropFirst(word.count + 1)) })
    }

    private func recorded(_ prompt: Prompt, _ type: String) async throws -> Set<String> {
        let history = await prompt.run("history", "--type", type, "--format", "json")
        let events = try #require(try history.json["events"]?.array, "\(history.errors)")
        return Set(events.compactMap { $0.object?["data"]?.object?["release"]?.string })
    }

    /// `LEDGER_KILLS=200` is the promise; fewer keep the suite quick.
    @Test func `the ledger may be killed at any instant`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory, Self.cases)
        let kills = ProcessInfo.processInfo.environment["LEDGER_KILLS"].flatMap { Int($0) } ?? 20
        // How long a run takes undisturbed, so that the instants fall into all of it.
        let start = Date()
        try Session.run(
            "run", "--", platform.path, "env", "load", "prod", "r0", in: prompt.directory)
        let length = Date().timeIntervalSince(start) * 1000
        var killed = 0
        for index in 1...kills {
            let session = try Session(
                [Session.binary, "run", "--", platform.path, "env", "load", "prod", "r\(index)"],
                in: prompt.directory)
            session.endInput()
            var nothing = pollfd(fd: -1, events: 0, revents: 0)
            _ = poll(&nothing, 1, Int32.random(in: 0...Int32(length * 1.2)))
            kill(session.process, SIGKILL)
            if try session.wait() == 137 { killed += 1 }
        }
        let started = try await recorded(prompt, "env.load.started")
        let accepted = try await recorded(prompt, "env.load.accepted")
        print(
            "\(kills) runs, \(killed) killed: \(started.count) starts, \(accepted.count) outcomes, the platform saw \(releases(prompt, "started").count)"
        )
        #expect(releases(prompt, "started").isSubset(of: started))
        #expect(accepted.isSubset(of: releases(prompt, "answered")))
        #expect(await prompt.run("verify").status == 0)
        let status = await prompt.run("status")
        #expect(status.status == 0, "\(status.errors)")
        if started != accepted { #expect(status.output.contains("in doubt: ")) }
    }

    @Test func `a command that is killed is of unknown outcome`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(
            in: prompt.directory,
            "\"env load \"*) echo \"Release $4 is now being loaded into environment $3\"; kill -9 $$ ;;"
        )
        let result = await prompt.run("run", "--", platform.path, "env", "load", "prod", "r1")
        #expect(result.status == 137)
        #expect(try await prompt.types() == ["env.load.started", "env.load.unknown"])
    }

    @Test func `a start without an outcome is shown, blocks and is settled by a report`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let list = """
            name  status    release
            ----  --------  -------
            prod  RUNNING   037205f

            """
        _ = await prompt.run(
            "record", "command", "--printed", "-", "--", "fleet", "env", "list", input: list)
        let platform = try FakePlatform(
            in: prompt.directory, "\"env destroy \"*) kill -9 $PPID; sleep 1 ;;")
        let session = try Session(
            [
                Session.binary, "run", "--override", "rehearsal", "--", platform.path, "env",
                "destroy", "prod",
            ], in: prompt.directory)
        #expect(try session.wait() == 137)
        try prompt.setClock("2030-01-01T00:00:00Z")
        let status = await prompt.run("status")
        #expect(status.output.contains("in doubt: "), "\(status.output)")
        #expect(status.output.contains("ledger-cli record command --outcome"))
        let check = await prompt.run("check", "environment/prod")
        #expect(check.status == 5)
        let report = await prompt.run(
            "record", "command", "--outcome", "refused", "--", "fleet", "env", "destroy", "prod")
        #expect(report.status == 0, "\(report.errors)")
        let after = await prompt.run("status")
        #expect(!after.output.contains("in doubt: "), "\(after.output)")
    }

    @Test func `a command without an action is in doubt, too, until somebody says how it ended`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(
            in: prompt.directory, "\"key add \"*) kill -9 $PPID; sleep 1 ;;")
        let session = try Session(
            [Session.binary, "run", "--", platform.path, "key", "add", "ops"],
            in: prompt.directory)
        #expect(try session.wait() == 137)
        try prompt.setClock("2030-01-01T00:00:00Z")
        let status = await prompt.run("status")
        #expect(status.output.contains("in doubt: \(platform.path) key add ops"))
        #expect(status.output.contains("--settles 2 -- \(platform.path) key add ops"))
        let json = try await prompt.run("status", "--format", "json").json
        #expect(json["inDoubt"]?.array?.count == 1)
        let other = await prompt.run(
            "record", "command", "--settles", "2", "--", "fleet", "key", "add", "dev")
        #expect(other.status == 64, "\(other.errors)")
        let report = await prompt.run(
            "record", "command", "--outcome", "refused", "--settles", "2", "--", platform.path,
            "key", "add", "ops")
        #expect(report.status == 0, "\(report.errors)")
        #expect(try await prompt.event(3)["causationid"] == prompt.event(2)["id"])
        #expect(!(await prompt.run("status")).output.contains("in doubt: "))
    }

    @Test func `an outcome that cannot be recorded is said aloud`() async throws {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(
            in: prompt.directory,
            """
            "env cache flush "*)
                echo "Caches flushed for environment $4"
                echo spoilt > "$here/../ledger.sqlite"; rm -f "$here/../ledger.sqlite-"* ;;
            """)
        let result = await prompt.run("run", "--", platform.path, "env", "cache", "flush", "prod")
        #expect(result.status == 125)
        #expect(result.errors.contains("NOT in the ledger"), "\(result.errors)")
        #expect(result.errors.contains("accepted (echo)"))
        #expect(result.errors.contains("ledger-cli record command --outcome accepted -- "))
    }
}
