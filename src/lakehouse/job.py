#!/usr/bin/env python3
"""Makes the trusted and curated tables of one recipe on Spark: on Glue, on EMR, or by `spark-submit`.

    spark-submit job.py --landing s3://bucket/landing --out s3://bucket/zones --recipe recipe.json

It reads the landing files as text first and stops, before it writes anything, at what Spark would swallow. The tables go to
a new folder `runs/<run>/` below `--out`; `current.json`, which says which run counts, is switched last. A job that fails or is
killed leaves what was there before in force. With `--sample` or `--sample-of` it writes landing files of some devices to
`samples/<run>/` instead, to be looked at where all of them are too many.

Written by stedi-workbench from the recipe; change the recipe and write it again rather than this file. It names nobody: who
withdrew is read from the recipe.
"""

import argparse
import hashlib
import json
import math
import os
import re
import secrets
import sys
import time
from array import array
from bisect import bisect_left, bisect_right
from datetime import datetime, timezone
from urllib.parse import unquote

PLAN = json.loads(r'''
@PLAN@
''')

# What Unicode calls white space, which is more and less than Python does.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
LAST_INSTANT = 253_402_300_799_999
MOST_REPORTED = 20
KEY_HEAD = "stedi-workbench pseudonym key, version 1: keep it secret"


class Refused(Exception):
    """The job stops. The message says what, where and what to do, and names nobody."""


# --- What a line says that Spark would swallow ---------------------------------------------------------------------------

WHAT = {
    "several": "more than one record on a line, of which Spark keeps the first",
    "stray": "something behind the record that belongs to none",
    "malformed": "no JSON, or a record that is cut off",
    "not-object": "JSON that is no record",
    "not-utf8": "bytes that are not UTF-8",
    "surrogate": "a character that is half of one (a lone surrogate)",
    "spelled": "{} under a key that is spelled otherwise, which Spark takes for absent",
    "twice": "{} given twice",
    "missing": "no {}, or a blank one",
    "text": "a text for {} where a number belongs",
    "fraction": "a number with a point or an exponent for {} where a whole number belongs",
    "mistyped": "something for {} that is of another type",
    "range": "{} out of range",
}
TODO = {
    "several": "write one record a line",
    "stray": "write one record a line and nothing else",
    "malformed": "deliver the file again",
    "not-object": "write one record a line, not in arrays or over several lines",
    "not-utf8": "write the file as UTF-8",
    "surrogate": "write the file as UTF-8",
    "spelled": "spell the keys as README.md of the kit does",
    "twice": "write each key once",
    "missing": "complete the records or take them out",
    "text": "write numbers without quotation marks",
    "fraction": "write whole numbers without a point",
    "mistyped": "write the type that README.md of the kit names",
    "range": "correct the records or take them out",
}


class Lines:
    """Looks at the lines of one data set."""

    def __init__(self, dataset):
        self.columns = dataset["columns"]
        self.exact = {column["key"]: place for place, column in enumerate(self.columns)}
        self.loose = {column["column"]: place for place, column in enumerate(self.columns)}
        self.layouts = {}
        self.decoder = json.JSONDecoder(object_pairs_hook=tuple, parse_constant=self.no_constant)

    @staticmethod
    def no_constant(name):
        raise ValueError("no JSON")

    def layout(self, names):
        """The places of the columns that these keys name, or what is wrong with them."""
        known = self.layouts.get(names)
        if known is None:
            places, fault = [], None
            for name in names:
                place = self.exact.get(name)
                if place is None and (loose := self.loose.get(name.lower())) is not None:
                    fault = fault or ("spelled", self.columns[loose]["key"])
                elif place is not None and place in places:
                    fault = fault or ("twice", self.columns[place]["key"])
                places.append(place)
            for place, column in enumerate(self.columns):
                if column["required"] and place not in places:
                    fault = fault or ("missing", column["key"])
            known = (places, fault)
            if len(self.layouts) < 1000:
                self.layouts[names] = known
        return known

    def fault(self, line):
        """None for a sound line or a blank one, else what is wrong with it and the key that it is about."""
        try:
            text = bytes(line).decode("utf-8")
        except UnicodeDecodeError:
            return "not-utf8", None
        text = text.strip(" \t\r\n")
        if not text:
            return None
        try:
            record, end = self.decoder.raw_decode(text)
        except (ValueError, RecursionError):
            return "malformed", None
        if end != len(text):
            return ("several" if text[end:].lstrip(" \t,\x1e").startswith("{") else "stray"), None
        if type(record) is not tuple:
            return "not-object", None
        places, fault = self.layout(tuple(name for name, _ in record))
        if fault:
            return fault
        for place, (_, value) in zip(places, record):
            if place is not None and (fault := self.value_fault(self.columns[place], value)):
                return fault, self.columns[place]["key"]
        return None

    @staticmethod
    def value_fault(column, value):
        kind, of = column["kind"], type(value)
        if value is None:
            return "missing" if column["required"] else None
        if of is str:
            if not value.strip(WHITE_SPACE):
                return "missing" if column["required"] else None
            if kind != "text":
                return "text"
            if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
                return "surrogate"
            return None
        if kind == "text":
            # A whole number has the same digits everywhere; how another one is written is lost.
            return None if of is int and 0 < value < 2**63 else "mistyped"
        if of not in (int, float):
            return "mistyped"
        if kind == "float":
            try:
                return None if math.isfinite(float(value)) else "range"
            except OverflowError:
                return "range"
        if of is float:
            return "fraction"
        low, high = (0, LAST_INSTANT) if kind == "time" else (-(2**63), 2**63 - 1)
        return None if low <= value <= high else "range"


def look(dataset, rows):
    """Counts the records and the faults of a partition, by file."""
    lines, found, records = Lines(dataset), {}, 0
    for file, line in rows:
        fault = lines.fault(line)
        if fault:
            found[(file, *fault)] = found.get((file, *fault), 0) + 1
        elif bytes(line).strip(b" \t\r\n"):
            records += 1
    yield records, list(found.items())


# --- Files, wherever they are --------------------------------------------------------------------------------------------


class Lake:
    """Files by way of Hadoop, so that a path means what it means to Spark."""

    # A file that is written whole takes its place at once.
    OBJECT_STORES = ("s3", "s3a", "s3n", "gs", "abfs", "abfss", "wasb", "wasbs", "oss")

    def __init__(self, spark):
        self.spark = spark
        self.jvm = spark.sparkContext._jvm
        self.conf = spark.sparkContext._jsc.hadoopConfiguration()

    def at(self, path):
        path = self.jvm.org.apache.hadoop.fs.Path(path)
        return path.getFileSystem(self.conf), path

    def exists(self, path):
        files, path = self.at(path)
        return files.exists(path)

    def qualified(self, path):
        files, path = self.at(path)
        return files.makeQualified(path).toString()

    def children(self, path):
        """Name, whether it is a folder, and the path of what lies in a folder, by name."""
        files, path = self.at(path)
        found = [(s.getPath().getName(), s.isDirectory(), s.getPath().toString()) for s in files.listStatus(path)]
        return sorted(found)

    def read(self, path):
        if "://" not in path and os.path.isfile(path):
            with open(path, "rb") as file:
                return file.read()
        if not self.exists(path):
            raise Refused(f"{path} is not there")
        return bytes(self.spark.read.format("binaryFile").load(path).select("content").first()[0])

    def put(self, path, content):
        """Writes a file, which takes the place of what was there in one step where the file system can."""
        files, target = self.at(path)
        scheme = files.getUri().getScheme()
        if scheme == "file":
            local = files.makeQualified(target).toUri().getPath()
            fresh = f"{local}.{secrets.token_hex(4)}.unfinished"
            os.makedirs(os.path.dirname(local), exist_ok=True)
            with open(fresh, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, local)
            return
        at_once = scheme in self.OBJECT_STORES
        fresh = target if at_once else self.jvm.org.apache.hadoop.fs.Path(f"{path}.{secrets.token_hex(4)}.unfinished")
        stream = files.create(fresh, True)
        try:
            stream.write(bytearray(content))
        finally:
            stream.close()
        if not at_once:
            rename = getattr(self.jvm.org.apache.hadoop.fs, "Options$Rename")
            how = self.spark.sparkContext._gateway.new_array(rename, 1)
            how[0] = rename.OVERWRITE
            context = self.jvm.org.apache.hadoop.fs.FileContext.getFileContext(files.getUri(), self.conf)
            context.rename(fresh, target, how)


def named(folder):
    """The data set that a folder of this name holds."""
    plain = "".join(letter for letter in folder if letter.isalnum()).lower().removesuffix("s")
    return next((d["name"] for d in PLAN["datasets"] if d["name"].replace("_", "") == plain), None)


def landing_files(lake, landing):
    """The landing files of each data set, in the order of their names, as the workbench finds them."""
    if not lake.exists(landing):
        raise Refused(f"--landing {landing} is not there")
    found = {dataset["name"]: [] for dataset in PLAN["datasets"]}
    wrong = []

    def look_into(folder, below, says):
        children = lake.children(folder)
        has_landing = says is not None and any(name == "landing" and is_folder for name, is_folder, _ in children)
        for name, is_folder, path in children:
            if name.startswith(".") or name == "_SUCCESS" or name.endswith(".crc"):
                continue
            shown = f"{below}/{name}" if below else name
            if is_folder:
                if not (has_landing and name in ("trusted", "curated")):
                    look_into(path, shown, named(name) or says)
            elif says is None:
                wrong.append(f"{shown} lies in no folder named customer, accelerometer or step_trainer; put it in one")
            elif name.startswith("_") or any(part.startswith("_") for part in shown.split("/")):
                wrong.append(f"{shown}: Spark passes over names that begin with _; give it another name")
            elif name.lower().endswith((".zst", ".zstd")):
                wrong.append(f"{shown}: Spark cannot read zstd everywhere; compress it with gzip or not at all")
            else:
                found[says].append(path)

    above = bare(lake.qualified(landing)).rstrip("/").split("/")
    look_into(landing, "", next((says for folder in above[:-3:-1] if (says := named(folder))), None))
    for name, files in found.items():
        if not files:
            wrong.append(f"no landing files of {name}; put them in a folder {name}/ below --landing")
    if wrong:
        raise Refused(refusal("The landing files are not as Spark needs them", wrong))
    return found


def bare(place):
    """A path without what kind of place it is, however Spark or Hadoop write that."""
    return re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:/*", "/", unquote(place))


def refusal(what, lines):
    shown = "".join(f"\n  - {line}" for line in lines[:MOST_REPORTED])
    more = f"\n  - and {len(lines) - MOST_REPORTED} more" if len(lines) > MOST_REPORTED else ""
    return f"{what}. Nothing was written.{shown}{more}"


# --- Reading -------------------------------------------------------------------------------------------------------------


def pin(spark):
    """What differs by version and place, or would swallow something."""
    for name, value in {
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.files.ignoreCorruptFiles": "false",
        "spark.sql.files.ignoreMissingFiles": "false",
        "spark.sql.parser.escapedStringLiterals": "false",
        "spark.sql.parquet.writeLegacyFormat": "false",
    }.items():
        spark.conf.set(name, value)
    context = spark.sparkContext
    if context.master.startswith("local") and context.getConf().get("spark.sql.shuffle.partitions") is None:
        # The usual 200 are for a cluster.
        spark.conf.set("spark.sql.shuffle.partitions", str(context.defaultParallelism))


class Landed:
    """The landing tables as views, looked through and held."""

    def __init__(self, spark, landing, say=print, check_only=False):
        started = time.monotonic()
        pin(spark)
        self.spark, self.lake, self.rows, self.held = spark, Lake(spark), {}, []
        files = landing_files(self.lake, landing)
        # Executors have no module of this name, so what they run goes to them whole.
        if __name__ != "__main__":
            from pyspark import cloudpickle

            cloudpickle.register_pickle_by_value(sys.modules[__name__])
        root = bare(self.lake.qualified(landing)).rstrip("/") + "/"
        wrong = []
        for dataset in PLAN["datasets"]:
            records, faults = self.looked_at(dataset, files[dataset["name"]])
            self.rows[dataset["table"]] = records
            for (file, what, key), count in sorted(faults.items(), key=str):
                below = bare(file).removeprefix(root)
                lines = "1 line" if count == 1 else f"{count} lines"
                wrong.append(f"{below}: {lines} with {WHAT[what].format(key)}; {TODO[what]}")
        if wrong:
            raise Refused(refusal("Spark would swallow or mistake something in the landing files", wrong))
        if not check_only:
            for dataset in PLAN["datasets"]:
                self.land(dataset, files[dataset["name"]])
        self.seconds = time.monotonic() - started
        say("landed: " + ", ".join(f"{table} {rows}" for table, rows in self.rows.items()))

    def looked_at(self, dataset, files):
        text = self.spark.read.text(files).selectExpr("input_file_name() AS file", "CAST(value AS binary) AS line")
        records, faults = 0, {}
        for of, found in text.rdd.mapPartitions(lambda rows: look(dataset, rows)).collect():
            records += of
            for fault, count in found:
                faults[fault] = faults.get(fault, 0) + count
        return records, faults

    def land(self, dataset, files):
        """Holds what was read, so that all tables are made of the same rows, and so that what cannot be read is noticed now."""
        spark, table = self.spark, dataset["table"]
        raw = spark.read.schema(dataset["schema"]).options(mode="FAILFAST").json(files)
        raw = raw.selectExpr(
            "*", "input_file_name() AS __file", "input_file_block_start() AS __block", "monotonically_increasing_id() AS __row"
        )
        raw.createOrReplaceTempView(dataset["raw"])
        query = dataset["select"].replace("SELECT\n", "SELECT `__file`, `__block`, `__row`,\n", 1)
        held = spark.sql(query).persist()
        try:
            rows = held.count()
        except Exception:  # What Spark says may hold the record.
            raise Refused(
                f"Spark cannot read a record of {table} that was found sound, or a file changed meanwhile. Nothing was written. "
                "Start the job again; if it says so again, curate these files with the workbench"
            ) from None
        if rows != self.rows[table]:
            raise Refused(
                f"Spark reads {rows} records of {table} where {self.rows[table]} were counted: a file changed meanwhile. Nothing "
                "was written. Start the job again when nothing is being delivered"
            )
        self.held.append(held)
        held.createOrReplaceTempView(table + "_held")
        names = ", ".join(f"`{column['column']}`" for column in dataset["columns"])
        spark.sql(f"SELECT {names} FROM {table}_held").createOrReplaceTempView(table)

    def let_go(self):
        for held in self.held:
            held.unpersist()


# --- Whose device it is --------------------------------------------------------------------------------------------------
# The method is that of docs/owners.md, and every number is worked out as the workbench does.

MOST_PAIRS_EACH, SAMPLE_OF_OPEN, MOST_TOGETHER = 64, 256, 40
SAMPLE, MOST_CANDIDATES, MOST_NEAR = 16, 12, 1 << 14
# So many devices are looked at here; more are shared out.
HERE = 48


def log10_tail(count, expected):
    """Chernoff's bound of a sum of independent events."""
    if count <= expected or count == 0:
        return 0.0
    if expected <= 0.0:
        return -math.inf
    return (count - expected - count * math.log(count / expected)) / 2.302585092994046


def shared_instants(one, other, by):
    other = set(other)
    return sum(at + by in other for at in one)


def moved(device, users, most):
    """The users whose instants are those of a device, moved: user, offset and shared instants."""
    times, who, of = users
    sample = device[:: max(-(-len(device) // SAMPLE), 1)]
    differences = {}
    for at in sample:
        start = bisect_left(times, at - most)
        end = min(bisect_right(times, at + most), start + MOST_NEAR)
        for place in range(start, end):
            key = (who[place], times[place] - at)
            differences[key] = differences.get(key, 0) + 1
    often = [(key, count) for key, count in differences.items() if count > 1]
    often.sort(key=lambda found: (-found[1], abs(found[0][1]), found[0][1], found[0][0]))
    best = {}
    for (user, offset), _ in often:
        if len(best) == MOST_CANDIDATES and user not in best:
            continue
        shared = shared_instants(device, of[user], offset)
        known = best.setdefault(user, (offset, shared))
        if (shared, -abs(offset)) > (known[1], -abs(known[0])):
            best[user] = (offset, shared)
    return [(user, offset, shared) for user, (offset, shared) in best.items()]


def moved_of(device, all_times, users, most):
    """The same with how many users, the device's instants added up, have a reading then."""
    found = []
    for user, offset, shared in moved(device, users, most):
        busy = sum(bisect_right(all_times, at + offset) - bisect_left(all_times, at + offset) for at in device)
        found.append((user, shared, offset, busy))
    return found


def heaviest(weights):
    """The one-to-one assignment of rows to columns with the largest sum, and the sum: Kuhn's method with potentials."""
    columns = len(weights[0]) if weights else 0
    size = max(len(weights), columns)
    cost = [
        [-weights[r][c] if r < len(weights) and c < columns else 0 for c in range(size)] for r in range(size)
    ]
    of_row, of_column, taken_by = [0] * (size + 1), [0] * (size + 1), [0] * (size + 1)
    for row in range(1, size + 1):
        taken_by[0], column = row, 0
        least, way, is_done = [math.inf] * (size + 1), [0] * (size + 1), [False] * (size + 1)
        while True:
            is_done[column] = True
            at, by, following = taken_by[column], math.inf, 0
            for other in range(1, size + 1):
                if is_done[other]:
                    continue
                reduced = cost[at - 1][other - 1] - of_row[at] - of_column[other]
                if reduced < least[other]:
                    least[other], way[other] = reduced, column
                if least[other] < by:
                    by, following = least[other], other
            for other in range(size + 1):
                if is_done[other]:
                    of_row[taken_by[other]] += by
                    of_column[other] -= by
                else:
                    least[other] -= by
            column = following
            if taken_by[column] == 0:
                break
        while column != 0:
            taken_by[column] = taken_by[way[column]]
            column = way[column]
    assigned, total = [None] * len(weights), 0
    for column in range(1, size + 1):
        row = taken_by[column] - 1
        total -= cost[row][column - 1]
        if row < len(weights) and column <= columns:
            assigned[row] = column - 1
    return assigned, total


def assign(candidates):
    """Devices to users one to one so that together they share the most instants: device to user and lead."""
    root = list(range(len(candidates)))

    def find(of):
        while root[of] != of:
            root[of] = root[root[of]]
            of = root[of]
        return of

    of_device, of_user, groups, assigned = {}, {}, {}, {}
    for place, (device, user, _) in enumerate(candidates):
        for first in (of_device.setdefault(device, place), of_user.setdefault(user, place)):
            one, other = find(first), find(place)
            root[max(one, other)] = min(one, other)
    for place, candidate in enumerate(candidates):
        groups.setdefault(find(place), []).append(candidate)
    for _, group in sorted(groups.items()):
        if len(group) == 1:
            device, user, shared = group[0]
            assigned[device] = (user, shared)
            continue
        devices, users = sorted({c[0] for c in group}), sorted({c[1] for c in group})
        if max(len(devices), len(users)) > MOST_TOGETHER:
            continue
        weights = [[0] * len(users) for _ in devices]
        for device, user, shared in group:
            weights[devices.index(device)][users.index(user)] = shared
        best, total = heaviest(weights)
        for device, user in enumerate(best):
            if user is None or weights[device][user] == 0:
                continue
            shared, weights[device][user] = weights[device][user], 0
            _, without = heaviest(weights)
            weights[device][user] = shared
            assigned[devices[device]] = (users[user], total - without)
    return assigned


class Owners:
    """Infers the owner of every device from all readings that landed."""

    def __init__(self, spark, rules, decisions):
        self.spark, self.rules, self.decisions = spark, rules, decisions
        self.devices = self.numbered("step_trainer_landing_held", "serialnumber")
        self.users = self.numbered("accelerometer_landing_held", "user")
        self.place = {device: place for place, device in enumerate(self.devices)}
        self.user_place = {user: place for place, user in enumerate(self.users)}
        self.held = [
            self.hold("owner_devices", "serialnumber", "sensorreadingtime", "step_trainer_landing"),
            self.hold("owner_users", "user", "timestamp", "accelerometer_landing"),
        ]
        rows = spark.sql("SELECT sender, count(*) FROM owner_devices GROUP BY sender").collect()
        self.instants = {self.place[device]: count for device, count in rows}
        rows = spark.sql(
            "SELECT sender, percentile_disc(0.5) WITHIN GROUP (ORDER BY gap) FROM (SELECT sender, instant - lag(instant) OVER "
            "(PARTITION BY sender ORDER BY instant) AS gap FROM owner_users) WHERE gap IS NOT NULL GROUP BY sender"
        ).collect()
        self.interval = {self.user_place[user]: int(interval) for user, interval in rows}
        self.grid = self.common_step()
        spark.createDataFrame([(device,) for device in decisions], "device string").createOrReplaceTempView("owner_decided")

    def numbered(self, held, sender):
        """Who sent something, in the order in which they come first."""
        rows = self.spark.sql(
            f"SELECT `{sender}`, first.* FROM (SELECT `{sender}`, min(struct(__file, __block, __row)) AS first FROM {held} "
            f"GROUP BY `{sender}`)"
        ).collect()
        return [row[0] for row in sorted(rows, key=lambda row: (unquote(row[1]), row[2], row[3]))]

    def hold(self, view, sender, instant, table):
        held = self.spark.sql(f"SELECT DISTINCT `{sender}` AS sender, `{instant}` AS instant FROM {table}").persist()
        held.createOrReplaceTempView(view)
        return held

    def common_step(self):
        """The largest step of which all instants are multiples apart."""
        both = self.spark.sql("SELECT instant FROM owner_devices UNION SELECT instant FROM owner_users")
        first = both.first()
        if first is None:
            return 1
        first = first[0]

        def step(rows):
            grid = 0
            for (at,) in rows:
                grid = math.gcd(grid, at - first)
            yield grid

        return max(math.gcd(*both.rdd.mapPartitions(step).collect()), 1)

    def at_once(self, devices, offset, offsets):
        """Who shares instants with each device when so much is added to its time, whoever shares the most first. Of devices about
        which nothing was decided, only those who could be candidates."""
        rules = self.rules
        rows = self.spark.sql(
            f"""
            WITH d AS (SELECT sender, instant + {offset} AS instant FROM {devices}),
            dn AS (SELECT instant, count(*) AS n FROM d GROUP BY instant),
            un AS (SELECT instant, count(*) AS n FROM owner_users GROUP BY instant),
            meeting AS (SELECT dn.instant, dn.n AS devices, un.n AS users FROM dn JOIN un ON un.instant = dn.instant),
            busy AS (
              SELECT d.sender, sum(m.users) AS busy FROM d JOIN meeting m ON m.instant = d.instant GROUP BY d.sender
            ),
            sent AS (SELECT sender, count(*) AS instants FROM d GROUP BY sender),
            pairs AS (
              SELECT d.sender AS device, u.sender AS user_of, count(*) AS shared
              FROM d JOIN meeting m ON m.instant = d.instant JOIN owner_users u ON u.instant = m.instant
              WHERE m.devices * m.users <= {MOST_PAIRS_EACH} * (m.devices + m.users)
              GROUP BY d.sender, u.sender
            )
            SELECT p.device, p.user_of, p.shared, b.busy
            FROM pairs p JOIN busy b ON b.sender = p.device JOIN sent s ON s.sender = p.device
            WHERE (p.shared >= {rules["least_shared"]} AND p.shared * 1000 >= s.instants * {rules["least_share_permille"]})
              OR p.device IN (SELECT device FROM owner_decided)
            """
        ).collect()
        evidence = {}
        for device, user, shared, busy in rows:
            found = (self.user_place[user], shared, offset, busy, offsets)
            evidence.setdefault(self.place[device], []).append(found)
        for found in evidence.values():
            found.sort(key=lambda found: (-found[1], found[0]))
        return evidence

    def counts(self, device, found):
        """Whether a user is a candidate: enough instants, enough of the device's, and not by chance."""
        user, shared, _, busy, offsets = found
        instants, rules = self.instants[device], self.rules
        if shared < rules["least_shared"] or shared * 1000 < instants * rules["least_share_permille"]:
            return False
        others = float(max(len(self.users) - 1, 1))
        by_others = max(busy - shared, 0) / others
        interval = max(self.interval.get(user, self.grid), self.grid)
        by_pace = float(instants) * float(self.grid) / float(interval)
        tries = math.log10(max(len(self.users), 1)) + math.log10(offsets)
        return min(log10_tail(shared, by_others + by_pace) + tries, 0.0) <= -float(rules["chance_exponent"])

    def open(self, evidence):
        """Devices without a candidate."""
        return [d for d in range(len(self.devices)) if not any(self.counts(d, found) for found in evidence.get(d, []))]

    def look_moved(self, evidence):
        """For the devices with nobody so far, looks for users whose clock is another."""
        most = self.rules["most_offset_ms"]
        offsets = 2 * most // self.grid + 1
        still_open = self.open(evidence)
        if most == 0 or not still_open:
            return
        keys = sorted(
            (at << 32) | self.user_place[user]
            for user, at in self.spark.sql("SELECT sender, instant FROM owner_users").toLocalIterator()
        )
        times, who = array("q", (key >> 32 for key in keys)), array("I", (key & 0xFFFFFFFF for key in keys))
        del keys
        step = max(-(-len(still_open) // SAMPLE_OF_OPEN), 1)
        sample = still_open[::step]
        common = self.common_offset(sample, times, who, evidence, offsets, most)
        if common is not None:
            names = [(self.devices[device],) for device in still_open]
            self.spark.createDataFrame(names, "sender string").createOrReplaceTempView("owner_open")
            self.spark.sql(
                "SELECT d.* FROM owner_devices d LEFT SEMI JOIN owner_open o ON o.sender = d.sender"
            ).createOrReplaceTempView("owner_open_devices")
            found = self.at_once("owner_open_devices", common, offsets)
            for device in still_open:
                if any(self.counts(device, one) for one in found.get(device, [])):
                    evidence[device] = found[device]
            still_open = self.open(evidence)
        is_all = (len(self.devices) - len(still_open)) * 5 < len(self.devices)
        if is_all:
            still_open, taken = list(range(len(self.devices))), set()
        else:
            taken = {one[0] for d, found in evidence.items() for one in found if self.counts(d, one)}
        evidence.update(self.moved_of_all(still_open, times, who, taken, evidence, offsets, most))

    def common_offset(self, sample, times, who, evidence, offsets, most):
        """The offset that at least a quarter of some devices have with a candidate, if there is one."""
        found, often = self.moved_of_all(sample, times, who, set(), evidence, offsets, most), {}
        for device in sample:
            for offset in {one[2] for one in found[device] if self.counts(device, one)}:
                often[offset] = often.get(offset, 0) + 1
        if not often:
            return None
        # Of several that are as frequent the largest.
        offset, count = max(often.items(), key=lambda item: (item[1], item[0]))
        return offset if count >= 8 and count * 4 >= len(sample) else None

    def moved_of_all(self, devices, times, who, taken, known, offsets, most):
        """Who shares instants with these devices at any offset, together with who is known to."""
        if not devices:
            return {}
        names = [(self.devices[device],) for device in devices]
        self.spark.createDataFrame(names, "sender string").createOrReplaceTempView("owner_wanted")
        rows = self.spark.sql(
            "SELECT d.sender, sort_array(collect_list(d.instant)) FROM owner_devices d LEFT SEMI JOIN owner_wanted w ON w.sender = "
            "d.sender GROUP BY d.sender"
        ).collect()
        wanted = sorted((self.place[device], list(instants)) for device, instants in rows)
        free_times, free_who, of = array("q"), array("I"), {}
        for at, user in zip(times, who):
            if user not in taken:
                free_times.append(at)
                free_who.append(user)
                of.setdefault(user, array("q")).append(at)
        users = (free_times, free_who, of)
        if len(wanted) <= HERE:
            looked = [(device, moved_of(instants, times, users, most)) for device, instants in wanted]
        else:
            context = self.spark.sparkContext
            given = context.broadcast((times, users))
            parts = max(min(len(wanted) // 8, context.defaultParallelism * 4), 1)
            looked = (
                context.parallelize(wanted, parts)
                .map(lambda item: (item[0], moved_of(item[1], given.value[0], given.value[1], most)))
                .collect()
            )
            given.unpersist()
        result = {}
        for device, moved_users in looked:
            found = [(*one, offsets) for one in moved_users]
            have = {one[0] for one in found}
            found.extend(one for one in known.get(device, []) if one[0] not in have)
            found.sort(key=lambda found: (-found[1], abs(found[2]), found[0]))
            result[device] = found
        return result

    def infer(self):
        """Devices and their owners."""
        evidence = self.at_once("owner_devices", 0, 1)
        self.look_moved(evidence)
        candidates = [
            (device, one[0], one[1])
            for device in range(len(self.devices))
            for one in evidence.get(device, [])
            if self.counts(device, one)
        ]
        assigned, owners = assign(candidates), []
        has_candidates = {device for device, _, _ in candidates}
        for device, serial in enumerate(self.devices):
            found = evidence.get(device, [])
            user, lead = assigned.get(device, (found[0][0] if found else None, 0))
            if user is None:
                continue
            shared = next(one[1] for one in found if one[0] == user)
            is_clear = device in has_candidates and lead > 0 and lead * 1000 >= shared * self.rules["least_lead_permille"]
            decided = self.decisions.get(serial)
            if decided and decided["owner"] == self.users[user]:
                is_clear = decided["is_theirs"]
            if is_clear:
                owners.append((serial, self.users[user]))
        for held in self.held:
            held.unpersist()
        return owners


# --- The tables ----------------------------------------------------------------------------------------------------------


def known_recipe(lake, path):
    """The recipe, if it is the one that this job was written from."""
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recipe.json") if "__file__" in globals() else None
    if path is None and beside and os.path.isfile(beside):
        path = beside
    if path is None:
        if PLAN["names_people"]:
            raise Refused("this recipe says who withdrew or whose devices are whose, so the job needs it: give --recipe FILE")
        content = PLAN["recipe"].encode()
        return json.loads(content), content
    content = lake.read(path)
    if hashlib.sha256(content).hexdigest() != PLAN["recipe_sha256"]:
        raise Refused(f"{path} is not the recipe that this job was written from. Write the kit again from it")
    return json.loads(content), content


def counted(spark, table):
    """What each step of a table did, looked at from both sides."""
    row = spark.sql(table["counts"]).first().asDict()
    steps = []
    for number, step in enumerate(table["steps"], 1):
        rows_in, rows_out = row[f"rows_{number - 1}"], row[f"rows_{number}"]
        kept = row[f"matched_{number}"] if step["is_join"] else rows_out
        step = {"reason": step["reason"], "rows_in": rows_in, "dropped": rows_in - kept, "added": rows_out - kept, "rows_out": rows_out}
        if step["dropped"] < 0 or step["added"] < 0:
            raise Refused(f"{table['table']} does not add up at the step {step['reason']!r}; what was there before still counts")
        steps.append(step)
    return row["rows_0"], steps


def pads(content):
    """The inner and the outer pad of the key of pseudonyms (RFC 2104), from what a key file says."""
    head, _, digits = content.decode("ascii", "replace").strip().partition("\n")
    if head != KEY_HEAD or not re.fullmatch(r"\s*[0-9a-f]{64}", digits):
        raise Refused("--key is no key file of stedi-workbench")
    key = bytes.fromhex(digits.strip()).ljust(64, b"\0")
    return bytearray(byte ^ 0x36 for byte in key), bytearray(byte ^ 0x5C for byte in key)


def shares(text):
    """The shares of customers to validate and to test with in thousandths, from three in per cent that make 100."""
    try:
        permille = [round(float(share) * 10) for share in text.split(",")]
    except ValueError:
        permille = []
    if len(permille) != 3 or min(permille) < 0 or sum(permille) != 1000:
        raise Refused("--split takes the shares to train, validate and test with in per cent, which make 100, as in 80,10,10")
    return permille[1], permille[2]


def beyond(permille):
    """The first place beyond a share of all 2^64, as the digits that a hash begins with."""
    place = -(-(permille << 64) // 1000)
    return f"{place:016x}" if place < 1 << 64 else "g"


def split_views(spark, queries, split, seed):
    """Makes the views that tell whose split is which, as an export of the workbench does: customers who hang together, by a device or
    by a recording under several names, are one group, and of each the member with the least hash speaks for all. Only they come here."""
    parent = {}

    def root(one):
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def unite(one, other):
        parent[root(other)] = root(one)

    for row in spark.sql(queries["devices"]).toLocalIterator():
        for other in row["customers"][1:]:
            unite(row["customers"][0], other)
    for row in spark.sql(queries["recordings"]).toLocalIterator():
        unite(row["one"], row["other"])
    groups = {}
    for one in list(parent):
        groups.setdefault(root(one), []).append(one)
    seed = seed.to_bytes(8, "little")
    place = lambda one: hashlib.sha256(b"group:" + seed + one.encode()).digest()[:8]
    speakers = []
    for group in groups.values():
        speaker = min(group, key=place)
        speakers += [(one, speaker) for one in group]
    spark.createDataFrame(speakers, "customer string, speaker string").createOrReplaceTempView("speakers")
    validation, test = split
    row = (bytearray(b"split:" + seed), beyond(test), beyond(test + validation))
    spark.createDataFrame([row], "prefix binary, test string, validation string").createOrReplaceTempView("shares")


# More records than these with one serial number are the fulfilment system's mistake: they do not say whose device it is.
MOST_CARRIERS = 10


def new_folder(lake, out, kind, run_id):
    """The name of a run, made up of the time unless given, and its folder, which is not there yet."""
    run_id = run_id or datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ-") + secrets.token_hex(3)
    folder = f"{out.rstrip('/')}/{kind}/{run_id}"
    if lake.exists(folder):
        raise Refused(f"{folder} is there already; a run is never written over. Choose another --run-id")
    return run_id, folder


def sample(spark, landed, out, devices=0, of=None, seed=0, run_id=None, say=print):
    """Writes landing files of some devices: so many, or those that a list names by serial number or by e-mail address. With them go
    whose they are by their records, all motions of these, and the motions and the record of whoever else moved at one of their
    instants, so that joins and consent come to the same for these devices as they do for all. Gives the folder and its rows."""
    pin(spark)
    lake = landed.lake
    listed = re.split(r"[\s,]+", lake.read(of).decode("utf-8-sig", "replace").strip().lower()) if of is not None else []
    run_id, folder = new_folder(lake, out, "samples", run_id)
    spark.createDataFrame([(entry,) for entry in listed if entry], "entry string").createOrReplaceTempView("listed")
    names_it = lambda column: f"lower(trim({column})) IN (SELECT entry FROM listed)"
    views = {
        "few_carriers": "SELECT serialnumber FROM customer_landing WHERE serialnumber IS NOT NULL GROUP BY serialnumber "
        f"HAVING count(DISTINCT email) <= {MOST_CARRIERS}",
        "some_devices": "SELECT DISTINCT serialnumber FROM step_trainer_landing WHERE " + names_it("serialnumber")
        + " UNION SELECT c.serialnumber FROM customer_landing c LEFT SEMI JOIN few_carriers f ON f.serialnumber = c.serialnumber "
        "WHERE " + names_it("c.email")
        if of is not None
        else "SELECT serialnumber FROM (SELECT DISTINCT serialnumber FROM step_trainer_landing) "
        f"ORDER BY sha2(concat('{seed}:', serialnumber), 256), serialnumber LIMIT {devices}",
        "some_people": "SELECT c.email FROM customer_landing c LEFT SEMI JOIN few_carriers f ON f.serialnumber = c.serialnumber "
        "LEFT SEMI JOIN some_devices d ON d.serialnumber = c.serialnumber "
        "UNION SELECT email FROM customer_landing WHERE " + names_it("email"),
        "some_step_trainer": "SELECT s.* FROM step_trainer_landing_held s LEFT SEMI JOIN some_devices d ON d.serialnumber = s.serialnumber",
        "some_accelerometer": "SELECT a.* FROM accelerometer_landing_held a LEFT SEMI JOIN some_people p ON p.email = a.`user` "
        "UNION ALL SELECT a.* FROM accelerometer_landing_held a LEFT ANTI JOIN some_people p ON p.email = a.`user` "
        "LEFT SEMI JOIN some_step_trainer s ON s.sensorreadingtime = a.`timestamp`",
        "some_customer": "SELECT c.* FROM customer_landing_held c LEFT SEMI JOIN (SELECT email FROM some_people UNION SELECT `user` "
        "FROM some_accelerometer) p ON p.email = c.email",
    }
    held = []
    for view, query in views.items():
        made = spark.sql(query)
        if view in ("some_devices", "some_people"):
            held.append(made.persist())
        made.createOrReplaceTempView(view)
    if held[0].count() == 0:
        raise Refused("No device that sent anything is in the sample. Nothing was written. Ask for others")
    rows = {}
    for dataset in PLAN["datasets"]:
        keys = [f"`{column['column']}` AS `{column['key']}`" for column in dataset["columns"]]
        # In one file, in the order in which they landed.
        some = spark.table(f"some_{dataset['name']}").repartition(1).sortWithinPartitions("__file", "__block", "__row").selectExpr(*keys)
        path = f"{folder}/{dataset['name']}/landing"
        some.write.mode("error").json(path)
        rows[dataset["table"]] = spark.read.text(path).count()
    for view in held:
        view.unpersist()
    say(f"sampled: {folder}, " + ", ".join(f"{table} {count}" for table, count in rows.items()))
    return {"folder": folder, "rows": rows}


def run(spark, landed, out, recipe=None, run_id=None, expected=None, say=print, key=None, split=None, seed=0):
    """Makes the tables of the recipe from what landed, and switches `current.json` to them. Gives the counts."""
    started = time.monotonic()
    pin(spark)
    lake = landed.lake
    choices, recipe = known_recipe(lake, recipe)
    key = pads(lake.read(key)) if key is not None else None
    split = shares(split) if split is not None else None
    if split is not None and key is None:
        raise Refused("--split is of the table under pseudonyms: give --key as well")
    run_id, folder = new_folder(lake, out, "runs", run_id)
    withdrawn = [(entry,) for entry in choices.get("withdrawn", [])]
    spark.createDataFrame(withdrawn, "entry string").createOrReplaceTempView("withdrawn")
    held = []
    for view, query in PLAN["views"]:
        held.append(spark.sql(query).persist())
        held[-1].createOrReplaceTempView(view)
    if PLAN["owners"] is not None:
        owners = Owners(spark, PLAN["owners"], choices.get("owners", {}).get("decisions", {})).infer()
        owners = spark.createDataFrame(owners, "serialnumber string, `user` string")
        owners.coalesce(1).write.mode("error").parquet(f"{folder}/owners")
        spark.read.schema(owners.schema).parquet(f"{folder}/owners").createOrReplaceTempView("owners")
    rows, changes = dict(landed.rows), {}
    for table in PLAN["tables"]:
        name = table["table"]
        made = spark.sql(table["whole"] or table["query"])
        if table["whole"]:
            # Whose motion it is stays within the run: the review needs it, and no table that is handed on has it.
            made.write.mode("error").parquet(f"{folder}/review/{name}")
            whole = spark.read.schema(made.schema).parquet(f"{folder}/review/{name}")
            whole.createOrReplaceTempView(f"{name}_whole")
            made = whole.select(*table["columns"])
        made.write.mode("error").parquet(f"{folder}/{name}")
        written = spark.read.schema(made.schema).parquet(f"{folder}/{name}")
        written.createOrReplaceTempView(name)
        rows[name] = written.count()
        rows_in, steps = counted(spark, table)
        if rows_in != rows[table["source"]] or (steps[-1]["rows_out"] if steps else rows_in) != rows[name]:
            raise Refused(f"{name} does not add up: other rows were written than counted; what was there before still counts")
        changes[name] = (table["source"], steps)
        if key is not None and table["pseudonymous"] is not None:
            # In a view and not in the statement, which Spark keeps in its logs.
            spark.createDataFrame([key], "inner_pad binary, outer_pad binary").createOrReplaceTempView("pads")
            query = table["pseudonymous"]
            if split is not None:
                split_views(spark, table["split"], split, seed)
                query = table["split"]["rows"]
            spark.sql(query).write.mode("error").parquet(f"{folder}/{name}_pseudonyms")
        say(f"made: {name} {rows[name]}")
    seconds = time.monotonic() - started
    report = {"tables": {}}
    for name in PLAN["catalog"]:
        if name in changes:
            source, steps = changes[name]
            dropped = {step["reason"]: step["dropped"] for step in steps if step["dropped"]}
            added = sum(step["added"] for step in steps)
            report["tables"][name] = {"rows": rows[name], "source": source, "dropped": dropped, "added": added}
        else:
            report["tables"][name] = {"rows": rows[name], "refused": 0}
    if PLAN["withdrawals"] is not None:
        found = spark.sql(PLAN["withdrawals"]).first()
        report["withdrawn"] = {"listed": len(withdrawn), "matched": found["matched"], "customers": found["customers"]}
    for view in held:
        view.unpersist()
    differs = []
    if expected is not None:
        compared = {}
        for name, count in json.loads(lake.read(expected)).items():
            compared[name] = {"expected": count, "found": rows.get(name), "agrees": rows.get(name) == count, "mistakes": []}
            if rows.get(name) != count:
                differs.append(f"{name} has {rows.get(name)} rows, and {count} are expected")
        report["expected"] = compared
    report["seconds"] = landed.seconds + seconds
    report["timing"] = {"read_seconds": landed.seconds, "curate_seconds": seconds, "write_seconds": 0.0}
    report["steps"] = {name: steps for name, (_, steps) in changes.items()}
    report["run"] = run_id
    report["program"] = PLAN["program"]
    report["spark"] = spark.version
    lake.put(f"{folder}/recipe.json", recipe)
    lake.put(f"{folder}/counts.json", (json.dumps(report, indent=2) + "\n").encode())
    tables = [table["table"] for table in PLAN["tables"]] + (["owners"] if PLAN["owners"] is not None else [])
    places = "".join(f"ALTER TABLE `{name}` SET LOCATION '{lake.qualified(folder)}/{name}/';\n" for name in tables)
    lake.put(f"{folder}/athena_places.sql", places.encode())
    if differs:
        raise Refused(
            f"{'; '.join(differs)}. Not switched: what was there before still counts. The new tables are in {folder} to be looked at"
        )
    pointer = {"run": run_id, "path": f"runs/{run_id}", "recipe_sha256": PLAN["recipe_sha256"], "counts": f"runs/{run_id}/counts.json", "switched": int(time.time() * 1000)}
    lake.put(f"{out.rstrip('/')}/current.json", (json.dumps(pointer) + "\n").encode())
    say(f"switched: {out.rstrip('/')}/current.json is {run_id}")
    return report


def main():
    parser = argparse.ArgumentParser(description="Makes the trusted and curated tables of one recipe on Spark.")
    parser.add_argument("--landing", required=True, help="the landing zone, with customer, accelerometer and step_trainer in it")
    parser.add_argument("--out", help="where the runs go and current.json is switched")
    parser.add_argument("--recipe", help="recipe.json of the kit; without it the one beside the job")
    parser.add_argument("--expected", help="rows by table, as expected.json of the kit; if one differs nothing is switched")
    parser.add_argument("--key", help="a key file of the workbench: the machine-learning table under pseudonyms as well")
    parser.add_argument("--split", help="shares of customers to train, validate and test with in per cent, as 80,10,10: a column of the table under pseudonyms, as an export has it")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another split, another sample")
    parser.add_argument("--sample", type=int, metavar="DEVICES", help="write landing files of so many devices instead, to look at")
    parser.add_argument("--sample-of", metavar="LIST", help="the same of the devices and customers of a list: serial numbers or e-mail addresses")
    parser.add_argument("--run-id", help="the name of the run folder; made up of the time unless given")
    parser.add_argument("--check-only", action="store_true", help="look at the landing files and write nothing")
    parser.add_argument("--JOB_NAME", help=argparse.SUPPRESS)
    # Glue adds options of its own.
    arguments, _ = parser.parse_known_args()
    if not arguments.check_only and not arguments.out:
        parser.error("--out is missing")
    if arguments.sample is not None and (arguments.sample < 1 or arguments.sample_of is not None):
        parser.error("--sample is a number from 1 on, and not together with --sample-of")
    if not 0 <= arguments.seed < 1 << 64:
        parser.error("--seed is a number from 0 to 18446744073709551615")
    job = None
    try:
        from awsglue.context import GlueContext
        from awsglue.job import Job
        from pyspark.context import SparkContext

        glue = GlueContext(SparkContext.getOrCreate())
        spark, job = glue.spark_session, Job(glue)
        job.init(arguments.JOB_NAME or "stedi", vars(arguments))
    except ImportError:
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.appName("stedi-workbench").config("spark.ui.showConsoleProgress", "false").getOrCreate()

    def say(line):
        print(line, flush=True)

    try:
        landed = Landed(spark, arguments.landing, say, arguments.check_only)
        if arguments.sample is not None or arguments.sample_of is not None:
            sample(spark, landed, arguments.out, arguments.sample, arguments.sample_of, arguments.seed, arguments.run_id, say)
        elif not arguments.check_only:
            chosen = (arguments.recipe, arguments.run_id, arguments.expected, say, arguments.key, arguments.split, arguments.seed)
            run(spark, landed, arguments.out, *chosen)
    except Refused as refused:
        if job is not None:
            # Glue takes a job for failed by its exception.
            raise
        print(f"job: {refused}", file=sys.stderr, flush=True)
        spark.stop()
        sys.exit(2)
    if job is not None:
        job.commit()
    else:
        spark.stop()


if __name__ == "__main__":
    main()
