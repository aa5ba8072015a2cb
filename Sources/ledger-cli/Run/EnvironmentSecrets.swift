import Fleet
import Ledger

/// The values of environment variables whose names speak of secrets: a program may print them.
enum EnvironmentSecrets {
    private static let marks = [
        "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "APIKEY", "API_KEY", "ACCESS_KEY",
        "PRIVATE_KEY", "CREDENTIAL", "LICENCE", "LICENSE", "AUTHORIZATION",
    ]
    private static let endings = ["_KEY", "_PASS", "_PWD", "_PW", "_AUTH", "_DSN"]

    /// The shortest value that is looked for: a shorter one would be found in words that are no
    /// secrets.
    static let leastLength = 6

    /// The secret values of an environment.
    static func values(_ variables: [(name: String, value: String)]) -> [String] {
        let found = variables.filter { isSecret($0.name) && isValue($0.value) }.map(\.value)
        return Array(Set(found)).sorted()
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        return marks.contains { name.contains($0) }
            || endings.contains { name.hasSuffix($0) && name != "OLD\($0.dropFirst())" }
    }

    /// Places are no secrets, whatever the variable is called; a value that only begins like one
    /// may be.
    private static func isValue(_ value: String) -> Bool {
        value.utf8.count >= leastLength
            && !(value.hasPrefix("/") && OperatingSystem.exists(value))
    }

    /// The members of `data` whose texts are names on the platform.
    private static let names: Set<String> = [
        "environment", "release", "snapshot", "source", "nfsSnapshot", "object", "script", "host",
        "target", "previousRelease", "environments", "status",
    ]

    /// The names on the platform that stand in an event: a password that is also the name of an
    /// environment must not take the environment out of the record.
    static func names(in object: JSONObject) -> Set<String> {
        var found: Set<String> = []
        for member in object.members {
            switch member.value {
            case .string(let text) where names.contains(member.name): found.insert(text)
            case .object(let inner): found.formUnion(names(in: inner))
            case .array(let values):
                for value in values {
                    if let inner = value.object { found.formUnion(names(in: inner)) }
                    if let text = value.string, names.contains(member.name) { found.insert(text) }
                }
            default: break
            }
        }
        return found
    }
}

extension SecretFilter {
    /// The filter for one event: names on the platform stay.
    func sparing(_ names: Set<String>) -> SecretFilter {
        SecretFilter(patterns: patterns, values: values.filter { !names.contains($0) })
    }
}
