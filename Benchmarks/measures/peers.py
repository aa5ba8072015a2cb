"""What eventsourcing and git give on the same disk."""
from harness.page import Section


def run(bench):
    section = Section("Other ways to keep a log",
                      "Python eventsourcing on SQLite, and git as an audit log, on the same disk.")
    if bench.programs.python and bench.programs.pyes:
        run = bench.runner.run([bench.programs.python, bench.programs.pyes, bench.runner.work,
                                "default", 2000, 50_000])
        rows = []
        for line in run.output.splitlines():
            words = line.split()
            if len(words) > 3 and words[3].startswith("ev/s"):
                rows.append([f"eventsourcing {words[1]}", float(words[2])])
        section.table(["", "events/s"], rows)
        replays = [rate for name, rate in rows if "replay" in name or "readall+json" in name]
        if replays and bench.facts.get("replay"):
            section.target("our replay ÷ eventsourcing's decoded replay",
                           bench.facts["replay"] / replays[-1], 8,
                           "Every byte of a record is checked and folded into a state; its replay "
                           "decodes a payload. A state that is folded on both processors would "
                           "close it.")
    if bench.programs.git:
        run = bench.runner.run(["bash", bench.programs.git, bench.runner.path("repository"),
                                bench.count(200, 5), bench.count(20_000, 100)])
        section.notes.append("```\n" + bench.runner.masked(run.output.strip()) + "\n```")
    return section
