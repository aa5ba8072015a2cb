import Foundation
import Ledger
import Testing

/// Plans that are carried out although somebody kills, stops or doubles whoever carries them out.
@Suite(.serialized, .timeLimit(.minutes(60))) struct PersistenceTests {
    /// Settles what a killed `apply` left in doubt, as an operator would.
    private func settle(_ shop: Rehearsal) async throws {
        try await shop.must("observe")
        guard try await shop.ledger("status").output.contains("env protected prod OFF") else {
            return
        }
        // No command shows protection: somebody looks at a console.
        let isOff = try shop.effects.contains("env protected prod OFF")
        try await shop.must(
            "record observation environment prod --protected \(isOff ? "off" : "on")")
    }

    /// `LEDGER_KILLS=200` is for an evening; fewer keep the suite quick.
    @Test(arguments: ["snapshot", "dump"])
    func `an apply that is killed again and again destroys everything once and nothing else`(
        _ method: String
    ) async throws {
        let shop = try await Evening.end(method)
        let plan = try await shop.save()
        let wanted = ProcessInfo.processInfo.environment["LEDGER_KILLS"].flatMap { Int($0) }
        var status: Int32 = 5
        var kills = 0
        var said = ""
        for _ in 0..<(wanted ?? 6) where status != 0 {
            let pause = Double.random(in: 0.05...0.6)
            let result = try await shop.shell(
                """
                ledger-cli apply \(plan) > apply.log 2>&1 & pid=$!
                sleep \(pause); kill -9 $pid 2> killed
                wait $pid; status=$?
                sleep 0.2; exit $status
                """)
            status = result.status
            if status == 137 { kills += 1 }
            if status != 0 { try await settle(shop) }
        }
        // An `env protected` that nobody saw arrive may have to be said again.
        for _ in 0..<5 where status != 0 {
            let last = try await shop.ledger("apply \(plan)")
            status = last.status
            said = last.errors
            if status != 0 { try await settle(shop) }
        }
        let finished = try await shop.types.last { $0 == "plan.finished" }
        #expect(status == 0 || finished != nil, "after \(kills) kills: \(said)")
        let effects = try shop.effects
        try await shop.beside("advance 30m")
        try await shop.must("observe")
        #expect(effects.count { $0 == "env destroy prod" } == 1)
        #expect(effects.count { $0 == "snapshot destroy plan-migration" } <= 1)
        #expect(!effects.contains { $0.hasPrefix("env destroy prod2") })
        #expect(try await shop.standing(of: "environment/prod") == "gone")
        #expect(try await shop.ledger("verify").status == 0)
    }

    /// What was begun goes on without whoever began it, and takes effect when it was looked at.
    @Test(arguments: ["env protected", "env destroy"])
    func `a command that outlives its apply is neither lost nor repeated`(
        _ command: String
    ) async throws {
        let shop = try await Evening.end("dump")
        let plan = try await shop.save()
        try FileManager.default.removeItem(atPath: shop.folder + "/bin/fleet")
        let script = """
            #!/bin/sh
            if [ "$1 $2" = "\(command)" ] && [ ! -e asked ]; then
                touch asked
                while [ ! -e told ]; do sleep 0.02; done
                echo prod | fleet-simulator fleet "$@" > late.log 2>&1; touch done
                exit
            fi
            exec fleet-simulator fleet "$@"

            """
        try script.write(
            toFile: shop.folder + "/bin/fleet", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: shop.folder + "/bin/fleet")
        let killed = try await shop.shell(
            """
            ledger-cli apply \(plan) > apply.log 2>&1 & pid=$!
            tries=0
            until [ -e asked ] || [ $tries -gt 1500 ]; do tries=$((tries + 1)); sleep 0.02; done
            kill -9 $pid; wait $pid
            """)
        #expect(killed.status == 137)
        try await settle(shop)
        let waited = try await shop.shell(
            """
            touch told; tries=0
            until [ -e done ] || [ $tries -gt 1500 ]; do tries=$((tries + 1)); sleep 0.02; done
            """)
        #expect(waited.status == 0)
        #expect(
            try shop.effects.last == "\(command) prod" + (command == "env destroy" ? "" : " OFF"))
        var said: [String] = []
        var status: Int32 = 5
        for _ in 0..<4 where status != 0 {
            let last = try await shop.ledger("apply \(plan)")
            status = last.status
            said.append(last.errors)
            if status != 0 { try await settle(shop) }
        }
        #expect(status == 0, "\(said.joined(separator: "\n"))")
        #expect(try shop.effects.count { $0.hasPrefix("env destroy prod") } == 1)
        #expect(try await shop.types.last { $0 == "plan.finished" } != nil)
        #expect(try await !shop.ledger("status").output.contains("in doubt"))
    }

    @Test func `two who carry out one plan at once do every step once`() async throws {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        async let one = shop.ledger("apply \(plan)")
        async let two = shop.ledger("apply \(plan)")
        let results = try await [one, two]
        let statuses = results.map(\.status)
        #expect(
            statuses.allSatisfy { [0, 5, 11].contains($0) },
            "\(results.map { "\($0.status): \($0.errors)" }.joined(separator: "\n"))")
        if !statuses.contains(0) {
            try await shop.must("observe")
            try await shop.must("apply \(plan)")
        }
        let effects = try shop.effects
        #expect(effects.count { $0 == "env destroy prod" } == 1)
        #expect(effects.count { $0 == "snapshot destroy plan-migration" } == 1)
        #expect(try await shop.types.count { $0 == "plan.finished" } == 1)
    }

    @Test func `who stops a plan while a step is under way stops it after that step`() async throws
    {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        // A platform that does not let itself be interrupted.
        try FileManager.default.removeItem(atPath: shop.folder + "/bin/fleet")
        let script = """
            #!/bin/sh
            trap '' TERM
            if [ "$1 $2" = "snapshot destroy" ]; then
                touch asked
                while [ ! -e told ]; do sleep 0.02; done
            fi
            exec fleet-simulator fleet "$@"

            """
        try script.write(
            toFile: shop.folder + "/bin/fleet", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: shop.folder + "/bin/fleet")
        let stopped = try await shop.shell(
            """
            ledger-cli apply \(plan) > apply.log 2>&1 & pid=$!
            tries=0
            until [ -e asked ] || [ $tries -gt 1500 ]; do tries=$((tries + 1)); sleep 0.02; done
            kill -TERM $pid; touch told; wait $pid
            """)
        let log = try String(contentsOfFile: shop.folder + "/apply.log", encoding: .utf8)
        #expect(stopped.status == 1, "\(log)")
        #expect(log.contains("interrupted: step 1"), "\(log)")
        #expect(try shop.effects.last == "snapshot destroy plan-migration")
        #expect(try await shop.types.last == "snapshot.destroy.accepted")
        let on = try await shop.ledger("apply \(plan)")
        #expect(on.status == 0, "\(on.errors)")
    }

    @Test func `a look that hangs does not outlast the wait`() async throws {
        let shop = try await Rehearsal.evening("snapshot", until: .opened)
        try await shop.fault("hang", on: "env list")
        let late = try await shop.ledger(
            "observe --until 'environment/prod2 is RUNNING' --timeout 1s")
        #expect(late.status == 5)
        #expect(late.output.contains("not yet"))
    }

    @Test func `what is in doubt is settled by the line that says so`() async throws {
        let shop = try await Rehearsal.evening("dump", until: .opened)
        try await shop.fault("hang", on: "database dump")
        let killed = try await shop.shell(
            """
            ledger-cli run --yes --output shop.sql -- fleet database dump prod & pid=$!
            tries=0
            until grep -q faulted shop.state || [ $tries -gt 1500 ]; do
                tries=$((tries + 1)); sleep 0.02
            done
            kill -9 $pid; wait $pid
            """)
        #expect(killed.status == 137)
        try "what was dumped before".write(
            toFile: shop.folder + "/shop.sql", atomically: true, encoding: .utf8)
        let status = try await shop.ledger("status").output
        let line = try #require(status.split(separator: "\n").first { $0.contains("settle it") })
        // No look shows what came of a dump.
        #expect(!line.contains("observe"))
        let command = String(line).components(separatedBy: "settle it: ").suffix(1).joined()
            .replacing("accepted|refused|unknown", with: "refused")
        let settled = try await shop.shell(command)
        #expect(settled.status == 0, "\(command): \(settled.errors)")
        #expect(try await !shop.ledger("status").output.contains("in doubt"))
        let kept = try String(contentsOfFile: shop.folder + "/shop.sql", encoding: .utf8)
        #expect(kept == "what was dumped before")
    }
}
