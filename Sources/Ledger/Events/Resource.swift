/// What an event, a verdict or a step is about; the CloudEvents `subject`.
public enum Resource: Sendable, Hashable, CustomStringConvertible {
    /// `environment/prod`; an older incarnation of a name carries its creation time:
    /// `environment/prod@2015-03-24T23:06:21Z`.
    case environment(String, created: Timestamp? = nil)
    /// `snapshot/database/plan-migration`.
    case snapshot(SnapshotKind, String)
    /// `release/c341606`.
    case release(String)
    /// `dns/www.bestpants.com`.
    case dns(String)
    /// `migration/plan-move`.
    case migration(String)
    /// `plan/<digest prefix>`.
    case plan(String)
    /// `event/41`.
    case event(SequenceNumber)
    /// `file/dump.sql`.
    case file(String)
    /// `fleet`: what is true of the platform as a whole, such as a listing or the default environment.
    case fleet
    /// `ledger`: the log itself.
    case ledger

    /// The resource of a text; nil when it names none.
    public init?(_ text: String) {
        // Scalars, not characters: a combining mark after a slash would hide the slash.
        let parts = text.unicodeScalars.split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false
        ).map { String($0) }
        guard parts.count == 2, !parts[1].isEmpty else {
            switch text {
            case "fleet": self = .fleet
            case "ledger": self = .ledger
            default: return nil
            }
            return
        }
        let name = parts[1]
        switch parts[0] {
        case "environment":
            let scalars = name.unicodeScalars
            if let mark = scalars.lastIndex(of: "@"), mark > scalars.startIndex,
                let created = Timestamp(String(scalars[scalars.index(after: mark)...]))
            {
                self = .environment(String(scalars[..<mark]), created: created)
            } else {
                self = .environment(name)
            }
        case "snapshot":
            let pair = name.unicodeScalars.split(
                separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, !pair[1].isEmpty,
                let kind = SnapshotKind(rawValue: String(pair[0]))
            else {
                return nil
            }
            self = .snapshot(kind, String(pair[1]))
        case "release": self = .release(name)
        case "dns": self = .dns(name)
        case "migration": self = .migration(name)
        case "plan": self = .plan(name)
        case "file": self = .file(name)
        case "event":
            guard let number = Int(name), number > 0 else { return nil }
            self = .event(SequenceNumber(number))
        default: return nil
        }
    }

    /// The text of the resource.
    public var description: String {
        switch self {
        case .environment(let name, nil): "environment/\(name)"
        case .environment(let name, let created?): "environment/\(name)@\(created.short)"
        case .snapshot(let kind, let name): "snapshot/\(kind.rawValue)/\(name)"
        case .release(let name): "release/\(name)"
        case .dns(let host): "dns/\(host)"
        case .migration(let name): "migration/\(name)"
        case .plan(let digest): "plan/\(digest)"
        case .event(let sequence): "event/\(sequence)"
        case .file(let path): "file/\(path)"
        case .fleet: "fleet"
        case .ledger: "ledger"
        }
    }
}

/// The two kinds of snapshot; a kind and a name identify one (Fleet, "manage snapshots").
public enum SnapshotKind: String, Sendable, Hashable, CaseIterable {
    case database
    case nfs
}

/// Where an event stands in the log: 1, 2, 3 … without gaps.
public struct SequenceNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number; the index of the event's leaf is one less.
    public let number: Int

    /// A position, from 1.
    public init(_ number: Int) { self.number = number }

    /// The number in decimal.
    public var description: String { String(number) }

    /// Sixteen digits with leading zeros, as the record carries it.
    public var padded: String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }

    /// Earlier positions come first.
    public static func < (a: SequenceNumber, b: SequenceNumber) -> Bool { a.number < b.number }
}

/// A state that is ON or OFF, in the platform's spelling.
public enum Switch: String, Sendable, Hashable {
    case on = "ON"
    case off = "OFF"

    /// The switch of a word in any case; nil for another word.
    public init?(word: String) { self.init(rawValue: word.uppercased()) }
}
