import Fleet
import Foundation
import Ledger
import Testing

@testable import ledger_cli

/// What destroys starts only when everything says that it may.
@Suite struct GuardTests {
    /// The example's evening up to the morning on which everything may be cleaned up, and a platform
    /// that answers as it would have.
    struct Morning {
        let prompt: Prompt
        let platform: FakePlatform
        let platformPath: String

        init(answers: String = "", at time: String = "2017-05-04T08:03:00Z") async throws {
            prompt = try Prompt(at: "2017-05-04T08:03:00Z")
            _ = await prompt.run("init", "--origin", "ledger.test/fleet")
            let text = try String(
                contentsOfFile: PlanningTests.root + "/Examples/snapshot-migration.transcript",
                encoding: .utf8)
            let end = try #require(
                text.range(of: "# at \(time)") ?? text.range(of: "# at 2017-05-04T08:05:00Z"))
            let past = String(text[..<end.lowerBound])
            try prompt.write(past, to: "past.transcript")
            let imported = await prompt.run("import", "past.transcript")
            try #require(imported.status == 0, "\(imported.errors)")
            for (command, name) in [
                ("fleet env describe prod2", "prod2"), ("fleet env describe prod", "prod"),
                ("fleet snapshot list", "snapshots"), ("fleet release list", "releases"),
            ] {
                guard let start = past.range(of: "$ \(command)\n", options: .backwards) else {
                    continue
                }
                let output = past[start.upperBound...].components(separatedBy: "\n")
                    .prefix { !$0.hasPrefix("$ ") && !($0.hasPrefix("# ")) }
                try prompt.write(output.joined(separator: "\n") + "\n", to: name)
            }
            platform = try FakePlatform(
                in: prompt.directory,
                answers + """

                    "env describe prod2") cat "$here/../prod2" ;;
                    "env describe prod") cat "$here/../prod" ;;
                    "snapshot list") cat "$here/../snapshots" ;;
                    "release list") cat "$here/../releases" ;;
                    """)
            platformPath = platform.path
        }

        func run(
            _ words: String..., options: [String] = [],
            lookUp: @escaping @Sendable (String) -> DNSAnswer = Morning.moved
        ) async -> Prompt.Result {
            await prompt.run(
                ["run"] + options + ["--", platformPath] + words, lookUp: lookUp)
        }

        /// Every hostname is at the destination.
        static let moved: @Sendable (String) -> DNSAnswer = { host in
            DNSAnswer(
                host: host,
                target: host.hasPrefix("admin.")
                    ? "admin.prod2.bestpants.f.nchr.io" : "www.prod2.bestpants.f.nchr.io",
                environment: "prod2", ttl: 300)
        }
    }

    @Test func `what is safe is looked at once more and then runs`() async throws {
        let morning = try await Morning()
        let before = try await morning.prompt.types().count
        let result = await morning.run("snapshot", "destroy", "plan-migration")
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            morning.platform.asked == [
                "env describe prod", "env describe prod2", "snapshot list",
                "snapshot destroy plan-migration",
            ])
        #expect(
            try await morning.prompt.types().dropFirst(before) == [
                "observed.environment", "observed.environment", "observed.snapshots",
                "observed.dns", "observed.dns", "observed.dns", "snapshot.destroy.started",
                "snapshot.destroy.accepted",
            ])
        let off = await morning.run("env", "protected", "prod", "OFF")
        #expect(off.status == 0, "\(off.errors)")
    }

    @Test(arguments: [
        ["env", "destroy", "prod2"], ["env", "destroy", "staging"],
        ["env", "destroy", "prod", "--delete-logs"], ["env", "protected", "prod2", "OFF"],
        ["env", "unload", "prod2", "c341606"], ["env", "unload", "prod", "c341606"],
        ["release", "destroy", "c341606"], ["release", "destroy", "unheard-of"],
        ["snapshot", "destroy", "1493701200"], ["log", "delete"],
        ["env", "unload", "prod", "f7ac77a", "--delete-logs"],
    ])
    func `what is not safe is refused before anything starts`(_ words: [String]) async throws {
        let morning = try await Morning()
        let before = try await morning.prompt.types()
        let result = await morning.prompt.run(["run", "--", morning.platformPath] + words)
        // prod is safe to be destroyed and so to be emptied.
        if words == ["env", "unload", "prod", "c341606"] {
            #expect(result.status != 5, "\(result.errors)")
            return
        }
        #expect(result.status == 5, "\(result.errors)")
        #expect(result.errors.contains("nothing was started"))
        #expect(result.errors.contains("→ "))
        #expect(result.errors.contains("--override"))
        #expect(morning.platform.asked.isEmpty)
        #expect(try await morning.prompt.types() == before)
    }

    @Test func `an override runs it and stays in the record with its reason`() async throws {
        let morning = try await Morning(
            answers: """
                "log delete"*) ;;
                """)
        let result = await morning.run(
            "log", "delete", options: ["--override", "the lawyers insist"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("overridden"))
        let types = try await morning.prompt.types()
        #expect(types.suffix(2) == ["log.delete.started", "log.delete.accepted"])
        let start = try await morning.prompt.event(types.count)
        #expect(start["data"]?.object?["overridden"] == true)
        let shown = await morning.prompt.run("show", "\(types.count)")
        #expect(shown.output.contains("the lawyers insist"), "\(shown.output)")
    }

    @Test(arguments: [
        "\"env describe prod2\") echo gone; exit 1 ;;",
        "\"env describe prod2\") head -n 8 \"$here/../prod2\" ;;",
        "\"snapshot list\") exit 255 ;;",
        "\"snapshot list\") sed 's/plan-migration/plan-migratiom/' \"$here/../snapshots\" ;;",
        "\"env describe prod\") sed 's/created .*/created   2017-05-04 01:02:03+00:00/' \"$here/../prod\" ;;",
        "\"env describe prod2\") sed 's/RUNNING/DESTROYING/' \"$here/../prod2\" ;;",
    ])
    func `a last look that fails or shows something else stops it`(_ answer: String) async throws {
        let morning = try await Morning(answers: answer)
        let result = await morning.run("snapshot", "destroy", "plan-migration")
        #expect(result.status == 5, "\(result.output) \(result.errors)")
        #expect(!morning.platform.asked.contains("snapshot destroy plan-migration"))
        #expect(!(try await morning.prompt.types().contains("snapshot.destroy.started")))
    }

    @Test func `a hostname that cannot be looked up, or has moved back, stops it`() async throws {
        let morning = try await Morning()
        let failed = await morning.run("snapshot", "destroy", "plan-migration") {
            DNSAnswer(host: $0, isFailed: true)
        }
        #expect(failed.status == 5)
        let back = await morning.run("snapshot", "destroy", "plan-migration") {
            DNSAnswer(
                host: $0, target: "www.prod.bestpants.f.nchr.io", environment: "prod", ttl: 300)
        }
        #expect(back.status == 5, "\(back.errors)")
        #expect(back.errors.contains("still points at prod"), "\(back.errors)")
        #expect(!morning.platform.asked.contains("snapshot destroy plan-migration"))
    }

    @Test func `no other time can be asked for`() async throws {
        let morning = try await Morning()
        for option in ["--now", "--at", "--known-at"] {
            let result = await morning.run(
                "env", "destroy", "prod", options: [option, "2017-05-04T08:03:00Z"])
            #expect(result.status == 64, "\(result.errors)")
        }
        #expect(morning.platform.asked.isEmpty)
    }

    @Test func `a fleet command behind another one is refused`() async throws {
        let morning = try await Morning()
        for words in [["sudo", "fleet", "env", "list"], ["sh", "-c", "fleet env destroy prod"]] {
            #expect(await morning.prompt.run(["run", "--"] + words).status == 64)
        }
    }

    struct Early: Sendable {
        let until: String
        let words: [String]
        let why: String
    }

    @Test(arguments: [
        Early(
            until: "2017-05-03T21:30:00Z", words: ["snapshot", "create", "prod", "pm"],
            why: "not in maintenance"),
        Early(
            until: "2017-05-03T21:32:00Z", words: ["snapshot", "create", "prod", "pm"],
            why: "maintenance"),
        Early(
            until: "2017-05-03T21:33:00Z",
            words: ["env", "create", "--snapshot", "plan-migration", "prod2"], why: "AVAILABLE"),
        Early(
            until: "2017-05-03T22:20:00Z", words: ["config", "default-env", "prod2"],
            why: "is switched"),
    ])
    func `what comes too early needs a yes`(_ early: Early) async throws {
        let morning = try await Morning(
            answers: "\"env create\"*|\"config \"*) ;;", at: early.until)
        try morning.prompt.setClock(early.until)
        let result = await morning.prompt.run(
            ["run", "--", morning.platformPath] + early.words)
        #expect(result.status == 5, "\(result.errors)")
        #expect(result.errors.contains("too early: "), "\(result.errors)")
        #expect(result.errors.contains(early.why), "\(result.errors)")
        #expect(morning.platform.asked.isEmpty)
        let sure = await morning.prompt.run(
            ["run", "--yes", "--", morning.platformPath] + early.words)
        #expect(sure.status == 0, "\(sure.errors)")
        #expect(morning.platform.asked.count == 1)
    }

    @Test func `a switch that was too early is recorded with a warning`() async throws {
        let morning = try await Morning(at: "2017-05-03T22:20:00Z")
        try morning.prompt.setClock("2017-05-03T22:20:00Z")
        let result = await morning.prompt.run(
            "record", "dns", "www.bestpants.com", "--to", "prod2", "--ttl", "300")
        #expect(result.status == 0)
        #expect(result.errors.contains("warning: too early: "), "\(result.errors)")
        #expect(try await morning.prompt.types().last == "dns.switch.accepted")
    }
}
