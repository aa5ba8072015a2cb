import Dispatch
import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore
import Testing

@testable import ledger_cli

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct LiveTests {
    private static let impatient = ConnectionDeadlines.Limits(
        request: .milliseconds(300), answer: .seconds(20), rest: .milliseconds(300),
        stream: .minutes(1))

    /// Runs a body against a server that listens, and ends the server.
    private static func serving(
        _ fixture: SiteFixture, limits: ConnectionDeadlines.Limits = .init(),
        _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let (ports, running) = AsyncStream.makeStream(of: Int.self)
        let application = WebServer(fixture.site).application(
            at: ListenAddress(host: "127.0.0.1", port: 0), limits: limits,
            onRunning: { running.yield($0) }, onEnd: { fixture.site.live.close() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports {
                try await body(port)
                break
            }
            fixture.site.live.close()
            group.cancelAll()
            // Being cancelled is how the server ends here.
            while let result = await group.nextResult() { _ = result }
        }
    }

    /// Sends bytes and reads until the other side closes, or a text has come.
    private static func exchange(
        _ port: Int, _ sent: String, until mark: String? = nil,
        then more: (@Sendable () async -> Void)? = nil, until last: String? = nil
    ) async throws -> String {
        let connection = try Connection(port: port)
        try connection.send(sent)
        var text = await connection.read(until: mark)
        if let more {
            await more()
            text += await connection.read(until: last)
        }
        return text
    }

    @Test func `a request that trickles in is cut off, as is a connection at rest`() async throws {
        let fixture = try await SiteFixture.example()
        try await Self.serving(fixture, limits: Self.impatient) { port in
            let nothing = try await Self.exchange(port, "")
            #expect(nothing.isEmpty)
            let cut = try await Self.exchange(port, "GET / HTTP/1.1\r\nHost: loc")
            #expect(cut.isEmpty)
            let post = try await Self.exchange(
                port,
                "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")
            #expect(!post.contains("200 OK"))
            // A busy machine may be slower than this server is patient.
            var whole = ""
            for _ in 0..<20 where !whole.hasPrefix("HTTP/1.1 200 OK") {
                whole = try await Self.exchange(
                    port, "GET /assets/ledger.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
            }
            #expect(whole.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func `bytes that are no request get a refusal and the server goes on`() async throws {
        let fixture = try await SiteFixture.example()
        try await Self.serving(fixture, limits: Self.impatient) { port in
            let fields = (0..<200).map { "X-\($0): y\r\n" }.joined()
            for bytes in [
                "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            ] {
                let answer = try await Self.exchange(port, bytes)
                #expect(!answer.contains(" 500 "), "\(bytes.prefix(40)): \(answer.prefix(60))")
            }
            let stranger = try await Self.exchange(
                port, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            #expect(stranger.hasPrefix("HTTP/1.1 421"))
            let head = "HEAD /api/v1/events/20 HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let answer = try await Self.exchange(port, head)
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func `a listener is told when the ledger grows`() async throws {
        let fixture = try await SiteFixture.example()
        try await Self.serving(fixture) { port in
            let text = try await Self.exchange(
                port, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
                until: "data: 64\n\n",
                then: { _ = await fixture.prompt.run("record", "note", "more") },
                until: "data: 65\n\n")
            #expect(text.contains("text/event-stream"))
            #expect(text.contains("event: head\ndata: 65"))
        }
    }

    @Test func `what is too much at once is told when to come back, and the rest is answered`()
        async throws
    {
        let prompt = try await Prompt.withLedger()
        let now = try #require(Timestamp("2017-05-05T09:00:00Z"))
        let archive = try Archive(
            path: prompt.path("ledger.sqlite"), trust: TrustSource(origin: .none, policy: nil),
            waitingLimit: 1, clock: { now })
        let (entered, entering) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        async let first = archive.evaluate(.now) { _ in
            entering.yield()
            gate.wait()
            return "answered"
        }
        for await _ in entered { break }
        do {
            _ = try await archive.moments()
            Issue.record("it was let in")
        } catch let refusal as Refusal {
            #expect(refusal.status == .serviceUnavailable)
            #expect(refusal.headers[.retryAfter] == "2")
        }
        gate.signal()
        #expect(try await first == "answered")
        _ = try await archive.moments()
    }

    @Test func `only so many may listen, and a place is free again when one leaves`() async throws {
        let fixture = try await SiteFixture.example()
        let stream = EventStream(fixture.site.archive, limit: 2)
        var held: [Answer] = [try stream.answer(since: nil), try stream.answer(since: nil)]
        #expect(stream.count == 2)
        #expect(throws: Refusal.self) { try stream.answer(since: nil) }
        held.removeLast()
        #expect(stream.count == 1)
        held.append(try stream.answer(since: nil))
        #expect(stream.count == 2)
        stream.close()
        #expect(stream.count == 0)
        #expect(throws: Refusal.self) { try stream.answer(since: nil) }
        _ = held
    }
}

/// A plain connection, for what no well-behaved client would send.
private final class Connection: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        descriptor = socket(AF_INET, kind, 0)
        try #require(descriptor >= 0)
        var wait = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return }
        let count = bytes.withUnsafeBytes {
            #if canImport(Glibc)
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            #else
                write(descriptor, $0.baseAddress, $0.count)
            #endif
        }
        try #require(count > 0)
    }

    /// Reads until a text has come, the other side closes, or nothing comes for long.
    func read(until mark: String?) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [descriptor] in
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = recv(descriptor, &buffer, buffer.count, 0)
                    if count <= 0 { break }
                    bytes += buffer[..<count]
                    if let mark, String(decoding: bytes, as: UTF8.self).contains(mark) { break }
                }
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
