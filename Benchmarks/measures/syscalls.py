"""Counts the syncs of appends with strace: the proof that an acknowledgement is covered by one."""
import re
import shutil

from harness.page import Section


def run(bench):
    section = Section(
        "Syncs, counted",
        "`strace -f -c` over the same appends. A single caller needs a sync for each "
        "acknowledgement; callers who share one need fewer, and each is answered only after a sync "
        "that began when its bytes were written.")
    if not shutil.which("strace"):
        section.notes.append("strace is not installed here.")
        return section
    count = bench.count(1000, 100)
    path = bench.runner.path("strace.sqlite")
    rows = []
    for name, callers in (("one caller", 1), ("64 callers", 64)):
        report = bench.runner.path("strace.txt")
        try:
            bench.runner.run(
                ["strace", "-f", "-c", "-e", "trace=fsync,fdatasync,pwrite64", "-o", report,
                 bench.programs.bench, "append", f"events={count}", f"callers={callers}",
                 f"path={path}"])
        except RuntimeError as error:
            section.notes.append(f"strace may not trace here: {str(error)[-120:]}")
            return section
        with open(report) as file:
            text = file.read()
        calls = {call: int(number) for number, call in
                 re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", text, re.M)}
        syncs = calls.get("fdatasync", 0) + calls.get("fsync", 0)
        rows.append([name, str(count), str(syncs), syncs / count,
                     calls.get("pwrite64", 0) / count])
    section.table(["", "acknowledged", "syncs", "syncs each", "writes each"], rows)
    section.target("syncs for an acknowledgement of one caller", rows[0][3], 1,
                   "An append was acknowledged without a sync of its own: the connection that "
                   "commits must have `synchronous` at FULL.")
    return section
