import Fleet
import Ledger
import Projector

/// Something that is waited for.
enum Condition: Equatable, CustomStringConvertible {
    /// A resource has a status.
    case status(Resource, String)
    /// A resource is proven gone.
    case gone(Resource)
    /// A release has a status in an environment.
    case release(String, String, environment: String)
    /// The maintenance mode of an environment, seen no earlier than a time.
    case maintenance(String, Switch, from: Timestamp? = nil)
    /// An environment is in maintenance and that is effective, going by the ledger.
    case closed(String)
    /// A hostname points at an environment.
    case host(String, environment: String)

    /// What a wait is told to wait for.
    ///
    /// - Throws: `CLIError.usage`.
    init(_ text: String) throws {
        let words = text.split(separator: " ").map(String.init)
        switch words.map({ $0.lowercased() }) {
        case let form where form.count == 3 && form[1] == "is" && form[2] == "gone":
            self = .gone(try Condition.resource(words[0], text))
        case let form where form.count == 5 && form[1] == "is" && form[3] == "on":
            self = .release(
                try Condition.name(words[0], of: "release", text), words[2].uppercased(),
                environment: try Condition.name(words[4], of: "environment", text))
        case let form where form.count == 3 && form[1] == "is":
            self = .status(try Condition.resource(words[0], text), words[2].uppercased())
        case let form where form.count == 3 && form[1] == "at":
            self = .host(
                try ArgumentText.host(try Condition.name(words[0], of: "dns", text)),
                environment: try Condition.name(words[2], of: "environment", text))
        case let form where form.count >= 3 && form[1] == "maintenance":
            self = try Condition.maintenance(words[0], Array(words.dropFirst(2)), text)
        case let form
        where form.count == 4 && form.starts(with: ["maintenance", "of"]) && form[3] == "effective":
            self = .closed(try Condition.name(words[2], of: "environment", text))
        case let form where form.count >= 4 && form[0] == "maintenance" && form[1] == "of":
            self = try Condition.maintenance(words[2], Array(words.dropFirst(3)), text)
        default: throw Condition.notUnderstood(text)
        }
    }

    private static func maintenance(
        _ environment: String, _ rest: [String], _ text: String
    ) throws -> Condition {
        let state = rest.first?.lowercased() == "is" ? rest.dropFirst().first : rest.first
        let count = rest.first?.lowercased() == "is" ? 2 : 1
        guard rest.count == count, let state = state.flatMap({ Switch(word: $0) }) else {
            throw notUnderstood(text)
        }
        return .maintenance(try name(environment, of: "environment", text), state)
    }

    private static func resource(_ word: String, _ text: String) throws(CLIError) -> Resource {
        switch Resource(word) {
        case .environment(let name, nil)?: return .environment(name)
        case .snapshot(let kind, let name)?: return .snapshot(kind, name)
        case .release(let name)?: return .release(name)
        default: throw notUnderstood(text)
        }
    }

    /// A name, with or without the kind of thing before it.
    private static func name(
        _ word: String, of kind: String, _ text: String
    ) throws(CLIError) -> String {
        let name = word.hasPrefix(kind + "/") ? String(word.dropFirst(kind.count + 1)) : word
        guard !name.isEmpty, !name.contains("/") else { throw notUnderstood(text) }
        return name
    }

    private static func notUnderstood(_ text: String) -> CLIError {
        .usage(
            "--until \"\(text)\": not understood",
            hint: "'environment/prod2 is RUNNING', 'snapshot/database/NAME is AVAILABLE', "
                + "'RESOURCE is gone', 'release/R is ACTIVE on prod2', "
                + "'environment/prod maintenance ON', 'HOST at prod2'")
    }

    /// The condition as it is written.
    var description: String {
        switch self {
        case .status(let resource, let status): "\(resource) is \(status)"
        case .gone(let resource): "\(resource) is gone"
        case .release(let release, let status, let environment):
            "release/\(release) is \(status) on environment/\(environment)"
        case .maintenance(let environment, let state, _):
            "environment/\(environment) maintenance \(state.rawValue)"
        case .closed(let environment): "maintenance of \(environment) effective"
        case .host(let host, let environment): "\(host) at \(environment)"
        }
    }

    /// Where to look.
    var target: LookTarget {
        switch self {
        case .status(.snapshot(let kind, _), _), .gone(.snapshot(let kind, _)):
            .platform(.snapshotList(kind == .nfs ? .nfs : nil))
        case .status(.release, _), .gone(.release): .platform(.releaseList)
        case .status, .gone: .platform(.envList)
        case .release(_, _, let environment), .maintenance(let environment, _, _),
            .closed(let environment):
            .platform(.envDescribe(environment))
        case .host(let host, _): .host(host)
        }
    }

    /// How a look stands to the condition.
    enum Standing: Equatable {
        /// It is so.
        case met
        /// The thing is not there any more, or not yet; whether that is proof the ledger knows.
        case absent
        /// It is otherwise: how.
        case otherwise(String)
    }

    /// How a look stands to the condition.
    func standing(_ look: Look) -> Standing {
        let unreadable = Standing.otherwise(look.problem ?? "not shown")
        switch (self, look.observation) {
        case (.status(let resource, let wanted), _):
            guard let status = look.observation.status(of: resource) else {
                return look.observation.isComplete ? .absent : unreadable
            }
            return status == wanted ? .met : .otherwise(status)
        case (.gone(let resource), _):
            if let status = look.observation.status(of: resource) { return .otherwise(status) }
            return look.observation.isComplete ? .absent : unreadable
        case (.release(let release, let wanted, _), .environment(let shown)):
            guard let load = shown.releases?.first(where: { $0.release == release }) else {
                return shown.isComplete ? .otherwise("not loaded") : unreadable
            }
            let isMet = load.status == wanted || load.status == "ACTIVE" && wanted == "RUNNING"
            return isMet ? .met : .otherwise(load.status)
        case (.maintenance(_, let wanted, let from), .environment(let shown)):
            guard let state = shown.maintenance, shown.isComplete else { return unreadable }
            guard state == wanted else { return .otherwise("maintenance \(state.rawValue)") }
            return from.map { look.time < $0 } ?? false ? .otherwise("spreading") : .met
        case (.closed, .environment(let shown)):
            guard let state = shown.maintenance, shown.isComplete else { return unreadable }
            return state == .on ? .met : .otherwise("maintenance \(state.rawValue)")
        case (.host(_, let environment), .dns(let answer)):
            if answer.isFailed { return unreadable }
            return answer.environment == environment
                ? .met : .otherwise("at \(answer.environment ?? answer.target ?? "nothing")")
        default: return unreadable
        }
    }
}

extension Observation {
    /// The status that a listing or description shows of a resource; nil when it shows none.
    func status(of resource: Resource) -> String? {
        switch (resource, self) {
        case (.environment(let name, _), .environments(let listing)):
            listing.rows.first { $0.environment == name }?.status
        case (.environment(let name, _), .environment(let shown)) where shown.environment == name:
            shown.status
        case (.snapshot(let kind, let name), .snapshots(let listed, let listing))
        where listed == kind:
            listing.rows.first { $0.snapshot == name }?.status
        case (.release(let name), .releases(let listing)):
            listing.rows.first { $0.release == name }?.status
        default: nil
        }
    }
}
