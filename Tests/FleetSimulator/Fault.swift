/// What can go wrong with one command on request.
enum Fault: String, CaseIterable {
    /// The connection is lost before anything was done.
    case lostBefore = "lost-before"
    /// It is done, and the connection is lost before the platform says so.
    case lostAfter = "lost-after"
    /// It is half done when the connection is lost; for dumps and loads.
    case lostMidway = "lost-midway"
    /// It is done, and the answer names another object.
    case otherEcho = "other-echo"
    /// Nothing is done and nothing ends.
    case hang
    /// It is done, and nothing ends.
    case hangAfter = "hang-after"
    /// A listing stops in the middle of a line, as if all were well.
    case cut
    /// The platform says no, in words.
    case refuse
    /// The prompt asks about another environment.
    case otherPrompt = "other-prompt"

    /// What it means, for help texts.
    var meaning: String {
        switch self {
        case .lostBefore: "connection lost, nothing done"
        case .lostAfter: "connection lost, all done"
        case .lostMidway: "connection lost, half done"
        case .otherEcho: "done, the answer names another object"
        case .hang: "hangs, nothing done"
        case .hangAfter: "hangs, all done"
        case .cut: "listing cut short, exit 0"
        case .refuse: "refused with a text"
        case .otherPrompt: "the prompt names another environment"
        }
    }
}
