/// The attributes by which events are found, in the order of their names.
///
/// Time is posted by its hour, the first thirteen characters.
enum Posted: String, CaseIterable, Sendable {
    case actor, migration, subject, time, type

    /// The number of characters of a time that tell its hour.
    static let hourLength = 13

    /// Its place among all.
    var index: Int {
        switch self {
        case .actor: 0
        case .migration: 1
        case .subject: 2
        case .time: 3
        case .type: 4
        }
    }
}

extension Event {
    /// The text under which an attribute finds the event; nil when it has none.
    func text(of attribute: Posted) -> String? {
        switch attribute {
        case .actor: actor.id
        case .migration: migration
        case .subject: subject
        case .time: String(time.description.prefix(Posted.hourLength))
        case .type: type.description
        }
    }

    /// Calls a body with every text under which the event is posted.
    func forEachPosted(_ body: (Posted, UnsafeRawBufferPointer) -> Void) {
        for attribute in Posted.allCases {
            guard var text = text(of: attribute) else { continue }
            text.withUTF8 { body(attribute, UnsafeRawBufferPointer($0)) }
        }
    }
}

extension RecordOutline {
    /// Calls a body with every text under which the event of the record is posted.
    func forEachPosted(_ body: (Posted, UnsafeRawBufferPointer) -> Void) {
        body(.actor, actor)
        if let migration { body(.migration, migration) }
        body(.subject, subject)
        body(.time, UnsafeRawBufferPointer(rebasing: time.prefix(Posted.hourLength)))
        body(.type, type)
    }
}
