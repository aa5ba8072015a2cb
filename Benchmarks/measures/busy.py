"""Answers about one migration whose destination is busy: many commands of one environment."""
import os

from harness.page import Section
from harness.running import median

EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Examples",
                       "snapshot-migration.transcript")

# The morning after, before anything is destroyed.
MORNING = "# at 2017-05-04T08:05:00Z"


def run(bench):
    cli = bench.programs.cli
    if not cli:
        return None
    section = Section(
        "A busy migration",
        "The example of an evening up to its morning, and then a deploy that clears the caches of "
        "the destination every few minutes: all commands are of one migration. Whole processes in "
        "ms, with the state kept.")
    questions = {
        "status": ["status"], "plan cleanup": ["plan", "cleanup"],
        "plan rollback": ["plan", "rollback"], "conform": ["conform"], "report": ["report"],
        "history": ["history"]}
    rows, curves = [], {}
    for size in bench.sizes(100_000, 100_000):
        path = bench.runner.path(f"busy-{size}.sqlite")
        transcript = bench.runner.path(f"busy-{size}.transcript")
        write(transcript, size)
        bench.runner.run([cli, "init", "--origin", "bench.example", "--no-key", "--ledger", path])
        bench.runner.run([cli, "import", transcript, "--ledger", path])

        def ask(words):
            return bench.runner.run([cli] + words + ["--ledger", path], statuses=(0, 1, 5))

        ask(["status"])
        runs = bench.runner.in_turn(
            bench.rounds, **{name: lambda words=words: ask(words)
                             for name, words in questions.items()})
        values = {name: median(run.wall for run in done) * 1000 for name, done in runs.items()}
        memory = max(run.memory for done in runs.values() for run in done)
        rows.append([f"{size:,}"] + list(values.values()) + [memory])
        for name, value in values.items():
            curves.setdefault(name, []).append((size, value))
    section.table(["commands"] + list(questions) + ["MiB"], rows)
    section.curve("busy", "A busy migration", "ms", curves)
    return section


def write(path, commands):
    """The evening, and so many commands after it."""
    with open(EXAMPLE) as example:
        evening = example.read().split(MORNING)[0]
    with open(path, "w") as file:
        file.write(evening + "\n# at 2017-05-04T09:00:00Z\n# actor deploy\n")
        for _ in range(commands):
            file.write("# +7m\n$ fleet env cache flush prod2\n"
                       "Caches flushed for environment prod2\n")
