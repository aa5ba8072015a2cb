/// A command of the platform behind another program, where it would go unnoticed.
public enum HiddenCommand {
    /// The words that hide one, as in `sudo fleet env list` or `sh -c 'fleet env list'`; nil when
    /// none do.
    public static func found(in words: [String]) -> String? {
        do {
            _ = try TranscriptCommand.Kind(
                Shell.quote(words), at: TranscriptPlace(file: "", line: 1, column: 1))
        } catch TranscriptError.wrapped(_, let found, _) {
            return found
        } catch {
            return nil
        }
        return nil
    }
}
