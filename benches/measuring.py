"""What all measurements share: running a program and looking at its memory, ours and the peers' jobs, generated data."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = HERE.parent / "tests/checks"
# So many customers has the real data; each size is so many times as many, with as many readings each.
CUSTOMERS = 956
LANDING = ["customer_landing", "accelerometer_landing", "step_trainer_landing"]


def real_data():
    """The folder of the public data; none if it is not there."""
    sys.path.insert(0, str(TABLES))
    import tables

    return tables.real_data()


def generate(program, customers, out):
    subprocess.run([program, "generate", "--customers", str(customers), "--out", out, "--seed", "1"], check=True, stdout=subprocess.DEVNULL)


def tree(pid):
    """A process and all that it has started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(one for child in children for one in tree(int(child)))]


def memory(pid):
    """What a process and all that it has started have in memory, in bytes; 0 once it has ended."""
    pages = 0
    for one in tree(pid):
        try:
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
        except (OSError, IndexError):
            pass
    return pages * os.sysconf("SC_PAGE_SIZE")


def run(command, environment=None, watched=False):
    """Runs a program to its end. Gives its wall clock in seconds, what it printed as JSON, and, if it was watched, its memory at
    each time; watching takes a little of the processor, so such a run's time is not for comparing."""
    seen = []
    with tempfile.TemporaryFile("w+") as answer, tempfile.TemporaryFile("w+") as trouble:
        started = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=answer, stderr=trouble, env=environment)
        while watched and process.poll() is None:
            seen.append((time.time(), memory(process.pid)))
            time.sleep(0.002)
        code = process.wait()
        seconds = time.perf_counter() - started
        if code:
            trouble.seek(0)
            sys.exit(f"FAILED: {' '.join(map(str, command))}\n{trouble.read()}")
        answer.seek(0)
        return seconds, json.load(answer), seen


def homes(folder):
    """An environment in which the program finds nothing of earlier runs."""
    return os.environ | {f"XDG_{name}_HOME": f"{folder}/{name.lower()}" for name in ("CONFIG", "CACHE", "STATE", "DATA")}


def ours(program, job, landing, watched=False):
    """Our whole job, or only reading. Gives the whole process's seconds, those within it, the rows and the most memory."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["curate", landing, "--out", f"{folder}/zones"] if job == "job" else ["count", landing]
        process, said, seen = run([program, *command, "--json"], homes(folder), watched)
    inside = said.get("timing", {}).get("read_seconds", said["seconds"]) if job == "read" else said["seconds"]
    rows = {table: about["rows"] for table, about in said["tables"].items()}
    return {"process": process, "inside": inside, "rows": rows, "said": said, "memory": most(seen)}


def peer(python, name, job, landing, watched=False):
    """A peer's job: see peer_job.py. Gives the seconds within the process, the rows and the most memory."""
    with tempfile.TemporaryDirectory() as out:
        _, said, seen = run([python, HERE / "peer_job.py", name, job, landing, out], watched=watched)
    return said | {"memory": most(seen)}


def most(seen):
    return max((size for _, size in seen), default=0)


def agree(mine, theirs, name):
    """They count the same rows, or they did not do the same."""
    for table, rows in theirs.items():
        if mine[table] != rows:
            sys.exit(f"WRONG: {name} has {rows} rows of {table}, we have {mine[table]}")
