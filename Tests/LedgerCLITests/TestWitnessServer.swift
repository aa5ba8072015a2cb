import Hummingbird
import Ledger
import NIOCore

/// A test witness behind a real socket of this machine.
enum TestWitnessServer {
    /// Serves a witness on a free port while a body runs with its address.
    static func run(
        _ witness: TestWitness, _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let router = Router()
        router.post("add-checkpoint") { request, _ -> Response in
            let buffer = try await request.body.collect(upTo: 1 << 16)
            let (status, bytes) = try witness.answer(Array(buffer.readableBytesView))
            return Response(
                status: .init(code: status), body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.runService() }
            for await port in ports { try await body("http://127.0.0.1:\(port)") }
            group.cancelAll()
        }
    }
}
