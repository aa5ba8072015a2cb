"""What `history` asks, at growing sizes."""
from harness.page import Section
from harness.running import median


def run(bench):
    section = Section(
        "History",
        "The newest hundred events of a subject, a type, an actor, a migration, a stretch of time "
        "and a place in the log, median in µs. A test asserts with EXPLAIN that each is answered "
        "from an index.")
    rows, curves = [], {}
    for size in bench.sizes():
        runs = [bench.ours("history", path=bench.ledger(size)) for _ in range(bench.rounds)]
        names = list(runs[0].answer)
        values = [median(run.answer[name]["p50"] for run in runs) for name in names]
        rows.append([f"{size:,}"] + values)
        for name, value in zip(names, values):
            curves.setdefault(name, []).append((size, value))
    section.table(["events"] + names, rows)
    section.curve("history", "History: the newest hundred", "µs", curves)
    return section
