#!/usr/bin/env python3
"""Runs many jobs of kits in one Spark session, as a program of its own because every version of Spark has its own Python.

Usage: lakehouse_worker.py ORDERS.json [--without-codegen]

An order is {"kind": "run", "kit", "landing", "out", "expected", "key", "split", "seed"}, {"kind": "sample", "kit", "landing", "out",
"devices", "of", "seed"} or {"kind": "refuse", "kit", "landing"}. What came of each goes to
standard output, a line of JSON each. Landing files that one order names after another are read once.
"""

import importlib.util
import json
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession


def load(kit):
    spec = importlib.util.spec_from_file_location("job_" + Path(kit).name.replace("-", "_"), Path(kit) / "job.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def quiet(_):
    pass


def carry_out(spark, order, landed):
    job = load(order["kit"])
    recipe = str(Path(order["kit"]) / "recipe.json")
    if order["kind"] == "refuse":
        try:
            job.Landed(spark, order["landing"], quiet, check_only=True)
        except Exception as error:
            return {"refused": str(error), "by": type(error).__name__}
        return {"refused": None}
    if order["landing"] not in landed:
        landed.clear()
        landed[order["landing"]] = job.Landed(spark, order["landing"], quiet)
    if order["kind"] == "sample":
        return job.sample(spark, landed[order["landing"]], order["out"], order["devices"], order["of"], order["seed"], None, quiet)
    report = job.run(spark, landed[order["landing"]], order["out"], recipe, None, order["expected"], quiet, order["key"], order["split"], order["seed"])
    return {"tables": report["tables"], "withdrawn": report.get("withdrawn"), "run": report["run"]}


def main():
    orders = json.loads(Path(sys.argv[1]).read_text())
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false").config("spark.sql.shuffle.partitions", "2")
    if "--without-codegen" in sys.argv:
        # For small data, making code takes longer than running it.
        builder = builder.config("spark.sql.codegen.wholeStage", "false").config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    landed = {}
    for order in orders:
        started = time.monotonic()
        result = carry_out(spark, order, landed)
        print(json.dumps({**result, "seconds": round(time.monotonic() - started, 2)}), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
