public import Ledger

/// The line by which the platform says that it took a command.
///
/// It names the object it acts on, which is compared word for word with the requested one. No echo
/// is documented for `env deactivate`, `env recycling|cert|whitelist|autoscaling|newrelic|sectionio`,
/// `database dump|connect`, `release create` and `log delete`.
public enum Echo {
    /// The documented echo of an action; nil when none is documented.
    public static func expected(_ action: Action) -> String? {
        lines(of: action).first?.description
    }

    /// What the platform's prompt wants to be told before it acts: `env destroy` asks for the
    /// environment's name unless `--no-confirm` is given.
    public static func answer(_ action: Action) -> String? {
        guard case .envDestroy(let environment, _, noConfirm: false) = action else { return nil }
        return environment
    }

    /// A line that reads like an echo, taken apart.
    struct Line: Hashable, CustomStringConvertible {
        let template: Template
        let names: [String]

        var description: String {
            var names = self.names[...]
            return template.words.map { word in
                guard word.contains("%") else { return String(word) }
                let name = names.popFirst() ?? ""
                return word == "%" ? name : "'\(name)'"
            }.joined(separator: " ")
        }
    }

    /// The sentences of the platform; `%` stands for a name.
    enum Template: String, CaseIterable {
        case envCreated = "Environment % is now being created"
        case envDestroyed = "Environment % is now being destroyed"
        case snapshotCreated = "Snapshot % is now being created"
        case snapshotDestroyed = "Snapshot % is now being destroyed"
        case loaded = "Release % is now being loaded into environment %"
        case activatedFor = "Release % is now being activated for environment %"
        case activated = "Release % is now being activated"
        case unloaded = "Release % is now being unloaded from environment %"
        case releaseDestroyed = "Release '%' is being destroyed"
        case maintenance = "Maintenance Mode for Environment % is now being turned %"
        case protected = "The protected state for Environment % is now being set to %"
        case nfs = "NFS for Environment % is now being turned %"
        case solr = "Solr for Environment % is now being turned %"
        case varnish = "Varnish for environment % is now being turned %"
        case workers = "Workers per instance for Environment % is set to %"
        case rebooted = "Rebooting database for % environment"
        case flushed = "Caches flushed for environment %"
        case defaultSet = "Set default environment to '%'"
        case defaultIs = "Default environment is '%'"
        case scriptSaved = "Saved script as %"
        case scriptDeleted = "Deleted script %"

        var words: [Substring] { rawValue.split(separator: " ") }
    }

    private static let templates = Template.allCases.map { (template: $0, words: $0.words) }

    /// The lines that count as the echo of an action, the documented one first.
    static func lines(of action: Action) -> [Line] {
        func line(_ template: Template, _ names: String...) -> [Line] {
            [Line(template: template, names: names)]
        }
        switch action {
        case .envCreate(let creation): return line(.envCreated, creation.environment)
        case .envDestroy(let environment, _, _): return line(.envDestroyed, environment)
        case .envLoad(let environment, let release): return line(.loaded, release, environment)
        case .envActivate(let environment, let release):
            return line(.activatedFor, release, environment) + line(.activated, release)
        case .envUnload(let environment, let release, _):
            return line(.unloaded, release, environment)
        case .envMaintenance(let environment, let state):
            return line(.maintenance, environment, state.rawValue)
        case .envProtected(let environment, let state):
            return line(.protected, environment, state.rawValue)
        case .envCacheFlush(let environment): return line(.flushed, environment)
        case .envSetting(let environment, let setting, let value):
            switch setting {
            case "nfs": return line(.nfs, environment, value)
            case "solr": return line(.solr, environment, value)
            case "varnish": return line(.varnish, environment, value)
            case "workers": return line(.workers, environment, value)
            default: return []
            }
        case .snapshotCreate(_, let name, _, _): return line(.snapshotCreated, name)
        case .snapshotDestroy(let name, _): return line(.snapshotDestroyed, name)
        case .releaseDestroy(let release): return line(.releaseDestroyed, release)
        case .databaseReboot(let environment): return line(.rebooted, environment)
        case .configDefaultEnv(let environment): return line(.defaultSet, environment)
        case .configSqlScript(.add, let script): return line(.scriptSaved, script)
        case .configSqlScript(.remove, let script): return line(.scriptDeleted, script)
        case .envDeactivate, .databaseDump, .databaseLoad, .databaseShell, .releaseCreate,
            .logDelete, .dnsSwitch:
            return []
        }
    }

    /// The action that a line says is being done; nil when the line does not name all of it.
    static func action(of line: Line, kind: SnapshotKind?) -> Action? {
        let first = line.names.first ?? ""
        let last = line.names.last ?? ""
        func setting(_ name: String) -> Action {
            .envSetting(environment: first, setting: name, value: last)
        }
        switch line.template {
        case .envCreated: return .envCreate(EnvironmentCreation(environment: first))
        case .envDestroyed: return .envDestroy(environment: first)
        case .snapshotDestroyed: return .snapshotDestroy(name: first, kind: kind)
        case .loaded: return .envLoad(environment: last, release: first)
        case .activatedFor: return .envActivate(environment: last, release: first)
        case .unloaded: return .envUnload(environment: last, release: first)
        case .releaseDestroyed: return .releaseDestroy(release: first)
        case .maintenance:
            return Switch(word: last).map { .envMaintenance(environment: first, state: $0) }
        case .protected:
            return Switch(word: last).map { .envProtected(environment: first, state: $0) }
        case .nfs: return setting("nfs")
        case .solr: return setting("solr")
        case .varnish: return setting("varnish")
        case .workers: return setting("workers")
        case .rebooted: return .databaseReboot(environment: first)
        case .flushed: return .envCacheFlush(environment: first)
        case .defaultSet: return .configDefaultEnv(environment: first)
        case .scriptSaved: return .configSqlScript(change: .add, script: first)
        case .scriptDeleted: return .configSqlScript(change: .remove, script: first)
        // The environment, or the action, is not said.
        case .snapshotCreated, .activated, .defaultIs: return nil
        }
    }

    /// The echoes that a line may be: none, or one, or two where a final full stop may belong to
    /// the name.
    static func parse(_ line: String) -> [Line] {
        let text = line.drop { $0 == "#" || $0 == " " }
        let words = text.split(separator: " ")
        for (template, pattern) in templates where pattern.count == words.count {
            if let names = match(words, pattern) {
                let plain = Line(template: template, names: names)
                guard let last = names.last, last.count > 1, last.hasSuffix(".") else {
                    return [plain]
                }
                return [
                    plain,
                    Line(template: template, names: names.dropLast() + [String(last.dropLast())]),
                ]
            }
        }
        return []
    }

    private static func match(_ words: [Substring], _ pattern: [Substring]) -> [String]? {
        var names: [String] = []
        for (index, (word, wanted)) in zip(words, pattern).enumerated() {
            if wanted.contains("%") {
                names.append(unquoted(word))
            } else {
                var word = word
                if index == words.count - 1, word.hasSuffix(".") { word.removeLast() }
                guard isSame(word, wanted) else { return nil }
            }
        }
        return names
    }

    /// Whether two words are the same but for the case of their letters.
    private static func isSame(_ a: Substring, _ b: Substring) -> Bool {
        if a == b { return true }
        // Nearly every word is of another length already.
        let isPlain = a.utf8.allSatisfy { $0 < 0x80 } && b.utf8.allSatisfy { $0 < 0x80 }
        if isPlain, a.utf8.count != b.utf8.count { return false }
        return a.lowercased() == b.lowercased()
    }

    /// Whether an echo is documented for an action.
    static func isDocumented(_ action: Action) -> Bool { !lines(of: action).isEmpty }

    private static func unquoted(_ word: Substring) -> String {
        for mark in ["'", "\""] where word.hasPrefix(mark) {
            for end in [mark, mark + "."] where word.count > 1 + end.count && word.hasSuffix(end) {
                return String(word.dropFirst().dropLast(end.count))
            }
        }
        return String(word)
    }
}
