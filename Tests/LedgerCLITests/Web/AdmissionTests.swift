import Foundation
import HTTPTypes
import Testing

@testable import ledger_cli

@Suite struct AdmissionTests {
    @Test(
        arguments: zip(
            [
                "localhost", "localhost:8017", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:8017",
                "127.1.2.3", "[::1]", "[::1]:8017", "evil.example", "evil.example:8017",
                "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.256", "127.0.0",
                "0.0.0.0", "10.0.0.1", "[::2]", "[::1", "localhost:", "localhost:80x", "",
                "127.0.0.+1",
            ],
            [
                true, true, true, true, true, true, true, true, false, false, false, false, false,
                false, false, false, false, false, true, false, false, false,
            ]))
    func `only names of this machine are local`(authority: String, isLocal: Bool) {
        #expect(ListenAddress.isLocal(authority: authority) == isLocal)
    }

    @Test func `a stranger's name for this machine gets nothing`() async throws {
        let prompt = try await Prompt.withLedger()
        let local = try SiteFixture(prompt)
        let answer = await local.ask("/", authority: "evil.example")
        #expect(answer.status == .misdirectedRequest)
    }

    @Test func `a token opens the site as bearer and as password`() async throws {
        let fixture = try await SiteFixture.example(
            tokens: "# who\nalice \(SiteFixture.token)\n", isLoopback: false)
        func status(_ authorization: String?) async -> Int {
            var headers = HTTPFields()
            headers[.authorization] = authorization
            return await fixture.ask("/", headers: headers).status.code
        }
        func basic(_ pair: String) -> String { "Basic " + Data(pair.utf8).base64EncodedString() }
        #expect(await status("Bearer \(SiteFixture.token)") == 200)
        #expect(await status("bearer \(SiteFixture.token)") == 200)
        #expect(await status(basic("alice:\(SiteFixture.token)")) == 200)
        #expect(await status(basic(":\(SiteFixture.token)")) == 200)
        for wrong in [
            nil, "", "Bearer", "Bearer x", "Bearer \(SiteFixture.token)x", "Basic !!",
            basic("bob:\(SiteFixture.token)"), basic("alice"), basic("alice:"), "Digest x",
        ] {
            #expect(await status(wrong) == 401, "\(wrong ?? "nothing")")
        }
        let asked = await fixture.ask("/api/v1/state")
        #expect(asked.headers[.wwwAuthenticate]?.hasPrefix("Basic ") == true)
        #expect(!asked.text.contains("ledger.test"))
        #expect(await fixture.ask("/assets/ledger.css").status == .unauthorized)
    }

    @Test(
        arguments: zip(
            [
                "", "# only a remark", "alice", "alice short", "alice a b",
                "alice \(SiteFixture.token)\nbob \(SiteFixture.token)",
            ],
            ["no token", "no token", "line 1", "at least 32", "line 1", "line 2"]))
    func `a token file that cannot be meant is refused`(text: String, why: String) {
        let error = #expect(throws: CLIError.self) { try Tokens(text, file: "tokens") }
        #expect(error?.message.contains(why) == true, "\(String(describing: error))")
    }

    @Test func `other machines are let in with a token file only`() async throws {
        let prompt = try await Prompt.withLedger()
        for words in [["--address", "0.0.0.0"], ["--address", "::"], ["--accept-writes"]] {
            let result = await prompt.run(["serve"] + words)
            #expect(result.status == 64)
            #expect(result.errors.contains("--token-file is required"), "\(result.errors)")
        }
        #expect(await prompt.run("serve", "--port", "70000").status == 64)
        #expect(await prompt.run("serve", "--token-file", "none").status == 1)
        #expect(await prompt.run("serve", "--ledger", "none.sqlite").status == 10)
    }
}
