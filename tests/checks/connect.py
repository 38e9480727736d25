#!/usr/bin/env python3
"""Holds what a Spark server makes over Spark Connect (`--engine spark`) against what `curate` makes here, row for row.

Usage: connect.py PROGRAM SPARK_4_PYTHON, where PROGRAM was built with the feature `spark`.

A server is started from the package pyspark. For eight recipes, on the sample data without their cut-off record and on the public
STEDI data (where $STEDI_DATA says, or beside the checkout), and for two on devices whose clocks are apart: five equal tables, equal
counts, equal owners, and the run is opened here again. The last of several runs counts. What Spark would swallow is refused before
anything is written. Ctrl+C stops the work on the server; a server that is killed gives a clear message.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lakehouse
from lakehouse import REPOSITORY, SOUND, TABLES, UNSOUND, Here, content, made, say, zone

# What is not as it is in the job of `lakehouse`.
OTHERWISE = {"an object for a text": "an object or an array in a record"}
NOT_SEEN = {"a name that Spark passes over"}
TOKEN = "a-secret-token-of-nobody"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A Spark Connect server of its own."""

    def __init__(self, python, home):
        self.home = next((Path(python).parent.parent / "lib").glob("python3*/site-packages/pyspark"))
        self.port, self.log = free_port(), home / f"server-{time.monotonic_ns()}.log"
        command = [
            self.home / "bin/spark-submit", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", "local[2]",
            "--conf", f"spark.connect.grpc.binding.port={self.port}", "--conf", "spark.connect.grpc.binding.address=127.0.0.1",
            "--conf", "spark.ui.enabled=false", "--driver-memory", "1g", "spark-internal",
        ]  # fmt: skip
        environment = {**os.environ, "SPARK_HOME": str(self.home), "SPARK_LOCAL_IP": "127.0.0.1"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, env=environment, cwd=home, start_new_session=True)
        for _ in range(240):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.5)
        sys.exit(f"the Spark server did not start:\n{self.log.read_text()[-4000:]}")

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class There:
    """The program, with the work done by the server."""

    def __init__(self, program, server):
        self.program, self.server = program, server

    def command(self, what, landing, *more):
        return list(map(str, [self.program, what, landing, "--engine", "spark", "--remote", f"sc://127.0.0.1:{self.server.port}", *more]))

    def run(self, what, landing, *more, **environment):
        return subprocess.run(self.command(what, landing, *more), capture_output=True, text=True, env={**os.environ, **environment})

    def stopped(self, landing, out, at, stop):
        """Starts `curate`, and does something once it says that it has come so far."""
        work = subprocess.Popen(self.command("curate", landing, "--out", out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = ""
        for line in work.stderr:
            said += line
            if at in line:
                break
        stop(work)
        began = time.monotonic()
        _, rest = work.communicate(timeout=120)
        return work.returncode, said + rest, time.monotonic() - began


def without_cut_off(folder, home):
    """The sample data without the record that was cut off, which Spark would have to refuse."""
    copy = home / "sample"
    shutil.copytree(folder, copy)
    for file in copy.rglob("*.json"):
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if line.strip().endswith("}")))
    return copy


def recipes(landing, here):
    """Eight, with every choice."""
    all_of_them = lakehouse.recipes(landing, here)
    return all_of_them | {"distinct-owner-gone": {"join": "owner", "duplicates": "drop", "withdrawn": all_of_them["gone-until-distinct"]["withdrawn"]}}


def compare(name, landing, recipe, here, there, home):
    folder = home / name
    folder.mkdir()
    chosen = ["--recipe", folder / "recipe.json"]
    (folder / "recipe.json").write_text(json.dumps(recipe))
    infers = recipe.get("join") == "inferred-owner"
    if infers:
        here.run("owners", landing, *chosen, "--reveal", "--out", folder / "owners.csv")
    began = time.monotonic()
    report = json.loads(here.run("curate", landing, *chosen, "--out", folder / "zones", "--json"))
    local, began = time.monotonic() - began, time.monotonic()
    run = there.run("curate", landing, *chosen, "--out", folder / "lake", "--json")
    seconds, differ = time.monotonic() - began, []
    if run.returncode or run.stderr:
        say(False, f"{name}: {run.returncode} {run.stderr[-2000:]}")
        return
    result = json.loads(run.stdout)
    path = Path(result["run"]["folder"])
    for table in TABLES:
        if content(zone(folder, table)) != content(made(path / table)):
            differ.append(f"{table} ({zone(folder, table).height} rows here, {made(path / table).height} there)")
    counts = json.loads("".join(file.read_text() for file in (path / "counts").glob("part-*")))
    for what in ("tables", "withdrawn"):
        if not (result.get(what) == report.get(what) == counts.get(what)):
            differ.append(what)
    for table, steps in counts["steps"].items():
        rows = counts["tables"][counts["tables"][table]["source"]]["rows"]
        for step in steps:
            if step["rows_in"] != rows or step["rows_in"] - step["dropped"] + step["added"] != step["rows_out"]:
                differ.append(f"steps of {table}")
            rows = step["rows_out"]
        if rows != counts["tables"][table]["rows"]:
            differ.append(f"end of {table}")
    if infers:
        owners = lakehouse.owners_here(folder)
        there_owned = sorted(made(path / "owners").select("serialnumber", "user").iter_rows())
        if owners != there_owned or not owners:
            differ.append(f"owners ({len(owners)} here, {len(there_owned)} there)")
    if not opened_again(here, folder, landing, chosen):
        differ.append("opened again")
    rows = [zone(folder, table).height for table in TABLES]
    say(not differ, f"{name}: {', '.join(differ) if differ else rows} in {seconds:.1f} s, here in {local:.2f} s")


def opened_again(here, folder, landing, chosen):
    """The run that the pointer names is opened here: every row is equal, and the review says the same of it."""
    run = subprocess.run([here.program, "compare", landing, "--run", folder / "lake"], capture_output=True, text=True)
    trail = ["--json", "--trail", folder / "trail.jsonl"]

    def verdicts(*more):
        review = subprocess.run([here.program, "review", landing, *more, *trail], capture_output=True, text=True)
        return json.loads(review.stdout)["checks"]

    return run.returncode == 0 and run.stdout.count("equal") == 5 and verdicts("--run", folder / "lake") == verdicts(*chosen)


def pointer(sample, here, there, home):
    """Of several runs in one place the last one counts, also beside those of the job."""
    out = home / "pointed"

    def rows(*more):
        run = there.run("curate", sample, "--out", out, "--json", *more)
        return json.loads(run.stdout)["tables"]["machine_learning_curated"]["rows"]

    def counts():
        return json.loads(here.run("count", sample, "--run", out, "--json"))["tables"]["machine_learning_curated"]["rows"]

    all_rows, own = rows(), rows("--join", "owner")
    say(counts() == own != all_rows, f"the last of two runs counts: {own} rows, {all_rows} before")
    first, last = sorted((json.loads(file.read_text()) for file in (out / "current").glob("part-*")), key=lambda one: one["switched"])
    (out / "current.json").write_text(json.dumps(first | {"switched": last["switched"] - 1}))
    say(counts() == own, "a job that switched before it does not count")
    (out / "current.json").write_text(json.dumps(first | {"switched": last["switched"] + 1}))
    say(counts() == all_rows, "a job that switched after it counts")


def window(sample, there):
    """What the window does with a server, by its own test."""
    arguments = ["cargo", "test", "--release", "--locked", "--features", "spark", "--test", "it", "--", "--ignored", "window_spark::"]
    places = {"STEDI_SPARK": f"sc://127.0.0.1:{there.server.port}", "STEDI_SPARK_LANDING": str(sample)}
    run = subprocess.run(arguments, cwd=REPOSITORY, env={**os.environ, **places}, capture_output=True, text=True)
    ok = run.returncode == 0 and "1 passed" in run.stdout
    say(ok, "the window shows what a server made, and stops one" + ("" if ok else f": {run.stdout[-3000:]}{run.stderr[-3000:]}"))


def refusals(here, there, home):
    personal = ["ann@", "ann s", "smith", "serial-one", "@", "1655564"]
    cases = [(name, folder, OTHERWISE.get(name, words)) for name, folder, words in lakehouse.traps(home) if name not in NOT_SEEN]
    cases += [(f"generated {defect}", here.generate(defect, 30, f"{defect}=0.3"), "") for defect in UNSOUND]
    for name, folder, words in cases:
        out = home / "refused"
        run = there.run("curate", folder, "--out", out)
        ok = run.returncode == 2 and words in run.stderr and "Nothing was written" in run.stderr and not out.exists() and not run.stdout
        secret = any(one in run.stderr.lower() for one in personal)
        say(ok and not secret, f"refuses: {name}" + ("" if ok and not secret else f": {run.stderr!r}"))


def choices(sample, there, home):
    """What cannot be asked for, and what is said then."""
    here = ["count", sample]
    remote = f"sc://127.0.0.1:{there.server.port}"
    for name, run, words in [
        ("a place among the landing files", there.run("curate", sample, "--out", sample / "out"), "lies among the landing files"),
        ("CSV", there.run("curate", sample, "--out", home / "csv", "--format", "csv"), "written as Parquet"),
        ("a path from here", there.run("count", "sample_data"), "give the whole path as the server sees it"),
        ("a path that is not there", there.run("count", "/not/there"), "no such path where the server looks"),
        ("a file system that is not there", there.run("count", "s3a://bucket/landing"), "no file system of this kind"),
        ("a list of refused records", there.run(*here, "--refused", home / "refused.csv"), "--refused"),
        ("a token that all can read", subprocess.run([there.program, "count", sample, "--engine", "spark", "--remote", f"{remote}/;token={TOKEN}"], capture_output=True, text=True), "everybody on this machine could read"),
        ("no server", subprocess.run([there.program, "count", sample, "--engine", "spark", "--remote", f"sc://127.0.0.1:{free_port()}"], capture_output=True, text=True), "no Spark server answers"),
        ("a server without its engine", subprocess.run([there.program, "count", sample, "--remote", remote], capture_output=True, text=True), "Add --engine spark"),
    ]:  # fmt: skip
        ok = run.returncode == 2 and words in run.stderr and TOKEN not in run.stderr
        say(ok, f"refuses: {name}" + ("" if ok else f": {run.stderr!r}"))


def main():
    program, python = sys.argv[1:3]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        here = Here(program, home)
        server = Server(python, home)
        print(f"the server took {time.monotonic() - started:.0f} s to start", flush=True)
        try:
            there = There(program, server)
            sample = without_cut_off(REPOSITORY / "sample_data", home)
            landings = {"sample": sample}
            if real := lakehouse.real_data():
                landings["real"] = real
            for source, landing in landings.items():
                for name, recipe in recipes(landing, here).items():
                    compare(f"{source}-{name}", landing, recipe, here, there, home)
            # Byte order marks, CR LF, blank lines and consents, gzip.
            compare("generated-specified", here.generate("generated", 100, SOUND), {}, here, there, home)
            clocks = lakehouse.other_clocks(here)
            compare("clocks-inferred", clocks, {"join": "inferred-owner"}, here, there, home)
            compare("clocks-wide", clocks, {"join": "inferred-owner", "owners": {"least_share_permille": 990, "most_offset_ms": 9000}}, here, there, home)
            pointer(sample, here, there, home)
            window(sample, there)
            run = there.run("count", sample, SPARK_CONNECT_TOKEN=TOKEN)
            say(run.stdout == here.run("count", sample), "count prints what it prints here")
            log = server.log.read_text()
            say(TOKEN not in run.stdout + run.stderr + log, "a token is not shown")
            expected = home / "expected.json"
            expected.write_text(json.dumps({"customer_landing": 150, "customer_trusted": 1}))
            run = there.run("count", sample, "--expected", expected, "--strict")
            say(run.returncode == 1 and "customer_landing: 150 as expected" in run.stdout and "customer_trusted: 1 expected, but" in run.stdout, "expected counts are compared")
            choices(sample, there, home)
            refusals(here, there, home)
            large = here.generate("large", 400, "none")
            out = home / "interrupted"
            code, said, seconds = there.stopped(large, out, "made: customer_trusted", lambda work: work.send_signal(signal.SIGINT))
            unfinished = not list(out.glob("runs/*/counts")) and not (out / "current").exists()
            say(code == 2 and "The server was told to stop" in said and unfinished, f"Ctrl+C stops the work in {seconds:.1f} s" + ("" if code == 2 else f": {said!r}"))
            say(there.run("count", sample).returncode == 0, "the server goes on")
            code, said, seconds = there.stopped(large, home / "killed", "read: customer_landing", lambda work: server.kill())
            is_said = code == 2 and "is gone" in said
            say(is_said and not list(home.glob("killed/runs/*/counts")), f"a server that is killed is noticed in {seconds:.1f} s" + ("" if is_said else f": {said!r}"))
        finally:
            server.kill()
    if lakehouse.wrong:
        sys.exit(f"{len(lakehouse.wrong)} checks failed")
    print(f"All is equal or refused as it should be. {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
