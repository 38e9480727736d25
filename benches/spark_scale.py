#!/usr/bin/env python3
"""Measures the job of a kit on Spark at several sizes and numbers of cores: what docs/scale.md reckons with.

Usage: spark_scale.py PROGRAM SPARK_PYTHON [--times 10,40] [--cores 1,2] [--join owner]

Landing files are generated at so many times the size of the public data (956 customers, 110,909 records, 10 MB). The seconds of each
stage are those between the lines that the job prints: what landed is looked at, then each table is made, counted and counted again.
Seconds of processors, of Spark and of the Python that it starts, say more than those of the clock where other work goes on beside.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

CUSTOMERS = 956


def processors(pid):
    """Seconds of processors that a process and all that it has started have taken, ended children included."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        children += [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:
        return 0.0
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processors(child) for child in set(children))


def run(spark, cores, kit, landing, out):
    """The seconds of each stage: of the clock, and of processors."""
    submit = Path(spark).parent / "spark-submit"
    command = [submit, "--master", f"local[{cores}]", "--driver-memory", "6g", kit / "job.py", "--landing", landing, "--out", out, "--recipe", kit / "recipe.json"]
    environment = {**os.environ, "PYSPARK_PYTHON": str(spark)}
    stages, last, taken = {}, time.monotonic(), 0.0
    with tempfile.TemporaryFile("w+") as errors:
        job = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        for line in job.stdout:
            # What an ended process has taken is counted with the one that started it, a moment later.
            now, busy = time.monotonic(), max(taken, processors(job.pid))
            what = line.split()[1] if line.startswith("made:") else line.split(":")[0]
            stages[what] = (round(now - last, 1), round(busy - taken, 1))
            last, taken = now, busy
        if job.wait():
            errors.seek(0)
            raise SystemExit(errors.read()[-3000:])
    return stages


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
                clock, busy = (sum(seconds) for seconds in zip(*stages.values()))
                print(f"  local[{cores}] {clock:.0f} s, {busy:.0f} s of processors: {stages}", flush=True)


if __name__ == "__main__":
    main()
