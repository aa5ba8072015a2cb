"""The verification of whole ledgers."""
from harness.page import Section
from harness.running import median


def run(bench):
    section = Section(
        "Verify",
        "`verify` reads every byte again: the hash of each record, its place, its columns in every "
        "index, its attachments, the tree, the signed heads, and SQLite's own structure. The peer's "
        "`scanhash` hashes 300 bytes a row and compares; beside it raw C hashes our own records. "
        "The command is measured as a whole process.")
    rows, curve, memory = [], [], []
    for size in bench.sizes():
        path = bench.ledger(size)
        cli = bench.programs.cli
        runs = bench.runner.in_turn(
            1 if size > 1_000_000 else bench.rounds,
            ours=lambda: bench.ours("verify", path=path),
            hash=lambda: bench.ours("verify", path=path, only="hashes"),
            command=cli and (lambda: bench.runner.run([cli, "verify", "--ledger", path])))
        rate = median(run.rate for run in runs["ours"])
        peak = median(run.memory for run in runs["command"] or runs["ours"])
        command = bench.ratio(size, median(run.wall for run in runs["command"]))
        rows.append([f"{size:,}", command, rate, median(run.rate for run in runs["hash"]), peak])
        curve.append((size, rate))
        memory.append((size, peak))
    section.table(["events", "the command, events/s", "everything, events/s",
                   "hashes only, events/s", "MiB"], rows)
    section.curve("verify", "Verify: events a second", "events/s", {"verify": curve})
    section.curve("verify-memory", "Verify: peak memory", "MiB", {"verify": memory})
    size = min(1_000_000, bench.sizes()[-1])
    path = bench.ledger(size)
    raw_path = bench.runner.path("scan.db")
    if bench.programs.raw:
        bench.runner.run([bench.programs.raw, raw_path, "batch", size, 1000, 2, "FULL", "chain"],
                         note=False)
    runs = bench.runner.in_turn(
        bench.rounds,
        command=cli and (lambda: bench.runner.run([cli, "verify", "--ledger", path])),
        hash=lambda: bench.ours("verify", path=path, only="hashes"),
        scan=bench.programs.raw and (lambda: bench.runner.run(
            [bench.programs.raw, raw_path, "scanhash"])),
        same=bench.programs.ours and (lambda: bench.runner.run(
            [bench.programs.ours, "scanhash", path])),
        tree=bench.programs.ours and (lambda: bench.runner.run(
            [bench.programs.ours, "scantree", path])))
    rate = {name: median(run.rate for run in of) for name, of in runs.items()}
    whole = bench.ratio(size, median(run.wall for run in runs["command"]))
    section.table(["one run, in turn", "rows/s"], [
        ["ledger, `verify` as a command", whole],
        ["ledger, every record hashed and the root made", rate["hash"]],
        ["raw C `scanhash`, 300 bytes a row", rate.get("scan")],
        ["raw C, our records hashed", rate.get("same")],
        ["raw C, our records hashed and the root made", rate.get("tree")]])
    section.target(
        "`verify` as a command ÷ raw C `scanhash`", bench.ratio(whole, rate.get("scan")), 1,
        "Beside the hashes the command reads every record's grammar, holds the index of "
        "ids and the postings against the records, and has SQLite look at every page "
        "(`quick_check`): of 4.2 s of processor time for a million events, 1.7 are that and the "
        "indexes, 0.7 reading, 0.6 hashing. It would need half the work, or twice the processors.")
    section.target("hashes ÷ raw C `scanhash`, by rows", bench.ratio(rate["hash"], rate.get("scan")), 1,
                   "A record has twice the bytes of the peer's row.")
    section.target("hashes ÷ raw C on our records", bench.ratio(rate["hash"], rate.get("same")), 1,
                   "Each processor reads and hashes its own stretches; more processors would close it.")
    section.target(f"peak memory at {size:,} events", rows[-1][-1] if len(rows) < 5 else rows[3][-1], 64,
                   "Batches of records wait for a processor; smaller ones would close it.",
                   at_least=False, unit=" MiB")
    return section
