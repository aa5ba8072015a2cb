import HTTPTypes

/// An address of the site and what answers there.
struct Route: Sendable {
    /// A name of a path.
    enum Piece: Sendable, Hashable {
        /// This name.
        case name(String)
        /// Any one name, called so.
        case any(String)
        /// All names that are left, at least one, called so; joined by slashes.
        case rest(String)
    }

    /// The method; a GET answers HEAD too.
    let method: HTTPRequest.Method
    /// The path.
    let pieces: [Piece]
    /// What it is, in a few words.
    let summary: String
    /// What it takes and gives, for programs; nil for a page.
    let operation: Operation?
    /// How long its answers hold.
    let term: AnswerShelf.Term
    /// The answer.
    let answer: @Sendable (Site, Inquiry) async throws -> Answer

    /// A route of a pattern such as `/events/{sequence}` or `/tile/{path...}`.
    init(
        _ pattern: String, _ summary: String, _ operation: Operation? = nil,
        method: HTTPRequest.Method = .get, keeps term: AnswerShelf.Term = .none,
        answer: @escaping @Sendable (Site, Inquiry) async throws -> Answer
    ) {
        self.method = method
        self.summary = summary
        self.operation = operation
        self.term = term
        self.answer = answer
        pieces = pattern.split(separator: "/").map { piece in
            guard piece.hasPrefix("{"), piece.hasSuffix("}") else { return .name(String(piece)) }
            let name = piece.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .any(String(name))
        }
    }

    /// The values of the placeholders when a path is of this route; nil otherwise.
    func match(_ path: [String]) -> [String: String]? {
        var names: [String: String] = [:]
        for (index, piece) in pieces.enumerated() {
            guard index < path.count else { return nil }
            switch piece {
            case .name(let name):
                guard path[index].utf8.elementsEqual(name.utf8) else { return nil }
            case .any(let name): names[name] = path[index]
            case .rest(let name):
                // A slash that was escaped is part of a name; here it would pass for a separator.
                guard !path[index...].contains(where: { $0.contains("/") }) else { return nil }
                names[name] = path[index...].joined(separator: "/")
                return names
            }
        }
        return path.count == pieces.count ? names : nil
    }

    /// The path as OpenAPI writes it.
    var template: String {
        "/"
            + pieces.map { piece in
                switch piece {
                case .name(let name): name
                case .any(let name), .rest(let name): "{\(name)}"
                }
            }.joined(separator: "/")
    }
}

/// What a route of the API takes and gives, as far as its description needs it.
struct Operation: Sendable {
    /// A parameter.
    struct Parameter: Sendable {
        let name: String
        let kind: String
        let summary: String
    }

    /// The name of the operation.
    let id: String
    /// The parameters of the query.
    var query: [Parameter] = []
    /// The media type of a good answer.
    var type = "application/json"
    /// The statuses, beside those that any route can give.
    var statuses = [200]
    /// The media types of the body, if one is sent.
    var body: [String] = []
}
