#!/usr/bin/env python3
"""Measures the job of a kit on Spark at several sizes and numbers of cores: what docs/scale.md reckons with.

Usage: spark_scale.py PROGRAM SPARK_PYTHON [--times 10,40] [--cores 1,2] [--join owner]

Landing files are generated at so many times the size of the public data (956 customers, 110,909 records, 10 MB). The seconds of each
stage are those between the lines that the job prints: what landed is looked at, then each table is made, counted and counted again.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

CUSTOMERS = 956


def run(spark, cores, kit, landing, out):
    """The seconds of each stage."""
    submit = Path(spark).parent / "spark-submit"
    command = [submit, "--master", f"local[{cores}]", "--driver-memory", "6g", kit / "job.py", "--landing", landing, "--out", out, "--recipe", kit / "recipe.json"]
    environment = {**os.environ, "PYSPARK_PYTHON": str(spark)}
    stages, last = {}, time.monotonic()
    with tempfile.TemporaryFile("w+") as errors:
        job = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        for line in job.stdout:
            now = time.monotonic()
            what = line.split()[1] if line.startswith("made:") else line.split(":")[0]
            stages[what] = stages.get(what, 0) + now - last
            last = now
        if job.wait():
            errors.seek(0)
            raise SystemExit(errors.read()[-3000:])
    return {name: round(seconds, 1) for name, seconds in stages.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("spark")
    parser.add_argument("--times", default="10,40")
    parser.add_argument("--cores", default="1,2")
    parser.add_argument("--join", default="owner")
    arguments = parser.parse_args()
    for times in map(int, arguments.times.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            landing, kit = home / "landing", home / "kit"
            quiet = {"check": True, "stdout": subprocess.DEVNULL}
            subprocess.run([arguments.program, "generate", "--customers", str(CUSTOMERS * times), "--out", landing], **quiet)
            subprocess.run([arguments.program, "lakehouse", landing, "--join", arguments.join, "--out", kit], **quiet)
            size = sum(file.stat().st_size for file in landing.rglob("*") if file.is_file())
            rows = json.loads((kit / "expected.json").read_text())
            print(f"{times} times: {size / 1e6:.0f} MB, {rows}")
            for cores in map(int, arguments.cores.split(",")):
                stages = run(arguments.spark, cores, kit, landing, home / f"out-{cores}")
                print(f"  local[{cores}] {sum(stages.values()):.1f} s: {stages}", flush=True)


if __name__ == "__main__":
    main()
