"""From stored bytes to the whole state."""
from harness.page import Section
from harness.running import median


def run(bench):
    section = Section(
        "Replay",
        "Every record read, checked and folded into the state of up to a thousand resources. Raw C "
        "`scan` reads rows of 300 bytes and looks at one byte of each column.")
    rows, curve, memory = [], [], []
    for size in bench.sizes():
        runs = [bench.ours("replay", path=bench.ledger(size)) for _ in range(bench.rounds)]
        rate, peak = median(run.rate for run in runs), median(run.memory for run in runs)
        rows.append([f"{size:,}", rate, peak])
        curve.append((size, rate))
        memory.append((size, peak))
    section.table(["events", "events/s", "MiB"], rows)
    section.curve("replay", "Replay: events a second", "events/s", {"replay": curve})
    section.curve("replay-memory", "Replay: peak memory", "MiB", {"replay": memory})
    size = bench.sizes(100_000)[-1]
    path, raw = bench.ledger(size), bench.runner.path("scan.db")
    if bench.programs.raw:
        bench.runner.run([bench.programs.raw, raw, "batch", size, 1000, 2, "FULL", "chain"],
                         note=False)
    runs = bench.runner.in_turn(
        bench.rounds,
        ours=lambda: bench.ours("replay", path=path),
        scan=bench.programs.raw and (lambda: bench.runner.run([bench.programs.raw, raw, "scan"])),
        same=bench.programs.ours and (lambda: bench.runner.run(
            [bench.programs.ours, "scan", path])))
    rate = {name: median(run.rate for run in of) for name, of in runs.items()}
    section.table([f"{size:,} events, in turn", "rows/s"], [
        ["ledger, folded into the state", rate["ours"]],
        ["raw C `scan`, 300 bytes a row", rate.get("scan")],
        ["raw C, our rows", rate.get("same")]])
    section.target("replay ÷ raw C `scan`", bench.ratio(rate["ours"], rate.get("scan")), 0.5,
                   "A record has twice the bytes of the peer's row, of which `scan` looks at six; "
                   "here every byte is checked and every event folded into a state. A state that "
                   "is folded on both processors would close it.")
    row = rows[min(3, len(rows) - 1)]
    section.target(f"peak memory at {row[0]} events", row[2], 64,
                   "The state keeps what each of its verdicts cites, and the samples go on about "
                   "the same resources for ever. Folding away what no verdict can cite any more "
                   "would close it.", at_least=False, unit=" MiB")
    return section
