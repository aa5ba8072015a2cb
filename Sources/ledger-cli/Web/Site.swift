import HTTPTypes
import Hummingbird
import Ledger
import Projector

/// The web view of one ledger: who may ask, which route answers, and what every answer carries.
///
/// It reads; only `POST /api/v1/events` of a site that accepts writes appends. It sets no cookie,
/// runs no script but its own file, and lets no page of another site read it.
struct Site: WebService {
    /// The ledger.
    let archive: Archive
    /// News of the ledger.
    let live: EventStream
    /// Answers that were made lately.
    let shelf = AnswerShelf()
    /// Whose tokens open the site; nil when none is needed.
    let tokens: Tokens?
    /// True when only programs of this machine can reach it.
    let isLoopback: Bool
    /// Appends what is posted; nil for a site that only reads.
    let recording: PostedEvents?

    let bodyLimit = 1 << 20

    /// Answers a request.
    func answer(_ request: Request, body: BodyReader) async -> Answer {
        var answer = await attempt(request, body: body)
        for field in Site.fields where answer.headers[field.name] == nil {
            answer.headers.append(field)
        }
        return Site.unchanged(answer, for: request) ?? answer
    }

    private func attempt(_ request: Request, body: BodyReader) async -> Answer {
        var isForPrograms = request.head.path?.hasPrefix("/api/") ?? false
        do {
            var inquiry = try Inquiry(
                method: request.method, target: request.head.path ?? "",
                headers: request.headers)
            isForPrograms = inquiry.isForPrograms
            try admit(&inquiry, authority: request.head.authority)
            let (route, names) = try route(for: inquiry)
            inquiry.names = names
            if route.method == .post { inquiry.body = try await body.bytes() }
            return try await answer(inquiry, by: route, target: request.head.path ?? "")
        } catch {
            return Site.answer(refusing: Refusal(describing: error), isForPrograms)
        }
    }

    /// Lets in whom the site knows; on this machine's own address everybody who names it so.
    private func admit(_ inquiry: inout Inquiry, authority: String?) throws(Refusal) {
        if isLoopback, !ListenAddress.isLocal(authority: authority) {
            throw Refusal(
                .misdirectedRequest, "this server answers to the names of this machine only",
                hint: "open it as http://127.0.0.1 and its port")
        }
        guard let tokens else { return }
        inquiry.reader = tokens.reader(authorization: inquiry.headers[.authorization])
        if inquiry.reader == nil {
            var refusal = Refusal(
                .unauthorized, "a token is needed",
                hint: "the token's own name or none, and the token as password; or Authorization: "
                    + "Bearer TOKEN")
            refusal.headers[.wwwAuthenticate] = "Basic realm=\"ledger\", charset=\"UTF-8\""
            throw refusal
        }
    }

    private func route(for inquiry: Inquiry) throws(Refusal) -> (Route, [String: String]) {
        // A HEAD is a GET whose body stays here.
        let method = inquiry.method == .head ? .get : inquiry.method
        var allowed: [HTTPRequest.Method] = []
        for route in Routes.all {
            guard let names = route.match(inquiry.path) else { continue }
            if route.method == method { return (route, names) }
            allowed.append(route.method)
        }
        guard !allowed.isEmpty else {
            throw Refusal(.notFound, "there is nothing at this address")
        }
        var refusal = Refusal(
            .methodNotAllowed, "\(inquiry.method.rawValue) is not for this address")
        if allowed.contains(.get) { allowed.append(.head) }
        refusal.headers[.allow] = Array(Set(allowed.map(\.rawValue))).sorted()
            .joined(separator: ", ")
        throw refusal
    }

    /// The answer of a route, kept where it holds for longer than this question.
    private func answer(
        _ inquiry: Inquiry, by route: Route, target: String
    ) async throws -> Answer {
        guard route.term != .none else { return try await route.answer(self, inquiry).tagged() }
        let size = try await archive.read { try $0.size() }
        return try await shelf.answer(
            to: AnswerShelf.Key(target: target, size: size),
            isLasting: route.term == .size || inquiry.value("at") != nil, now: archive.clock()
        ) { try await route.answer(self, inquiry).tagged() }
    }

    private static func answer(refusing refusal: Refusal, _ isForPrograms: Bool) -> Answer {
        var answer: Answer
        if isForPrograms {
            let bytes = (try? CanonicalJSON.encode(refusal.json)) ?? []
            answer = Answer(
                "application/problem+json", bytes + [0x0A], status: refusal.status)
        } else {
            answer = .page(RefusalPage.markup(refusal), status: refusal.status)
        }
        for field in refusal.headers { answer.headers[field.name] = field.value }
        return answer
    }

    /// 304 when the browser has this very answer.
    private static func unchanged(_ answer: Answer, for request: Request) -> Answer? {
        guard answer.status == .ok, request.method == .get || request.method == .head,
            let tag = answer.headers[.eTag], let known = request.headers[.ifNoneMatch]
        else { return nil }
        let isKnown = known.split(separator: ",").contains { candidate in
            let name = candidate.drop { $0 == " " }
            return name == "*" || name == tag || name == "W/" + tag
        }
        guard isKnown else { return nil }
        var bare = answer
        bare.status = .notModified
        bare.body = .bytes([])
        return bare
    }

    /// What every answer carries.
    private static let fields: HTTPFields = {
        var fields = HTTPFields()
        fields[.contentSecurityPolicy] =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        fields[.xContentTypeOptions] = "nosniff"
        fields[.cacheControl] = "private, no-cache"
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()
}

extension Refusal {
    /// The refusal that an error of the ledger or of planning amounts to.
    init(describing error: any Error) {
        switch error {
        case let error as Refusal: self = error
        case let error as CLIError: self.init(Refusal.status(of: error), error.message)
        case let error as PlanError:
            switch error {
            case .unknownMigration, .unknownResource: self.init(.notFound, error.description)
            case .ambiguousMigration: self.init(.badRequest, error.description)
            default: self.init(.conflict, error.description)
            }
        case let error as StoreError:
            let parts = error.description.split(separator: "; ", maxSplits: 1).map(String.init)
            self.init(Refusal.status(of: error), parts[0], hint: parts.dropFirst().first)
        case let error as EventError: self.init(.internalServerError, error.description)
        default:
            // What is not ours may hold anything; it is not told to strangers.
            self.init(.internalServerError, "the answer could not be made")
        }
    }

    private static func status(of error: CLIError) -> HTTPResponse.Status {
        switch error {
        case .noSuchEvent, .unknownMigration: .notFound
        default: .badRequest
        }
    }

    private static func status(of error: StoreError) -> HTTPResponse.Status {
        switch error {
        case .busy, .replaced: .serviceUnavailable
        case .noSuchSize, .noAttachment: .notFound
        case .idConflict: .conflict
        case .sizeDiffers: .preconditionFailed
        case .event: .badRequest
        case .diskFull: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        default: .internalServerError
        }
    }
}
