import ArgumentParser
import Ledger

/// The command `migration template`.
struct MigrationTemplate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "Print the documented procedure as commands.",
        discussion: """
            The commands of Fleet's "migrate between plans", in order, each through ledger-cli, \
            to read along while migrating. plan next says at every moment which one is due. \
            Words in capitals are to be filled in; no ledger is needed.

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
        try Output.lines(method == "snapshot" ? snapshotMethod : dumpMethod)
    }

    private var opening: [String] {
        [
            "# before: lower the TTL of every hostname of the shop a day ahead",
            "ledger-cli migration open NAME --from \(from) --to \(to) --method \(method) "
                + "--hostname HOST",
            "ledger-cli run -- fleet env describe \(from)",
            "ledger-cli run -- fleet config default-env",
            "ledger-cli run -- fleet config sql list",
            "ledger-cli record observation environment \(from) --nfs off --solr off",
            "ledger-cli record observation dns HOST --target \(from) --ttl SECONDS",
        ]
    }

    private var snapshotMethod: [String] {
        opening + [
            "# copy", "ledger-cli run -- fleet env maintenance \(from) ON",
            "# wait 60 s", "ledger-cli run -- fleet env describe \(from)",
            "ledger-cli run -- fleet snapshot create \(from) --name NAME",
            "ledger-cli run -- fleet snapshot list    # until AVAILABLE",
            "ledger-cli run -- fleet env create --size SIZE --ha --source-environment \(from) "
                + "--snapshot NAME \(to)",
            "ledger-cli run -- fleet env list    # until RUNNING",
        ] + release + closing
    }

    private var dumpMethod: [String] {
        opening + [
            "ledger-cli run -- fleet env create --size SIZE --ha --source-environment \(from) "
                + to,
            "ledger-cli run -- fleet env list    # until RUNNING",
        ] + release + [
            "# copy", "ledger-cli run -- fleet env maintenance \(from) ON",
            "ledger-cli run -- fleet env maintenance \(to) ON", "# wait 60 s",
            "ledger-cli run -- fleet env describe \(from)",
            "ledger-cli run -- fleet env describe \(to)",
            "ledger-cli run --output NAME.sql -- fleet database dump \(from)",
            "ledger-cli run --input NAME.sql -- fleet database connect \(to)",
            "ledger-cli run -- fleet env cache flush \(to)",
            "ledger-cli run -- fleet env maintenance \(to) OFF",
        ] + closing
    }

    private var release: [String] {
        [
            "ledger-cli run -- fleet env load \(to) RELEASE",
            "ledger-cli run -- fleet env describe \(to)    # until RUNNING",
            "ledger-cli run -- fleet env activate \(to) RELEASE",
            "ledger-cli run -- fleet env describe \(to)    # until ACTIVE",
        ]
    }

    private var closing: [String] {
        [
            "# test, decide", "ledger-cli record test \(to) passed",
            "ledger-cli record decision go", "# switch",
            "ledger-cli run -- fleet env protected \(to) ON",
            "ledger-cli run -- fleet env describe \(to)    # maintenance mode OFF",
            "# change the record of every hostname at the DNS provider, then for each",
            "ledger-cli record dns HOST --to \(to) --ttl SECONDS",
            "ledger-cli observe", "ledger-cli run -- fleet config default-env \(to)",
            "# clean up, when the old TTL has passed", "ledger-cli plan cleanup",
        ]
    }
}
