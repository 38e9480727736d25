#!/usr/bin/env python3
"""One job of DuckDB's: landing JSON to five Parquet tables. Prints one JSON object: the seconds within the process,
without the start of Python and DuckDB, and what was counted. The files are on the disk when it ends, as ours are.

Usage: duckdb_job.py declared|detected|checked LANDING OUT

declared   the tables alone, with the columns declared
detected   the tables alone, with DuckDB finding out the columns, which is what it does unless told
checked    the tables, and everything else that the workbench answers for: the size of every file, numbers written as
           text, records refused by reason instead of ending the job, unknown keys by name, the census of consents,
           instants that look like seconds, and the rows that each step drops
"""

import json
import sys
from pathlib import Path

from peer_job import DuckDB, measure

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/checks"))
import tables

NEEDED = {
    "customer": ["email"],
    "accelerometer": ["user", "timestamp", "x", "y", "z"],
    "step_trainer": ["sensorReadingTime", "serialNumber", "distanceFromObject"],
}
TIMES = {
    "customer": [name for name in tables.LANDING["customer"] if name.endswith("Date")],
    "accelerometer": ["timestamp"],
    "step_trainer": ["sensorReadingTime"],
}
# How many rows each step drops, in the order of the workbench's answer.
DROPPED = {
    "customer_trusted": ["FROM customer_landing WHERE sharewithresearchasofdate IS NULL"],
    "accelerometer_trusted": [
        'FROM accelerometer_landing ANTI JOIN customer_landing ON "user" = email',
        'FROM accelerometer_landing SEMI JOIN customer_landing ON "user" = email ANTI JOIN customer_trusted ON "user" = customer_trusted.email',
    ],
    "customer_curated": ['FROM customer_trusted ANTI JOIN accelerometer_trusted ON email = "user"'],
    "step_trainer_trusted": [
        "FROM step_trainer_landing s ANTI JOIN customer_landing c ON s.serialnumber = c.serialnumber",
        "FROM step_trainer_landing s SEMI JOIN customer_landing c ON s.serialnumber = c.serialnumber ANTI JOIN customer_trusted t ON s.serialnumber = t.serialnumber",
        "FROM step_trainer_landing s SEMI JOIN customer_trusted c ON s.serialnumber = c.serialnumber ANTI JOIN customer_curated t ON s.serialnumber = t.serialnumber",
    ],
    "machine_learning_curated": [
        'FROM step_trainer_trusted ANTI JOIN accelerometer_trusted ON sensorreadingtime = "timestamp"'
    ],
}


def detected(connection, landing):
    for name, columns in tables.LANDING.items():
        lower = ", ".join(f'"{column}" AS "{column.lower()}"' for column in columns)
        files = f"'{landing}/{name}/landing/*.json'"
        connection.execute(f"CREATE TABLE {name}_landing AS SELECT {lower} FROM read_json({files})")


def checked(connection, landing):
    """Each record is taken apart once, into texts; all that is counted is counted on what that gave."""
    counted = {}
    for name, columns in tables.LANDING.items():
        files = f"'{landing}/{name}/landing/*.json'"
        counted[name, "files"] = connection.execute(f"SELECT filename, size FROM read_blob({files})").fetchall()
        texts = ", ".join(f'"{column}": "VARCHAR"' for column in columns)
        connection.execute(
            f"CREATE TABLE {name}_records AS SELECT json_transform(json, '{{{texts}}}') AS record, json_keys(json) AS keys "
            f"FROM read_ndjson_objects({files}, ignore_errors = true)"
        )
        counted[name, "keys"] = connection.execute(f"SELECT keys, count(*) FROM {name}_records GROUP BY keys").fetchall()
        typed = []
        for column, kind in columns.items():
            typed.append(f'record."{column}"' if kind == "VARCHAR" else f'TRY_CAST(record."{column}" AS {kind})')
            typed[-1] += f' AS "{column.lower()}"'
        connection.execute(f"CREATE TABLE {name}_landing AS SELECT {', '.join(typed)} FROM {name}_records")
        reasons = ", ".join(f'count(*) FILTER ("{column.lower()}" IS NULL)' for column in NEEDED[name])
        seconds = ", ".join(f'count(*) FILTER ("{column.lower()}" BETWEEN 1e8 AND 1e11)' for column in TIMES[name])
        counted[name, "refused"] = connection.execute(f"SELECT {reasons}, {seconds} FROM {name}_landing").fetchone()
        if any(counted[name, "refused"][: len(NEEDED[name])]):
            refused = " OR ".join(f'"{column.lower()}" IS NULL' for column in NEEDED[name])
            connection.execute(f"DELETE FROM {name}_landing WHERE {refused}")
    for consent in tables.CONSENT.values():
        key = next(column for column in tables.LANDING["customer"] if column.lower() == consent)
        counted[consent] = connection.execute(
            f"SELECT count(*) FILTER (NOT list_contains(keys, '{key}')), count(*) FILTER (trim(record.\"{key}\") = ''), "
            f"count(*) FILTER (record.\"{key}\" = '0'), count(record.\"{key}\") FROM customer_records"
        ).fetchone()
        connection.execute(f"UPDATE customer_landing SET {consent} = NULL WHERE {consent} = 0")
    return counted


class Detected(DuckDB):
    def read(self, landing):
        detected(self.connection, landing)


class Checked(DuckDB):
    def read(self, landing):
        checked(self.connection, landing)

    def curate(self):
        super().curate()
        count = lambda step: self.connection.execute(f"SELECT count(*) {step}").fetchone()[0]
        self.dropped = {table: [count(step) for step in steps] for table, steps in DROPPED.items()}


def main():
    mode, landing, out = sys.argv[1:]
    peer = {"declared": DuckDB, "detected": Detected, "checked": Checked}[mode]()
    answer = measure(peer, "job", landing, out)
    print(json.dumps(answer | {"dropped": peer.dropped if mode == "checked" else {}}))


if __name__ == "__main__":
    main()
