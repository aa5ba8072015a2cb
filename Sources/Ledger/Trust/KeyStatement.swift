/// What an event says of a key that signs the log.
public struct KeyStatement: Hashable, Sendable {
    /// What is said of the key.
    public enum Kind: Hashable, Sendable {
        /// The log begins with it.
        case created
        /// It signs from here on.
        case added
        /// It signs nothing after this.
        case retired
    }

    /// What is said.
    public let kind: Kind
    /// The key.
    public let key: VerifierKey
    /// The event that says so.
    public let sequence: Int

    /// Reads an event; nil for one that speaks of no key, or of none that can be read.
    public init?(_ event: Event) {
        let sequence = event.sequence.number
        switch event.type {
        // A log is created once: what says so later only adds a key.
        case .decision(.ledgerCreated): kind = sequence == 1 ? .created : .added
        case .decision(.keyAdded): kind = .added
        case .decision(.keyRetired): kind = .retired
        default: return nil
        }
        guard let text = event.data["vkey"]?.string, let key = try? VerifierKey.parse(text) else {
            return nil
        }
        self.key = key
        self.sequence = sequence
    }
}

extension KeyStatement: CustomStringConvertible {
    /// The event and what it says, in words.
    public var description: String { "event \(sequence) \(what)" }

    /// What it says, in words.
    var what: String {
        let verb =
            switch kind {
            case .created: "begins with"
            case .added: "adds"
            case .retired: "retires"
            }
        return "\(verb) key \(key.name)+\(key.id)"
    }
}
