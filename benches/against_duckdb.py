#!/usr/bin/env python3
"""Measures the whole job, landing JSON to five Parquet tables, against DuckDB.

Usage: against_duckdb.py PROGRAM [--check] [--rounds N] [--landing FOLDER]

Ours is the wall clock of the whole process, from its start to its end. DuckDB's is the time within its process,
without the start of Python and DuckDB, with two threads and zstd Parquet, for three jobs (see duckdb_job.py): the
tables alone with declared columns, the tables alone as DuckDB finds them, and the tables with all that the workbench
checks and counts. They run in turns on the same files; medians are compared. The figures must be ours before any
time counts. The figures in the README come from a quiet machine. With --check this is a guard against a change that
makes the job much slower, on whatever machine: it fails over 200 ms or under the ratios below, which are well under
the measured ones, since the parts of the job scale differently with cores, disk and load; and it may try three times.
"""

import argparse
import os
import statistics
import sys
import tempfile

import measuring

MOST_MILLISECONDS = 200
LEAST_RATIO = {"declared": 0.8, "detected": 1, "checked": 2.5}

OURS = "stedi-workbench, whole process"
NAMES = {
    "declared": "DuckDB, tables alone, columns declared",
    "detected": "DuckDB, tables alone, columns detected",
    "checked": "DuckDB, with the same checks and counts",
}


def duckdb(job, landing):
    with tempfile.TemporaryDirectory() as out:
        return measuring.run([sys.executable, measuring.HERE / "duckdb_job.py", job, landing, out])[1]


def agree(program, landing):
    """Both count the same rows and losses, or they did not do the same."""
    mine = measuring.ours(program, "job", landing)
    for job, name in NAMES.items():
        answer = duckdb(job, landing)
        measuring.agree(mine["rows"], answer["rows"], name)
        for table, dropped in answer["dropped"].items():
            ours = sorted(mine["said"]["tables"][table]["dropped"].values())
            assert ours == sorted(filter(None, dropped)), f"{job}: {table} drops {dropped}, not {ours}"


def measure(program, landing, rounds):
    """The median seconds of ours and of each job of DuckDB's."""
    times = {"ours": [], **{job: [] for job in NAMES}}
    agree(program, landing)
    for _ in range(rounds):
        for job in NAMES:
            times["ours"].append(measuring.ours(program, "job", landing)["process"])
            times[job].append(duckdb(job, landing)["seconds"])
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def is_enough(medians):
    ratios = all(medians[job] >= least * medians["ours"] for job, least in LEAST_RATIO.items())
    return medians["ours"] * 1000 <= MOST_MILLISECONDS and ratios


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--landing")
    arguments = parser.parse_args()
    landing = arguments.landing or measuring.real_data()
    if landing is None:
        return
    for attempt in range(3):
        medians = measure(os.path.abspath(arguments.program), str(landing), arguments.rounds)
        print(f"{OURS:<42}{medians['ours'] * 1000:>6.0f} ms")
        for job, name in NAMES.items():
            print(f"{name:<42}{medians[job] * 1000:>6.0f} ms{medians[job] / medians['ours']:>6.1f} times ours")
        if not arguments.check or is_enough(medians):
            return
        print(f"over {MOST_MILLISECONDS} ms, or under {LEAST_RATIO} times, attempt {attempt + 1} of 3")
    sys.exit("the whole job is too slow")


if __name__ == "__main__":
    main()
