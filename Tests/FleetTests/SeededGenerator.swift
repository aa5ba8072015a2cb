import Ledger

@testable import Fleet

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// One of the elements.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }

    /// True half of the time.
    mutating func flip() -> Bool { Bool.random(using: &self) }

    /// A name as people might give one, the words of the grammar among them.
    mutating func name() -> String {
        if Int.random(in: 0..<4, using: &self) == 0 {
            return pick([
                "load", "list", "activate", "ON", "env", "create", "prod", "prod2", "error",
                "plan-migration", "Umgebung-ü", "a b", "it's", "x=y", "1493787600", "-1", "a'b\"c",
                "$HOME", "#1", "back\\slash", "名前",
            ])
        }
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<Int.random(in: 1...12, using: &self)).map { _ in pick(letters) })
    }

    /// An action of the platform with random names and options.
    mutating func action() -> Action {
        func choice() -> EnvironmentCreation.Choice {
            switch Int.random(in: 0..<3, using: &self) {
            case 0: .unsaid
            case 1: .none
            default: .named(name())
            }
        }
        let environment = name()
        let other = name()
        let state: Switch = flip() ? .on : .off
        let kind: SnapshotKind? = pick([nil, .database, .nfs])
        switch Int.random(in: 0..<22, using: &self) {
        case 0:
            return .envCreate(
                EnvironmentCreation(
                    environment: environment, source: choice(), snapshot: choice(),
                    nfsSnapshot: choice(), size: flip() ? name() : nil,
                    highAvailability: pick([nil, true, false]), isProtected: flip(),
                    certificate: flip() ? name() : nil, whitelist: flip() ? name() : nil))
        case 1:
            return .envDestroy(environment: environment, deleteLogs: flip(), noConfirm: flip())
        case 2: return .envLoad(environment: environment, release: other)
        case 3: return .envActivate(environment: environment, release: other)
        case 4: return .envDeactivate(environment: environment)
        case 5: return .envUnload(environment: environment, release: other, deleteLogs: flip())
        case 6: return .envMaintenance(environment: environment, state: state)
        case 7: return .envProtected(environment: environment, state: state)
        case 8: return .envCacheFlush(environment: environment)
        case 9:
            return .envSetting(
                environment: environment, setting: pick(["solr", "nfs", "varnish", "recycling"]),
                value: state.rawValue)
        case 10:
            return .envSetting(
                environment: environment, setting: pick(["cert", "whitelist"]), value: other)
        case 11:
            return .envSetting(
                environment: environment, setting: "autoscaling limits", value: "2 10")
        case 12:
            return .envSetting(
                environment: environment, setting: pick(["newrelic", "sectionio"]),
                value: pick(["set", "clear"]))
        case 13:
            return .snapshotCreate(environment: environment, name: other, kind: kind, force: flip())
        case 14: return .snapshotDestroy(name: other, kind: kind)
        case 15:
            return .databaseDump(
                environment: environment, database: flip() ? name() : nil,
                path: flip() ? name() : nil)
        case 16:
            return .databaseLoad(
                environment: environment, database: flip() ? name() : nil, path: name())
        case 17: return .databaseShell(environment: environment, database: flip() ? name() : nil)
        case 18: return .databaseReboot(environment: environment)
        case 19: return .releaseDestroy(release: other)
        case 20: return .configDefaultEnv(environment: environment)
        default: return .configSqlScript(change: flip() ? .add : .remove, script: other)
        }
    }
}
