import Foundation
import Ledger
import Testing

/// Plans that are saved, approved and carried out on a platform where things go wrong.
@Suite(.serialized, .timeLimit(.minutes(60))) struct ApplyTests {
    private static let destroy = "env destroy prod"

    @Test func `a plan waits for as many others as the policy says`() async throws {
        let shop = try await Evening.end("snapshot")
        try await shop.must("policy set approvals 1")
        let plan = try await shop.save()
        #expect(try await shop.ledger("apply \(plan)").status == 5)
        #expect(try await shop.ledger("approve \(plan)").errors.contains("alice issued it"))
        #expect(try await shop.ledger("approve \(plan) --actor bob").status == 0)
        #expect(try await shop.ledger("approve \(plan) --actor bob").status == 0)
        #expect(try await shop.types.count { $0 == "plan.approved" } == 1)
        let before = try shop.effects
        let dry = try await shop.ledger("apply \(plan) --dry-run")
        #expect(dry.status == 0)
        #expect(dry.output.contains("3 of 3 steps to do"))
        #expect(try shop.effects == before)
        #expect(try await shop.ledger("apply \(plan)").status == 0)
    }

    @Test(arguments: ["snapshot", "dump"])
    func `a clean-up is carried out once, and every step follows from its plan`(
        _ method: String
    ) async throws {
        let shop = try await Evening.end(method)
        let plan = try await shop.save()
        let applied = try await shop.ledger("apply \(plan) --yes")
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try shop.effects.suffix(2) == ["env protected prod OFF", Self.destroy])
        #expect(try await shop.standing(of: "environment/prod") == "gone")
        let events = try await shop.events
        let issued = try #require(events.first { $0["type"] == "plan.issued" })
        for type in ["env.protected.started", "env.destroy.started", "plan.finished"] {
            let event = try #require(events.last { $0["type"]?.string == type })
            #expect(event["causationid"] == issued["id"])
        }
        let again = try await shop.ledger("apply \(plan)")
        #expect(again.status == 5)
        #expect(again.errors.contains("used already"))
        let verified = try await shop.ledger("plan --verify \(plan)")
        #expect(verified.status == 0, "\(verified.errors)")
        #expect(verified.output.contains("carried out"))
        #expect(try await shop.ledger("verify").status == 0)
    }

    @Test func `what was destroyed while the connection was lost is not destroyed again`()
        async throws
    {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        try await shop.fault("lost-after", on: Self.destroy)
        let lost = try await shop.ledger("apply \(plan)")
        #expect(lost.status == 5)
        #expect(lost.errors.contains("nobody knows"))
        try await shop.must("observe")
        let on = try await shop.ledger("apply \(plan)")
        #expect(on.status == 0, "\(on.errors)")
        #expect(try shop.effects.count { $0 == Self.destroy } == 1)
        #expect(try await shop.standing(of: "environment/prod") == "gone")
    }

    @Test func `a destruction that never arrived is asked for again only after a look`()
        async throws
    {
        let shop = try await Evening.end("dump")
        let plan = try await shop.save()
        try await shop.fault("lost-before", on: Self.destroy)
        #expect(try await shop.ledger("apply \(plan)").status == 5)
        let before = try await shop.types
        try await shop.must("observe")
        let on = try await shop.ledger("apply \(plan)")
        #expect(on.status == 0, "\(on.errors)")
        #expect(before.last { $0.hasPrefix("env.destroy") } == "env.destroy.unknown")
        #expect(try shop.effects.count { $0 == Self.destroy } == 1)
    }

    @Test func `an answer that names another object proves nothing`() async throws {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        try await shop.fault("other-echo", on: "snapshot destroy")
        #expect(try await shop.ledger("apply \(plan)").status == 5)
        try await shop.must("observe")
        let early = try await shop.ledger("apply \(plan)")
        #expect(early.status == 5)
        #expect(try !shop.effects.contains(Self.destroy))
        // Nobody knows what was destroyed: only two lists far enough apart prove it gone.
        try await shop.beside("advance 26m")
        try await shop.must("observe")
        let on = try await shop.ledger("apply \(plan)")
        #expect(on.status == 0, "\(on.errors)")
    }

    @Test func `to a question about another environment nothing is typed`() async throws {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        try await shop.fault("other-prompt", on: Self.destroy)
        let stopped = try await shop.ledger("apply \(plan)")
        #expect(stopped.status == 5)
        #expect(stopped.errors.contains("nothing was typed"))
        #expect(stopped.errors.contains("ledger-cli run -- fleet env destroy prod"))
        #expect(stopped.errors.contains("environment/prod is now unprotected"))
        #expect(stopped.errors.contains("ledger-cli run -- fleet env protected prod ON"))
        #expect(try !shop.effects.contains { $0.hasPrefix("env destroy") })
        #expect(try await shop.types.last == "env.destroy.refused")
        // The plan is not used up by it: it asks again, and stops again.
        #expect(try await shop.ledger("apply \(plan)").errors.contains("nothing was typed"))
        #expect(try !shop.effects.contains { $0.hasPrefix("env destroy") })
    }

    @Test func `a plan whose steps another one has done is stale and says what differs`()
        async throws
    {
        let shop = try await Evening.end("snapshot")
        let first = try await shop.save()
        try await shop.beside("advance 1m")
        let second = try await shop.save()
        #expect(try await shop.ledger("apply \(first)").status == 0)
        for _ in 0..<2 {
            let late = try await shop.ledger("apply \(second)")
            #expect(late.status == 5)
            #expect(late.errors.contains("stale"))
            #expect(late.errors.contains("- 1. fleet snapshot destroy plan-migration"))
            #expect(late.errors.contains("ledger-cli plan cleanup"))
            try await shop.must("observe")
        }
    }

    @Test func `what the last look shows gone makes the plan stale`() async throws {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        try await shop.must("run -- fleet snapshot destroy plan-migration")
        let stopped = try await shop.ledger("apply \(plan)")
        #expect(stopped.status == 5)
        #expect(stopped.errors.contains("- 1. fleet snapshot destroy plan-migration"))
        #expect(try !shop.effects.contains { $0.hasPrefix("env destroy prod") })
    }

    @Test(arguments: ["cut", "lost-before", "refuse"])
    func `nothing is destroyed while the platform cannot be read`(_ fault: String) async throws {
        let shop = try await Evening.end("dump")
        let plan = try await shop.save()
        try await shop.fault(fault, on: "env describe prod2")
        let stopped = try await shop.ledger("apply \(plan)")
        #expect(stopped.status == 5)
        #expect(stopped.errors.contains("fleet env describe prod2"))
        #expect(!stopped.errors.contains("unprotected"), "nothing was opened")
        #expect(try !shop.effects.contains(Self.destroy))
        let on = try await shop.ledger("apply \(plan)")
        #expect(on.status == 0, "\(on.errors)")
    }

    @Test func `a command that hangs is given up, and nobody claims to know`() async throws {
        let shop = try await Evening.end("dump")
        let plan = try await shop.save()
        try await shop.fault("hang-after", on: Self.destroy)
        let stopped = try await shop.ledger("apply \(plan) --command-timeout 1s")
        #expect(stopped.status == 5)
        #expect(stopped.errors.contains("environment/prod may now be unprotected"))
        let outcome = try await #require(shop.events.last { $0["type"] == "env.destroy.unknown" })
        #expect(outcome["data"]?.object?["detail"] == "timeout")
    }

    @Test func `a plan is not carried out at a time that has not come`() async throws {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        let before = try shop.effects
        try "# at 2062-01-01T00:00:00Z\n$ echo hello\n".write(
            toFile: shop.folder + "/ahead.transcript", atomically: true, encoding: .utf8)
        try await shop.must("import ahead.transcript")
        let number = try await shop.types.count
        let stopped = try await shop.ledger("apply \(plan) --yes")
        #expect(stopped.status == 5)
        #expect(stopped.errors.contains("nothing is destroyed at a time that has not come"))
        #expect(try shop.effects == before)
        try await shop.must("record void \(number) --reason typo")
        #expect(try await shop.ledger("apply \(plan) --yes").status == 0)
    }

    @Test func `a hold that comes between stops the plan and is in the difference`() async throws {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        try await shop.must("record hold environment/prod --reason audit")
        for words in ["apply \(plan) --dry-run", "apply \(plan)"] {
            let stopped = try await shop.ledger(words)
            #expect(stopped.status == 5)
            let text = stopped.output + stopped.errors
            #expect(text.contains("- 3. fleet env destroy prod"))
            #expect(text.contains("held"))
        }
        #expect(try await !shop.types.contains("plan.finished"))
        try await shop.must("record release-hold environment/prod")
        #expect(try await shop.ledger("apply \(plan)").status == 0)
    }

    @Test func `customers who are sent back to the source save it`() async throws {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        try await shop.beside("point www.bestpants.com --to prod")
        let stopped = try await shop.ledger("apply \(plan)")
        #expect(stopped.status == 5)
        #expect(stopped.errors.contains("traffic-off-source"))
        #expect(try !shop.effects.contains { $0.hasPrefix("env destroy") })
    }

    @Test func `another environment of the same name is not destroyed`() async throws {
        let shop = try await Evening.end("dump")
        let plan = try await shop.save()
        for words in [
            "env protected prod OFF", "env destroy prod --no-confirm",
            "env create --source-environment prod2 prod",
        ] {
            try await shop.run(["fleet"] + words.split(separator: " ").map(String.init))
            try await shop.beside("advance 30m")
        }
        let stopped = try await shop.ledger("apply \(plan)")
        #expect(stopped.status == 5)
        #expect(stopped.errors.contains("another environment of that name"))
        #expect(try shop.effects.count { $0.hasPrefix("env destroy") } == 1)
        #expect(try shop.effects.count { $0 == "env protected prod OFF" } == 1)
    }

    @Test func `a plan that is too old, altered or unknown is not carried out`() async throws {
        let shop = try await Evening.end("dump")
        try await shop.must("plan cleanup --save plan.json")
        let path = shop.folder + "/plan.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("env destroy", with: "env  destroy").replacing("prod\"", with: "shop\"")
            .write(toFile: shop.folder + "/altered.json", atomically: true, encoding: .utf8)
        #expect(try await shop.ledger("apply altered.json").status == 3)
        #expect(try await shop.ledger("apply deadbeef00").status == 1)
        #expect(try await shop.ledger("apply nowhere.json").status == 1)
        try await shop.beside("advance 25h")
        let late = try await shop.ledger("apply plan.json")
        #expect(late.status == 5)
        #expect(late.errors.contains("expired"))
        #expect(try await shop.ledger("plan verify plan.json").status == 0)
    }

    @Test func `an interrupted plan goes on where it was`() async throws {
        let shop = try await Evening.end("snapshot")
        let plan = try await shop.save()
        try await shop.fault("hang-after", on: "env protected prod OFF")
        // The ledger is killed as soon as the platform has done the step.
        let script = """
            ledger-cli apply \(plan) > apply.log 2>&1 & pid=$!
            tries=0
            until grep -q faulted shop.state || [ $tries -gt 600 ]; do
                tries=$((tries + 1)); sleep 0.05
            done
            kill -9 $pid
            """
        _ = try await Rehearsal.run(
            "/bin/sh", ["-c", script], in: shop.folder,
            environment: shop.variables.merging(["LEDGER_ACTOR": "carol"]) { $1 })
        #expect(try await shop.ledger("status").output.hasPrefix("in doubt"))
        // No command shows protection: somebody has to look.
        #expect(try await shop.ledger("apply \(plan)").status == 5)
        try await shop.must("record observation environment prod --protected off")
        let on = try await shop.ledger("apply \(plan)")
        #expect(on.status == 0, "\(on.errors)")
        #expect(try shop.effects.count { $0 == "snapshot destroy plan-migration" } == 1)
        #expect(try await shop.standing(of: "environment/prod") == "gone")
    }
}
