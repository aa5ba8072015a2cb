"""Serves a long ledger under load while another process appends, and says what came of it."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

CLI, HERE = sys.argv[1], Path(__file__).parent
SECONDS, CONNECTIONS = sys.argv[2], sys.argv[3]
wrong = []


def say(what, value):
    print(f"{what:44} {value}")


def memory(pid, field="VmRSS"):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


def fetch(path):
    """Seconds to the first byte and to the last, and how many bytes."""
    begun = time.monotonic()
    with urllib.request.urlopen(url + path) as answer:
        first = answer.read(1)
        early = time.monotonic() - begun
        return early, time.monotonic() - begun, len(first + answer.read())


def tell(what, path):
    early, whole, size = fetch(path)
    say(what, f"first byte {early * 1000:.0f} ms, whole {whole * 1000:.0f} ms, {size / 1024:.0f} KiB")


def start():
    """A server, and how long it takes until it listens."""
    begun = time.monotonic()
    server = subprocess.Popen([CLI, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().strip().removeprefix("listening on ").rstrip("/")
    return server, url, f"{(time.monotonic() - begun) * 1000:.0f} ms"


# The very first server reads every event; it leaves a projection from which the next one begins.
server, url, _ = start()
try:
    tell("overview, the first server of this ledger", "/")
finally:
    server.terminate()
    server.wait(60)
server, url, listening = start()
try:
    say("listening after", listening)
    tell("overview, a server started again", "/")
    tell("a moment of the timeline, its first", "/timeline?moment=500")
    for what, path in [("another moment", "/timeline?moment=2000"), ("the newest moment", "/timeline"), ("the same again", "/timeline"),
                       ("overview", "/"), ("events", "/events"), ("what may be destroyed", "/plans/cleanup"), ("graph", "/graph")]:
        tell(what, path)
    page = urllib.request.urlopen(url + "/timeline").read().decode()
    moments = page.split('max="')[1].split('"')[0]
    say("moments on the slider", moments)
    say("memory before the load", f"{memory(server.pid):.0f} MiB")

    ended = threading.Event()
    samples, appends = [], []

    def watch():
        while not ended.wait(1):
            samples.append(memory(server.pid))

    def append():
        number = 0
        while not ended.is_set():
            number += 1
            started = time.monotonic()
            result = subprocess.run([CLI, "record", "note", f"under load {number}", "--actor", "load"], capture_output=True)
            appends.append((result.returncode, time.monotonic() - started))
            ended.wait(0.25)

    others = [threading.Thread(target=watch), threading.Thread(target=append)]
    for other in others:
        other.start()
    size = json.loads(urllib.request.urlopen(url + "/api/v1/state").read())["head"]["size"]
    result = subprocess.run(
        ["wrk", "-t", "2", "-c", CONNECTIONS, "-d", SECONDS + "s", "--timeout", "60s", "-s", str(HERE / "mix.lua"), url],
        capture_output=True, text=True, env={**os.environ, "MOMENTS": moments}, check=True)
    ended.set()
    for other in others:
        other.join()
    found = [line.split() for line in result.stdout.splitlines()]
    statuses = {int(line[1]): int(line[2]) for line in found if line[:1] == ["status"]}
    facts = {line[0]: line[1:] for line in found if line and line[0] in ("retry-after", "broken", "timeout", "latency")}
    total = sum(statuses.values())
    say(f"answers in {SECONDS} s over {CONNECTIONS} connections", f"{total}, {total / int(SECONDS):.0f} a second")
    say("by status", ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items())))
    say("latency", "median {} ms, 99 in 100 within {} ms, longest {} ms".format(*facts["latency"]))
    say("connections broken, answers too late", f"{facts['broken'][0]}, {facts['timeout'][0]}")
    half = samples[len(samples) // 3:]
    say("memory under load", f"{samples[0]:.0f} MiB at first, then {min(half):.0f} to {max(half):.0f} MiB; peak {memory(server.pid, 'VmHWM'):.0f} MiB")
    good = [seconds for code, seconds in appends if code == 0]
    say("appends of another process", f"{len(good)} of {len(appends)} acknowledged, longest {max(good, default=0) * 1000:.0f} ms")
    newest = json.loads(urllib.request.urlopen(url + "/api/v1/state").read())["head"]["size"]
    busy = statuses.get(503, 0)
    if any(status not in (200, 503) for status in statuses):
        wrong.append("an answer other than 200 and 503")
    if busy != int(facts["retry-after"][0]):
        wrong.append("a 503 that does not say when to come back")
    if int(facts["broken"][0]) + int(facts["timeout"][0]):
        wrong.append("a connection without an answer")
    if len(good) != len(appends) or newest - size < len(good) - 1:
        wrong.append("an append that was not acknowledged or not seen")
    if server.poll() is not None:
        wrong.append("the server ended")
finally:
    server.terminate()
    server.wait(60)
for line in wrong:
    print("WRONG:", line)
sys.exit(1 if wrong else 0)
