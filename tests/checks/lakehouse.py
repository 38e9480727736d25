#!/usr/bin/env python3
"""Holds what the kit of `stedi-workbench lakehouse` makes on Spark against what `curate` makes here, row for row.

Usage: lakehouse.py PROGRAM SPARK_4_PYTHON SPARK_3_PYTHON

For several recipes, on the public STEDI data (where $STEDI_DATA says, or beside the checkout) and on data that the program
generates: five equal tables, equal counts, equal owners, on two versions of Spark. What Spark would swallow is refused. A job
that is killed while it makes any table leaves the former tables in force. Every statement parses as the engine's SQL.
"""

import csv
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars
import sqlglot

import lakehouse_athena
from tables import real_data

REPOSITORY = Path(__file__).resolve().parents[2]
TABLES = ["customer_trusted", "accelerometer_trusted", "customer_curated", "step_trainer_trusted", "machine_learning_curated"]
SOUND = "reused-serials=0.1,missing-serials,blank-consents,phone-numbers,unknown-users,unknown-devices,duplicate-readings,duplicate-files,empty-files,windows-text,compressed"
UNSOUND = ["truncated-files", "back-to-back", "other-keys"]
LANDING = {"customer_landing": "customer", "accelerometer_landing": "accelerometer", "step_trainer_landing": "step_trainer"}
KEY = bytes(range(32))
SPLIT, SEED = "60,25,15", 3
wrong = []


def say(ok, words):
    print(("ok     " if ok else "WRONG  ") + words, flush=True)
    if not ok:
        wrong.append(words)


class Here:
    """The program on this machine."""

    def __init__(self, program, home):
        self.program, self.home = program, home

    def run(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout

    def generate(self, name, customers, defects, seed=5):
        folder = self.home / name
        self.run("generate", "--customers", customers, "--seed", seed, "--out", folder, "--defects", defects)
        return folder

    def curate(self, name, landing, recipe):
        """A kit, and what the program makes of the recipe itself."""
        folder = self.home / name
        folder.mkdir()
        (folder / "recipe.json").write_text(json.dumps(recipe))
        chosen = ["--recipe", folder / "recipe.json"]
        self.run("lakehouse", landing, *chosen, "--out", folder / "kit")
        report = json.loads(self.run("curate", landing, *chosen, "--out", folder / "zones", "--json"))
        if recipe.get("join") == "inferred-owner":
            self.run("owners", landing, *chosen, "--reveal", "--out", folder / "owners.csv")
        return {"name": name, "folder": folder, "landing": landing, "recipe": recipe, "report": report}


def content(frame):
    """A hash of the rows, whatever their order; columns, and zeros without their sign."""
    floats = [name for name, kind in frame.schema.items() if kind == polars.Float64]
    frame = frame.with_columns([polars.col(name) + 0.0 for name in floats])
    rows = frame.sort(frame.columns, nulls_last=True)
    return hashlib.sha256((str(frame.schema) + rows.write_csv(null_value="\0")).encode()).hexdigest()


def zone(folder, table):
    return polars.read_parquet(folder / "zones" / f"{table}.parquet")


def made(folder):
    return polars.read_parquet(sorted(folder.glob("*.parquet")), glob=False)


def owners_here(folder):
    with (folder / "owners.csv").open(newline="") as file:
        return sorted((row["serialnumber"], row["email"]) for row in csv.DictReader(file) if row["email"])


def recipes(landing, here):
    """At least one of every choice."""
    records = []
    for file in sorted(landing.glob("customer/**/*.json")):
        records += [json.loads(line) for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    emails = sorted({record["email"] for record in records})
    serials = sorted({record["serialNumber"] for record in records if record.get("serialNumber")}, reverse=True)
    agreed = sorted(int(record["shareWithResearchAsOfDate"]) for record in records if record.get("shareWithResearchAsOfDate") not in (None, "", 0))
    halfway = agreed[len(agreed) // 2]
    # Who is written otherwise than they landed, and somebody who never did.
    gone = [f"\u00a0{email.upper()} " for email in emails[::9]] + [serial.upper() for serial in serials[::29]] + ["nobody@example.com"]
    some = {}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "owners.csv"
        here.run("owners", landing, "--reveal", "--out", out)
        with out.open(newline="") as file:
            owned = [row for row in csv.DictReader(file) if row["email"]]
    for place, row in enumerate(owned[::17]):
        some[row["serialnumber"]] = {"owner": row["email"] if place % 2 else "somebody@else.example", "is_theirs": False}
    return {
        "specified": {},
        "public-dated-owner": {"purpose": "public", "consent_date": True, "join": "owner"},
        "gone-until-distinct": {"withdrawn": gone, "as_of": halfway, "duplicates": "drop", "consent_date": True},
        "inferred": {"join": "inferred-owner"},
        "inferred-decided-gone": {"join": "inferred-owner", "withdrawn": gone, "duplicates": "drop", "owners": {"decisions": some, "most_offset_ms": 0, "least_shared": 4}},
        "nearest-friends": {"join": "nearest", "tolerance_ms": 700, "purpose": "friends"},
        "nearest-gone-until": {"join": "nearest", "tolerance_ms": 0, "withdrawn": gone[::2], "as_of": halfway},
    }


def other_clocks(here):
    """Devices whose clock is another: some all by the same, some each by its own."""
    landing = here.generate("clocks", 120, "unknown-devices=0.1,unknown-users=0.1")
    for file in landing.glob("step_trainer/**/*.json"):
        records = [json.loads(line) for line in file.read_text().splitlines()]
        for record in records:
            number = int(hashlib.sha256(record["serialNumber"].encode()).hexdigest(), 16)
            if number % 3 == 0:
                record["sensorReadingTime"] += 1234 if number % 2 else number % 4001 - 2000
        file.write_text("".join(json.dumps(record) + "\n" for record in records))
    return landing


TINY = {
    "customer": '{"customerName":"Ann Smith","email":"ann@example.com","phone":"1","birthDay":"1990-01-01","serialNumber":"serial-one","registrationDate":1655564376361,"lastUpdateDate":1655564376361,"shareWithResearchAsOfDate":1655564376361}\n',
    "accelerometer": '{"user":"ann@example.com","timestamp":1655564444103,"x":1.0,"y":-1.0,"z":-1.0}\n',
    "step_trainer": '{"sensorReadingTime":1655564444103,"serialNumber":"serial-one","distanceFromObject":218}\n',
}


def changed(dataset, old, new):
    assert old in TINY[dataset], old
    return {f"{dataset}/landing/a.json": TINY[dataset].replace(old, new)}


TRAPS = {
    "two records on a line": ({"accelerometer/landing/a.json": TINY["accelerometer"].strip() * 2}, "more than one record on a line"),
    "two records and a comma": ({"customer/landing/a.json": TINY["customer"].strip() + "," + TINY["customer"]}, "more than one record on a line"),
    "something behind a record": ({"accelerometer/landing/a.json": TINY["accelerometer"].strip() + " ann"}, "something behind the record"),
    "keys in lower case": (changed("step_trainer", "sensorReadingTime", "sensorreadingtime"), "sensorReadingTime under a key that is spelled otherwise"),
    "another spelling": (changed("accelerometer", '"timestamp"', '"timeStamp"'), "timestamp under a key that is spelled otherwise"),
    "a consent in lower case": (changed("customer", "shareWithResearchAsOfDate", "sharewithresearchasofdate"), "shareWithResearchAsOfDate under a key that is spelled otherwise"),
    "blank instant": (changed("accelerometer", "1655564444103", '""'), "no timestamp, or a blank one"),
    "instant as a text": (changed("accelerometer", "1655564444103", '"1655564444103"'), "a text for timestamp"),
    "consent as a text": (changed("customer", '"shareWithResearchAsOfDate":1655564376361', '"shareWithResearchAsOfDate":"1655564376361"'), "a text for shareWithResearchAsOfDate"),
    "distance with a point": (changed("step_trainer", "218", "218.0"), "a number with a point or an exponent for distanceFromObject"),
    "distance beyond 64 bits": (changed("step_trainer", "218", "9223372036854775808"), "distanceFromObject out of range"),
    "instant before 1970": (changed("step_trainer", "1655564444103", "-1"), "sensorReadingTime out of range"),
    "x as a text": (changed("accelerometer", '"x":1.0', '"x":"1.0"'), "a text for x"),
    "x that is not finite": (changed("accelerometer", '"x":1.0', '"x":1e999'), "x out of range"),
    "not a number": (changed("accelerometer", '"x":1.0', '"x":NaN'), "no JSON"),
    "a truth for a time": (changed("customer", '"registrationDate":1655564376361', '"registrationDate":true'), "something for registrationDate that is of another type"),
    "an object for a text": (changed("customer", '"Ann Smith"', '{"first":"Ann"}'), "something for customerName that is of another type"),
    "no e-mail address": (changed("customer", '"email":"ann@example.com",', ""), "no email, or a blank one"),
    "null for a user": (changed("accelerometer", '"ann@example.com"', "null"), "no user, or a blank one"),
    "a key twice": (changed("accelerometer", '"y":-1.0', '"x":2.0,"y":-1.0'), "x given twice"),
    "an array": ({"customer/landing/a.json": "[" + TINY["customer"].strip() + "]"}, "JSON that is no record"),
    "a record over several lines": (changed("customer", ',"phone"', ',\n"phone"'), "no JSON, or a record that is cut off"),
    "cut off": ({"customer/landing/a.json": TINY["customer"][:90]}, "no JSON, or a record that is cut off"),
    "Latin-1": ({"customer/landing/a.json": TINY["customer"].replace("Ann Smith", "Ann Smíth").encode("latin-1")}, "bytes that are not UTF-8"),
    "half a character": (changed("customer", "Ann Smith", "Ann \\ud83d"), "half of one"),
    "CSV": ({"customer/landing/b.json": "email,serialnumber\nann@example.com,serial-one\n"}, "2 lines with no JSON"),
    "a name that Spark passes over": ({"customer/landing/_b.json": TINY["customer"]}, "Spark passes over names that begin with _"),
    "zstd": ({"customer/landing/b.json.zst": b"\x28\xb5\x2f\xfd"}, "Spark cannot read zstd"),
    "a loose file": ({"b.json": TINY["customer"]}, "lies in no folder named"),
    "a data set that is not there": ({"step_trainer/landing/a.json": None}, "no landing files of step_trainer"),
}


def traps(home):
    """Small landing folders, each with one thing in it that Spark would swallow or mistake."""
    for number, (name, (changes, words)) in enumerate(TRAPS.items()):
        folder = home / f"trap-{number}"
        for file, text in ({f"{dataset}/landing/a.json": text for dataset, text in TINY.items()} | changes).items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
        yield name, folder, words


def work(python, orders, home, *options):
    """Has orders carried out in one Spark session; gives what came of each."""
    file = home / "orders.json"
    file.write_text(json.dumps(orders))
    worker = REPOSITORY / "tests/checks/lakehouse_worker.py"
    run = subprocess.run([python, worker, file, *options], capture_output=True, text=True)
    results = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    if run.returncode != 0 or len(results) != len(orders):
        print(run.stderr[-6000:])
        sys.exit(f"Spark did not carry out all orders: {len(results)} of {len(orders)}")
    return results


def pseudonyms_agree(folder, there, recipe):
    """Devices by their pseudonyms, row for row; customers by those of whom the table may hold, one a device where records say so."""

    def pseudonym(kind, text):
        return f"{kind[0]}_" + hmac.new(KEY, f"{kind}:{text.strip().lower()}".encode(), "sha256").hexdigest()[:32]

    frame = zone(folder, "machine_learning_curated")
    names = {serial: pseudonym("device", serial) for serial in frame["serialnumber"].unique()}
    frame = frame.with_columns(polars.col("serialnumber").replace_strict(names, return_dtype=polars.String).alias("device")).drop("serialnumber")
    curated = zone(folder, "customer_curated")
    may_be = {pseudonym("customer", email) for email in curated["email"]}
    if recipe.get("join") in ("owner", "nearest"):
        pairs = {(pseudonym("device", row[0]), pseudonym("customer", row[1])) for row in curated.select("serialnumber", "email").iter_rows() if row[0]}
        if not set(there.select("device", "customer").unique().iter_rows()) <= pairs:
            return False
    same = content(frame.select(sorted(frame.columns))) == content(there.drop("customer").select(sorted(frame.columns)))
    return same and set(there["customer"]) <= may_be


def splits_here(here, case, key):
    """Whose split an export says is which, by pseudonym; none where a check fails that may not be accepted."""
    chosen = ["--recipe", case["folder"] / "recipe.json"]
    trail = ["--trail", case["folder"] / "split.jsonl"]
    command = list(map(str, [here.program, "review", case["landing"], *chosen, "--json", *trail]))
    checks = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)["checks"]
    accepted = [option for check in checks if check["verdict"] == "fail" for option in ("--accept", f"{check['id']}=for this check")]
    out = case["folder"] / "export"
    packed = ["--key", key, "--split", SPLIT, "--seed", SEED, "--out", out]
    command = list(map(str, [here.program, "export", case["landing"], *chosen, *trail, "--analyst", "A. Nalyst", *accepted, *packed]))
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode != 0:
        return None
    return dict(polars.read_csv(out / "splits.csv").iter_rows())


def splits_agree(case, there):
    """The rows of each customer are in the split that an export puts them in, and nobody else is there."""
    known = case["splits"]
    return known is None or known == dict(there.select("customer", "split").unique().iter_rows())


def compare(spark, case, result, out):
    folder, differ = case["folder"], []
    for table in TABLES:
        there = made(out / "runs" / result["run"] / table)
        if content(zone(folder, table)) != content(there):
            differ.append(f"{table} ({zone(folder, table).height} rows here, {there.height} there)")
    if result["tables"] != case["report"]["tables"]:
        differ.append("counts")
    if result["withdrawn"] != case["report"].get("withdrawn"):
        differ.append("counts of the withdrawn")
    if case["recipe"].get("join") == "inferred-owner":
        there = sorted(made(out / "runs" / result["run"] / "owners").select("serialnumber", "user").iter_rows())
        if there != owners_here(folder):
            differ.append(f"owners ({len(owners_here(folder))} here, {len(there)} there)")
    there = made(out / "runs" / result["run"] / "machine_learning_curated_pseudonyms")
    if not pseudonyms_agree(folder, there.drop("split"), case["recipe"]):
        differ.append("pseudonyms")
    if not splits_agree(case, there):
        differ.append("splits")
    rows = [zone(folder, table).height for table in TABLES]
    say(not differ, f"Spark {spark} {case['name']}: {', '.join(differ) if differ else rows} in {result['seconds']} s")


def brought(here, spark, case, out):
    """The run is opened again here: every row is equal, and the review says the same of it."""
    compared = subprocess.run([here.program, "compare", case["landing"], "--run", out], capture_output=True, text=True)
    chosen = ["--recipe", case["folder"] / "recipe.json"]
    trail = ["--json", "--trail", case["folder"] / "trail.jsonl"]

    def verdicts(*more):
        command = list(map(str, [here.program, "review", case["landing"], *more, *trail]))
        return json.loads(subprocess.run(command, capture_output=True, text=True).stdout)["checks"]

    ok = compared.returncode == 0 and compared.stdout.count("equal") == 5 and verdicts("--run", out) == verdicts(*chosen)
    say(ok, f"Spark {spark} {case['name']}: opened again, " + ("the same rows and checks" if ok else compared.stdout + compared.stderr))


def samples(here, spark, cases, results):
    """Of the devices of a sample, the program makes the rows that it makes of them in the whole."""
    for landing, result, of in results:
        some, same = Path(result["folder"]), []
        there = {table: sum(len(file.read_text().splitlines()) for file in (some / folder).rglob("*.json")) for table, folder in LANDING.items()}
        serials = {json.loads(line)["serialNumber"] for file in (some / "step_trainer").rglob("*.json") for line in file.read_text().splitlines()}
        for case in cases:
            if case["landing"] != landing or case["recipe"].get("join") == "inferred-owner":
                continue
            zones = some.parent / f"zones-{case['name']}"
            here.run("curate", some, "--recipe", case["folder"] / "recipe.json", "--out", zones)
            for table in ("step_trainer_trusted", "machine_learning_curated"):
                whole = zone(case["folder"], table).filter(polars.col("serialnumber").is_in(list(serials)))
                mine = polars.read_parquet(zones / f"{table}.parquet")
                same.append((case["name"], table, whole.height, content(whole) == content(mine)))
        ok = there == result["rows"] and len(serials) > 1 and len(same) >= 8 and all(one[3] for one in same) and sum(one[2] for one in same) > 0
        ok = ok and (of is None or set(of) <= serials)
        wrong_ones = [one[:2] for one in same if not one[3]]
        say(ok, f"Spark {spark} sample of {len(serials)} devices: {sum(one[2] for one in same)} rows of {len(same)} tables" + ("" if ok else f": {wrong_ones} {there}"))


def sampled_list(case, file):
    """A list of three devices and a customer, written otherwise than they landed; gives it with the serial numbers that it comes to."""
    rows = zone(case["folder"], "machine_learning_curated")["serialnumber"].unique().sort().to_list()[::7][:3]
    owned = zone(case["folder"], "customer_curated").filter(~polars.col("serialnumber").is_in(rows)).sort("email").row(0, named=True)
    file.write_text("\n".join([*(serial.upper() for serial in rows), owned["email"].upper()]))
    return str(file), rows


def noticed(case):
    """The comparison itself is checked: one changed value and one row too many must show."""
    frame = zone(case["folder"], "accelerometer_trusted")
    changed_row = frame.with_columns(polars.when(polars.int_range(polars.len()) == 0).then(polars.col("x") + 1).otherwise("x").alias("x"))
    assert content(frame) == content(frame.reverse())
    assert content(frame) != content(changed_row) and content(frame) != content(polars.concat([frame, frame.head(1)]))


def parses(kit):
    count = 0
    for file in sorted([*kit.glob("sql/*.sql"), *kit.glob("athena/*.sql"), kit / "athena_ddl.sql"]):
        dialect = "spark" if file.parent.name == "sql" else "athena"
        statements = [one for one in sqlglot.parse(file.read_text(), dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE) if one]
        assert statements and not any(isinstance(one, sqlglot.exp.Command) for one in statements), f"{file} is not understood"
        count += len(statements)
    return count


def names_nobody(case):
    """Nothing in a kit but the recipe names anybody."""
    recipe = case["recipe"]
    told = list(recipe.get("withdrawn", [])) + [one["owner"] for one in recipe.get("owners", {}).get("decisions", {}).values()]
    for file in (case["folder"] / "kit").rglob("*"):
        if file.is_file() and file.name != "recipe.json":
            text = file.read_text().lower()
            if any(one.strip().lower() in text for one in told):
                return False
    return True


def killed(case, python, home):
    """A job that is killed while it makes a table, whichever, leaves the former tables in force."""
    out, kit = home / "killed", case["folder"] / "kit"
    submit = Path(python).parent / "spark-submit"
    command = [submit, "--master", "local[2]", kit / "job.py", "--landing", case["landing"], "--out", out, "--recipe", kit / "recipe.json"]
    environment = {**os.environ, "PYSPARK_PYTHON": str(python)}
    first = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)
    if first.returncode:
        print(first.stderr[-4000:])
    pointer = (out / "current.json").read_bytes()
    path = out / json.loads(pointer)["path"]
    say(all(content(zone(case["folder"], table)) == content(made(path / table)) for table in TABLES), "spark-submit gives the five tables")
    before = ["landed: "] + [f"made: {table} " for table in TABLES]
    for table, line in zip(TABLES, before):
        with tempfile.TemporaryFile("w+") as errors:
            job = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, start_new_session=True)
            reached = any(said.startswith(line) for said in job.stdout)
            os.killpg(job.pid, signal.SIGKILL)
            rest = job.stdout.read()
            job.wait()
        in_force = (out / "current.json").read_bytes() == pointer and "switched" not in rest
        readable = all(content(zone(case["folder"], table)) == content(made(path / table)) for table in TABLES)
        say(reached and in_force and readable, f"killed while it made {table}: the former tables are in force")
    again = subprocess.run(list(map(str, command)) + ["--expected", str(kit / "expected.json")], capture_output=True, text=True, env=environment)
    path = out / json.loads((out / "current.json").read_bytes())["path"]
    fresh = (out / "current.json").read_bytes() != pointer
    say(again.returncode == 0 and fresh and all(content(zone(case["folder"], table)) == content(made(path / table)) for table in TABLES), "the next run is switched to")


def main():
    program, spark_4, spark_3 = sys.argv[1:4]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        here = Here(program, home)
        landings = {"generated": here.generate("generated", 150, SOUND)}
        if real := real_data():
            landings["real"] = real
        cases = []
        for source, landing in landings.items():
            plain = landing
            if source == "generated":
                # Read by others than the program and Spark: unpacked, and without byte order marks.
                plain = home / "generated-plain"
                shutil.copytree(landing, plain)
                for file in plain.rglob("*.gz"):
                    subprocess.run(["gzip", "-d", "-f", file], check=True)
                for file in plain.rglob("*.json"):
                    file.write_bytes(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
            for name, recipe in recipes(plain, here).items():
                cases.append(here.curate(f"{source}-{name}", landing, recipe) | {"plain": plain})
        clocks = other_clocks(here)
        cases.append(here.curate("clocks-inferred", clocks, {"join": "inferred-owner"}))
        cases.append(here.curate("clocks-wide", clocks, {"join": "inferred-owner", "owners": {"least_share_permille": 990, "most_offset_ms": 9000}}))
        noticed(cases[0])
        statements = sum(parses(case["folder"] / "kit") for case in cases)
        say(True, f"{statements} statements parse as Spark's and Athena's SQL")
        say(all(names_nobody(case) for case in cases), "nothing in a kit names anybody but recipe.json")
        for case in cases[: len(cases) - 2]:
            if case["recipe"].get("join") != "inferred-owner":
                differ = lakehouse_athena.differences(case["folder"], case["plain"], case["recipe"], zone, content)
                say(not differ, f"Athena's queries {case['name']}: {', '.join(differ) or 'equal on a stand-in'}")
        tiny_kit = cases[0]["folder"] / "kit"
        refusals = list(traps(home))
        for defect in UNSOUND:
            refusals.append((f"generated {defect}", here.generate(defect, 30, f"{defect}=0.3"), ""))
        personal = ["ann@", "ann s", "smith", "serial-one", "@", "1655564"]
        key = home / "a.key"
        key.touch(0o600)
        key.write_text(f"stedi-workbench pseudonym key, version 1: keep it secret\n{KEY.hex()}\n")
        for case in cases:
            case["splits"] = splits_here(here, case, key)
        known = [case["splits"] for case in cases if case["splits"] is not None]
        say(len(known) >= 6 and all(len(set(splits.values())) == 3 for splits in known), f"{len(known)} exports say whose split is which")
        for python, options in [(spark_4, ["--without-codegen"]), (spark_3, [])]:
            began = time.monotonic()
            version = subprocess.run([python, "-c", "import pyspark; print(pyspark.__version__)"], capture_output=True, text=True).stdout.strip()
            outs = [home / f"out-{version}-{case['name']}" for case in cases]
            orders = [
                {"kind": "run", "kit": str(case["folder"] / "kit"), "landing": str(case["landing"]), "out": str(out), "expected": str(case["folder"] / "kit" / "expected.json"), "key": str(key), "split": SPLIT, "seed": SEED}
                for case, out in zip(cases, outs)
            ]
            some = []
            for number, landing in enumerate(landings.values()):
                # Some by chance, and those of a list with a customer on it.
                first = next(case for case in cases if case["landing"] == landing)
                lists = sampled_list(first, home / f"list-{number}.txt")
                for devices, of, named in [(12, None, None), (0, *lists)]:
                    order = {"kind": "sample", "kit": str(first["folder"] / "kit"), "landing": str(landing), "out": str(home / f"some-{version}"), "devices": devices, "of": of, "seed": SEED}
                    some.append((landing, order, named))
            orders += [order for _, order, _ in some]
            orders += [{"kind": "refuse", "kit": str(tiny_kit), "landing": str(landing)} for _, landing, _ in refusals]
            results = work(python, orders, home, *options)
            for case, result, out in zip(cases, results, outs):
                compare(version, case, result, out)
                brought(here, version, case, out)
            samples(here, version, cases, [(landing, result, named) for (landing, _, named), result in zip(some, results[len(cases) :])])
            for (name, _, words), result in zip(refusals, results[len(cases) + len(some) :]):
                said = result["refused"] or ""
                ok = result["refused"] and result["by"] == "Refused" and words in said and "Nothing was written" in said
                secret = any(one in said.lower() for one in personal)
                say(bool(ok) and not secret, f"Spark {version} refuses: {name}" + ("" if ok and not secret else f": {said!r}"))
            print(f"Spark {version}: {time.monotonic() - began:.0f} s", flush=True)
        small = here.generate("small", 20, "none")
        killed(here.curate("small-specified", small, {}), spark_4, home)
    if wrong:
        sys.exit(f"{len(wrong)} checks failed")
    print(f"All is equal, refused or in force as it should be. {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
