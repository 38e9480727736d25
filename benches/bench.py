#!/usr/bin/env python3
"""Measures everything that the README says about speed and memory, and prints it as one table.

Usage: bench.py PROGRAM [--check] [--times 1,10,100] [--only ROWS] [--peers NAMES] [--spark PYTHON]

Rows are what is measured, columns who: ours, and the peers that can do the same, from the same run. Before any time counts,
each does each job once, and all must have the same rows in each table, or the script fails. Then each peer runs in turns with
ours, ours first, and the medians of these turns are compared: what a third leaves behind (Spark's gigabytes of memory that have
to be had anew) is in no comparison. The files are in the page cache.

- Ours is measured twice: the wall clock of the whole process, from its start to its end, and the seconds within it, as it says
  itself. A peer's are the seconds within its process: without the start of Python, of the library, and of Spark's Java machine.
- A peer's cell has its time, and how many times ours within the process that is. Over 1, ours is faster.
- The reader: landing JSON to typed columns in memory. Ours also lists what it refuses; a version that
  does not say how long reading took is measured by its whole count.
- The whole job: landing JSON to five Parquet tables (zstd) that are synced to the disk.
- Memory: what the process and those that it started have resident at most, looked at every 2 ms during the runs that compare
  the rows.
- Size 1 is the public data, or without them generated files of as many customers; 10 and 100 are generated, in a temporary
  folder.

With --check it also fails when one of the floors at the end is missed.
"""

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import export_against_duckdb as export
import measuring
import start

PEERS = {"duckdb": "DuckDB", "polars": "Polars", "pandas": "pandas", "pyspark": "PySpark"}
# How often each is run, by size; PySpark, which takes long to start, at most three times.
ROUNDS = {1: 9, 10: 5, 100: 3}
MOST_ROUNDS = {"pyspark": 3}
JOBS = {"read": "reader", "job": "whole job"}
ROWS = [*JOBS, "again", "limit", "start", "frames", "owners", "export"]
# Job, size, and how many times ours DuckDB's must be.
FLOORS = [("read", 1, 3), ("read", 100, 3), ("job", 1, 5), ("job", 100, 3)]


class Table:
    """What was measured, a row at a time, and why some of it was not."""

    def __init__(self, peers, lacking):
        self.peers, self.notes = peers, [f"{PEERS[peer]} was not measured: {why}." for peer, why in lacking.items()]
        self.rows = [["", "ours, whole process", "ours, within", *(PEERS[peer] for peer in peers)]]

    def add(self, name, process=None, inside=None, theirs={}, spelled=None, beside={}):
        """A row; what nobody measures is a dash. Peers are compared with ours `beside` them, or else with ours within the process,
        or with the whole."""
        spelled = spelled or seconds
        cells = [spelled(figure) if figure else "-" for figure in (process, inside)]
        compared = lambda peer: f"{spelled(theirs[peer])}, {theirs[peer] / beside.get(peer, inside or process):.1f} ×"
        self.rows.append([name, *cells, *(compared(peer) if peer in theirs else "-" for peer in self.peers)])

    def print(self):
        widths = [max(len(row[at]) for row in self.rows) for at in range(len(self.rows[0]))]
        for place, row in enumerate(self.rows):
            cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
            print(f"| {' | '.join(cells)} |")
            if place == 0:
                print(f"|-{'-|-'.join('-' * width for width in widths)}-|")
        print("\n".join(self.notes))


def seconds(figure):
    return f"{figure:,.2f} s" if figure >= 1 else f"{figure * 1000:.{0 if figure >= 0.02 else 1}f} ms"


def megabytes(figure):
    return f"{figure / 1e6:,.0f} MB"


def say(words):
    """What is going on; the table alone is on standard output."""
    print(words, file=sys.stderr, flush=True)


def lacks(name, python):
    """Why a peer cannot be measured; none if it can."""
    if name == "pyspark" and not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        return "Java is missing"
    done = subprocess.run([python, "-c", f"import {name}"], capture_output=True, text=True)
    return done.stderr.strip().splitlines()[-1] if done.returncode else None


def run_jobs(program, landing, size, jobs, peers, table):
    """Adds the rows of reading and of the whole job at a size. Gives how many times ours DuckDB's takes, by job."""
    ratios = {}
    name = "real size" if size == 1 else f"{size} times"
    for job in jobs:
        say(f"{JOBS[job]}, {name}")
        mine = measuring.ours(program, job, landing, watched=True)
        watched = {peer: measuring.peer(python, peer, job, landing, watched=True) for peer, python in peers.items()}
        for peer, answer in watched.items():
            measuring.agree(mine["rows"], answer["rows"], PEERS[peer])
        runs, theirs, beside, most = [], {}, {}, ROUNDS.get(size, 3)
        for peer, python in peers.items():
            rounds = min(most, MOST_ROUNDS.get(peer, most))
            pairs = [(measuring.ours(program, job, landing), measuring.peer(python, peer, job, landing)) for _ in range(rounds)]
            theirs[peer] = median(their["seconds"] for _, their in pairs)
            beside[peer] = [median(our[key] for our, _ in pairs) for key in ("inside", "process")]
            runs += [our for our, _ in pairs]
        runs = runs or [measuring.ours(program, job, landing) for _ in range(most)]
        process, inside = (median(run[key] for run in runs) for key in ("process", "inside"))
        # Our process does more than read, and what it says of reading is within it.
        insides = {peer: ours[0] for peer, ours in beside.items()}
        table.add(f"{JOBS[job]}, {name}", process if job == "job" else None, inside, theirs, beside=insides)
        memory = {peer: answer["memory"] for peer, answer in watched.items()}
        table.add(f"memory of the {JOBS[job]}, {name}", mine["memory"], None, memory, megabytes)
        if "duckdb" in theirs:
            ratios[job] = [theirs["duckdb"] / ours for ours in beside["duckdb"]]
    return ratios


def run_again(program, landing, size, table):
    """Adds the row of counting what was counted before, with what was kept of it."""
    say(f"counting again, {size} times")
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "count", landing, "--cache", "--json"]
        runs = [measuring.run(command, measuring.homes(folder)) for _ in range(4)][1:]
    process, inside = (median(figures) for figures in zip(*((run[0], run[1]["seconds"]) for run in runs)))
    table.add(f"counts of files that are known, {size} times", process, inside)


def run_limited(program, landing, size, table):
    """Adds the rows of the whole job with a quarter of the memory that it would take."""
    say(f"little memory, {size} times")
    bytes_there = sum(file.stat().st_size for file in landing.rglob("*") if file.is_file())
    limit = bytes_there // 2
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "curate", landing, "--memory-limit", limit, "--out", f"{folder}/zones", "--json"]
        process, said, seen = measuring.run(command, measuring.homes(folder) | {"TMPDIR": folder}, watched=True)
    table.add(f"whole job within {megabytes(limit)}, {size} times", process, said["seconds"])
    table.add("memory of that", measuring.most(seen), spelled=megabytes)


def run_start(program, landing, size, table):
    """Adds the rows of the window: opened for the first time and again, with whatever the program remembers."""
    say(f"the window, {size} times")
    found = start.measure(program, landing, 5 if size == 1 else 3)
    name = "real size" if size == 1 else f"{size} times"
    if found is None:
        table.notes.append(f"The window was not opened at {name}: Xvfb is missing.")
    for what, figure in zip(("window painted", "all counts shown", "all counts shown, opened again"), found or [None] * 3):
        table.add(f"{what}, {name}", figure)


def cargo_bench(name):
    """What one of the benchmarks of the code prints."""
    say(f"cargo bench --bench {name}")
    command = ["cargo", "bench", "--locked", "--bench", name]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=measuring.HERE).stdout


def run_frames(table):
    said = cargo_bench("tables")
    rows = int(re.search(r"^rows +(\d+)", said, re.M)[1])
    for filtered, figure in re.findall(r"^frame while scrolling(, filtered)? .*? ([\d.]+) ms 99th", said, re.M):
        table.add(f"frame, table of {rows:,} rows{filtered}, 99th percentile", None, float(figure) / 1e3)
    for readings, figure in re.findall(r"^frame at (\d+) readings.*? ([\d.]+) ms 99th", cargo_bench("plot"), re.M):
        table.add(f"frame, chart of {int(readings):,} readings, 99th percentile", None, float(figure) / 1e3)


def run_owners(table):
    readings, figure = re.search(r"^(\d+) accelerometer readings: ([\d.]+) s", cargo_bench("owners"), re.M).groups()
    table.add(f"owner inference, {int(readings):,} readings", None, float(figure))


def run_export(program, landing, peers, table):
    say("export")
    found = export.measure(program, landing, 3, peers)
    theirs = {peer: found[peer] for peer in peers}
    table.add(f"export written, {found['rows']:,.0f} rows", None, found["writing"], theirs)
    table.add("memory added by writing it", found["added"], spelled=megabytes)


def say_floors(ratios):
    """Prints each floor with what was reached. Gives whether all were."""
    reached = True
    for job, size, least in FLOORS:
        if (job, size) not in ratios:
            continue
        inside, process = ratios[job, size]
        good = inside >= least
        reached &= good
        whole = f"; {process:.1f} times our whole process" if job == "job" else ""
        words = "pass" if good else "FAIL"
        print(f"{words}: {JOBS[job]} at {size} times the real size: DuckDB takes {inside:.1f} times ours{whole}; at least {least} wanted")
    return reached


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--times", default="1,10,100", help="sizes, the real one being 1")
    parser.add_argument("--only", default=",".join(ROWS), help=f"some of {','.join(ROWS)}")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"some of {','.join(PEERS)}; PySpark takes most of the time")
    parser.add_argument("--spark", default=sys.executable, metavar="PYTHON", help="a Python that has pyspark")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    only, sizes = arguments.only.split(","), sorted(map(int, arguments.times.split(",")))
    pythons = {peer: arguments.spark if peer == "pyspark" else sys.executable for peer in arguments.peers.split(",")}
    lacking = {peer: why for peer, python in pythons.items() if (why := lacks(peer, python))}
    peers = {peer: python for peer, python in pythons.items() if peer not in lacking}
    table, ratios = Table(list(peers), lacking), {}
    for size in sizes:
        with contextlib.ExitStack() as stack:
            landing = measuring.real_data() if size == 1 else None
            if landing is None:
                landing = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "landing"
                say(f"generating {size} times the real size")
                measuring.generate(program, size * measuring.CUSTOMERS, landing)
            jobs = [job for job in JOBS if job in only]
            for job, ratio in run_jobs(program, landing, size, jobs, peers, table).items():
                ratios[job, size] = ratio
            if "again" in only:
                run_again(program, landing, size, table)
            if "limit" in only and size == sizes[-1]:
                run_limited(program, landing, size, table)
            if "start" in only and size in (sizes[0], sizes[-1]):
                run_start(program, landing, size, table)
            if "export" in only and size == sizes[-1]:
                run_export(program, landing, peers, table)
    if "frames" in only:
        run_frames(table)
    if "owners" in only:
        run_owners(table)
    table.print()
    if not say_floors(ratios) and arguments.check:
        sys.exit("a floor was missed")


if __name__ == "__main__":
    main()
