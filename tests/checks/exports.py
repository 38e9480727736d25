#!/usr/bin/env python3
"""Loads exports with the usual tools, and searches them for anything personal. Usage: exports.py PROGRAM

Each format, cut into folders in each way, and every other choice of an export: what pandas, Polars, DuckDB, pyarrow, Hugging
Face datasets and mlcroissant read, by the very lines of the data card, is what the landing files give. NumPy reads the tensors,
scikit-learn learns from them and must know nothing of the other sides. No byte of any file, unpacked, says who somebody is. On
the sample data, on readings with awkward values, and on the public STEDI data (where $STEDI_DATA says, or beside the checkout).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="stedi-exports-"))
os.environ["HF_HOME"] = str(HOME / "hf")

import readers  # noqa: E402
from landed import Landed, records  # noqa: E402
from leaks import Secrets, finds_baits  # noqa: E402
from readers import LEARNING, SIDES, Export, check  # noqa: E402
import numpy as np  # noqa: E402
from sklearn.dummy import DummyRegressor  # noqa: E402
from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: E402
from sklearn.neighbors import KNeighborsRegressor  # noqa: E402
from tables import REPOSITORY, real_data  # noqa: E402

PROGRAM = Path(sys.argv[1]).resolve()
PLACES = {"XDG_STATE_HOME": "state", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}
ENVIRONMENT = os.environ | {"HOME": str(HOME)} | {name: str(HOME / place) for name, place in PLACES.items()}
FORMATS = ["parquet", "csv", "ndjson", "arrow"]
PARTITIONS = ["none", "split", "customer", "device"]
ALL = ["--tables", "all", "--windows", "10,5"]


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stdout


def task(x):
    """To be learned: the last distance of a window, from all before and the last motion."""
    return np.concatenate([x[:, :-1].reshape(len(x), -1), x[:, -1, 1:]], axis=1), x[:, -1, 0]


def knows(train, other):
    """How much whoever has learned one side by heart knows of another: the share of its windows that are on both."""
    memory = KNeighborsRegressor(1, algorithm="kd_tree").fit(*task(train))
    return float(np.mean((memory.kneighbors(task(other)[0])[0][:, 0] == 0) & (memory.predict(task(other)[0]) == task(other)[1])))


def check_learning(name, sides):
    """A baseline learns from the training side; nothing of the other sides is in it."""
    check(set(sides) == set(SIDES), f"{name}: windows of {set(sides)} only")
    train = sides["train"]
    model = HistGradientBoostingRegressor(max_iter=30, random_state=0).fit(*task(train))
    dummy = DummyRegressor().fit(*task(train))
    error = lambda model, x: float(np.mean(np.abs(model.predict(task(x)[0]) - task(x)[1])))
    check(error(model, train) < 0.95 * error(dummy, train), f"{name}: nothing can be learned from it")
    check(knows(train, train) > 0.99, "who learns by heart knows nothing")
    for side in ("validation", "test"):
        check(np.isfinite(error(model, sides[side])), f"{name}: predictions for {side}")
        check(knows(train, sides[side]) == 0, f"{name}: windows of {side} are in train")
    # The check itself: some windows of the test side slip in.
    check(knows(np.concatenate([train, sides["test"][:3]]), sides["test"]) > 0, "windows on both sides are not noticed")
    return " ".join(f"{side} {error(model, x):.1f}/{error(dummy, x):.1f}" for side, x in sides.items())


class Source:
    """A landing folder, and what its exports must hold."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        self.landed = Landed(folder)
        self.key = self.wanted = None
        self.options = ["--join", "owner", "--analyst", "A. Nalyst"]

    def export(self, what, *options, out=None):
        """Makes an export with the source's key. Gives it, and what was said."""
        out = HOME / (out or f"{self.name}-{what}")
        said = run("export", self.folder, "--out", out, *self.options, *options, "--key", self.key or "new")
        made = Export(out)
        if self.key is None:
            self.key = made.manifest["key"]["id"]
            text = (HOME / "data/stedi-workbench/keys" / f"{self.key}.key").read_text().split("\n")[1]
            self.wanted = self.landed.tables(bytes.fromhex(text))
            self.hidden = bytes.fromhex(text)
            self.secrets = Secrets(self.landed.secrets() | {text})
            self.secrets_and_instants = Secrets(self.landed.secrets() | self.landed.instants() | {text})
        return made, said

    def check(self, made, wanted=None, croissant=((), 300)):
        """Everything about one export. Gives the tensors of each side. `croissant` names tables that are read record by record
        beside the first one, and how many records of each; none is all of them."""
        wanted = wanted or self.wanted
        loaded = readers.run_card(made)
        readers.check_tables(made, loaded, wanted)
        readers.check_hugging_face(made, loaded, wanted)
        readers.check_croissant(made, loaded, wanted, [made.main, *croissant[0]], croissant[1])
        sides = readers.check_windows(made, loaded) if made.packaging["windows"] else None
        secrets = self.secrets_and_instants if made.packaging["time"] == "elapsed" else self.secrets
        place = secrets.in_folder(made.out)
        check(place is None, f"{made.out.name}: {place} says who somebody is")
        print(f"{made.out.name:<28}{made.tables[made.main]['rows']:>8} rows, {len(list(made.out.rglob('*.*'))):>5} files")
        return sides

    def withdraw(self, made, number):
        """Takes some customers out of an export, and checks what is left."""
        serials = [r.get("serialnumber") for r in self.landed.customers]
        consenting = [r for r in self.landed.customers if r.get("sharewithresearchasofdate") and serials.count(r.get("serialnumber")) == 1]
        emails = {r["email"] for r in consenting[:: len(consenting) // number]}
        listed = HOME / "left.txt"
        listed.write_text("\n".join(emails))
        run("withdraw", made.out, "--customers", listed)
        left = Export(made.out.with_name(made.out.name + "-without-withdrawn"))
        wanted = self.landed.without(emails).tables(self.hidden)
        check(len(wanted[LEARNING]) < len(self.wanted[LEARNING]), "nobody was withdrawn")
        self.check(left, wanted)


def awkward(folder):
    """Generated readings whose numbers are long, huge and tiny, of people with awkward addresses."""
    run("generate", "--customers", "60", "--seed", "5", "--out", folder / "generated")
    random = np.random.default_rng(5)
    odd = lambda email: "Ünal+" + email.upper()
    value = lambda: float(random.choice([random.normal(), -0.0, 1e300, 5e-324, 1.0, 0.1 + 0.2, -123456789.987654321]))
    rewrite = {
        "customer": lambda r: r | {"email": odd(r["email"]), "customername": r["customername"] + " d'Ängström", "serialnumber": r["serialnumber"].upper()},
        "accelerometer": lambda r: r | {"user": odd(r["user"]), "x": value(), "y": value(), "z": value()},
        "step_trainer": lambda r: r | {"serialnumber": r["serialnumber"].upper(), "distancefromobject": int(random.integers(-(2**62), 2**62))},
    }
    for dataset, change in rewrite.items():
        file = folder / dataset / "landing" / f"{dataset}.json"
        file.parent.mkdir(parents=True)
        file.write_text("\n".join(json.dumps(change(r), ensure_ascii=False) for r in records(folder / "generated", dataset)))
    shutil.rmtree(folder / "generated")
    return folder


def check_sample(source):
    """Every format in every way, and every other choice."""
    for ending in FORMATS:
        for partition in PARTITIONS:
            made, _ = source.export(f"{ending}-{partition}", *ALL, "--format", ending, "--partition", partition)
            others = [name for name in made.tables if name != LEARNING] if partition == "none" else []
            sides = source.check(made, croissant=(others, None))
    print(f"sample: mean error of the baseline and of the mean: {check_learning('sample', sides)}")
    others = {
        "raw": ["--time", "raw", *ALL],
        "shifted": ["--time", "shifted", *ALL],
        "together": ["--split", "none", *ALL],
        "less": ["--leave-out", "x,distancefromobject", *ALL],
        "alone": [],
    }
    for place, (what, options) in enumerate(others.items()):
        for number in range(2):
            ending, partition = FORMATS[(place + 2 * number) % 4], PARTITIONS[(place + 2 * number) % 3]
            made, _ = source.export(f"{what}-{ending}-{partition}", *options, "--format", ending, "--partition", partition)
            source.check(made)
    for number, tables in enumerate(["customer_trusted", "accelerometer_trusted,step_trainer_trusted"]):
        made, _ = source.export(f"{tables[:8]}", "--tables", tables, "--time", "raw", "--format", FORMATS[1 + number])
        source.check(made)
    for ending, partition in zip(FORMATS, PARTITIONS):
        source.withdraw(Export(HOME / f"sample-{ending}-{partition}"), 5)
    made, said = source.export("", out="it's \"so\" nämlich")
    names = {}
    exec("\n".join(line.strip() for line in said.split("To load it:")[1].strip().split("\n")), names)
    check(len(names["df"]) == made.manifest["tables"][0]["rows"], "the lines that export prints")


def main():
    sample = Source("sample", REPOSITORY / "sample_data")
    check_sample(sample)
    strange = Source("awkward", awkward(HOME / "awkward"))
    for ending in FORMATS:
        strange.check(strange.export(ending, *ALL, "--split", "50,25,25", "--format", ending)[0], croissant=((), None))
    if folder := real_data():
        real = Source("STEDI", folder)
        for ending, partition in [("parquet", "none"), ("csv", "none"), ("ndjson", "split"), ("arrow", "none"), ("parquet", "customer")]:
            made, _ = real.export(f"{ending}-{partition}", *ALL, "--format", ending, "--partition", partition)
            sides = real.check(made)
            check(json.loads(run("verify", made.out, "--landing", folder, "--json"))["is_sound"], f"verify {made.out.name}")
        print(f"STEDI: mean error of the baseline and of the mean: {check_learning('STEDI', sides)}")
    for place in ("state", "config"):
        check(sample.secrets.in_folder(HOME / place) is None, f"what is kept in {place} says who somebody is")
    someone = sample.landed.customers[0]
    missed = finds_baits(sample.secrets_and_instants, someone["email"], someone["customername"], someone["registrationdate"], HOME / "bait")
    check(missed is None, f"the search for secrets misses {missed}")
    print(f"{readers.checked} checks passed.")


try:
    main()
finally:
    shutil.rmtree(HOME, ignore_errors=True)
