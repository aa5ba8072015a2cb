import Ledger

/// How the destination is set up: C17 and C27.
extension ConformanceCheck {
    static let settingChecks: [ConformanceCheck] = [
        setting(
            "certificate", "The destination has the shop's certificate, not a self-signed one.",
            source: "going-live.md", keys: ["ssl certificate"]
        ) { _, value, _ in value == "self-signed" ? "self-signed" : nil },
        setting(
            "whitelist", "The destination's whitelist is allow-all.", source: "going-live.md",
            keys: ["whitelist"]
        ) { _, value, _ in value == "allow-all" ? nil : value },
        setting(
            "recycling", "Recycling, the health check, is ON on the destination.",
            source: "going-live.md", keys: ["recycling", "health check"]
        ) { _, value, _ in Switch(word: value) == .off ? "OFF" : nil },
        setting(
            "autoscaling", "The destination scales as the source does.", source: "going-live.md",
            keys: [
                "autoscaling min", "autoscaling max", "autoscaling scale down threshold",
                "autoscaling scale up threshold", "autoscaling scale down rate",
                "autoscaling scale up rate", "autoscaling grace period",
            ]
        ) { key, value, source in
            guard let wanted = source[key], wanted != value else { return nil }
            return "\(value), on the source \(wanted)"
        },
        creation(
            "size-and-ha-said",
            "The destination is created with --size and --ha or --no-ha: they cannot be changed later.",
            source: "migrate-between-plans.md, plans.md"
        ) { creation, _ in
            let missing = [
                creation.size == nil ? "--size" : nil,
                creation.highAvailability == nil ? "--ha or --no-ha" : nil,
            ].compactMap { $0 }
            return missing.isEmpty ? nil : "without \(missing.joined(separator: " and "))"
        },
        creation(
            "plan-changed", "The destination has another size than the source.", source: "plans.md"
        ) { creation, size in
            size.map { $0 == creation.size } ?? false
                ? "with size \(creation.size ?? ""), which the source has already" : nil
        },
    ]

    /// C17: a setting of the destination as last shown before the first switch, or commanded since.
    private static func setting(
        _ name: String, _ sentence: String, source: String, keys: [String],
        _ fault:
            @escaping @Sendable (_ key: String, _ value: String, _ source: [String: String])
            -> String?
    ) -> ConformanceCheck {
        ConformanceCheck("C17", .warning, .existence, "\(name)-at-switch", sentence, source: source)
        { conduct in
            guard let first = conduct.switches.first, let destination = conduct.destination else {
                return .vacuous
            }
            func shown(_ environment: Incarnation?) -> [String: (String, SequenceNumber)] {
                var values: [String: (String, SequenceNumber)] = [:]
                for sighting in environment?.sightings ?? [] where sighting.moment < first.started {
                    for (key, value) in sighting.shown.settings {
                        values[key] = (value, sighting.moment.sequence)
                    }
                }
                for attempt in environment?.attempts(.envSetting) ?? []
                where attempt.started < first.started && attempt.isAccepted {
                    guard case .envSetting(_, let setting, let value) = attempt.action else {
                        continue
                    }
                    let key = setting == "cert" ? "ssl certificate" : setting
                    if let old = values[key], old.1 < attempt.started.sequence {
                        values[key] = (value, attempt.started.sequence)
                    }
                    // Many words in, another spelling out: what is so is not known until seen.
                    if setting.hasPrefix("autoscaling") {
                        for key in values.keys where key.hasPrefix("autoscaling") {
                            if let old = values[key], old.1 < attempt.started.sequence {
                                values[key] = nil
                            }
                        }
                    }
                }
                return values
            }
            let here = shown(destination)
            let there = shown(conduct.source).mapValues(\.0)
            return .each(keys.filter { here[$0] != nil }) { key in
                guard let (value, sequence) = here[key] else { return .aside }
                let evidence = [sequence] + first.evidence
                return fault(key, value, there).map {
                    .broken("\(key) of \(destination.name) at the switch: \($0)", evidence)
                } ?? .held(evidence)
            }
        }
    }

    /// C27: the arguments of the destination's creation, given the size of the source.
    private static func creation(
        _ name: String, _ sentence: String, source: String,
        _ fault: @escaping @Sendable (EnvironmentCreation, String?) -> String?
    ) -> ConformanceCheck {
        ConformanceCheck("C27", .warning, .existence, name, sentence, source: source) { conduct in
            let size = conduct.source?.sightings.last { $0.shown.size != nil }
            return .each(conduct.tried(.envCreate, on: conduct.d)) { attempt in
                guard let creation = attempt.createArguments else { return .aside }
                let evidence = attempt.evidence + [size?.moment.sequence].compactMap { $0 }
                return fault(creation, size?.shown.size).map {
                    .broken("\(conduct.d) was created \(attempt.at) \($0)", evidence)
                } ?? .held(attempt.evidence)
            }
        }
    }
}
