"""Durable appends by many callers of one process, who may share a sync."""
from harness.page import Section
from harness.running import median


def run(bench):
    section = Section(
        "Concurrent callers",
        "64 callers in one process, one event an append; those that come while a transaction is on "
        "its way share the next one and its sync. The single rate is measured in the same run.")
    count = bench.count(30_000, 640)
    single = bench.count(3000, 200)
    path = bench.runner.path("together.sqlite")
    rounds = bench.rounds if bench.quick else bench.rounds + 2
    callers = [1] + ([64] if bench.quick else [8, 64])
    runs = bench.runner.in_turn(rounds, **{
        str(n): (lambda n=n: bench.ours("append", events=single if n == 1 else count, callers=n,
                                        path=path)) for n in callers})
    rows = [[f"{name} caller" + ("s" if name != "1" else ""), median(run.rate for run in of),
             median(run.answer["latency"]["p50"] for run in of),
             median(run.answer["latency"]["p99"] for run in of),
             median(run.answer["latency"]["max"] for run in of)] for name, of in runs.items()]
    section.table(["", "events/s", "p50 µs", "p99 µs", "worst µs"], rows)
    section.target("64 callers ÷ one", bench.ratio(rows[-1][1], rows[0][1]), 10,
                   "What is left is the work of an event on the one thread that writes, some 12 µs, and "
                   "the sync of 32 of them, another 6: callers that were answered need that long to come "
                   "back, so that waiting for all 64 gains nothing (16 to 64 of them measured). Records "
                   "and hashes are made by the callers ahead of their turn, answers given by another "
                   "thread; a third of what is left is SQLite, the rest memory taken and given back, "
                   "the postings and the system's own work for a sync. With callers and writer both "
                   "cores are busy for four fifths of the time. The quicker a single append is, the "
                   "higher this hangs.")
    return section
