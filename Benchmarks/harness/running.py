"""Runs programs in turn and keeps what each said, how long it took and how much memory it had."""
import json
import os
import re
import subprocess
import tempfile
import time

# What is kept of an output, in bytes: the end. The system counts the memory of the process that
# starts a program as the program's until its first step, so that this one has to stay small.
KEPT_OUTPUT = 1 << 20


class Run:
    """One run of a program."""

    def __init__(self, line, output, status, wall, usage):
        self.line = line
        self.output = output
        self.status = status
        self.wall = wall
        self.memory = usage.ru_maxrss / 1024  # MiB
        self.cpu = usage.ru_utime + usage.ru_stime

    @property
    def answer(self):
        """The JSON line of one of our measures."""
        return json.loads(self.output.strip().splitlines()[-1])

    def number(self, pattern):
        """The number in the output that a pattern finds, None when there is none."""
        found = re.search(pattern, self.output)
        return float(found.group(1)) if found else None

    @property
    def rate(self):
        """Events or rows a second, of ours and of the peers alike."""
        if self.output.lstrip().startswith("{"):
            return self.answer["rate"]
        return self.number(r"([0-9.]+) (?:ev|rows|commits)/s")


class Runner:
    """Runs programs in a folder of its own on the disk that is measured."""

    def __init__(self, work, realtime=False, folders=()):
        self.work = work
        # Folders of this machine and what the page calls them; the longest first.
        self.folders = sorted([(work, "FOLDER"), *folders], key=lambda pair: -len(pair[0]))
        self.prefix = ["chrt", "-r", "5"] if realtime else []
        self.commands = []
        # The processor that programs are kept on; None leaves it to the system.
        self.processor = None

    def path(self, name):
        """A path in the folder."""
        return os.path.join(self.work, name)

    def run(self, line, note=True, statuses=(0,), **more):
        """Runs a program to its end; raises when it fails."""
        if self.processor is not None:
            more["preexec_fn"] = lambda: os.sched_setaffinity(0, {self.processor})
        line = [str(word) for word in line]
        if note:
            self.remember(line)
        with tempfile.TemporaryFile(dir=self.work) as output, \
                tempfile.TemporaryFile(dir=self.work) as errors:
            start = time.monotonic()
            child = subprocess.Popen(self.prefix + line, stdout=output, stderr=errors,
                                     cwd=self.work, **more)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - start
            output.seek(max(0, output.seek(0, os.SEEK_END) - KEPT_OUTPUT))
            errors.seek(0)
            text = output.read().decode(errors="replace")
            if child.returncode not in statuses:
                raise RuntimeError(f"{' '.join(line)}: exit {child.returncode}: "
                                   f"{errors.read().decode()[-600:]}")
            return Run(line, text, child.returncode, wall, usage)

    def remember(self, line):
        """Keeps a command line for the page, with the folders taken out."""
        program, *words = line
        text = " ".join([os.path.basename(program)] + [
            word[len(self.work) + 1:] if word.startswith(self.work + os.sep) else self.masked(word)
            for word in words])
        if text not in self.commands:
            self.commands.append(text)

    def masked(self, text):
        """A text without any folder of this machine."""
        for folder, name in self.folders:
            text = text.replace(folder, name)
        return text

    def in_turn(self, rounds, on_one_processor=False, **programs):
        """Runs programs one after the other, so many times round; the runs of each by its name.

        Every other round goes backwards, so that none always comes after the same one. Programs
        that wait for the disk are half as fast again on the processor that it interrupts as on
        another one; kept on one, none is lucky.
        """
        runs = {name: [] for name in programs}
        if on_one_processor and hasattr(os, "sched_getaffinity"):
            self.processor = max(os.sched_getaffinity(0))
        try:
            for number in range(rounds):
                for name in list(programs) if number % 2 == 0 else reversed(programs):
                    if programs[name]:
                        runs[name].append(programs[name]())
        finally:
            self.processor = None
        return runs


def median(values):
    """The median; None of nothing."""
    values = sorted(value for value in values if value is not None)
    if not values:
        return None
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
