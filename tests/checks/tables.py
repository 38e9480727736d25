#!/usr/bin/env python3
"""Holds every table that the program writes against what DuckDB makes of the same landing files, row for row.

Usage: tables.py PROGRAM

The tables are compared as multisets (EXCEPT ALL both ways), in every format, for several recipes, on the public
STEDI data (where $STEDI_DATA says, or beside the checkout) and on data that the program generates.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

REPOSITORY = Path(__file__).resolve().parents[2]
CONSENT = {"research": "sharewithresearchasofdate", "public": "sharewithpublicasofdate", "friends": "sharewithfriendsasofdate"}
RECIPES = [
    {},
    {"consent_date": True},
    {"join": "owner"},
    {"consent_date": True, "join": "owner"},
    {"purpose": "public"},
    {"purpose": "friends", "consent_date": True, "drop_duplicates": True},
    {"drop_duplicates": True, "join": "owner"},
    {"withdrawn": True},
    {"withdrawn": True, "consent_date": True, "drop_duplicates": True, "join": "owner"},
    {"as_of": True},
    {"as_of": True, "withdrawn": True, "consent_date": True, "join": "owner"},
    {"join": "inferred-owner"},
    {"withdrawn": True, "consent_date": True, "drop_duplicates": True, "join": "inferred-owner"},
    {"join": "nearest"},
    {"join": "nearest", "tolerance_ms": "700"},
    {"join": "nearest", "tolerance_ms": "5000", "consent_date": True, "drop_duplicates": True},
]
# Of the public data, computed with other engines before this program was there.
KNOWN = {
    (False, "timestamp"): (482, 40981, 14460, 482, 43681),
    (True, "timestamp"): (482, 32025, 13920, 464, 34437),
    (False, "owner"): (482, 40981, 14460, 482, 40981),
    (True, "owner"): (482, 32025, 13920, 464, 32025),
    (False, "inferred-owner"): (482, 40981, 14460, 482, 40981),
    (False, "nearest"): (482, 40981, 14460, 482, 40981),
}
LANDING = {
    "customer": {
        "customerName": "VARCHAR", "email": "VARCHAR", "phone": "VARCHAR", "birthDay": "VARCHAR",
        "serialNumber": "VARCHAR", "registrationDate": "BIGINT", "lastUpdateDate": "BIGINT",
        "shareWithResearchAsOfDate": "BIGINT", "shareWithPublicAsOfDate": "BIGINT", "shareWithFriendsAsOfDate": "BIGINT",
    },
    "accelerometer": {"user": "VARCHAR", "timestamp": "BIGINT", "x": "DOUBLE", "y": "DOUBLE", "z": "DOUBLE"},
    "step_trainer": {"sensorReadingTime": "BIGINT", "serialNumber": "VARCHAR", "distanceFromObject": "BIGINT"},
}
TABLES = ["customer_trusted", "accelerometer_trusted", "step_trainer_trusted", "customer_curated", "machine_learning_curated"]
CUSTOMER = ", ".join(name.lower() for name in LANDING["customer"])


def land(connection, folder):
    """Reads the landing files with declared columns."""
    for name, columns in LANDING.items():
        declared = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
        lower = ", ".join(f'"{column}" AS "{column.lower()}"' for column in columns)
        connection.execute(
            f"CREATE OR REPLACE TABLE {name}_landing AS SELECT {lower} FROM read_json("
            f"'{folder}/{name}/landing/*.json', format = 'newline_delimited', columns = {{{declared}}})"
        )


def infer(program, connection, folder):
    """Whose the devices are: the program's own inference, since this is about what is made of it."""
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "owners.csv"
        command = [program, "owners", str(folder), "--reveal", "--out", str(out)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        connection.execute(
            f"CREATE OR REPLACE TABLE owners AS SELECT serialnumber, email FROM read_csv('{out}', header = true, all_varchar = true) "
            "WHERE email IS NOT NULL"
        )


def halfway(connection):
    """An instant up to which about half of those who share with research had agreed, in milliseconds."""
    column = CONSENT["research"]
    return connection.execute(f"SELECT quantile_disc({column}, 0.5) FROM customer_landing").fetchone()[0]


def listed(connection):
    """Who is on the list of withdrawals: some e-mail addresses and serial numbers that landed, one that did not."""
    emails = connection.execute("SELECT DISTINCT email FROM customer_landing ORDER BY email").fetchall()
    serials = connection.execute(
        "SELECT DISTINCT serialnumber FROM customer_landing WHERE serialnumber IS NOT NULL ORDER BY serialnumber DESC"
    ).fetchall()
    return [row[0].upper() for row in emails[::9] + serials[::29]] + ["nobody@example.com"]


def withdraw(connection):
    """The people and devices that are in no table. A device on a withdrawn record goes, whoever else has it too."""
    connection.execute("CREATE OR REPLACE TABLE listed (entry VARCHAR)")
    connection.executemany("INSERT INTO listed VALUES (lower(?))", [[entry] for entry in listed(connection)])
    connection.execute(
        "CREATE OR REPLACE TABLE gone_people AS SELECT entry FROM listed UNION SELECT lower(email) FROM customer_landing "
        "WHERE lower(serialnumber) IN (FROM listed)"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE gone_devices AS SELECT entry FROM listed UNION SELECT lower(serialnumber) "
        "FROM customer_landing WHERE serialnumber IS NOT NULL AND lower(email) IN (FROM gone_people)"
    )


def curate(connection, recipe):
    """The zone tables, written down independently of the program."""
    consent = CONSENT[recipe.get("purpose", "research")]
    distinct = "DISTINCT" if recipe.get("drop_duplicates") else ""
    dated = f'AND a."timestamp" >= c.{consent}' if recipe.get("consent_date") else ""
    until = f"AND {consent} <= {halfway(connection)}" if recipe.get("as_of") else ""
    stays = {"email": "", '"user"': "", "s.serialnumber": ""}
    if recipe.get("withdrawn"):
        withdraw(connection)
        gone = {"email": "people", '"user"': "people", "s.serialnumber": "devices"}
        stays = {column: f"AND lower({column}) NOT IN (FROM gone_{kind})" for column, kind in gone.items()}
    connection.execute(
        f"CREATE OR REPLACE TABLE customer_trusted AS SELECT {distinct} * FROM customer_landing "
        f"WHERE {consent} IS NOT NULL {until} {stays['email']}"
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE accelerometer_trusted AS SELECT {distinct} * FROM accelerometer_landing a "
        f'WHERE EXISTS (SELECT 1 FROM customer_trusted c WHERE c.email = a."user" {dated}) '
        + stays['"user"']
    )
    connection.execute(
        "CREATE OR REPLACE TABLE customer_curated AS SELECT DISTINCT * FROM customer_trusted c "
        'WHERE EXISTS (SELECT 1 FROM accelerometer_trusted a WHERE a."user" = c.email)'
    )
    rule = recipe.get("join", "timestamp")
    on_record = "SELECT DISTINCT serialnumber, email FROM customer_curated"
    inferred = "SELECT serialnumber, email FROM owners WHERE email IN (SELECT email FROM customer_curated)"
    owned = inferred if rule == "inferred-owner" else on_record
    connection.execute(
        f"CREATE OR REPLACE TABLE step_trainer_trusted AS SELECT {distinct} * FROM step_trainer_landing s "
        f"WHERE EXISTS (SELECT 1 FROM ({owned}) c WHERE c.serialnumber = s.serialnumber) "
        + stays["s.serialnumber"]
    )
    of_owner = f'JOIN ({owned}) o ON o.serialnumber = s.serialnumber AND o.email = a."user"' if rule != "timestamp" else ""
    at = "s.sensorreadingtime"
    readings = "step_trainer_trusted"
    if rule == "nearest":
        # The nearest instant of each owner's motions, of two as near the earlier one.
        readings = f"""(
            SELECT s.*, o.email, arg_min(a."timestamp", (abs(a."timestamp" - s.sensorreadingtime), a."timestamp")) AS near
            FROM (SELECT *, row_number() OVER () AS place FROM step_trainer_trusted) s
            JOIN ({on_record}) o ON o.serialnumber = s.serialnumber
            JOIN accelerometer_trusted a ON a."user" = o.email
            WHERE abs(a."timestamp" - s.sensorreadingtime) <= {recipe.get("tolerance_ms", 0)}
            GROUP BY ALL)"""
        of_owner, at = 'AND a."user" = s.email', "s.near"
    connection.execute(
        "CREATE OR REPLACE TABLE machine_learning_curated AS "
        "SELECT s.serialnumber, s.sensorreadingtime, s.distancefromobject, a.x, a.y, a.z "
        f'FROM {readings} s JOIN accelerometer_trusted a ON a."timestamp" = {at} {of_owner}'
    )


def written(path, connection, table):
    """What the program wrote, with the types of DuckDB's own table, so that text formats compare as well."""
    columns = connection.execute(f"DESCRIBE {table}").fetchall()
    if path.suffix == ".parquet":
        reader = f"read_parquet('{path}')"
    elif path.suffix == ".csv":
        declared = ", ".join(f"'{column[0]}': '{column[1]}'" for column in columns)
        reader = f"read_csv('{path}', header = true, columns = {{{declared}}})"
    else:
        declared = ", ".join(f"'{column[0]}': '{column[1]}'" for column in columns)
        reader = f"read_json('{path}', format = 'newline_delimited', columns = {{{declared}}})"
    return f"SELECT {', '.join(chr(34) + column[0] + chr(34) for column in columns)} FROM {reader}"


def differences(connection, table, query):
    """How many rows only one side has."""
    one = connection.execute(f"SELECT count(*) FROM (FROM {table} EXCEPT ALL ({query}))").fetchone()[0]
    other = connection.execute(f"SELECT count(*) FROM (({query}) EXCEPT ALL FROM {table})").fetchone()[0]
    return one, other


def flags(recipe, values={"withdrawn": "FILE", "as_of": "INSTANT"}):
    options = []
    for key, value in recipe.items():
        options.append("--" + key.replace("_", "-"))
        if key in values:
            options.append(values[key])
        elif value is not True:
            options.append(value)
    return options


def check(program, name, folder, recipe, form, connection):
    """Compares the five tables of one recipe in one format; gives the number of tables that differ."""
    wrong = 0
    with tempfile.TemporaryDirectory() as out:
        withdrawn = Path(out) / "withdrawn.txt"
        withdrawn.write_text("\n".join(listed(connection)))
        options = flags(recipe, {"withdrawn": str(withdrawn), "as_of": str(halfway(connection))})
        command = [program, "curate", str(folder), "--out", out, "--format", form, "--json", *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        counts = []
        for table in TABLES:
            path = Path(out) / f"{table}.{form}"
            missing, surplus = differences(connection, table, written(path, connection, table))
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            counts.append(rows)
            if missing or surplus:
                wrong += 1
                print(f"DIFFERS {name} {recipe} {form} {table}: {missing} rows missing, {surplus} too many")
        print(f"{name:<10} {form:<8} {' '.join(flags(recipe)) or 'as specified':<55} {counts}")
    known = KNOWN.get((bool(recipe.get("consent_date")), recipe.get("join", "timestamp")))
    if name == "real data" and set(recipe) <= {"consent_date", "join"} and tuple(counts) != known:
        wrong += 1
        print(f"DIFFERS {name} {recipe}: {counts} instead of {known}")
    return wrong


def notices_a_changed_row(connection):
    """The comparison itself is checked: one changed value must show on both sides."""
    table = "accelerometer_trusted"
    changed = f"SELECT \"user\", \"timestamp\", x + (row_number() OVER () = 1)::INT AS x, y, z FROM {table}"
    assert differences(connection, table, changed) == (1, 1), "a changed row was not noticed"
    doubled = f"FROM {table} UNION ALL (FROM {table} LIMIT 1)"
    assert differences(connection, table, doubled) == (0, 1), "a doubled row was not noticed"


def real_data():
    folder = Path(os.environ.get("STEDI_DATA", REPOSITORY / "../shared/data/stedi")).resolve()
    if (folder / "customer").is_dir():
        return folder
    if os.environ.get("CI"):
        sys.exit(f"the STEDI data are not at {folder}: set STEDI_DATA")
    print(f"SKIPPED: the STEDI data are not at {folder}: set STEDI_DATA to check against them")
    return None


def main():
    program = sys.argv[1]
    connection = duckdb.connect()
    wrong = compared = 0
    with tempfile.TemporaryDirectory() as made:
        generated = Path(made) / "landing"
        command = [program, "generate", "--customers", "400", "--seed", "5", "--out", str(generated), "--defects", "reused-serials=0.1,unknown-users,unknown-devices,duplicate-readings,duplicate-files"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        sources = [("generated", generated)]
        if real := real_data():
            sources.insert(0, ("real data", real))
        for name, folder in sources:
            land(connection, folder)
            infer(program, connection, folder)
            for recipe in RECIPES:
                curate(connection, recipe)
                for form in ["parquet", "csv", "ndjson"] if recipe in RECIPES[:2] else ["parquet"]:
                    wrong += check(program, name, folder, recipe, form, connection)
                    compared += len(TABLES)
        notices_a_changed_row(connection)
    if wrong:
        sys.exit(f"{wrong} of {compared} tables differ")
    print(f"All {compared} tables equal DuckDB's, row for row.")


if __name__ == "__main__":
    main()
