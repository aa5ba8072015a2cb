#!/usr/bin/env python3
"""Takes the measures one after the other and writes docs/benchmarks.md. See scripts/bench."""
import argparse
import importlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)

from harness.plot import svg  # noqa: E402
from harness.programs import Programs  # noqa: E402
from harness.running import Runner, median  # noqa: E402

# One file a measure, in the order of the page.
MEASURES = ["disk", "append", "together", "syscalls", "imports", "replay", "cache", "busy", "verify", "memory",
            "proof", "history", "writers", "peers"]


class Bench:
    """What a measure is given: the programs, the runner and how much to do."""

    def __init__(self, options, work):
        self.quick, self.long = options.quick, options.long
        self.rounds = 1 if options.quick else 3
        # What waits for the disk, or is short, follows the moods of the machine.
        self.many_rounds = 1 if options.quick else 15
        self.runner = Runner(work, options.realtime, [
            (folder, name) for folder, name in (
                (options.peers, "PEERS"), (os.path.join(HERE, "Peers"), "PEERS"),
                (os.path.dirname(options.bench), "BIN"), (ROOT, "."),
                (os.path.expanduser("~"), "~")) if folder and folder != "/"])
        built = os.path.join(work, "programs")
        os.mkdir(built)
        self.programs = Programs(options.bench, options.cli, options.peers, built, options.quick)
        self.facts = {}

    def sizes(self, largest=1_000_000, longest=10_000_000):
        """The sizes of a growth curve."""
        top = 1000 if self.quick else longest if self.long else largest
        return [size for size in (1000, 10_000, 100_000, 1_000_000, 10_000_000) if size <= top]

    def count(self, ordinary, quick):
        """How many events: few in a quick run."""
        return quick if self.quick else ordinary

    def ours(self, measure, **options):
        """Runs one of our measures in a process of its own."""
        words = [f"{name}={value}" for name, value in options.items()]
        return self.runner.run([self.programs.bench, measure] + words)

    def ledger(self, events):
        """A signed ledger of so many events, made once; its path."""
        path = self.runner.path(f"sample-{events}.sqlite")
        if not os.path.exists(path):
            self.runner.run([self.programs.bench, "sample", f"events={events}", f"ledger={path}"],
                            note=False)
        return path

    def ratio(self, above, below):
        """One figure as a multiple of another."""
        return above / below if above and below else None


def machine():
    """The machine in a few lines."""
    lines = [f"- {platform.system()} {platform.release()}, {os.cpu_count()} processors"]
    try:
        with open("/proc/cpuinfo") as info:
            model = re.search(r"model name\s*: (.*)", info.read())
            lines[0] += f", {model.group(1)}" if model else ""
        with open("/proc/meminfo") as info:
            total = re.search(r"MemTotal:\s*(\d+)", info.read())
            lines[0] += f", {int(total.group(1)) / 1048576:.0f} GiB of memory" if total else ""
    except OSError:
        pass
    return lines


def filesystem(path):
    """The file system of a folder."""
    done = subprocess.run(["df", "--output=fstype", path], capture_output=True, text=True)
    return done.stdout.split()[-1] if done.returncode == 0 else "unknown file system"


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--bench", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cli", help=argparse.SUPPRESS)
    parser.add_argument("--peers", default=os.environ.get("LEDGER_PEERS"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--realtime", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--work", help="a folder on the disk to measure")
    options = parser.parse_args()
    options.bench = os.path.abspath(options.bench)
    options.cli = options.cli and os.path.abspath(options.cli)
    options.peers = options.peers and os.path.abspath(options.peers)
    unknown = [name for name in options.only if name not in MEASURES]
    if unknown:
        parser.error(f"no measure {unknown[0]}; there are: {' '.join(MEASURES)}")
    work = tempfile.mkdtemp(prefix="ledger-bench-", dir=options.work)
    start = time.monotonic()
    try:
        bench = Bench(options, work)
        sections = []
        for name in options.only or MEASURES:
            print(f"bench: {name}", file=sys.stderr)
            bench.runner.commands = []
            section = importlib.import_module("measures." + name).run(bench)
            if not section:
                continue
            if bench.runner.commands:
                section.notes.append(
                    "<details><summary>commands</summary>\n\n```\n"
                    + "\n".join(bench.runner.commands) + "\n```\n</details>")
            sections.append(section)
            if options.quick or options.only:
                print(bench.runner.masked(section.markdown(is_untimed=options.quick)))
        for what in bench.programs.skipped:
            print(f"bench: skipped: {what}", file=sys.stderr)
        if options.quick or options.only:
            return
        write(bench, sections, work, time.monotonic() - start, options)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write(bench, sections, work, seconds, options):
    """Writes the page and its pictures."""
    targets = [(section, target) for section in sections for target in section.targets]
    missed = [(section, target) for section, target in targets if target[5] == "**missed**"]
    mode = "scripts/bench" + (" --long" if options.long else "")
    lines = [
        "# Benchmarks", "",
        f"Made by `{mode}` on {time.strftime('%Y-%m-%d', time.gmtime())} in "
        f"{seconds / 60:.0f} minutes. Every comparison ran in turn on this machine and disk, "
        f"{bench.rounds} rounds, {bench.many_rounds} where the disk is waited for or a process is short, medians; the ratios mean something, the absolute figures do not.", "",
        *machine(),
        f"- {filesystem(work)}; every ledger and every SQLite peer in WAL mode with "
        "`synchronous=FULL`" + ("; real-time priority" if options.realtime else ""),
        *[f"- {note}" for note in bench.programs.notes],
        "", f"{len(targets)} targets, {len(missed)} missed" + (":" if missed else "."), "",
    ]
    lines += [f"- {section.title}: {target[0]}" for section, target in missed]
    lines += [""] * bool(missed)
    lines += [section.markdown() for section in sections]
    images = os.path.join(ROOT, "docs", "images")
    for section in sections:
        for name, title, unit, series in section.curves:
            picture = svg(title, unit, series)
            if picture:
                with open(os.path.join(images, f"bench-{name}.svg"), "w") as file:
                    file.write(picture)
    with open(os.path.join(ROOT, "docs", "benchmarks.md"), "w") as file:
        file.write(bench.runner.masked("\n".join(lines).rstrip()) + "\n")
    print(f"bench: wrote docs/benchmarks.md in {seconds:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
