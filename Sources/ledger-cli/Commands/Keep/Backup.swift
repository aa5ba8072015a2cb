import ArgumentParser
import Ledger

/// The command `backup`.
struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the ledger while it is in use, and verify it.",
        discussion: """
            Copies the ledger as it is at one moment; others may append meanwhile. Every byte of \
            the copy is then verified. To restore is to open the copy: there is nothing else in \
            it, and no key. Before it is copied over a ledger, every writer ends and the files \
            NAME-wal, NAME-shm, NAME-turn, NAME-projection and NAME-projection-before of that \
            ledger are taken away: what they hold would be read into the copy. What is erased in the ledger later stays in copies made before.

            EXAMPLES
              $ ledger-cli backup /mnt/backup/ledger-2017-05-04.sqlite
              $ ledger-cli verify --ledger /mnt/backup/ledger-2017-05-04.sqlite

            EXIT STATUS
              \(ExitStatus.help([.doesNotVerify, .noLedger, .busy]))
            """)

    @Argument(help: "The copy; nothing may be there.", completion: .file())
    var file: String

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run() throws {
        let format = try global.format(.text, .json)
        let store = try global.open()
        let path = Surroundings.current.path(file)
        let progress = Progress()
        guard !OperatingSystem.exists(path) else {
            throw CLIError.unreadable(
                file, why: "exists already", hint: "choose another path for the copy")
        }
        try global.refuseToWriteOver(file)
        try store.backup(to: path) { done, all in
            try progress.show("copied \(done) of \(all) pages")
        }
        let copy = try LedgerStore.openAtRest(path: path)
        let result = try copy.read { snapshot in
            try LogVerification(snapshot, origin: copy.origin) { count in
                try progress.show("verified \(count) events of the copy")
            }
        }
        try progress.clear()
        let verdict = Verdict(findings: result.findings, isAnchored: false)
        if format == .json {
            try Output.json([
                "backup": .string(file), "size": .integer(result.size),
                "root": .string(result.root.base64), "verdict": .string(verdict.rawValue),
                "findings": .array(result.findings.map { .object($0.json) }),
            ])
        } else {
            try Output.line(
                "copied \(result.size) events to \(file), root \(result.root.base64): \(verdict)")
            for finding in result.findings { try Output.line(finding.description) }
        }
        guard verdict == .doesNotVerify else { return }
        try Output.note(
            "ledger: note: the copy is what the ledger is; keep both, and compare with "
                + "ledger-cli verify")
        throw Exit(status: .doesNotVerify)
    }
}
