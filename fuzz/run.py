#!/usr/bin/env python3
"""Runs the fuzz targets on all cores, one process for each target, and prints what came of each.

Usage: run.py check | long | keep

check  the kept corpus and a short run of new inputs: always as many, from the same seed
long   FUZZ_RUNS inputs (10 million unless given) or FUZZ_SECONDS for each target, from another seed each time; the next run starts
       from what this one found new, which is beside the built programs
keep   takes the smallest of what long runs found that reach something new into the kept corpus

FUZZ_TARGETS names the targets, all unless given. A find is a file whose name is printed; the same program takes it as its only
argument and does the same again.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
REPOSITORY = FUZZ.parent
BUILT = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")).resolve()
# What runs find that nobody looked at yet.
FOUND = BUILT / "fuzz"
# Bytes of an input at most, where no seed is longer.
LONGEST = 1024
# Bytes of memory of a process, in MB; fuzz/src/memory.rs is stricter with a single input.
MEMORY = 2048
# New inputs of a check, for about three seconds each; most targets do more in a second.
CHECKED = {"recipe": 200_000, "trail": 200_000, "withdrawals": 60_000, "lists": 60_000, "exported": 10_000, "engine_run": 8_000}
CHECKED_ELSE = 30_000
# What is kept of a target at most.
MOST_KEPT_FILES = 100
MOST_KEPT_BYTES = 50_000


def targets():
    named = os.environ.get("FUZZ_TARGETS", "").split()
    return named or sorted(path.stem for path in (FUZZ / "fuzz_targets").glob("*.rs"))


def build():
    environment = os.environ | {"RUSTC_WORKSPACE_WRAPPER": str(FUZZ / "rustc.sh")}
    bins = [word for target in targets() for word in ("--bin", f"fuzz_{target}")]
    command = ["cargo", "build", "--release", "--locked", "-p", "stedi-workbench-fuzz", *bins]
    subprocess.run(command, check=True, cwd=REPOSITORY, env=environment)


def longest(target):
    """Bytes of an input at most: a seed that is cut off is refused at once, and what it is a seed of never tried."""
    return max([LONGEST, *(path.stat().st_size for path in (FUZZ / "corpus" / target).iterdir())])


def fuzz(target, scratch, *options):
    """Runs one target; gives what it printed and whether it found nothing."""
    finds = FOUND / target
    finds.mkdir(parents=True, exist_ok=True)
    # Data-parallel work on one thread: there is a process for each core already.
    environment = os.environ | {"FUZZ_SCRATCH": scratch, "RAYON_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
    command = [
        BUILT / "release" / f"fuzz_{target}", f"-max_len={longest(target)}", f"-dict={FUZZ / 'dictionaries' / target}.dict", "-timeout=20",
        f"-rss_limit_mb={MEMORY}", f"-artifact_prefix={finds}/", "-print_final_stats=1", *options,
    ]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)
    return done.stderr, done.returncode == 0, time.monotonic() - started


def row(target, said, is_sound, seconds):
    def stat(name):
        found = re.search(rf"^stat::{name}:\s+(\d+)", said, re.MULTILINE)
        return int(found[1]) if found else 0

    reached = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)/", said)
    edges, features, corpus = reached[-1] if reached else ("", "", "")
    inputs = stat("number_of_executed_units")
    print(
        f"{target:<12} {inputs:>12,} {inputs / max(seconds, 0.001):>10,.0f} {corpus:>7} {edges:>7} {features:>9} "
        f"{stat('peak_rss_mb'):>8} MB  {'' if is_sound else 'FOUND SOMETHING'}",
        flush=True,
    )


def run_all(options):
    """Runs all targets side by side and prints the table; gives whether nothing was found."""
    shared = Path("/dev/shm")
    failed = []
    print(f"{'target':<12} {'inputs':>12} {'a second':>10} {'corpus':>7} {'edges':>7} {'features':>9} {'memory':>11}", flush=True)
    with tempfile.TemporaryDirectory(prefix="stedi-fuzz-", dir=shared if shared.is_dir() else None) as scratch:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            running = {target: pool.submit(fuzz, target, scratch, *options(target)) for target in targets()}
            for target, one in running.items():
                said, is_sound, seconds = one.result()
                row(target, said, is_sound, seconds)
                if not is_sound:
                    failed.append((target, said))
    for target, said in failed:
        print(f"\n{target}:\n" + "\n".join(said.splitlines()[-60:]), file=sys.stderr)
    return not failed


def check():
    def options(target):
        # Nothing is written to the kept corpus: a folder before it would be.
        runs = CHECKED.get(target, CHECKED_ELSE)
        unkept = FOUND / target / "check"
        shutil.rmtree(unkept, ignore_errors=True)
        unkept.mkdir(parents=True)
        return [unkept, FUZZ / "corpus" / target, "-seed=1", f"-runs={runs}"]

    return run_all(options)


def long():
    seconds = os.environ.get("FUZZ_SECONDS")
    limit = f"-max_total_time={seconds}" if seconds else f"-runs={os.environ.get('FUZZ_RUNS', 10_000_000)}"

    def options(target):
        corpus = FOUND / target / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        return [corpus, FUZZ / "corpus" / target, limit]

    return run_all(options)


def keep():
    for target in targets():
        kept, found = FUZZ / "corpus" / target, FOUND / target / "corpus"
        with tempfile.TemporaryDirectory() as folder:
            merged = Path(folder) / "merged"
            shutil.copytree(kept, merged)
            before = {path.name for path in merged.iterdir()}
            said, is_sound, _ = fuzz(target, folder, "-merge=1", merged, found)
            if not is_sound:
                print(said[-2000:], file=sys.stderr)
                return False
            new = sorted((path for path in merged.iterdir() if path.name not in before), key=lambda path: path.stat().st_size)
            room, files = MOST_KEPT_BYTES - sum(path.stat().st_size for path in kept.iterdir()), MOST_KEPT_FILES - len(before)
            for path in new[: max(files, 0)]:
                room -= path.stat().st_size
                if room < 0:
                    break
                shutil.copy(path, kept)
        print(f"{target:<12} {len(list(kept.iterdir()))} files, {sum(path.stat().st_size for path in kept.iterdir()):,} bytes")
    return True


if __name__ == "__main__":
    ways = {"check": check, "long": long, "keep": keep}
    if len(sys.argv) != 2 or sys.argv[1] not in ways:
        sys.exit(__doc__)
    build()
    sys.exit(0 if ways[sys.argv[1]]() else 1)
