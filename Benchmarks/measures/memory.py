"""The peak memory of the program where a whole ledger goes through it."""
from harness.page import Section


def run(bench):
    cli = bench.programs.cli
    if not cli:
        return None
    count = bench.count(1_000_000, 2000)
    section = Section(
        "Memory",
        f"The program itself, as a whole process each, with {count:,} events of up to a thousand "
        "resources: a transcript of which three in four commands have an output, which is an "
        "attachment, and a file of events. The first `status` replays the log and keeps the state.")
    files = {kind: bench.runner.path("memory." + kind) for kind in ("transcript", "jsonl")}
    bench.runner.run([bench.programs.bench, "sample", f"events={count}"]
                     + [f"{kind}={path}" for kind, path in files.items()], note=False)
    rows = []

    def ask(name, *words, statuses=(0,)):
        run = bench.runner.run([cli, *words], statuses=statuses)
        rows.append([name, run.memory, run.wall])

    ledgers = {}
    for kind, path in files.items():
        ledgers[kind] = bench.runner.path(f"memory-{kind}.sqlite")
        bench.runner.run([cli, "init", "--ledger", ledgers[kind], "--origin",
                          "ledger.sample.example/fleet"], note=False)
        ask(f"`import`, {kind}", "import", path, "--ledger", ledgers[kind])
    ledger = ledgers["transcript"]
    ask("the first `status`", "status", "--ledger", ledger, statuses=(0, 5))
    ask("`verify`", "verify", "--ledger", ledger)
    ask("`export --jsonl`", "export", "--jsonl", "memory.out", "--ledger", ledger)
    ask("`export --tiles`", "export", "--tiles", "memory-tiles", "--ledger", ledger)
    ask("`export --bundle`", "export", "--bundle", "memory-bundle", "--no-receipts",
        "--ledger", ledger)
    section.table(["", "MiB", "s"], rows)
    section.target(f"the most of these at {count:,} events", max(row[1] for row in rows), 64,
                   "The first `status` has the state twice while it keeps it: to write it piece by "
                   "piece would close it.", at_least=False, unit=" MiB")
    return section
