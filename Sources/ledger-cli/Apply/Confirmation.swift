import Fleet
import Ledger

/// Answers the question that the platform asks before it destroys an environment.
///
/// The name is typed only when the question is about that environment and about no other one; to
/// anything else nothing is typed, not even an empty line, and the question meets the end of what
/// can be read.
struct Confirmation: Sendable {
    /// The environment that is to be destroyed.
    let environment: String
    /// The names of whatever else is known: a question that has one of them is not about ours alone.
    var others: Set<String> = []

    /// What to type, given what each stream has printed so far; nil while no question is complete,
    /// empty when nothing is to be typed.
    ///
    /// Each stream is looked at by itself, since what comes on the other one may stand between a
    /// question and its end, and then both as one, since a question may follow its details there.
    func answer(to output: String, _ errors: String = "") -> String? {
        let answers = [output, errors, output + "\n" + errors].compactMap(answer(toWhole:))
        return answers.first { !$0.isEmpty } ?? answers.first
    }

    private func answer(toWhole printed: String) -> String? {
        guard let prompt = DestroyPrompt(endOf: printed) else { return nil }
        return prompt.isAbout(environment, besides: others) ? environment : ""
    }
}
