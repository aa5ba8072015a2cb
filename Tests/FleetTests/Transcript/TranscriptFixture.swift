import Ledger

@testable import Fleet

/// Reads the few `ledger-cli` commands that the tests need; the real reader lives with the commands.
func ledgerReader(
    _ words: [String], _ time: Timestamp, _ open: [MigrationRoles]
) throws -> [LedgerEntry] {
    struct Unknown: Error, CustomStringConvertible {
        let description: String
    }
    func value(_ option: String) -> String? {
        words.firstIndex(of: option).map { words[$0 + 1] }
    }
    let migration = open.count == 1 ? open[0].migration : nil
    switch words.prefix(2).joined(separator: " ") {
    case "migration open":
        let hosts = words.indices.filter { words[$0] == "--hostname" }.map { words[$0 + 1] }
        let method = MigrationMethod(rawValue: value("--method") ?? "") ?? .snapshot
        return [
            LedgerEntry(
                payload: .decision(
                    .migrationOpened(
                        MigrationRoles(
                            migration: words[2], source: value("--from") ?? "",
                            destination: value("--to") ?? "", method: method,
                            temporary: value("--temp"), hostnames: hosts))))
        ]
    case "migration close":
        return [
            LedgerEntry(
                payload: .decision(.migrationClosed(abandoned: false)), migration: words[2])
        ]
    case "record dns":
        return [
            LedgerEntry(
                payload: .action(
                    .dnsSwitch(
                        DNSSwitch(
                            host: words[2], target: value("--to") ?? "",
                            environment: value("--to"), ttl: value("--ttl").flatMap { Int($0) },
                            oldTTL: value("--old-ttl").flatMap { Int($0) })), .accepted,
                    ActionReport()))
        ]
    case "record test":
        return [
            LedgerEntry(
                payload: .decision(
                    words[3] == "passed"
                        ? .testPassed(environment: words[2]) : .testFailed(environment: words[2])),
                migration: migration)
        ]
    case "record decision":
        return [
            LedgerEntry(payload: .decision(words[2] == "go" ? .go : .noGo), migration: migration)
        ]
    case "record observation":
        if words[2] == "dns" {
            let target = value("--target") ?? ""
            return [
                LedgerEntry(
                    payload: .observation(
                        .dns(
                            DNSAnswer(
                                host: words[3], target: target,
                                environment: Endpoint.environment(of: target),
                                ttl: value("--ttl").flatMap { Int($0) }))))
            ]
        }
        var description = EnvironmentDescription(environment: words[3], isComplete: false)
        description.nfs = value("--nfs").flatMap { Switch(word: $0) }
        description.protected = value("--protected").flatMap { Switch(word: $0) }
        return [LedgerEntry(payload: .observation(.environment(description)))]
    case "record note":
        return [
            LedgerEntry(
                payload: .decision(.noteAdded(Note())),
                attachments: ["text": AttachmentContent(text: words[2])])
        ]
    default: throw Unknown(description: "unknown subcommand \"\(words.first ?? "")\"")
    }
}

/// The reading of a transcript.
func read(
    _ text: String, source: String = "test", open: [MigrationRoles] = [],
    patterns: [RedactionPattern] = []
) throws(TranscriptError) -> TranscriptReading {
    try Transcript.read(
        Array(text.utf8), file: "t", source: source, actor: Actor(id: "caller"),
        openMigrations: OpenMigrations(open), patterns: patterns, ledgerCommand: ledgerReader)
}

extension EventDraft {
    /// What the event says.
    var payload: EventPayload? { try? EventPayload(type: type, data: data) }
    /// The text of an attachment.
    func text(_ name: String) -> String? {
        attachments[name].map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}

let clock = "# at 2017-05-01T10:00:00Z\n"
