#!/usr/bin/env python3
"""Counts the instructions of the core paths and compares them with those that are kept.

Usage: instructions.py [--renew] [--twice]

A time depends on the machine and on what else runs on it; a count of instructions hardly does, so a change that makes a path
slower shows on any machine. `benches/core.rs` takes each path once, on input that is always the same and on one thread, under
valgrind's callgrind; a second run without the path is subtracted. It fails when a path takes more than 5 % more than
`benches/instructions.json` has, and says when one takes more than 5 % less, so that the file is renewed (--renew). Compiler,
C library, valgrind and what it offers of the processor change the counts, so they are kept too, and nothing is compared where
they differ. --twice counts everything again, and fails when two counts differ by more than 1 %.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
KEPT = REPOSITORY / "benches/instructions.json"
MOST_PERCENT = 5
MOST_NOISE_PERCENT = 1
ONE_THREAD = os.environ | {"RAYON_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, env=ONE_THREAD).stdout.strip()


def built():
    """The program that takes a path."""
    command = ["cargo", "bench", "--locked", "--bench", "core", "--no-run", "--message-format", "json-render-diagnostics"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    artifacts = [json.loads(line) for line in done.stdout.splitlines()]
    return next(it["executable"] for it in artifacts if it.get("target", {}).get("name") == "core" and it.get("executable"))


def surroundings(core):
    """What the counts depend on beside our code and its libraries."""
    return {
        "rustc": said("rustc", "--version"),
        "libc": " ".join(platform.libc_ver()),
        "valgrind": said("valgrind", "--version"),
        "processor": said("valgrind", "--quiet", "--tool=none", core, "--processor"),
    }


def instructions(core, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", core, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=ONE_THREAD | {"TMPDIR": folder})
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not collected:
        sys.exit(f"FAILED: {' '.join(command)}\n{done.stderr}")
    return int(collected[1])


def count(core):
    """The instructions of each path."""
    paths = said(core, "--list").split()
    of_path = lambda path: instructions(core, path) - instructions(core, path, "--only-prepare")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(paths, pool.map(of_path, paths)))


def percent(now, before):
    return 100 * (now - before) / max(before, 1)


def compare(counted, kept):
    """Says how each path compares; gives those that grew too much."""
    grew, fell = [], []
    for path, now in counted.items():
        before = kept.get(path)
        change = percent(now, before) if before else 0
        print(f"{path:<24}{now:>14,}" + (f"{change:>+8.1f} %" if before else "   not kept yet"))
        if change > MOST_PERCENT:
            grew.append(path)
        if change < -MOST_PERCENT or not before:
            fell.append(path)
    gone = [path for path in kept if path not in counted]
    if fell or gone:
        print(f"New, gone, or more than {MOST_PERCENT} % fewer: {', '.join(fell + gone)}. Renew {KEPT.name} with --renew.")
    return grew


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--renew", action="store_true")
    parser.add_argument("--twice", action="store_true")
    arguments = parser.parse_args()
    core = built()
    here = surroundings(core)
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    differs = [f"{name} {here[name]} (kept: {kept.get(name)})" for name in here if kept.get(name) != here[name]]
    if differs and not arguments.renew:
        print(f"SKIPPED: the kept counts of instructions are not comparable with those of this machine: {'; '.join(differs)}")
        return
    counted = count(core)
    if arguments.twice:
        again = count(core)
        noise = {path: abs(percent(again[path], counted[path])) for path in counted}
        print("\n".join(f"{path:<24}{counted[path]:>14,}{again[path]:>14,}{noise[path]:>8.2f} %" for path in counted))
        if max(noise.values()) > MOST_NOISE_PERCENT:
            sys.exit(f"two counts of a path differ by more than {MOST_NOISE_PERCENT} %")
    grew = [] if differs else compare(counted, kept["instructions"])
    if arguments.renew:
        KEPT.write_text(json.dumps(here | {"instructions": counted}, indent=2) + "\n")
        print(f"{len(counted)} counts were written to {KEPT.name}.")
    elif grew:
        sys.exit(f"more than {MOST_PERCENT} % more instructions than before: {', '.join(grew)}")


if __name__ == "__main__":
    main()
