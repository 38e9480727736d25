#!/usr/bin/env python3
"""Measures how fast and in how much memory an export is written, against DuckDB.

Usage: export_against_duckdb.py PROGRAM [--check] [--rounds N] [--customers N]

Generated landing files of 235,000 customers give ten million rows of the machine-learning table. Ours is the time from the
ready table to its synced Parquet files, with the SHA-256 of every file and of the content, as the file system tells it: from
the birth of the table's folder to that of the next file. DuckDB's is COPY, with two threads and zstd, of the very same table,
sorted and in memory already, and syncing the file. They run in turns, each in a process of its own; medians are compared. The
figures in the README come from a quiet machine. With --check this is a guard against a change that makes writing much slower:
fewer rows, a ratio well under the measured one, three tries.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import measuring

MANY, FEW = 235_000, 30_000
LEAST_RATIO = 0.25
LEARNING = "machine_learning_curated"


def landing(program, customers):
    """Generated landing files, kept for the next time."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stedi-workbench/bench"
    folder = cache / f"landing-{customers}"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(unfinished := folder.with_suffix(".unfinished"), ignore_errors=True)
        measuring.generate(program, customers, unfinished)
        unfinished.rename(folder)
    return folder


def born(path):
    """When a file came to be, in seconds. Python does not tell on every system."""
    return float(subprocess.run(["stat", "--format=%.9W", path], check=True, capture_output=True, text=True).stdout)


def ours(program, folder, home):
    """One export. Gives seconds of writing and of all after the review, and memory: at most, and added while writing."""
    out = home / "export"
    places = {name: str(home / name) for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    command = [program, "export", folder, "--out", out, "--replace", "--join", "owner", "--analyst", "Bench", "--key", "throw-away", "--json"]
    _, said, seen = measuring.run(command, os.environ | places, watched=True)
    start, end = born(out / LEARNING), born(out / "report.html")
    writing = [size for at, size in seen if start <= at <= end]
    return {
        "rows": next(table["rows"] for table in said["manifest"]["tables"] if table["name"] == LEARNING),
        "writing": end - start,
        "whole": said["seconds"],
        "most": measuring.most(seen),
        "added": max(writing) - writing[0] if writing else 0,
    }


def measure(program, folder, rounds, peers={"duckdb": sys.executable}):
    """Medians of ours and of the peers' copies of the same table, which must have as many rows."""
    runs, theirs = [], {name: [] for name in peers}
    with tempfile.TemporaryDirectory() as home:
        for _ in range(rounds):
            runs.append(ours(program, folder, Path(home)))
            for name, python in peers.items():
                answer = measuring.peer(python, name, "copy", f"{home}/export/{LEARNING}/*.parquet")
                measuring.agree({"learning": runs[-1]["rows"]}, answer["rows"], name)
                theirs[name].append(answer["seconds"])
    middle = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return middle | {name: statistics.median(seconds) for name, seconds in theirs.items()}


def say(found):
    megabytes = lambda name: f"{found[name] / 1e6:,.0f} MB"
    print(f"{found['rows']:,.0f} rows: writing {found['writing']:.2f} s, DuckDB's COPY {found['duckdb']:.2f} s, {found['duckdb'] / found['writing']:.2f} of its speed")
    print(f"  all after the review {found['whole']:.1f} s; {megabytes('most')} in memory at most, {megabytes('added')} added while writing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--customers", type=int)
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    if not arguments.check:
        # Of few rows and of many, as the memory that writing takes must not depend on them.
        for customers in [arguments.customers] if arguments.customers else [MANY // 4, MANY]:
            say(measure(program, landing(program, customers), arguments.rounds))
        return
    for attempt in range(3):
        say(found := measure(program, landing(program, arguments.customers or FEW), arguments.rounds))
        if found["duckdb"] >= LEAST_RATIO * found["writing"]:
            return
        print(f"under {LEAST_RATIO} of its speed, attempt {attempt + 1} of 3")
    sys.exit("exports are written too slowly")


if __name__ == "__main__":
    main()
