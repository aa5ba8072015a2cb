"""Imports of a transcript and of a file of events, beside raw C that writes the very same rows."""
from harness.page import Section
from harness.running import median


def run(bench):
    section = Section(
        "Import",
        "From a file to committed rows: read, parsed, made canonical, hashed, indexed, in one "
        "transaction. Raw C is given the finished bytes of the same records and contents in memory "
        "and writes them with the same tables, indexes, tree nodes and postings, in one transaction and in "
        "thousands; it parses nothing. As the ledger's own connection that appends, it leaves the "
        "triggers of the file off; beside it, with them.")
    count = bench.count(200_000, 2000)
    files = {"transcript": bench.runner.path("events.transcript"),
             "jsonl": bench.runner.path("events.jsonl")}
    bench.runner.run([bench.programs.bench, "sample", f"events={count}"]
                     + [f"{kind}={path}" for kind, path in files.items()], note=False)
    paths = {kind: bench.runner.path(f"{kind}.sqlite") for kind in files}
    for kind in files:  # The rows that raw C writes again.
        bench.ours("import", file=files[kind], path=paths[kind])
    scratch = bench.runner.path("import.sqlite")
    programs = {}
    for kind in files:
        programs[kind] = lambda kind=kind: bench.ours("import", file=files[kind], path=scratch)
        if bench.programs.ours:
            programs[kind + " raw"] = lambda kind=kind: bench.runner.run(
                [bench.programs.ours, "write", paths[kind], bench.runner.path("same.db"), 0, "off"])
            programs[kind + " raw 1000"] = lambda kind=kind: bench.runner.run(
                [bench.programs.ours, "write", paths[kind], bench.runner.path("same.db"), 1000,
                 "off"])
            programs[kind + " triggers"] = lambda kind=kind: bench.runner.run(
                [bench.programs.ours, "write", paths[kind], bench.runner.path("same.db"), 0])
    if bench.programs.raw:
        programs["batch"] = lambda: bench.runner.run(
            [bench.programs.raw, bench.runner.path("raw.db"), "batch", count, 1000, 2, "FULL",
             "chain"])
    runs = bench.runner.in_turn(bench.rounds if bench.quick else bench.rounds + 2, **programs)
    rate = {name: median(run.rate for run in of) for name, of in runs.items()}
    bytes_each = {kind: median(run.number(r"bytes=(\d+)") for run in runs.get(kind + " raw", []))
                  for kind in files}
    names = {"transcript": "ledger, transcript", "jsonl": "ledger, JSONL",
             "transcript raw": "raw C, rows of the transcript, one transaction",
             "transcript raw 1000": "raw C, rows of the transcript, 1000 a transaction",
             "transcript triggers": "raw C, rows of the transcript, one transaction, with triggers",
             "jsonl raw": "raw C, rows of the JSONL, one transaction",
             "jsonl raw 1000": "raw C, rows of the JSONL, 1000 a transaction",
             "jsonl triggers": "raw C, rows of the JSONL, one transaction, with triggers",
             "batch": "raw C, `batch N 1000 2 FULL chain`, 300 bytes each"}
    rows = []
    for name, text in names.items():
        if name not in rate:
            continue
        total = bytes_each.get(name.split()[0])
        size = total / count if total else 300 if name == "batch" else None
        rows.append([text, rate[name], size, rate[name] * size / 1e6 if size else None,
                     median(run.memory for run in runs[name])])
    section.table(["", "events/s", "bytes each", "MB/s of records", "MiB"], rows)
    for kind in files:
        section.target(f"{kind} ÷ raw C with our tables, triggers off",
                       bench.ratio(rate[kind], rate.get(kind + " raw")), 0.6,
                       "Reading the text and writing the rows take a processor each, about the "
                       "same time; what is left of both are many small steps.")
        if rate.get("batch"):
            size = (bytes_each[kind] or 0) / count
            section.notes.append(
                f"{kind} ÷ `batch N 1000 2 FULL chain`: {rate[kind] / rate['batch']:.2f} × by events, "
                f"{rate[kind] * size / (rate['batch'] * 300):.2f} × by bytes of records.")
    return section
