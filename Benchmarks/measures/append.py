"""Durable appends by one caller, one event a transaction."""
from harness.page import Section
from harness.running import median


def run(bench):
    section = Section(
        "Durable append",
        "One caller, one event a transaction, in the process; each acknowledgement after its sync. "
        "All run on the same processor: on the one that the disk interrupts a sync takes a third "
        "less, and the system's choice would decide. "
        "The peer writes 300 bytes of payload with two unique indexes and a hash chain; a record of "
        "ours has about twice as many bytes, an index of ids, a place in the tree, and with every "
        "256th of them the postings of all 256.")
    count = bench.count(10_000, 200)
    path = bench.runner.path("append.sqlite")
    sample = bench.ledger(max(10_000, count))
    runs = bench.runner.in_turn(
        bench.many_rounds, on_one_processor=True,
        ours=lambda: bench.ours("append", events=count, path=path),
        raw=bench.programs.raw and (lambda: bench.runner.run(
            [bench.programs.raw, bench.runner.path("raw.db"), "single", count, 2, "FULL", "chain"])),
        same=bench.programs.ours and (lambda: bench.runner.run(
            [bench.programs.ours, "single", sample, bench.runner.path("same.db"), count])),
        signed=lambda: bench.ours("append", events=count // 6, path=path, signed="yes"))

    def row(name, kind):
        rate = median(run.rate for run in runs[kind])
        p50, p99 = [], []
        for run in runs[kind]:
            if run.output.startswith("{"):
                p50.append(run.answer["latency"]["p50"])
                p99.append(run.answer["latency"]["p99"])
            else:
                p50.append(run.number(r"p50=(\d+)us"))
                p99.append(run.number(r"p99=(\d+)us"))
        return [name, rate, median(p50), median(p99),
                median(run.memory for run in runs[kind])]

    rows = [row("ledger", "ours"), row("ledger, each head signed", "signed"),
            row("raw C, two indexes and a chain", "raw"), row("raw C, our tables and bytes", "same")]
    section.table(["", "events/s", "p50 µs", "p99 µs", "MiB"], rows)
    section.target("ledger ÷ raw C", bench.ratio(rows[0][1], rows[2][1]), 0.9,
                   "Between two syncs raw C takes some 30 µs, the ledger 50 to 55; a sync takes 130 "
                   "to 290, as the disk likes, so that the ratio moves from run to run. SQLite's "
                   "part is that of the peer: the columns of a record are found in it without "
                   "parsing it. What the ledger does beside it is spread thinly: the record, its "
                   "hash, its place in the tree, the turn, and code that is cold after each sync.")
    section.notes.append(f"Against raw C with our own tables: "
                         f"{(bench.ratio(rows[0][1], rows[3][1]) or 0):.2f} ×.")
    return section
