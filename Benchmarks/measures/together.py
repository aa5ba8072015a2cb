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
                   "What is left is the work of an event on the one thread that writes, no longer the "
                   "disk: a quarter is the insert with the parsing of the record, a quarter the "
                   "journal and its checkpoints, the rest the look for its id, its hash, its postings "
                   "and the answers. "
                   "The quicker a single append is, the higher this hangs. Postings made from "
                   "memory, and checkpoints on another thread, would come closer.")
    return section
