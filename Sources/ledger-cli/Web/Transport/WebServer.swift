import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Something that answers requests: the site, or a witness.
protocol WebService: Sendable {
    /// The most bytes that a request may send.
    var bodyLimit: Int { get }
    /// Answers a request, whatever it is; nothing is thrown at the transport.
    func answer(_ request: Request, body: BodyReader) async -> Answer
}

/// Reads the body of a request, bounded.
struct BodyReader: Sendable {
    /// What is sent.
    let body: RequestBody
    /// How many bytes of it are read.
    let limit: Int

    /// The bytes that were sent.
    ///
    /// - Throws: `Refusal` when there are too many, or when they stop coming.
    func bytes() async throws(Refusal) -> [UInt8] {
        do {
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            var refusal = Refusal(.contentTooLarge, "the body has more than \(limit) bytes")
            refusal.headers[.connection] = "close"
            throw refusal
        } catch {
            throw Refusal(.badRequest, "the body did not arrive")
        }
    }
}

/// The HTTP server around a service: connections, deadlines, answers as bytes.
struct WebServer<Service: WebService>: HTTPResponder {
    typealias Context = BasicRequestContext

    private let service: Service

    /// A server of a service.
    init(_ service: Service) { self.service = service }

    /// Answers a request.
    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let reader = BodyReader(body: request.body, limit: service.bodyLimit)
        let answer = await service.answer(request, body: reader)
        var headers = answer.headers
        switch answer.body {
        case .bytes(let bytes):
            // A HEAD and a 304 have the length of what they do not send.
            let isBare = request.method == .head || answer.status == .notModified
            if answer.status != .notModified { headers[.contentLength] = "\(bytes.count)" }
            return Response(
                status: answer.status, headers: headers,
                body: isBare || bytes.isEmpty
                    ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .stream(let write):
            return Response(
                status: answer.status, headers: headers,
                body: request.method == .head ? ResponseBody() : ResponseBody(write))
        }
    }

    /// The application that listens.
    func application(
        at address: ListenAddress, limits: ConnectionDeadlines.Limits = .init(),
        connections: Int = 512, onRunning: @escaping @Sendable (_ port: Int) async -> Void,
        onEnd: @escaping @Sendable () -> Void = {}
    ) -> Application<WebServer<Service>> {
        var logger = Logger(label: "ledger")
        logger.logLevel = .critical
        return Application(
            responder: self,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [ConnectionDeadlines(limits)],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768,
                        maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    connections, logger: logger)),
            services: [Closing(perform: onEnd)],
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: logger)
    }
}

/// Ends what would keep the server from ending, such as streams that never end by themselves.
private struct Closing: ServiceLifecycle.Service {
    let perform: @Sendable () -> Void

    func run() async throws {
        await withGracefulShutdownHandler {
            try? await gracefulShutdown()
        } onGracefulShutdown: {
            perform()
        }
    }
}
