"""What exports must hold and must not say, worked out from landing files without the program."""

import gzip
import hashlib
import hmac
import json
from pathlib import Path

import numpy as np
import pandas as pd

VALUES = ["distancefromobject", "x", "y", "z"]
CONSENTS = ["research", "public", "friends"]


def records(folder, dataset):
    """The JSON objects in all files of a data set; what cannot be read is passed over."""
    for file in sorted((Path(folder) / dataset).rglob("*.json*")):
        with gzip.open(file, "rt") if file.suffix == ".gz" else open(file) as lines:
            content = lines.read()
        decoder, at = json.JSONDecoder(), 0
        while (at := content.find("{", at)) >= 0:
            try:
                record, at = decoder.raw_decode(content, at)
                yield {key.lower(): value for key, value in record.items()}
            except ValueError:
                at += 1


class Landed:
    """The records of a landing folder."""

    def __init__(self, folder):
        self.customers = list(records(folder, "customer"))
        self.motions = list(records(folder, "accelerometer"))
        self.distances = list(records(folder, "step_trainer"))

    def without(self, emails):
        """The same without customers, their motions and their devices."""
        rest = object.__new__(Landed)
        gone = {r.get("serialnumber") for r in self.customers if r["email"] in emails}
        rest.customers = [r for r in self.customers if r["email"] not in emails]
        rest.motions = [r for r in self.motions if r["user"] not in emails]
        rest.distances = [r for r in self.distances if r["serialnumber"] not in gone]
        return rest

    def secrets(self):
        """Every text that says who somebody is."""
        texts = {str(r[name]) for r in self.customers for name in ("email", "customername", "phone", "birthday", "serialnumber") if r.get(name)}
        return texts | {r["user"] for r in self.motions} | {r["serialnumber"] for r in self.distances}

    def instants(self):
        """Every instant, as text: of readings, registrations and consents."""
        dates = {value for r in self.customers for name, value in r.items() if name.endswith("date") and value}
        return {str(int(at)) for at in dates | {r["timestamp"] for r in self.motions} | {r["sensorreadingtime"] for r in self.distances}}

    def tables(self, key):
        """The tables that may leave under the rule that joins on time stamp and owner, with instants as they landed (`at`),
        customers and devices by their pseudonyms."""

        def pseudonym(kind, text):
            message = f"{kind}:{text.strip().lower()}".encode()
            return f"{kind[0]}_{hmac.new(key, message, hashlib.sha256).hexdigest()[:32]}"

        cache = {}
        customer = lambda text: cache.get(("c", text)) or cache.setdefault(("c", text), pseudonym("customer", text))
        device = lambda text: cache.get(("d", text)) or cache.setdefault(("d", text), pseudonym("device", text))
        trusted = [r for r in self.customers if r.get("sharewithresearchasofdate")]
        emails = {r["email"] for r in trusted}
        motions = [r for r in self.motions if r["user"] in emails]
        moving = {r["user"] for r in motions}
        curated = [r for r in trusted if r["email"] in moving]
        owners = {}
        for r in curated:
            if r.get("serialnumber"):
                owners.setdefault(r["serialnumber"], {}).setdefault(r["email"])
        distances = [r for r in self.distances if r["serialnumber"] in owners]
        by_instant = {}
        for r in motions:
            by_instant.setdefault((r["user"], int(r["timestamp"])), []).append([float(r[axis]) for axis in "xyz"])
        learning = [
            (customer(email), device(r["serialnumber"]), int(r["sensorreadingtime"]), int(r["distancefromobject"]), *motion)
            for r in distances
            for email in owners[r["serialnumber"]]
            for motion in by_instant.get((email, int(r["sensorreadingtime"])), ())
        ]
        dates = ["registrationdate", "lastupdatedate", *(f"sharewith{purpose}asofdate" for purpose in CONSENTS)]

        def people(rows):
            columns = {"customer": [customer(r["email"]) for r in rows]}
            columns["device"] = [device(r["serialnumber"]) if r.get("serialnumber") else None for r in rows]
            columns |= {f"shares_with_{purpose}": [int(bool(r.get(f"sharewith{purpose}asofdate"))) for r in rows] for purpose in CONSENTS}
            columns |= {name: pd.array([int(r[name]) if r.get(name) else None for r in rows], dtype="Int64") for name in dates}
            return pd.DataFrame(columns)

        whole = {tuple(sorted(r.items(), key=str)): r for r in curated}
        return {
            "machine_learning_curated": pd.DataFrame(learning, columns=["customer", "device", "at", *VALUES]),
            "customer_trusted": people(trusted),
            "customer_curated": people(list(whole.values())),
            "accelerometer_trusted": pd.DataFrame(
                [(customer(r["user"]), int(r["timestamp"]), *(float(r[axis]) for axis in "xyz")) for r in motions],
                columns=["customer", "at", "x", "y", "z"],
            ),
            "step_trainer_trusted": pd.DataFrame(
                [(device(r["serialnumber"]), int(r["sensorreadingtime"]), int(r["distancefromobject"])) for r in distances],
                columns=["device", "at", "distancefromobject"],
            ),
        }


def in_order(frame, kinds, is_exact):
    """Columns of a table by their kinds as plain values, its rows in an order that depends on nothing but them."""
    columns = {}
    for name, kind in kinds.items():
        column = frame[name]
        if kind == "string":
            columns[name] = column.astype(object).where(column.notna(), "").astype(str)
        elif kind == "int64":
            columns[name] = column.astype("Int64").fillna(-1).astype("int64")
        else:
            columns[name] = column.astype("float64")
    # The last digits must not decide the order either.
    rough = lambda column: column if is_exact or column.dtype != "float64" else column.astype("float32")
    return pd.DataFrame(columns).sort_values(list(kinds), kind="stable", key=rough).reset_index(drop=True)


def are_same(found, wanted, kinds, is_exact):
    """Whether two tables have the same rows, in any order. Without `is_exact` the last digits of a float may differ, as some
    readers of texts have it."""
    if len(found) != len(wanted):
        return False
    found, wanted = in_order(found, kinds, is_exact), in_order(wanted, kinds, is_exact)
    within = {"rtol": 0, "atol": 0} if is_exact else {"rtol": 1e-9, "atol": 1e-300}
    return all(
        np.allclose(found[name], wanted[name], **within, equal_nan=True) if kind == "float64" else (found[name] == wanted[name]).all()
        for name, kind in kinds.items()
    )
