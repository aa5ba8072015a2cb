"""Answers at growing sizes: the first one, and those that find the state kept beside the log."""
from harness.page import Section
from harness.running import median


def run(bench):
    cli = bench.programs.cli
    if not cli:
        return None
    section = Section(
        "Answers",
        "`status`, `plan cleanup` and `check` as whole processes, in ms: the first one replays the "
        "log and keeps the state, the later ones take it up. In turn with them a process that only "
        "prints its version.")
    questions = [["status"], ["plan", "cleanup"], ["check", "environment/shop-007"]]
    rows, curves = [], {}
    for size in bench.sizes():
        path = bench.ledger(size)

        def ask(words):
            return bench.runner.run([cli] + words + ["--ledger", path], statuses=(0, 5))

        first = ask(["status"])
        # In turn, so that whatever else the machine does befalls all of them alike.
        programs = {"start": lambda: bench.runner.run([cli, "--version"])}
        for words in questions:
            name = " ".join(words[:2]) if words[0] == "plan" else words[0]
            programs[name] = lambda words=words: ask(words)
        warm = bench.runner.in_turn(bench.many_rounds, **programs)
        start = median(run.wall for run in warm.pop("start"))
        values = {name: median(run.wall for run in runs) for name, runs in warm.items()}
        rows.append([f"{size:,}", start * 1000, first.wall * 1000]
                    + [value * 1000 for value in values.values()]
                    + [max(run.memory for runs in warm.values() for run in runs)])
        for name, value in values.items():
            curves.setdefault(name, []).append((size, value * 1000))
        curves.setdefault("first status", []).append((size, first.wall * 1000))
        if size <= 1_000_000:  # The target is of this size; the curve may go on.
            judged = (size, start, values)
    section.table(["events", "start", "first status", *judged[2], "MiB"], rows)
    section.curve("answers", "Answers: a whole process", "ms", curves)
    for name, value in judged[2].items():
        section.target(f"`{name}` at {judged[0]:,} events ÷ the start of the process",
                       bench.ratio(value, judged[1]), 2,
                       "Of the 24 ms of processor time of a `check` that was profiled on 2026-11-29, "
                       "6 are the start and 8 the kept "
                       "state: reading its bytes 3, their sum 1, taking them apart 4 (on the "
                       "other processor meanwhile gained nothing). The rest any answer costs, also "
                       "over a thousand events: its arguments 3, opening the ledger, the first use "
                       "of every type, the verdicts 4.",
                       at_least=False)
    return section
