"""Prepares the programs that are measured: ours, and the peers from a folder or from Benchmarks/Peers."""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def compiled(source, target, libraries):
    """Compiles a C program; the path of the result, None when there is no compiler or library."""
    for compiler in ("gcc", "cc", "clang"):
        if shutil.which(compiler):
            line = [compiler, "-O2", "-o", target, source] + ["-l" + name for name in libraries]
            done = subprocess.run(line, capture_output=True, text=True)
            if done.returncode == 0:
                return target
            print(f"bench: note: {os.path.basename(source)} does not compile (it wants the headers "
                  f"of {' and '.join(libraries) or 'C'}): {done.stderr.strip()[-200:]}",
                  file=sys.stderr)
            return None
    return None


class Programs:
    """The paths of the programs; what is missing is None, and its column stays empty."""

    def __init__(self, bench, cli, folder, work, quick):
        self.bench = bench
        self.cli = cli
        self.folder = folder
        self.notes = []
        self.skipped = []

        def source(name, standin=None):
            given = os.path.join(folder, name) if folder else ""
            if given and os.path.exists(given):
                return given
            own = os.path.join(HERE, "Peers", standin or name)
            return own if os.path.exists(own) else None

        self.raw = compiled(source("sqlite_raw.c", "raw.c"), os.path.join(work, "raw"),
                            ["sqlite3", "crypto"])
        self.sync = compiled(source("fsync_lat.c", "sync.c"), os.path.join(work, "sync"), [])
        self.ours = compiled(os.path.join(HERE, "Peers", "ours.c"), os.path.join(work, "ours"),
                             ["sqlite3", "crypto"])
        self.git = source("bench_git.sh", "git.sh") if shutil.which("git") else None
        self.pyes = source("bench_pyes.py", "pyes.py")
        if quick:
            self.python = None
            self.skipped.append("Python eventsourcing, which comes from the network")
        else:
            self.python = self.environment(work)
        for name in ("raw", "sync", "ours", "git"):
            if not getattr(self, name):
                self.notes.append(f"`{name}` could not be prepared; its figures are missing")
                self.skipped.append(f"the peer `{name}`, which could not be prepared here")

    def environment(self, work):
        """A virtual environment with eventsourcing from PyPI; None without the network."""
        place = os.path.join(work, "venv")
        try:
            subprocess.run([sys.executable, "-m", "venv", place], check=True, capture_output=True)
            python = os.path.join(place, "bin", "python")
            subprocess.run([python, "-m", "pip", "install", "-q", "eventsourcing==9.5.6"],
                           check=True, capture_output=True, timeout=180)
            return python
        except (OSError, subprocess.SubprocessError):
            self.notes.append("Python eventsourcing could not be installed from PyPI")
            return None
