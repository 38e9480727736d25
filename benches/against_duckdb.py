#!/usr/bin/env python3
"""Measures the whole job, landing JSON to five Parquet tables, against DuckDB doing the same.

Usage: against_duckdb.py PROGRAM [--check] [--rounds N] [--landing FOLDER]

Ours is the wall clock of the whole process, from its start to its end. DuckDB's is the time within its process,
without the start of Python and DuckDB. Both take the same files, use two threads and write zstd Parquet; they run
in turns, and medians are compared. With --check the run fails over 100 ms or when DuckDB is clearly faster; since a
machine that does something else at the time makes both slower, it may try three times.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOST_MILLISECONDS = 100
LEAST_RATIO = 0.8

HERE = Path(__file__).resolve()
CHECKS = HERE.parents[1] / "tests/checks"

DUCKDB = """
import sys, time
sys.path.insert(0, sys.argv[1])
import duckdb, tables
connection = duckdb.connect(config={"threads": 2})
started = time.perf_counter()
tables.land(connection, sys.argv[2])
tables.curate(connection, {})
for table in tables.TABLES:
    connection.execute(f"COPY {table} TO '{sys.argv[3]}/{table}.parquet' (FORMAT parquet, COMPRESSION zstd)")
print(time.perf_counter() - started)
"""


def ours(program, landing, out):
    started = time.perf_counter()
    subprocess.run([program, "curate", landing, "--out", out, "--json"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def duckdb(landing, out):
    command = [sys.executable, "-c", DUCKDB, str(CHECKS), landing, out]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(program, landing, rounds):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        ours(program, landing, one), duckdb(landing, other)
        times = [(ours(program, landing, one), duckdb(landing, other)) for _ in range(rounds)]
    return statistics.median(t for t, _ in times), statistics.median(t for _, t in times)


def landing_folder(given):
    sys.path.insert(0, str(CHECKS))
    import tables

    return given or tables.real_data()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--landing")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    landing = landing_folder(arguments.landing)
    if landing is None:
        return
    for attempt in range(3):
        mine, theirs = measure(program, str(landing), arguments.rounds)
        ratio = theirs / mine
        print(f"{'':<34}{'median':>10}")
        print(f"{'stedi-workbench, whole process':<34}{mine * 1000:>7.0f} ms")
        print(f"{'DuckDB, in its process':<34}{theirs * 1000:>7.0f} ms")
        print(f"{'ratio':<34}{ratio:>9.1f}x")
        if not arguments.check or (mine * 1000 <= MOST_MILLISECONDS and ratio >= LEAST_RATIO):
            return
        print(f"over {MOST_MILLISECONDS} ms or under {LEAST_RATIO} times, attempt {attempt + 1} of 3")
    sys.exit("the whole job is too slow")


if __name__ == "__main__":
    main()
