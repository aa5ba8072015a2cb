@testable import Ledger

/// Payloads of every kind, with members given and left out.
enum EventSamples {
    private static let when = Drafts.start + .seconds(5)

    static let actions: [Action] = [
        .envCreate(EnvironmentCreation(environment: "prod2")),
        .envCreate(
            EnvironmentCreation(
                environment: "prod2", source: .named("prod"), snapshot: .named("plan-migration"),
                nfsSnapshot: .none, size: "f1-large", highAvailability: true, isProtected: true,
                certificate: "shop", whitelist: "office")),
        .envCreate(
            EnvironmentCreation(
                environment: "x", source: .none, snapshot: .none, nfsSnapshot: .named("n"),
                highAvailability: false)),
        .envDestroy(environment: "prod"),
        .envDestroy(environment: "prod", deleteLogs: true, noConfirm: true),
        .envLoad(environment: "prod2", release: "c341606"),
        .envActivate(environment: "prod2", release: "c341606"),
        .envDeactivate(environment: "prod2"),
        .envUnload(environment: "prod2", release: "c341606"),
        .envUnload(environment: "prod2", release: "c341606", deleteLogs: true),
        .envMaintenance(environment: "prod", state: .on),
        .envMaintenance(environment: "prod", state: .off),
        .envProtected(environment: "prod", state: .off), .envCacheFlush(environment: "prod2"),
        .envSetting(environment: "prod", setting: "autoscaling limits", value: "1 4"),
        .snapshotCreate(environment: "prod", name: "s"),
        .snapshotCreate(environment: "prod", name: "s", kind: .nfs, force: true),
        .snapshotDestroy(name: "s"), .snapshotDestroy(name: "s", kind: .database),
        .databaseDump(environment: "prod"),
        .databaseDump(environment: "prod", database: "shop", path: "dump.sql"),
        .databaseLoad(environment: "prod2"),
        .databaseLoad(environment: "prod2", database: "shop", path: "dump.sql"),
        .databaseShell(environment: "prod"),
        .databaseShell(environment: "prod", database: "shop"),
        .databaseReboot(environment: "prod"), .releaseCreate(object: "c341606"),
        .releaseCreate(object: "c341606", url: "git@host:shop.git"),
        .releaseDestroy(release: "c341606"), .configDefaultEnv(environment: "prod2"),
        .configSqlScript(change: .add, script: "anonymise.sql"),
        .configSqlScript(change: .remove, script: "anonymise.sql"), .logDelete(),
        .logDelete(environment: "prod", release: "c341606", group: "g"),
        .dnsSwitch(DNSSwitch(host: "www.bestpants.com", target: "prod2")),
        .dnsSwitch(
            DNSSwitch(
                host: "www.bestpants.com", target: "www.prod2.example.f.nchr.io",
                environment: "prod2", ttl: 300, oldTTL: 86_400)),
    ]

    static let observations: [Observation] = [
        .environment(EnvironmentDescription(environment: "prod", isComplete: false)),
        .environment(description),
        .environments(Listing(rows: [], isComplete: true)),
        .environments(
            Listing(
                rows: [
                    EnvironmentRow(environment: "prod", status: "RUNNING"),
                    EnvironmentRow(
                        environment: "prod2", status: "BUILDING", release: "c341606", created: when,
                        certificate: "shop"),
                ], isComplete: false)),
        .snapshots(.database, Listing(rows: [], isComplete: true)),
        .snapshots(
            .nfs,
            Listing(
                rows: [
                    SnapshotRow(snapshot: "s", environment: "prod", status: "AVAILABLE"),
                    SnapshotRow(
                        snapshot: "t", environment: "prod", status: "CREATING", size: "1.5 GB",
                        type: "MANUAL", created: when),
                ], isComplete: true)),
        .releases(
            Listing(
                rows: [
                    ReleaseRow(release: "c341606", status: "AVAILABLE"),
                    ReleaseRow(
                        release: "d", status: "AVAILABLE", modified: when, environments: []),
                    ReleaseRow(
                        release: "e", status: "AVAILABLE", environments: ["prod", "prod2"]),
                ], isComplete: true)),
        .defaultEnvironment(nil), .defaultEnvironment("prod"),
        .sqlScripts(Listing(rows: [], isComplete: false)),
        .sqlScripts(Listing(rows: ["a.sql", "b.sql"], isComplete: true)),
        .dns(DNSAnswer(host: "www.bestpants.com", isFailed: true)),
        .dns(
            DNSAnswer(
                host: "www.bestpants.com", target: "www.prod.example.f.nchr.io",
                environment: "prod", ttl: 299, isCached: true, chain: ["a", "b"],
                addresses: ["192.0.2.1", "2001:db8::1"])),
        .file(FileEvidence(path: "dump.sql", role: .dump, bytes: 0, sha256: "e3b0")),
        .file(
            FileEvidence(
                path: "dump.sql", role: .report, bytes: 1 << 40, sha256: "e3b0", hasTrailer: true,
                hasCarriageReturns: false)),
    ]

    private static let description: EnvironmentDescription = {
        var full = EnvironmentDescription(environment: "prod", isComplete: true)
        full.status = "RUNNING"
        full.created = when
        full.size = "f1-large"
        full.highAvailability = .on
        full.maintenance = .off
        full.protected = .on
        full.nfs = .off
        full.solr = .on
        full.previousRelease = "b"
        full.releases = [.init(release: "c341606", status: "ACTIVE")]
        full.settings = ["ssl certificate": "shop", "": "x", "\u{1F456}": "\u{0}"]
        full.endpoints = ["www": "www.prod.example.f.nchr.io"]
        return full
    }()

    static let decisions: [Decision] =
        [
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2",
                    method: .snapshot)),
            .migrationOpened(
                MigrationRoles(
                    migration: "plan-move", source: "prod", destination: "prod2", method: .dump,
                    temporary: "tmp", hostnames: ["www.bestpants.com", "bestpants.com"])),
            .migrationClosed(abandoned: false), .migrationClosed(abandoned: true),
            .testPassed(environment: "prod2"), .testFailed(environment: "prod2"), .go, .noGo,
            .lossAccepted, .writesReconciled,
            .holdPlaced(.environment("prod", created: when), until: nil),
            .policySet(key: "plan-expiry", value: "24h"),
            .planIssued(PlanIssue(plan: "cleanup", digest: "ab12", size: 41, now: when)),
            .planIssued(
                PlanIssue(
                    plan: "next", digest: "ab12", size: 41, now: when, migration: "plan-move")),
            .planApproved(digest: "ab12"), .planFinished(digest: "ab12", completed: true),
            .planFinished(digest: "ab12", completed: false), .eventVoided(SequenceNumber(41)),
            .attachmentErased(SequenceNumber(41), attachment: "output"), .keyAdded(vkey: "k+1+x"),
            .keyRetired(vkey: "k+1+x"), .ledgerCreated(origin: Drafts.origin), .noteAdded(Note()),
            .noteAdded(Note(command: "ls", outcome: .refused, exitStatus: -1)),
        ] + Gap.allCases.map { .gapAcknowledged($0) }
        + resources.flatMap { [.holdPlaced($0, until: when), .holdReleased($0)] }

    static let resources: [Resource] = [
        .environment("prod"), .environment("prod", created: when),
        .environment("a@b", created: Timestamp(milliseconds: 1)), .environment("a@b"),
        .environment("\u{301}x"), .snapshot(.database, "plan-migration"), .snapshot(.nfs, "a/b"),
        .release("c341606"), .dns("www.bestpants.com"), .migration("plan-move"), .plan("ab12"),
        .event(SequenceNumber(41)), .file("/tmp/dump.sql"), .file("//x"), .fleet, .ledger,
    ]

    static let reports: [ActionReport] = [
        ActionReport(),
        ActionReport(
            command: "fleet env destroy prod", exitStatus: 255, detail: "timeout",
            remarks: ["swapped-operands"], isOverride: true, plan: "ab12"),
    ]

    static let payloads: [EventPayload] =
        actions.flatMap { action in
            Outcome.allCases.flatMap { outcome in
                reports.map { .action(action, outcome, $0) }
            }
        } + observations.map { .observation($0) } + decisions.map { .decision($0) }
}
