import Foundation
import Ledger
import Testing

@testable import Fleet
@testable import ledger_cli

/// No secret reaches the file, wherever it stands.
@Suite struct SecretTests {
    private func bytes(_ prompt: Prompt) throws -> [UInt8] {
        try ["ledger.sqlite", "ledger.sqlite-wal"].flatMap { name -> [UInt8] in
            let path = prompt.path(name)
            guard FileManager.default.fileExists(atPath: path) else { return [] }
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }

    @Test func `secrets of arguments, environment, policy and output are nowhere in the file`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        _ = await prompt.run("policy", "set", "redaction", "tok_[a-z0-9]+")
        let filler = String(repeating: "0123456789abcde\n", count: 40_000)
        try prompt.write(filler, to: "filler")
        let secrets = ["hunter2hunter2", "pa55wordpa55", "tok_abcdef123", "licence-4711-x"]
        let script = """
            cat filler; echo "value hunter2hunter2"; echo "mysql -ppa55wordpa55 -h db"
            echo "see https://bob:pa55wordpa55@example.com/" >&2; echo tok_abcdef123
            cat filler; echo "again hunter2hunter2 tok_abcdef123" >&2
            """
        try FileManager.default.createDirectory(
            atPath: prompt.path("bin"), withIntermediateDirectories: true)
        let first = try Session.run(
            "run", "--", "sh", "-c", script, "--password", "pa55wordpa55", "hunter2hunter2",
            in: prompt.directory, environment: ["SHOP_API_TOKEN": "hunter2hunter2"])
        #expect(first.status == 0)
        let platform = try FakePlatform(
            in: prompt.directory,
            "\"env newrelic \"*) echo \"key licence-4711-x hunter2hunter2\" ;;")
        let second = try Session.run(
            "run", "--", platform.path, "env", "newrelic", "prod", "--newrelic-licence",
            "licence-4711-x", in: prompt.directory,
            environment: ["NEW_RELIC_LICENSE": "licence-4711-x", "DB_PASSWORD": "hunter2hunter2"])
        #expect(second.status == 0, "\(String(decoding: second.complained, as: UTF8.self))")
        let url = try Session.run(
            "run", "--", platform.path, "release", "create", "--url",
            "https://tok_abcdef123@git.example.com/shop", "c341606", in: prompt.directory)
        #expect(url.status == 2)
        let stored = try bytes(prompt)
        for secret in secrets {
            #expect(Data(stored).range(of: Data(secret.utf8)) == nil, "\(secret)")
        }
        #expect(Data(stored).range(of: Data("[redacted]".utf8)) != nil)
    }

    @Test func `what a look shows has no secrets either`() async throws {
        let prompt = try await Prompt.withLedger()
        _ = try FakePlatform(
            in: prompt.directory,
            "\"env list\") echo \"warning: token hunter2hunter2\"; exit 1 ;;")
        let look = try Session.run(
            "observe", "prod", in: prompt.directory,
            environment: ["SHOP_API_TOKEN": "hunter2hunter2"])
        #expect(look.status == 0, "\(String(decoding: look.complained, as: UTF8.self))")
        let stored = Data(try bytes(prompt))
        #expect(stored.range(of: Data("hunter2hunter2".utf8)) == nil)
        #expect(stored.range(of: Data("warning: token [redacted]".utf8)) != nil)
    }

    @Test func `a secret may be a number or begin like a path, a path is none`() {
        let values = EnvironmentSecrets.values([
            ("DB_PASSWORD", "20170504"), ("AWS_SECRET_ACCESS_KEY", "/b64/secret+x"),
            ("SSL_KEY", "/dev/null"), ("PATH", "/usr/bin:/bin"), ("API_TOKEN", "abc"),
        ])
        #expect(values == ["/b64/secret+x", "20170504"])
    }

    @Test func `a password that is an environment's name does not hide the environment`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let platform = try FakePlatform(in: prompt.directory)
        let session = try Session.run(
            "run", "--", platform.path, "env", "maintenance", "production", "ON",
            in: prompt.directory, environment: ["DB_PASSWORD": "production"])
        #expect(session.status == 0)
        #expect(
            try await prompt.event(3)["data"]?.object?["environment"] == "production")
    }

    @Test func `a secret is taken out wherever it stands across the border of what is kept`() {
        let bound = Excerpt.bound
        let filter = SecretFilter(values: ["s3cret-value"])
        let secret = Array("s3cret-value".utf8)
        let limit = bound + SecretFilter.margin
        let count = 4 * limit
        for shift in -20...20 {
            for place in [
                bound + shift, count - bound + shift, limit + shift, count - limit + shift,
            ] {
                var whole = [UInt8](repeating: UInt8(ascii: "x"), count: count)
                whole.replaceSubrange(place..<place + secret.count, with: secret)
                let kept = filter.excerpt(
                    head: Array(whole.prefix(limit)), tail: Array(whole.suffix(limit)),
                    count: count)
                let text = String(decoding: kept, as: UTF8.self)
                for length in 6...secret.count {
                    #expect(!text.contains("s3cret-value".prefix(length)), "\(place)")
                    #expect(!text.contains("s3cret-value".suffix(length)), "\(place)")
                }
            }
        }
    }

    @Test func `what is left out is counted, and short outputs are kept whole`() {
        let filter = SecretFilter()
        let bound = Excerpt.bound
        let whole = Array("a\0b\n".utf8)
        #expect(filter.excerpt(head: whole, tail: whole, count: 4) == whole)
        var capture = Capture()
        let piece = [UInt8](repeating: UInt8(ascii: "y"), count: 70_001)
        for _ in 0..<10 { capture.take(piece) }
        let text = String(decoding: capture.excerpt(filter), as: UTF8.self)
        #expect(text.contains("[… \(700_010 - 2 * bound) bytes left out …]"))
        #expect(text.utf8.count < 2 * bound + 100)
    }

    @Test func `a capture keeps the very first and last bytes of any pieces`() {
        for size in [1, 7, 4096, 65_536, 131_072, 200_000] {
            var capture = Capture()
            var whole: [UInt8] = []
            var value: UInt8 = 0
            while whole.count < 500_000 {
                let piece = (0..<size).map { _ -> UInt8 in
                    value = value &* 5 &+ 1
                    return value
                }
                capture.take(piece)
                whole += piece
                if size == 1, whole.count >= 300_000 { break }
            }
            #expect(capture.head == Array(whole.prefix(131_072)))
            #expect(capture.tail == Array(whole.suffix(131_072)))
            #expect(capture.count == whole.count)
        }
    }
}
