"""What the disk can do: an append of 4 KiB and its sync."""
from harness.page import Section
from harness.running import median


def run(bench):
    if not bench.programs.sync:
        return None
    section = Section("The disk", "An append of 4 KiB to a plain file, made durable by `fdatasync`.")
    count = bench.count(2000, 200)
    runs = [bench.runner.run([bench.programs.sync, bench.runner.path("sync"), count, 4096,
                              "fdatasync"]) for _ in range(bench.rounds)]
    bench.facts["sync p99"] = median(run.number(r"p99=(\d+)us") for run in runs)
    section.table(["", "a second", "p50 µs", "p99 µs"], [[
        "fdatasync", median(run.number(r"([0-9.]+)/s") for run in runs),
        median(run.number(r"p50=(\d+)us") for run in runs), bench.facts["sync p99"]]])
    return section
