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

    /// The words of each sentence; nil where a name stands.
    private static let templates = Template.allCases.map { template in
        (template: template, words: template.words.map { $0.contains("%") ? nil : Array($0.utf8) })
    }

    private static let mostWords = templates.map(\.words.count).max() ?? 0

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
        var line = line
        return line.withUTF8 { bytes in
            let found = words(of: UnsafeRawBufferPointer(bytes))
            for (template, pattern) in templates where pattern.count == found.count {
                guard let names = match(found, pattern) else { continue }
                let plain = Line(template: template, names: names)
                guard let last = names.last, last.utf8.count > 1, last.utf8.last == fullStop else {
                    return [plain]
                }
                let shorter = String(decoding: last.utf8.dropLast(), as: UTF8.self)
                return [plain, Line(template: template, names: names.dropLast() + [shorter])]
            }
            return []
        }
    }

    private static let fullStop = UInt8(ascii: ".")

    /// The words between spaces, without the `# ` that the documentation puts before output; more
    /// than any sentence has are not looked for.
    private static func words(of line: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
        var words: [UnsafeRawBufferPointer] = []
        words.reserveCapacity(mostWords + 1)
        var index = line.firstIndex { $0 != UInt8(ascii: "#") && $0 != 0x20 } ?? line.count
        while index < line.count, words.count <= mostWords {
            let end = line[index...].firstIndex(of: 0x20) ?? line.count
            if end > index { words.append(UnsafeRawBufferPointer(rebasing: line[index..<end])) }
            index = end + 1
        }
        return words
    }

    /// The names in a sentence; nil when the words are another one.
    private static func match(
        _ words: [UnsafeRawBufferPointer], _ pattern: [[UInt8]?]
    ) -> [String]? {
        for (index, wanted) in pattern.enumerated() {
            guard let wanted else { continue }
            var word = words[index]
            if index == words.count - 1, word.last == fullStop {
                word = UnsafeRawBufferPointer(rebasing: word.dropLast())
            }
            guard isSame(word, wanted) else { return nil }
        }
        return pattern.indices.filter { pattern[$0] == nil }.map {
            String(decoding: unquoted(words[$0]), as: UTF8.self)
        }
    }

    /// Whether two words are the same but for the case of their letters.
    private static func isSame(_ word: UnsafeRawBufferPointer, _ wanted: [UInt8]) -> Bool {
        guard word.count == wanted.count else { return false }
        return zip(word, wanted).allSatisfy { lowerCase($0) == lowerCase($1) }
    }

    private static func lowerCase(_ byte: UInt8) -> UInt8 {
        0x41...0x5A ~= byte ? byte + 0x20 : byte
    }

    /// Whether an echo is documented for an action.
    static func isDocumented(_ action: Action) -> Bool { !lines(of: action).isEmpty }

    private static func unquoted(_ word: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer> {
        guard let mark = word.first, mark == UInt8(ascii: "'") || mark == UInt8(ascii: "\"") else {
            return word[...]
        }
        for count in [1, 2] where word.count > 1 + count {
            let end = word.suffix(count)
            guard end.first == mark, count == 1 || end.last == fullStop else { continue }
            return word.dropFirst().dropLast(count)
        }
        return word[...]
    }
}
