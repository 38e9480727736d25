#!/usr/bin/env python3
"""Measures how soon the window is there: when something is painted, and when all counts stand in it.

Usage: start.py PROGRAM LANDING [--rounds N]

The window opens on a display of its own, painted by the processor, whose picture lies in a file. That is looked at every
millisecond: painted is when there are letters in the top bar, counts shown is when the figures above the table look as they
do once the program has come to rest. Each round has a home of its own, so nothing is known of earlier ones, and opens the
landing folder twice: as for the first time, and again.
"""

import argparse
import mmap
import os
import shutil
import statistics
import struct
import subprocess
import tempfile
import time
from pathlib import Path

WIDTH, HEIGHT = 1280, 800
# Left, top, right, bottom. The figures end where the review's begin, which come later.
TOP_BAR = (8, 4, 130, 34)
FIGURES = (0, 42, 1020, 132)
REST = 1.0
MOST = 300.0


class Screen:
    """A display without a monitor, and what is on it."""

    def __init__(self, folder):
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", folder, "-nolisten", "tcp"]
        self.server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        self.name = ":" + os.fdopen(reading).readline().strip()
        with open(Path(folder) / "Xvfb_screen0", "rb") as file:
            self.bytes = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        # An X window dump: a header of 32-bit numbers, colours of 12 bytes each, the lines.
        header = struct.unpack(">25I", self.bytes[:100])
        self.line, self.start = header[12], header[0] + 12 * header[19]

    def part(self, place):
        left, top, right, bottom = place
        lines = (self.start + self.line * y for y in range(top, bottom, 2))
        return b"".join(self.bytes[line + 4 * left : line + 4 * right] for line in lines)

    def has_letters(self):
        pixels = memoryview(self.part(TOP_BAR)).cast("I")
        return len(set(pixels)) > 10

    def close(self):
        self.server.terminate()
        self.server.wait()


def processor_time(process):
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def wait(process, holds, every=0.001):
    """The seconds until something holds."""
    started = time.perf_counter()
    while not holds():
        assert process.poll() is None, "the program ended by itself"
        assert time.perf_counter() - started < MOST, "the window does not come to show its counts"
        time.sleep(every)


def rest(process):
    """Waits until the program has had nothing to do for a while."""
    before = None
    while (now := processor_time(process)) != before:
        assert process.poll() is None, "the program ended by itself"
        before = now
        time.sleep(REST)


def opened(program, landing, home, figures=None):
    """Opens the window once. Gives the seconds until it is painted and until the figures are there, and the figures as they
    look; without these, the second is none."""
    with tempfile.TemporaryDirectory() as folder:
        screen = Screen(folder)
        places = {f"XDG_{name}_HOME": f"{home}/{name.lower()}" for name in ("CONFIG", "CACHE", "STATE", "DATA")}
        here = places | {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "DISPLAY": screen.name, "LIBGL_ALWAYS_SOFTWARE": "1"}
        here = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"} | here
        started = time.perf_counter()
        process = subprocess.Popen([program, landing], env=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait(process, screen.has_letters)
            painted = time.perf_counter() - started
            shown = None
            if figures:
                wait(process, lambda: screen.part(FIGURES) == figures)
                shown = time.perf_counter() - started
            rest(process)
            return painted, shown, screen.part(FIGURES)
        finally:
            process.terminate()
            process.wait()
            screen.close()


def measure(program, landing, rounds):
    """Medians of the seconds: painted, counts shown, and counts shown when it is opened again."""
    if not shutil.which("Xvfb"):
        return None
    runs = []
    with tempfile.TemporaryDirectory() as home:
        figures = opened(program, landing, home)[2]
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as home:
            painted, shown, _ = opened(program, landing, home, figures)
            runs.append((painted, shown, opened(program, landing, home, figures)[1]))
    return [statistics.median(run[at] for run in runs) for at in range(3)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("landing")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    found = measure(os.path.abspath(arguments.program), arguments.landing, arguments.rounds)
    if found is None:
        print("Xvfb is missing, so no window can be opened.")
        return
    painted, shown, again = (f"{seconds * 1000:,.0f} ms" for seconds in found)
    print(f"painted {painted}, counts shown {shown}, opened again {again}")


if __name__ == "__main__":
    main()
