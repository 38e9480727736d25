#!/usr/bin/env python3
"""One job of a peer's. Prints one JSON object: the seconds within the process, without the start of Python, of the library and
of its engine, and the rows of each table.

Usage: peer_job.py duckdb|polars|pandas|pyspark read|job LANDING OUT
       peer_job.py duckdb|polars|pandas|pyspark copy PARQUET OUT

read   landing JSON to typed columns in memory
job    landing JSON to five Parquet files (zstd), which are on the disk when it ends, as ours are
copy   a table that is in memory already to a Parquet file (zstd) on the disk

Each peer has two threads and is used as its documentation advises for speed, with the columns declared where it lets one.
"""

import glob
import json
import os
import sys
import time
from pathlib import Path

THREADS = 2
DATASETS = ["customer", "accelerometer", "step_trainer"]
COLUMNS = {
    "customer": {
        "customerName": str, "email": str, "phone": str, "birthDay": str, "serialNumber": str, "registrationDate": int,
        "lastUpdateDate": int, "shareWithResearchAsOfDate": int, "shareWithPublicAsOfDate": int, "shareWithFriendsAsOfDate": int,
    },
    "accelerometer": {"user": str, "timestamp": int, "x": float, "y": float, "z": float},
    "step_trainer": {"sensorReadingTime": int, "serialNumber": str, "distanceFromObject": int},
}
LEARNING = ["serialNumber", "sensorReadingTime", "distanceFromObject", "x", "y", "z"]
TABLES = ["customer_trusted", "accelerometer_trusted", "customer_curated", "step_trainer_trusted", "machine_learning_curated"]


def files(landing, dataset):
    return sorted(glob.glob(f"{landing}/{dataset}/landing/*.json"))


class DuckDB:
    """In SQL, as the tables are checked."""

    def __init__(self):
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/checks"))
        import duckdb
        import tables

        self.sql, self.connection = tables, duckdb.connect(config={"threads": THREADS})
        self.connection.execute("SET enable_progress_bar = false")

    def read(self, landing):
        self.sql.land(self.connection, landing)

    def curate(self):
        self.sql.curate(self.connection, {})

    def load(self, parquet):
        self.connection.execute(f"CREATE TABLE learning AS FROM read_parquet('{parquet}') ORDER BY ALL")

    def write(self, table, path):
        self.connection.execute(f"COPY {table} TO '{path}' (FORMAT parquet, COMPRESSION zstd)")

    def rows(self, table):
        return self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


class Polars:
    """Reading by its scan, the tables by lazy queries that are collected together."""

    def __init__(self):
        os.environ["POLARS_MAX_THREADS"] = str(THREADS)
        import polars

        self.polars, self.tables = polars, {}

    def read(self, landing):
        types = {str: self.polars.String, int: self.polars.Int64, float: self.polars.Float64}
        for dataset in DATASETS:
            schema = {name: types[kind] for name, kind in COLUMNS[dataset].items()}
            self.tables[f"{dataset}_landing"] = self.polars.scan_ndjson(files(landing, dataset), schema=schema).collect()

    def curate(self):
        customers, motions, distances = (self.tables[f"{dataset}_landing"].lazy() for dataset in DATASETS)
        trusted = customers.filter(self.polars.col("shareWithResearchAsOfDate").is_not_null())
        moved = motions.join(trusted, left_on="user", right_on="email", how="semi")
        curated = trusted.join(moved, left_on="email", right_on="user", how="semi").unique()
        measured = distances.join(curated, on="serialNumber", how="semi")
        learning = measured.join(moved, left_on="sensorReadingTime", right_on="timestamp").select(LEARNING)
        self.tables |= dict(zip(TABLES, self.polars.collect_all([trusted, moved, curated, measured, learning])))

    def load(self, parquet):
        self.tables["learning"] = self.polars.read_parquet(parquet)

    def write(self, table, path):
        self.tables[table].write_parquet(path, compression="zstd")

    def rows(self, table):
        return self.tables[table].height


class Pandas:
    """With pyarrow to read JSON and to hold the columns, which is several times as fast as without. It does not let one declare
    the columns then, so dates of birth are made texts again where it takes them for instants."""

    def __init__(self):
        import pandas
        import pyarrow

        pyarrow.set_cpu_count(THREADS)
        self.pandas, self.tables = pandas, {}

    def read(self, landing):
        read = lambda file: self.pandas.read_json(file, lines=True, engine="pyarrow", dtype_backend="pyarrow")
        for dataset in DATASETS:
            table = self.pandas.concat([read(file) for file in files(landing, dataset)], ignore_index=True)
            if dataset == "customer" and "timestamp" in str(table["birthDay"].dtype):
                table["birthDay"] = table["birthDay"].dt.strftime("%Y-%m-%d")
            self.tables[f"{dataset}_landing"] = table

    def curate(self):
        customers, motions, distances = (self.tables[f"{dataset}_landing"] for dataset in DATASETS)
        trusted = customers[customers["shareWithResearchAsOfDate"].notna()]
        moved = motions[motions["user"].isin(trusted["email"])]
        curated = trusted[trusted["email"].isin(moved["user"])].drop_duplicates()
        measured = distances[distances["serialNumber"].isin(curated["serialNumber"])]
        learning = measured.merge(moved, left_on="sensorReadingTime", right_on="timestamp")[LEARNING]
        self.tables |= dict(zip(TABLES, [trusted, moved, curated, measured, learning]))

    def load(self, parquet):
        tables = [self.pandas.read_parquet(file, dtype_backend="pyarrow") for file in sorted(glob.glob(parquet))]
        self.tables["learning"] = self.pandas.concat(tables, ignore_index=True)

    def write(self, table, path):
        self.tables[table].to_parquet(path, compression="zstd", index=False)

    def rows(self, table):
        return len(self.tables[table])


class PySpark:
    """One Java machine with two threads; what is used several times is kept in memory."""

    def __init__(self):
        from pyspark.sql import SparkSession, functions

        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master(f"local[{THREADS}]").config("spark.driver.memory", "8g")
        builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        builder = builder.config("spark.sql.shuffle.partitions", str(THREADS)).config("spark.sql.parquet.compression.codec", "zstd")
        self.spark, self.functions, self.tables = builder.getOrCreate(), functions, {}

    def read(self, landing):
        types = {str: "STRING", int: "BIGINT", float: "DOUBLE"}
        for dataset in DATASETS:
            schema = ", ".join(f"`{name}` {types[kind]}" for name, kind in COLUMNS[dataset].items())
            self.tables[f"{dataset}_landing"] = self.spark.read.schema(schema).json(files(landing, dataset)).cache()
        for dataset in DATASETS:
            self.rows(f"{dataset}_landing")

    def curate(self):
        customers, motions, distances = (self.tables[f"{dataset}_landing"] for dataset in DATASETS)
        trusted = customers.filter(customers["shareWithResearchAsOfDate"].isNotNull()).cache()
        moved = motions.join(trusted, motions["user"] == trusted["email"], "leftsemi").cache()
        curated = trusted.join(moved, trusted["email"] == moved["user"], "leftsemi").distinct().cache()
        measured = distances.join(curated, "serialNumber", "leftsemi").cache()
        learning = measured.join(moved, measured["sensorReadingTime"] == moved["timestamp"]).select(LEARNING)
        self.tables |= dict(zip(TABLES, [trusted, moved, curated, measured, learning]))

    def load(self, parquet):
        self.tables["learning"] = self.spark.read.parquet(*sorted(glob.glob(parquet))).cache()
        self.rows("learning")

    def write(self, table, path):
        self.tables[table].write.parquet(path)
        self.tables[f"{table}, written"] = self.spark.read.parquet(path)

    def rows(self, table):
        return self.tables.get(f"{table}, written", self.tables[table]).count()


PEERS = {"duckdb": DuckDB, "polars": Polars, "pandas": Pandas, "pyspark": PySpark}


def write(peer, table, path):
    """Writes a table, and waits until it is on the disk."""
    peer.write(table, path)
    for file in Path(path).iterdir() if os.path.isdir(path) else [path]:
        with open(file, "rb") as file:
            os.fsync(file.fileno())


def measure(peer, job, source, out):
    """Does a job, and gives the seconds it took and the rows there are."""
    if job == "copy":
        peer.load(source)
    written = {"read": [], "job": TABLES, "copy": ["learning"]}[job]
    started = time.perf_counter()
    if job != "copy":
        peer.read(source)
    if job == "job":
        peer.curate()
    for table in written:
        write(peer, table, f"{out}/{table}.parquet")
    seconds = time.perf_counter() - started
    counted = written if job == "copy" else [*(f"{dataset}_landing" for dataset in DATASETS), *written]
    return {"seconds": seconds, "rows": {table: peer.rows(table) for table in counted}}


def main():
    name, job, source, out = sys.argv[1:]
    print(json.dumps(measure(PEERS[name](), job, source, out)))


if __name__ == "__main__":
    main()
