"""Reads exports with the usual tools and holds what they read against what the landing files give (landed.py)."""

import hashlib
import itertools
import json
import os
import re
import sys
import types
import warnings

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
warnings.filterwarnings("ignore")

import datasets  # noqa: E402
import duckdb  # noqa: E402
import mlcroissant  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
import pyarrow.dataset as pads  # noqa: E402

from landed import VALUES, are_same  # noqa: E402

datasets.disable_progress_bars()

LEARNING = "machine_learning_curated"
SIDES = ["train", "validation", "test"]
DAY = 86_400_000
checked = 0


def check(is_so, what):
    """Ends it all if something is not so."""
    global checked
    checked += 1
    if not is_so:
        sys.exit(f"FAILED: {what}")


class Export:
    """An export as its manifest describes it."""

    def __init__(self, out):
        self.out = out
        self.manifest = json.loads((out / "manifest.json").read_text())
        self.packaging = self.manifest["packaging"]
        self.format = self.packaging["format"]
        self.tables = {table["name"]: table for table in self.manifest["tables"]}
        self.main = next(iter(self.tables))
        self.moved = {}
        self.has_sides = self.packaging["split"] is not None and LEARNING in self.tables

    def kinds(self, table=None, with_folders=True):
        columns = self.tables[table or self.main]["columns"]
        return {c["name"]: c["type"] for c in columns if with_folders or not c.get("is_folder")}

    def time(self, table=None):
        names = ("elapsed_ms", "sensorreadingtime", "timestamp")
        return next((name for name in names if name in self.kinds(table)), None)

    def clocks(self, table, frame, wanted):
        """What is to be added to the instants of each row of a table to have them as they landed."""
        party = "device" if table in (LEARNING, "step_trainer_trusted") else "customer"
        first = wanted[table].groupby(party)["at"].min()
        kind = self.packaging["time"]
        if kind == "elapsed":
            learning = wanted[LEARNING]
            learned = learning.assign(first=learning.groupby("device")["at"].transform("min")).groupby(party)["first"].min()
            first.update(learned)
        elif kind == "shifted":
            first = first - frame.groupby(party)[self.time(table)].min()
            is_far = first.abs().between(DAY, 365 * DAY).all() and first.nunique() > 9 and (first % DAY).nunique() > 9
            # Those of a device that are in two tables are moved by the same time.
            learned = self.moved.setdefault(party, first)
            is_one = (learned.reindex(first.index).dropna() == first.reindex(learned.index).dropna()).all()
            check(is_far and is_one, f"{self.out.name}: how instants of {table} are moved")
        else:
            first = first * 0
        return frame[party].map(first)

    def holds(self, table, frame, wanted, reader, is_exact=True):
        """Checks that somebody read what the landing files give."""
        kinds = {name: kind for name, kind in self.kinds(table).items() if name in frame and name != "split"}
        expected = wanted[table]
        if time := self.time(table):
            frame = frame.assign(at=frame[time] + self.clocks(table, frame, wanted))
            kinds = {name: kind for name, kind in kinds.items() if name != time} | {"at": "int64"}
        elif self.packaging["time"] == "shifted":
            # The dates of customers are moved with their readings, which are looked at there.
            kinds = {name: kind for name, kind in kinds.items() if not name.endswith("date")}
        check(are_same(frame, expected, kinds, is_exact), f"{reader} reads other rows of {table} from {self.out.name}")


def has_types(frame, kinds):
    """Whether numbers came as numbers of their kind, and texts as texts; pandas makes floats of whole numbers with nulls among them."""
    is_of = {
        "int64": lambda column: column.dtype in (["float64", "Int64"] if column.isna().any() else ["int64"]),
        "float64": lambda column: column.dtype == "float64",
        "string": lambda column: not pd.api.types.is_numeric_dtype(column.dtype),
    }
    return all(is_of[kind](frame[name]) for name, kind in kinds.items())


def usual(frame):
    """A pandas table with plain texts, whatever it came as."""
    if isinstance(frame, pl.DataFrame):
        frame = frame.to_pandas()
    elif isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.df()
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            frame[name] = frame[name].astype(object)
    return frame


# PyTorch is too large to install for two lines. All but the conversion to its tensors runs without.
INSTEAD_OF_TORCH = {'with_format("torch")': 'with_format("numpy")', "import numpy as np, torch": "import numpy as np"}
TORCH = types.SimpleNamespace(from_numpy=lambda array: types.SimpleNamespace(float=lambda: array.astype(np.float32)))


def run_card(export):
    """Runs every line that the data card gives for loading, and gives what came of it by the name of the library."""
    card = (export.out / "README.md").read_text()
    blocks = dict(re.findall(r"^([^\n]+):\n\n```python\n(.*?)\n```$", card, re.M | re.S))
    wanted = {"pandas", "Polars", "DuckDB", "Hugging Face datasets", "PyTorch"}
    wanted |= {"mlcroissant"} if export.format != "arrow" else set()
    wanted |= {"NumPy, the windows"} if export.packaging["windows"] else set()
    check(set(blocks) == wanted, f"{export.out.name}: the data card has lines for {sorted(blocks)}")
    loaded = {}
    for name, lines in blocks.items():
        compile(lines, name, "exec")
        for there, here in INSTEAD_OF_TORCH.items():
            lines = lines.replace(there, here)
        loaded[name] = {"torch": TORCH}
        exec(lines.replace("DATASET", str(export.out)), loaded[name])
    return loaded


def check_tables(export, loaded, wanted):
    """Rows, columns and types, as each library reads the first table."""
    frames = {name: usual(loaded[name]["df"]) for name in ("pandas", "Polars", "DuckDB")}
    form = {"ndjson": "json", "arrow": "ipc"}.get(export.format, export.format)
    frames["pyarrow"] = usual(pads.dataset(export.out / export.main, format=form, partitioning="hive").to_table().to_pandas())
    for name, frame in frames.items():
        kinds = export.kinds()
        check(set(frame.columns) == set(kinds), f"{name}: columns of {export.out.name}: {list(frame.columns)}")
        check(has_types(frame, kinds), f"{name}: types of {export.out.name}: {dict(frame.dtypes)}")
        export.holds(export.main, frame, wanted, name)
        if export.has_sides:
            sides = frame.groupby("split").size().to_dict()
            check(sides == {side: note["rows"] for side, note in export.manifest["split"]["sides"].items()}, f"{name}: rows of each side")
            check(set(sides) == set(SIDES), f"{name}: {export.out.name} has the sides {set(sides)}")
            for party in ("customer", "device"):
                check((frame.groupby(party)["split"].nunique() == 1).all(), f"{name}: a {party} of {export.out.name} is on two sides")
            listed = pd.read_csv(export.out / "splits.csv").set_index("customer")["split"]
            check((frame["customer"].map(listed) == frame["split"]).all(), f"{name}: {export.out.name} is not split as splits.csv says")


def check_hugging_face(export, loaded, wanted):
    """All tables, with the splits that the card's header gives."""
    for table in export.tables.values():
        rows = {}
        for file in table["files"]:
            side = file.get("split", "train")
            rows[side] = rows.get(side, 0) + file["rows"]
        name = table["name"]
        found = loaded["Hugging Face datasets"]["ds"] if name == export.main else datasets.load_dataset(str(export.out), name)
        what = f"{name} of {export.out.name}"
        check({side: part.num_rows for side, part in found.items()} == {side: count for side, count in rows.items() if count}, f"Hugging Face: splits of {what}")
        kinds = export.kinds(name, with_folders=False)
        for side, part in found.items():
            check({column: kind.dtype for column, kind in part.features.items()} == kinds, f"Hugging Face: columns of {what}")
            is_on_side = "split" not in kinds or set(part.unique("split")) == {side}
            check(is_on_side, f"Hugging Face: rows of other sides in {side} of {what}")
        frame = usual(pd.concat([part.to_pandas() for part in found.values()], ignore_index=True))
        is_known = name in wanted and not {"customer", "device"} & (export.kinds(name).keys() - kinds.keys())
        if is_known:
            export.holds(name, frame, wanted, "Hugging Face", is_exact=export.format != "csv")
        elif name == "windows":
            check_long_windows(export, frame)
    torch_like = loaded["PyTorch"]["ds"]
    check(torch_like.num_rows == next(iter(loaded["Hugging Face datasets"]["ds"].values())).num_rows, "PyTorch: rows")


def check_croissant(export, loaded, wanted, tables, most):
    """What Croissant says of the files, and some tables read record by record, which is slow: `most` of each."""
    document = json.loads((export.out / "croissant.json").read_text())
    for file in (part for part in document["distribution"] if part["@type"] == "cr:FileObject"):
        content = (export.out / file["contentUrl"]).read_bytes()
        is_so = hashlib.sha256(content).hexdigest() == file["sha256"] and f"{len(content)} B" == file["contentSize"]
        check(is_so, f"Croissant: {file['name']} of {export.out.name}")
    croissant = mlcroissant.Dataset(jsonld=str(export.out / "croissant.json"))
    issues = croissant.metadata.ctx.issues
    check(not issues.errors and not issues.warnings, f"mlcroissant on {export.out.name}: {issues.report()}")
    sets = {record_set.id for record_set in croissant.metadata.record_sets}
    check(sets == set(export.tables) | ({"split"} if export.has_sides else set()), f"Croissant: record sets {sets}")
    plain = lambda value: value.decode() if isinstance(value, bytes) else value
    if export.has_sides:
        check({plain(record["split/name"]) for record in croissant.records("split")} == set(SIDES), "mlcroissant: sides")
    if export.format == "arrow":
        return  # It validates; mlcroissant has no reader for it.
    for name in tables:
        what = f"{name} of {export.out.name}"
        records = loaded["mlcroissant"]["records"] if name == export.main else croissant.records(name)
        rows = [{key.split("/")[1]: plain(value) for key, value in record.items()} for record in itertools.islice(records, most)]
        frame = usual(pd.DataFrame(rows))
        check(set(frame.columns) == set(export.kinds(name)), f"mlcroissant: columns of {what}: {list(frame.columns)}")
        check(len(frame) == min(most or np.inf, export.tables[name]["rows"]), f"mlcroissant: {len(frame)} rows of {what}")
        if most is None and name in wanted:
            export.holds(name, frame, wanted, "mlcroissant", is_exact=export.format == "parquet")
        if "split" in frame:
            sides = frame.groupby("split").size().to_dict()
            rows = {side: note["rows"] for side, note in export.manifest["split"]["sides"].items()}
            check(set(sides) <= set(rows) if most or name != LEARNING else sides == rows, f"mlcroissant: sides of {what}")


def tensors(export):
    """The arrays of each side."""
    files = {note.get("split", "train"): note for note in export.manifest["windows"]["files"]}
    arrays = {}
    for side, note in files.items():
        with np.load(export.out / note["path"], allow_pickle=False) as loaded:
            arrays[side] = {name: loaded[name] for name in loaded.files}
        check(len(arrays[side]["X"]) == note["rows"], f"windows of {note['path']}")
    return arrays


def check_long_windows(export, frame):
    """The windows as rows are those of the tensors."""
    channels = export.manifest["windows"]["channels"]
    for side, arrays in tensors(export).items():
        rows = (frame[frame["split"] == side] if export.has_sides else frame).sort_values(["window", "position"])
        x = rows[channels].to_numpy().reshape(arrays["X"].shape)
        check(np.allclose(x, arrays["X"], rtol=1e-14, atol=0), f"windows as rows of {export.out.name}")
        check((rows[export.time("windows")].to_numpy().reshape(arrays["time"].shape) == arrays["time"]).all(), "time of windows as rows")
        check((rows["customer"].to_numpy().reshape(arrays["time"].shape) == arrays["customer"][:, None]).all(), "customers of windows as rows")


def check_windows(export, loaded):
    """Each window again, from the rows that it says it came from. Gives the tensors of each side."""
    frame = usual(loaded["DuckDB"]["df"])
    windows, channels, time = export.manifest["windows"], export.manifest["windows"]["channels"], export.time()
    check(channels == [name for name in VALUES if name in export.kinds()], "channels")
    found = tensors(export)
    check(loaded["NumPy, the windows"]["X"].shape[1:] == (windows["instants"], len(channels)), "lines for NumPy")
    check(loaded["PyTorch"]["X"].dtype == np.float32 and loaded["PyTorch"]["X"].ndim == 3, "lines for PyTorch")
    order = [name for name in ("customer", "device", time, *VALUES) if name in frame]
    for side, arrays in found.items():
        rows = (frame[frame["split"] == side] if export.has_sides else frame).sort_values(order, kind="stable").reset_index(drop=True)
        at = arrays["time"]
        check(arrays["X"].shape == (len(at), windows["instants"], len(channels)), "shape of windows")
        check(((np.diff(at) > 0) & (np.diff(at) <= (windows["gap_ms"] or np.inf))).all(), f"a gap within a window of {export.out.name}")
        first, count = arrays["first_row"], arrays["rows"]
        number = np.repeat(np.arange(len(at)), count)
        taken = rows.iloc[np.concatenate([np.arange(a, a + n) for a, n in zip(first, count)])].assign(number=number)
        for party in ("customer", "device"):
            check((taken[party].to_numpy() == arrays[party][number]).all(), f"whose window it is in {export.out.name}")
        mean = taken.groupby(["number", time])[channels].mean().reset_index()
        check((mean[time].to_numpy().reshape(at.shape) == at).all(), f"instants of windows in {export.out.name}")
        check(np.allclose(mean[channels].to_numpy().reshape(arrays["X"].shape), arrays["X"], rtol=1e-9), f"values of windows in {export.out.name}")
    check(sum(len(arrays["X"]) for arrays in found.values()) == windows["windows"] > 0, "number of windows")
    return {side: arrays["X"] for side, arrays in found.items()}
