import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections whose other side takes too long, so that none is held by trickling bytes.
///
/// From the first byte a request has `request` seconds to arrive whole; an answer must make
/// progress within `answer`; between two requests a connection may rest for `rest`. Only a stream
/// of events may last, up to `stream`, and the browser then asks for it again.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long each part of an exchange may take.
    struct Limits: Sendable {
        /// For a request to arrive whole.
        var request = TimeAmount.seconds(15)
        /// For an answer to be made and taken.
        var answer = TimeAmount.seconds(60)
        /// For the next request to begin.
        var rest = TimeAmount.seconds(30)
        /// For a stream of events.
        var stream = TimeAmount.minutes(60)
    }

    private let limits: Limits
    private var deadline: Scheduled<Void>?
    private var stall: Scheduled<Void>?

    init(_ limits: Limits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { close(context.channel, in: limits.request) }
    }

    func channelActive(context: ChannelHandlerContext) {
        close(context.channel, in: limits.request)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: close(context.channel, in: limits.request)
        case .body: break
        case .end: close(context.channel, in: limits.answer)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.headerFields[.contentType] == EventStream.mediaType:
            close(context.channel, in: limits.stream)
        case .end: close(context.channel, in: limits.rest)
        default: break
        }
        context.write(data, promise: promise)
    }

    /// A reader that takes nothing fills the buffers; a stream may wait long, but not for that.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            stall = ConnectionDeadlines.closing(context.channel, in: limits.request)
        }
        context.fireChannelWritabilityChanged()
    }

    private func close(_ channel: any Channel, in time: TimeAmount) {
        deadline?.cancel()
        deadline = ConnectionDeadlines.closing(channel, in: time)
    }

    private static func closing(_ channel: any Channel, in time: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }

    private func cancel() {
        deadline?.cancel()
        stall?.cancel()
        deadline = nil
        stall = nil
    }
}
