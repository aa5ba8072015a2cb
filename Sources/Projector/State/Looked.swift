public import Ledger

/// What looks have in common: a basis and a row of what was shown.
protocol Looked: Chronicled where Shared == EventContent {
    var basis: Basis { get }
    var place: Int32 { get }
    /// How many rows of its kind a content shows.
    static func rows(of content: EventContent) -> Int
    init(moment: Moment, basis: Basis, place: Int32, content: EventContent)
}

extension Looked {
    /// Looks have no ending.
    public var ending: Moment? { nil }

    /// The row, then the basis.
    public var code: Int { Int(place) << 2 | basis.code }

    /// Who looked is nobody's question.
    public var author: Author? { nil }

    /// Looks are nobody's.
    public static var isAuthored: Bool { false }

    /// The look of a code; nil for a row that the content does not have.
    public init?(
        moment: Moment, ending: Moment?, code: Int, shared: EventContent, author: Author?
    ) {
        let place = code >> 2
        guard ending == nil, author == nil, 0..<Self.rows(of: shared) ~= place else { return nil }
        self.init(
            moment: moment, basis: Basis(code: code & 3), place: Int32(place), content: shared)
    }
}

extension Basis {
    /// A number below four.
    var code: Int {
        switch self {
        case .executed: 0
        case .observed: 1
        case .reported: 2
        case .imported: 3
        }
    }

    /// The basis of the lowest two bits of a number.
    init(code: Int) {
        switch code & 3 {
        case 0: self = .executed
        case 1: self = .observed
        case 2: self = .reported
        default: self = .imported
        }
    }
}

extension EnvironmentHistory.Sighting: Looked {
    /// The content that shows it.
    public var shared: EventContent { content }
    var place: Int32 { row }
    static func rows(of content: EventContent) -> Int { content.environments.count }
    init(moment: Moment, basis: Basis, place: Int32, content: EventContent) {
        self.init(moment: moment, basis: basis, row: place, content: content)
    }
}

extension SnapshotHistory.Sighting: Looked {
    /// The content that shows it.
    public var shared: EventContent { content }
    var place: Int32 { number }
    static func rows(of content: EventContent) -> Int { content.snapshots.count }
    init(moment: Moment, basis: Basis, place: Int32, content: EventContent) {
        self.init(moment: moment, basis: basis, number: place, content: content)
    }
}

extension ReleaseHistory.Sighting: Looked {
    /// The content that shows it.
    public var shared: EventContent { content }
    var place: Int32 { row }
    static func rows(of content: EventContent) -> Int { content.releases.count }
    init(moment: Moment, basis: Basis, place: Int32, content: EventContent) {
        self.init(moment: moment, basis: basis, row: place, content: content)
    }
}

extension HostHistory.Answer: Looked {
    /// The content that shows it.
    public var shared: EventContent { content }
    var place: Int32 { 0 }
    static func rows(of content: EventContent) -> Int { content.answers.count }
    init(moment: Moment, basis: Basis, place: Int32, content: EventContent) {
        self.init(moment: moment, basis: basis, content: content)
    }
}
