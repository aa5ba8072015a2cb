"""Eight processes that append to one ledger."""
import json
import os
import subprocess
import time

from harness.page import Section
from harness.running import median


def run(bench):
    processes = 2 if bench.quick else 8
    each = bench.count(500, 40)
    section = Section(
        "Many writers",
        f"{processes} processes append {each} events each to one ledger, an event a transaction. Raw "
        "C does the same with SQLite's own busy handler. Ours begin together, when all have opened "
        "the ledger; raw C has nothing to open. Afterwards the ledger holds every event "
        "once, without a gap.")

    def together(commands, gate=None):
        start = time.monotonic()
        children = [subprocess.Popen(bench.runner.prefix + [str(word) for word in command],
                                     stdout=subprocess.PIPE, cwd=bench.runner.work, text=True)
                    for command in commands]
        if gate:
            while not all(os.path.exists(f"{gate}-{number}") for number in range(1, processes + 1)):
                if any(child.poll() for child in children):
                    raise RuntimeError("a writer failed")
                time.sleep(0.001)
            start = time.monotonic()
            open(gate, "w").close()
        outputs = [child.communicate()[0] for child in children]
        if any(child.returncode for child in children):
            raise RuntimeError("a writer failed")
        return processes * each / (time.monotonic() - start), outputs

    rates = {"ours": [], "raw": []}
    worst = {"ours": [], "raw": []}
    p99 = []
    for _ in range(bench.many_rounds):
        path = bench.runner.path("writers.sqlite")
        gate = bench.runner.path("gate")
        for name in [gate] + [f"{gate}-{number}" for number in range(1, processes + 1)]:
            if os.path.exists(name):
                os.unlink(name)
        bench.ours("append", events=1, path=path)
        rate, outputs = together([[bench.programs.bench, "writer", f"path={path}", f"events={each}",
                                   f"worker={number}", f"gate={gate}"]
                                  for number in range(1, processes + 1)], gate)
        rates["ours"].append(rate)
        answers = [json.loads(text) for text in outputs]
        worst["ours"].append(max(answer["latency"]["max"] for answer in answers) / 1000)
        p99.append(median(answer["latency"]["p99"] for answer in answers) / 1000)
        found = bench.ours("verify", path=path).answer["events"]
        if found != processes * each + 2:
            raise RuntimeError(f"{found} events of {processes * each + 2}")
        if bench.programs.raw:
            raw = bench.runner.path("writers.db")
            for suffix in ("", "-wal", "-shm"):
                if os.path.exists(raw + suffix):
                    os.unlink(raw + suffix)
            bench.runner.run([bench.programs.raw, raw, "append", 1, 0])
            rate, outputs = together([[bench.programs.raw, raw, "append", each, number]
                                      for number in range(1, processes + 1)])
            rates["raw"].append(rate)
            worst["raw"].append(max(float(text.split("max=")[1].split("ms")[0]) for text in outputs))
    sync = bench.facts.get("sync p99")
    section.table(["", "events/s in all", "p99 ms", "worst ms"], [
        ["ledger", median(rates["ours"]), median(p99), median(worst["ours"])],
        ["raw C", median(rates["raw"]), "–", median(worst["raw"])]])
    section.target("ledger ÷ raw C", bench.ratio(median(rates["ours"]), median(rates["raw"])), 1,
                   "Who writes takes in what those behind it have put down; when few come back in "
                   "time, a sync is shared by few. To wait for them a little would close it.")
    if sync:
        section.target("worst append ÷ the disk's p99 sync",
                       median(worst["ours"]) * 1000 / sync, 50,
                       "A process waits for the transaction on its way and for its own; fewer "
                       "events in one would close it, at the price of the total.", at_least=False)
    return section
