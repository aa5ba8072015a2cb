import ArgumentParser
import Ledger

/// The command `migration template`.
struct MigrationTemplate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "Print the procedure as a transcript to fill in.",
        discussion: """
            The commands of Fleet's "migrate between plans", in order, as a transcript: replace \
            the words in capitals, paste under each command what it printed, and import it. \
            plan next says at every moment which command is due. No ledger is needed.

            EXAMPLES
              $ ledger-cli migration template --method snapshot
              $ ledger-cli migration template --method dump --from prod --to prod2

            EXIT STATUS
              \(ExitStatus.help([]))
            """)

    @Option(help: "snapshot or dump.")
    var method: String

    @Option(help: ArgumentHelp("The environment that is left.", valueName: "env"))
    var from: String = "prod"

    @Option(help: ArgumentHelp("The environment that is moved to.", valueName: "env"))
    var to: String = "prod2"

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if MigrationMethod(rawValue: method) == nil {
            throw ValidationError("--method: expected snapshot or dump, found \"\(method)\"")
        }
    }

    func run() throws {
        _ = try global.format(.text)
        try Output.lines(
            ["# -- words in capitals are to be filled in; paste under each command what it printed"]
                + (method == "snapshot" ? snapshotMethod : dumpMethod))
    }

    /// A command at its time, after a remark on what it is for or what to wait for.
    private func step(_ remark: String, _ commands: String...) -> [String] {
        ["# at TIME", "# -- \(remark)"] + commands.map { "$ \($0)" }
    }

    private var opening: [String] {
        step(
            "a day ahead: lower the TTL of every hostname of the shop",
            "ledger-cli migration open MIGRATION --from \(from) --to \(to) --method \(method) "
                + "--hostname HOST")
            + step(
                "what is so before anything is changed", "fleet env list",
                "fleet env describe \(from)", "fleet snapshot list", "fleet release list",
                "fleet config default-env", "fleet config sql list",
                "ledger-cli record observation environment \(from) --nfs off --protected on")
            + step(
                "for each hostname",
                "ledger-cli record observation dns HOST --target \(from) --ttl SECONDS")
    }

    private var snapshotMethod: [String] {
        opening
            + step("writes stop", "fleet env maintenance \(from) ON")
            + step("a minute later or more: maintenance ON", "fleet env describe \(from)")
            + step("copy", "fleet snapshot create \(from) --name SNAPSHOT")
            + step("again until AVAILABLE", "fleet snapshot list")
            + step(
                "the destination",
                "fleet env create --size SIZE --ha --source-environment \(from) "
                    + "--snapshot SNAPSHOT \(to)")
            + step("again until RUNNING", "fleet env list") + release + closing
    }

    private var dumpMethod: [String] {
        opening
            + step(
                "the destination",
                "fleet env create --size SIZE --ha --source-environment \(from) \(to)")
            + step("again until RUNNING", "fleet env list") + release
            + step(
                "writes stop", "fleet env maintenance \(from) ON", "fleet env maintenance \(to) ON")
            + step(
                "a minute later or more: maintenance ON", "fleet env describe \(from)",
                "fleet env describe \(to)")
            + step("copy", "fleet database dump \(from) > DUMP.sql")
            + step("load", "fleet database connect \(to) < DUMP.sql")
            + step("then", "fleet env cache flush \(to)", "fleet env maintenance \(to) OFF")
            + closing
    }

    private var release: [String] {
        step("the release that is active on \(from)", "fleet env load \(to) RELEASE")
            + step("again until RUNNING", "fleet env describe \(to)")
            + step("then", "fleet env activate \(to) RELEASE")
            + step("again until ACTIVE", "fleet env describe \(to)")
    }

    private var closing: [String] {
        step("test", "ledger-cli record test \(to) passed")
            + step("decide", "ledger-cli record decision go")
            + step("before customers arrive", "fleet env protected \(to) ON")
            + step("maintenance OFF", "fleet env describe \(to)")
            + step(
                "for each hostname, once its record was changed at the DNS provider",
                "ledger-cli record dns HOST --to \(to) --ttl SECONDS --old-ttl SECONDS")
            + step(
                "when the old TTL has passed, for each hostname",
                "ledger-cli record observation dns HOST --target \(to) --ttl SECONDS")
            + step("then", "fleet config default-env \(to)")
            + step(
                "before the clean-up, once more", "fleet env list", "fleet env describe \(from)",
                "fleet env describe \(to)", "fleet snapshot list", "fleet config default-env")
            + ["# -- import this, then ask: ledger-cli plan cleanup"]
    }
}
