public import Ledger

/// Words in a command that stand for what only people know: nothing may be run with one of them.
public enum Placeholder {
    static let size = "SIZE"
    static let release = "RELEASE"

    /// The words that commands of the ledger are planned with.
    private static let words: Set<String> = [
        "DESTINATION", "ENV", "HOST", "HOSTNAME", "NAME", "OUTCOME", "SECONDS", "SOURCE", "TARGET",
        "TIME",
    ]

    /// The placeholder in an action, if there is one.
    public static func found(in action: Action) -> String? {
        switch action {
        case .envCreate(let creation): creation.size == size ? size : nil
        case .envLoad(_, release), .envActivate(_, release): release
        default: nil
        }
    }

    /// The placeholder in the command of a step, if there is one.
    public static func found(in step: Step) -> String? {
        switch step.command {
        case .action(let action): found(in: action)
        case .ledger(let words): words.first(where: Placeholder.words.contains)
        case .manual: nil
        }
    }
}
