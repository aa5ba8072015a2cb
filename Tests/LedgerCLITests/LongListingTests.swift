import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// A listing may be longer than a plain record: nothing stops because of it, and what found no room
/// is said.
@Suite struct LongListingTests {
    private func list(_ count: Int, manual: String? = nil) -> String {
        var lines = [
            "name           environment  status     size  type       created",
            "-------------  -----------  ---------  ----  ---------  -------------------------",
        ]
        for number in 0..<count {
            let name = "\(1_480_000_000 + 86_400 * number)"
            lines.append(
                "\(name)     prod         AVAILABLE  1GB   AUTOMATED  2016-11-24 12:49:01+00:00")
        }
        if let manual {
            lines.append(
                "\(manual)  prod         AVAILABLE  1GB   MANUAL     2017-04-24 12:49:01+00:00")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func prompt(_ list: String) async throws -> (Prompt, FakePlatform) {
        let prompt = try await Prompt.withLedger()
        try prompt.write(list, to: "list")
        let platform = try FakePlatform(
            in: prompt.directory, "\"snapshot list\") cat \"$here/../list\" ;;")
        return (prompt, platform)
    }

    @Test func `a list of many hundred snapshots is complete, whichever way it comes in`()
        async throws
    {
        let (prompt, platform) = try await prompt(list(800))
        let run = await prompt.run("run", "--", platform.path, "snapshot", "list")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == list(800))
        #expect(run.errors.isEmpty)
        let recorded = await prompt.run(
            "record", "command", "--printed", "list", "--", "fleet", "snapshot", "list")
        #expect(recorded.status == 0, "\(recorded)")
        try prompt.write(
            "# at 2017-05-01T08:00:00Z\n$ fleet snapshot list\n" + list(800)
                + "$ fleet env maintenance prod ON\n", to: "a.transcript")
        #expect(await prompt.run("import", "a.transcript").status == 0)
        #expect(await prompt.run("import", "a.transcript").output.hasPrefix("nothing to add"))
        #expect(
            try await prompt.types() == [
                "observed.snapshots", "observed.snapshots", "observed.snapshots",
                "env.maintenance.accepted",
            ])
        for sequence in 2...4 {
            let data = try await prompt.event(sequence)["data"]?.object
            #expect(data?["complete"] == true)
            #expect(data?["snapshots"]?.array?.count == 800)
        }
        #expect(await prompt.run("verify").status == 0)
        let status = await prompt.run("status")
        #expect(status.output.contains("1480000000"), "\(status.output.prefix(400))")
    }

    @Test func `what found no room is said, and what was kept proves nothing gone`() async throws {
        let (prompt, platform) = try await prompt(list(1200, manual: "plan-migration"))
        let run = await prompt.run("run", "--", platform.path, "snapshot", "list")
        #expect(run.status == 0)
        #expect(
            run.errors.contains("observed.snapshots: the longest record has no room for"),
            "\(run.errors)")
        let data = try #require(try await prompt.event(2)["data"]?.object)
        #expect(data["complete"] == false)
        let kept = try #require(data["snapshots"]?.array)
        #expect(data["leftOut"] == .integer(1201 - kept.count))
        #expect(kept.last?.object?["snapshot"] == "plan-migration")
        let recorded = await prompt.run(
            "record", "command", "--printed", "list", "--", "fleet", "snapshot", "list")
        #expect(recorded.status == 0)
        #expect(recorded.errors.contains("no room for"), "\(recorded)")
        try prompt.write(
            "# at 2017-05-01T08:00:00Z\n$ fleet snapshot list\n" + list(1200), to: "a.transcript")
        let imported = await prompt.run("import", "a.transcript")
        #expect(imported.status == 0)
        #expect(imported.errors.contains("no room for"), "\(imported)")
        #expect(await prompt.run("plan", "cleanup").status == 0)
        let checked = await prompt.run("check", "snapshot/database/plan-migration")
        #expect(checked.status == 5, "\(checked)")
        #expect(checked.output.contains("not-ours"), "\(checked)")
    }

    @Test func `observe makes its other looks when one finds no room`() async throws {
        let prompt = try await Prompt.withLedger()
        try prompt.write(list(1200), to: "list")
        _ = try FakePlatform(
            in: prompt.directory,
            "\"snapshot list\") cat \"$here/../list\" ;;\n\"config default-env\") "
                + "echo \"Default environment is 'prod'\" ;;")
        let session = try Session.run("observe", in: prompt.directory)
        let errors = String(decoding: session.complained, as: UTF8.self)
        #expect(session.status == 0, "\(errors)")
        #expect(errors.contains("observed.snapshots: the longest record has no room"), "\(errors)")
        let types = try await prompt.types()
        #expect(types.contains("observed.default-env"))
        #expect(types.filter { $0 == "observed.snapshots" }.count == 2)
    }
}
