"""Runs Athena's queries of a kit on DuckDB, by way of sqlglot: no Athena is to be had here, but what a query means is."""

import duckdb
import polars
import sqlglot

import tables

TABLES = ["customer_trusted", "accelerometer_trusted", "customer_curated", "step_trainer_trusted", "machine_learning_curated"]


def differences(folder, landing, recipe, zone, content):
    """The tables that differ from those that the program made. A blank consent is null here, as the SerDe has it."""
    connection = duckdb.connect()
    for name, columns in tables.LANDING.items():
        # A consent may be blank.
        columns = {column: "VARCHAR" if column.startswith("share") else kind for column, kind in columns.items()}
        declared = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
        lower = ", ".join(
            f"TRY_CAST(nullif(\"{column}\", '') AS BIGINT) AS \"{column.lower()}\"" if column.startswith("share") else f'"{column}" AS "{column.lower()}"'
            for column in columns
        )
        files = [str(file) for file in sorted((landing / name).rglob("*.json*")) if file.stat().st_size]
        connection.execute(
            f"CREATE TABLE {name}_landing AS SELECT {lower} FROM read_json({files}, format = 'newline_delimited', columns = {{{declared}}})"
        )
    connection.execute("CREATE TABLE recipe (withdrawn VARCHAR[])")
    connection.execute("INSERT INTO recipe VALUES (?)", [recipe.get("withdrawn", [])])
    view = (folder / "kit" / "athena_ddl.sql").read_text().split("CREATE OR REPLACE VIEW", 1)[1]
    connection.execute(sqlglot.transpile("CREATE OR REPLACE VIEW" + view, read="athena", write="duckdb")[0])
    differ = []
    for table in TABLES:
        query = (folder / "kit" / "athena" / f"{table}.sql").read_text()
        # DuckDB divides whole numbers with another sign, and replaces once unless told.
        query = sqlglot.parse_one(query, read="athena")
        for division in list(query.find_all(sqlglot.exp.Div)):
            division.replace(sqlglot.exp.IntDiv(this=division.this.copy(), expression=division.expression.copy()))
        text = query.sql(dialect="duckdb")
        connection.execute(f"CREATE TABLE {table} AS {text}")
        file = folder / f"stand-in-{table}.parquet"
        connection.execute(f"COPY {table} TO '{file}' (FORMAT parquet)")
        frame = polars.read_parquet(file)
        if content(frame) != content(zone(folder, table)):
            differ.append(f"{table} ({frame.height} rows instead of {zone(folder, table).height})")
    return differ
