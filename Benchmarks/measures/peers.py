"""What eventsourcing and git give on the same disk."""
from harness.page import Section
from harness.running import median


def run(bench):
    section = Section("Other ways to keep a log",
                      "Python eventsourcing on SQLite, and git as an audit log, on the same disk.")
    if bench.programs.python and bench.programs.pyes:
        size = min(1_000_000, bench.sizes()[-1])
        runs = bench.runner.in_turn(
            bench.rounds,
            theirs=lambda: bench.runner.run([bench.programs.python, bench.programs.pyes,
                                             bench.runner.work, "default", 2000, 50_000]),
            ours=lambda: bench.ours("replay", path=bench.ledger(size)))
        rates = {}
        for run in runs["theirs"]:
            for line in run.output.splitlines():
                words = line.split()
                if len(words) > 3 and words[3].startswith("ev/s"):
                    rates.setdefault(words[1], []).append(float(words[2]))
        ours = median(run.rate for run in runs["ours"])
        section.table(["", "events/s"], [
            *[[f"eventsourcing {name}", median(values)] for name, values in rates.items()],
            [f"ledger, replay of {size:,} events", ours]])
        replays = [median(values) for name, values in rates.items() if "replay" in name]
        if replays:
            section.target("our replay ÷ eventsourcing's decoded replay", ours / replays[-1], 8,
                           "Every byte of a record is checked and folded into a state; its replay "
                           "decodes a payload. A state that is folded on both processors would "
                           "close it.")
    if bench.programs.git:
        run = bench.runner.run(["bash", bench.programs.git, bench.runner.path("repository"),
                                bench.count(200, 5), bench.count(20_000, 100)])
        section.notes.append("```\n" + bench.runner.masked(run.output.strip()) + "\n```")
    return section
