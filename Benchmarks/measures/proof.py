"""Inclusion proofs and receipts."""
from harness.page import Section
from harness.running import median


def run(bench):
    section = Section("Inclusion proof",
                      "From the open ledger to the proof, at places here and there; each is verified.")
    rows, curve = [], []
    for size in bench.sizes():
        path = bench.ledger(size)
        runs = [bench.ours("prove", path=path) for _ in range(bench.rounds)]
        p50, p99 = (median(run.answer["latency"][kind] for run in runs) for kind in ("p50", "p99"))
        rows.append([f"{size:,}", p50, p99, median(run.answer["receipt"] for run in runs)])
        curve.append((size, p50))
    section.table(["events", "p50 µs", "p99 µs", "receipt, bytes"], rows)
    section.curve("proof", "Inclusion proof: median", "µs", {"proof": curve})
    row = rows[min(3, len(rows) - 1)]
    section.target(f"a proof at {row[0]} events, median", row[1] / 1000, 1,
                   "The hashes on the way are folded from leaves below the kept nodes; more kept "
                   "levels would close it.", at_least=False, unit=" ms")
    section.target("the longest receipt", row[3], 2048,
                   "A hash for each level of the tree, and the signatures; fewer signatures would "
                   "close it.", at_least=False, unit=" bytes")
    return section
