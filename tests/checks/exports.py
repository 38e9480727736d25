"""Loads exports with the usual tools, and searches them for anything personal. Usage: exports.py PROGRAM

For each format and layout, on the sample data and, where they are, on the public STEDI files: what pandas, Polars, DuckDB,
pyarrow, Hugging Face datasets and mlcroissant read is the same as DuckDB computes from the landing files; NumPy reads the
tensors, scikit-learn learns from them; no byte of any file, unpacked, is of a person.
"""

import gzip
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
HOME = Path(tempfile.mkdtemp(prefix="stedi-exports-"))
os.environ["HF_HOME"] = str(HOME / "hf")
warnings.filterwarnings("ignore")

import datasets  # noqa: E402
import duckdb  # noqa: E402
import mlcroissant  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
import pyarrow.dataset as pads  # noqa: E402
from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: E402

datasets.disable_progress_bars()

PROGRAM = Path(sys.argv[1]).resolve()
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = os.environ | {
    "HOME": str(HOME),
    "XDG_STATE_HOME": str(HOME / "state"),
    "XDG_DATA_HOME": str(HOME / "data"),
    "XDG_CONFIG_HOME": str(HOME / "config"),
}
LEARNING = "machine_learning_curated"
COLUMNS = ["split", "customer", "device", "elapsed_ms", "distancefromobject", "x", "y", "z"]
checked = 0


def check(is_so, what):
    global checked
    checked += 1
    if not is_so:
        sys.exit(f"FAILED: {what}")


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


def records(folder, dataset):
    for file in sorted((folder / dataset).rglob("*.json*")):
        text = gzip.open(file, "rt") if file.suffix == ".gz" else open(file)
        with text as lines:
            content = lines.read()
        decoder, at = json.JSONDecoder(), 0
        while True:
            while at < len(content) and content[at] in " \t\r\n,[]\x1e\ufeff":
                at += 1
            if at >= len(content):
                break
            try:
                record, at = decoder.raw_decode(content, at)
                yield {key.lower(): value for key, value in record.items()}
            except ValueError:
                at = content.find("{", at + 1)
                if at < 0:
                    break


def expected(folder, key):
    """The rows that must come out, from the landing files alone: joined on time stamp and owner, pseudonyms by the key."""
    customers = [r for r in records(folder, "customer") if r.get("sharewithresearchasofdate") and r.get("email")]
    motions = list(records(folder, "accelerometer"))
    distances = list(records(folder, "step_trainer"))
    name = lambda kind, text: kind[0] + "_" + hmac.new(key, f"{kind}:{text.lower()}".encode(), hashlib.sha256).hexdigest()[:32]
    emails = {r["email"] for r in customers}
    owner = {}
    for r in customers:
        owner.setdefault(r.get("serialnumber"), set()).add(r["email"])
    by_instant = {}
    for r in motions:
        if r["user"] in emails:
            by_instant.setdefault((r["user"], int(r["timestamp"])), []).append((float(r["x"]), float(r["y"]), float(r["z"])))
    rows = []
    for r in distances:
        for email in owner.get(r["serialnumber"], ()):
            at = int(r["sensorreadingtime"])
            for motion in by_instant.get((email, at), ()):
                rows.append((email, r["serialnumber"], at, int(r["distancefromobject"]), *motion))
    first = {}
    for row in rows:
        first[row[1]] = min(first.get(row[1], row[2]), row[2])
    rows = [(name("customer", e), name("device", s), at - first[s], d, x, y, z) for e, s, at, d, x, y, z in rows]
    return sorted(rows)


def secrets(folder):
    """Everything that must not leave: addresses, names, phones, birthdays with a name's customer, serial numbers."""
    found = set()
    for r in records(folder, "customer"):
        found.update(str(r[k]) for k in ("email", "customername", "phone", "serialnumber") if r.get(k))
    found.update(r["user"] for r in records(folder, "accelerometer"))
    found.update(r["serialnumber"] for r in records(folder, "step_trainer"))
    return sorted(text.lower() for text in found if len(text) >= 6)


def contents(path):
    """The bytes of a file, and of what is packed in it."""
    yield path.read_bytes()
    if path.suffix == ".npz":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield archive.read(name)
                array = np.load(path, allow_pickle=False)[name.removesuffix(".npy")]
                if array.dtype.kind == "U":
                    yield "\n".join(array.tolist()).encode()
    elif path.suffix == ".parquet":
        frame = pl.read_parquet(path, hive_partitioning=False)
        yield frame.write_csv().encode()
    elif path.suffix == ".arrow":
        yield pl.read_ipc(path).write_csv().encode()


def leaks(out, texts):
    """Words of all files that are in a set of secrets; names of two words as pairs of words."""
    wanted = set(texts)
    longest = max(len(text.split()) for text in wanted)
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        for content in [str(path.relative_to(out)).encode(), *contents(path)]:
            text = content.decode("utf-8", "ignore").lower()
            words = re.findall(r"[\w.+@-]+", text)
            for size in range(1, longest + 1):
                for start in range(len(words) - size + 1):
                    if " ".join(words[start : start + size]) in wanted:
                        return f"{path.name} has a secret"
            # Addresses and serial numbers within longer words as well.
            for word in set(words):
                if ("@" in word or word.count("-") > 1) and any(secret in word for secret in wanted if len(secret) >= 12):
                    return f"{path.name} has a secret"
    return None


def rows_of(frame):
    """Rows of a table that somebody loaded, to be compared."""
    frame = frame[COLUMNS[1:]]
    return sorted(tuple(row) for row in frame.itertuples(index=False, name=None))


def loaders(out, manifest):
    """What each library reads by the lines that the data card gives, as pandas frames."""
    card = (out / "README.md").read_text()
    blocks = re.findall(r"^([^\n]+):\n\n```python\n(.*?)\n```$", card, re.M | re.S)
    check({"pandas", "Polars", "DuckDB", "Hugging Face datasets", "PyTorch"} <= {name for name, _ in blocks}, f"loaders of {out.name}")
    for name, lines in blocks:
        lines = lines.replace("DATASET", str(out))
        if name in ("pandas", "Polars", "DuckDB"):
            names = {}
            exec(lines, names)
            frame = names["df"]
            yield name, frame if isinstance(frame, pd.DataFrame) else frame.to_pandas() if name == "Polars" else frame.df()
        elif name == "NumPy, the windows":
            names = {}
            exec(lines, names)
            check(names["X"].ndim == 3, "lines for NumPy")
        else:
            compile(lines, name, "exec")
    form = {"ndjson": "json", "arrow": "ipc"}.get(manifest["packaging"]["format"], manifest["packaging"]["format"])
    yield "pyarrow", pads.dataset(out / LEARNING, format=form, partitioning="hive").to_table().to_pandas()


def check_hugging_face(out, manifest, is_cut):
    loaded = datasets.load_dataset(str(out))
    table = next(table for table in manifest["tables"] if table["name"] == LEARNING)
    counts = {}
    for file in table["files"]:
        counts[file.get("split", "train")] = counts.get(file.get("split", "train"), 0) + file["rows"]
    counts = {side: rows for side, rows in counts.items() if rows}
    check({name: split.num_rows for name, split in loaded.items()} == counts, f"Hugging Face: splits of {out.name}")
    frames = []
    for name, split in loaded.items():
        frame = split.to_pandas()
        if not is_cut:
            check(set(frame["split"]) == {name}, f"Hugging Face: rows of {name}")
        frames.append(frame)
    for other in manifest["tables"][1:]:
        rows = sum(split.num_rows for split in datasets.load_dataset(str(out), other["name"]).values())
        check(rows == other["rows"], f"Hugging Face: rows of {other['name']} in {out.name}")
    return pd.concat(frames)


def check_croissant(out, manifest, ending, is_cut, wanted):
    croissant = mlcroissant.Dataset(jsonld=str(out / "croissant.json"))
    issues = croissant.metadata.ctx.issues
    check(not issues.errors and not issues.warnings, f"mlcroissant: {issues.report()}")
    if ending == "arrow":
        return  # It validates; mlcroissant has no reader for it.
    names = [field.name.split("/")[1] for field in next(r for r in croissant.metadata.record_sets if r.id == LEARNING).fields]
    text = lambda value: value.decode() if isinstance(value, bytes) else value
    count = 0
    rows = []
    for record in croissant.records(LEARNING):
        count += 1
        rows.append(tuple(text(record[f"{LEARNING}/{name}"]) for name in names))
    check(count == len(wanted), f"mlcroissant: {count} records of {out.name} instead of {len(wanted)}")
    if not is_cut:
        at = [names.index(name) for name in COLUMNS[1:]]
        check(sorted(tuple(row[i] for i in at) for row in rows) == wanted, f"mlcroissant: records of {out.name}")


def check_windows(out, manifest, wanted):
    by_side = {}
    frame = pd.concat(pd.read_parquet(f) for f in sorted((out / LEARNING).glob("*.parquet")))
    tensors = {}
    total = 0
    for note in manifest["windows"]["files"]:
        arrays = np.load(out / note["path"], allow_pickle=False)
        side = note.get("split", "train")
        rows = frame[frame["split"] == side].reset_index(drop=True)
        x, at = arrays["X"], arrays["time"]
        check(x.shape == (note["rows"], 10, 4) and at.shape == x.shape[:2], f"shape of {note['path']}")
        check(list(arrays["channels"]) == ["distancefromobject", "x", "y", "z"], "channels")
        gap = manifest["windows"]["gap_ms"]
        check(((np.diff(at) > 0) & (np.diff(at) <= gap)).all(), f"a gap within a window of {note['path']}")
        for number in range(len(x)):
            # Each window again from the rows that it says it came from.
            start, count = arrays["first_row"][number], arrays["rows"][number]
            part = rows.iloc[start : start + count]
            check(set(part["customer"]) == {arrays["customer"][number]} and set(part["device"]) == {arrays["device"][number]}, "whose window")
            mean = part.groupby("elapsed_ms")[["distancefromobject", "x", "y", "z"]].mean()
            check((mean.index.to_numpy() == at[number]).all() and np.allclose(mean.to_numpy(), x[number], atol=1e-12), "values of a window")
        by_side[side] = set(arrays["customer"])
        tensors[side] = x
        total += len(x)
    sides = list(by_side.values())
    check(not any(a & b for i, a in enumerate(sides) for b in sides[i + 1 :]), "a customer's windows on two sides")
    check(total == manifest["windows"]["windows"], "number of windows")
    return tensors


def check_learning(tensors):
    """A baseline: the distance of a window's last instant from all that was before."""
    shape = lambda x: (x[:, :-1].reshape(len(x), -1), x[:, -1, 0])
    model = HistGradientBoostingRegressor(max_iter=20, random_state=0).fit(*shape(tensors["train"]))
    for side in ("validation", "test"):
        if side in tensors and len(tensors[side]):
            check(np.isfinite(model.predict(shape(tensors[side])[0])).all(), f"predictions for {side}")


def main():
    folders = {"sample": ROOT / "sample_data"}
    real = Path(os.environ.get("STEDI_DATA", ROOT / "../shared/data/stedi"))
    if (real / "customer").is_dir():
        folders["STEDI"] = real
    else:
        check("CI" not in os.environ, "the STEDI data are not there: set STEDI_DATA")
        print("SKIPPED: the STEDI data are not there")
    for name, folder in folders.items():
        texts = secrets(folder)
        wanted, key_file = None, None
        layouts = [(ending, "none") for ending in ("parquet", "csv", "ndjson", "arrow")]
        layouts += [("parquet", "split"), ("csv", "split"), ("parquet", "customer" if name == "STEDI" else "device")]
        for ending, partition in layouts:
            out = HOME / f"{name}-{ending}-{partition}"
            run("export", folder, "--out", out, "--join", "owner", "--tables", "all", "--format", ending, "--partition", partition,
                "--windows", "10,5", "--analyst", "CI", *(["--key", key_file] if key_file else []))
            manifest = json.loads((out / "manifest.json").read_text())
            if key_file is None:
                key_file = HOME / "data/stedi-workbench/keys" / (manifest["key"]["id"] + ".key")
                wanted = expected(folder, bytes.fromhex(key_file.read_text().splitlines()[1]))
            is_cut = partition != "none"
            found = {}
            for library, frame in loaders(out, manifest):
                for column in ("customer", "device", "split"):
                    if column in frame:
                        frame[column] = frame[column].astype(str)
                found[library] = frame
                check(rows_of(frame) == wanted, f"{library} reads other rows from {out.name}")
                check(set(frame.columns) == set(COLUMNS), f"{library}: columns of {out.name}: {list(frame.columns)}")
                sides = frame.groupby("customer")["split"].nunique()
                check((sides == 1).all() and (frame.groupby("device")["split"].nunique() == 1).all(), f"{library}: two sides")
            hugging = check_hugging_face(out, manifest, is_cut)
            if partition in ("none", "split"):
                check(rows_of(hugging) == wanted, f"Hugging Face reads other rows from {out.name}")
            check_croissant(out, manifest, ending, is_cut, wanted)
            if ending == "parquet" and not is_cut:
                check_learning(check_windows(out, manifest, wanted))
            problem = leaks(out, texts)
            check(problem is None, problem)
            verified = run("verify", out, "--landing", folder, "--json")
            check(json.loads(verified)["is_sound"], f"verify {out.name}")
            print(f"{out.name}: {len(wanted)} rows, {', '.join(found)}, Hugging Face, mlcroissant")
        for place in ("state", "config"):
            if (HOME / place).exists():
                problem = leaks(HOME / place, texts)
                check(problem is None, problem)
    # The search finds what it is meant to find.
    bait = HOME / "bait"
    bait.mkdir()
    pl.DataFrame({"a": [secrets(folders["sample"])[0]]}).write_parquet(bait / "a.parquet")
    check(leaks(bait, secrets(folders["sample"])) is not None, "the search for secrets finds nothing")
    print(f"{checked} checks passed.")


try:
    main()
finally:
    import shutil

    shutil.rmtree(HOME, ignore_errors=True)
