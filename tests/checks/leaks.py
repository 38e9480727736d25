"""Searches files for texts that say who somebody is."""

import re
import shutil
import zipfile

import numpy as np
import polars as pl

WORD = re.compile(r"[^\s\"',;:<>()\[\]{}|=`*]+")
# What cannot hold a secret within a longer word: numbers, hashes, pseudonyms.
PLAIN = re.compile(r"[cd]?_?[0-9a-f.e+-]*")


def contents(path):
    """The bytes of a file, and what is packed in them."""
    yield path.read_bytes().decode("utf-8", "ignore")
    if path.suffix == ".npz":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name).decode("latin-1") for name in archive.namelist())
        with np.load(path, allow_pickle=False) as arrays:
            yield from ("\n".join(map(str, arrays[name].ravel())) for name in arrays.files if arrays[name].dtype.kind in "Ui")
    elif path.suffix == ".parquet":
        yield pl.read_parquet(path, hive_partitioning=False).write_csv()
    elif path.suffix == ".arrow":
        yield pl.read_ipc(path).write_csv()


class Secrets:
    """Texts to look for, whatever their case."""

    def __init__(self, texts):
        folded = {tuple(text.lower().split()) for text in texts if len(text) >= 6}
        self.words = {text[0] for text in folded if len(text) == 1}
        self.phrases = {text for text in folded if len(text) > 1}
        # Such as nobody writes by chance are looked for within longer words as well.
        self.parts = [text for text in self.words if len(text) >= 10 and not text.isdigit()]

    def in_text(self, text):
        words = [word.strip(".!?") for word in WORD.findall(text.lower())]
        different = set(words)
        if different & self.words:
            return True
        for size in {len(phrase) for phrase in self.phrases}:
            if not self.phrases.isdisjoint(zip(*(words[start:] for start in range(size)))):
                return True
        rest = "\n".join(word for word in different if not PLAIN.fullmatch(word))
        return len(rest) > 9 and any(part in rest for part in self.parts)

    def in_folder(self, folder):
        """The name of a file with a secret; none if there is none."""
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            if self.in_text(" ".join(path.relative_to(folder).parts)) or any(map(self.in_text, contents(path))):
                return path.name
        return None


def finds_baits(secrets, address, name, number, folder):
    """Whether the search finds a secret wherever one could be."""
    write = {
        "cell.parquet": lambda path: pl.DataFrame({"a": ["b", address.upper()]}).write_parquet(path, compression="zstd"),
        "number.parquet": lambda path: pl.DataFrame({"a": [0, int(number)]}).write_parquet(path),
        "cell.arrow": lambda path: pl.DataFrame({"a": [address]}).write_ipc(path, compression="zstd"),
        "text.npz": lambda path: np.savez_compressed(path, a=np.array(["b", address])),
        "number.npz": lambda path: np.savez_compressed(path, a=np.array([[0, int(number)]])),
        "cell.csv": lambda path: path.write_text(f"a,b\n1,{address}\n"),
        "number.csv": lambda path: path.write_text(f"a,b\n1,{number}\n"),
        "lines.ndjson": lambda path: path.write_text(f'{{"a":"{address}"}}\n'),
        "words.md": lambda path: path.write_text("Made for " + name.replace(" ", "\n") + "."),
        "within.html": lambda path: path.write_text(f"<a href=mailto:x{address}.invalid>"),
        f"customer={address}": lambda path: path.write_text(""),
    }
    for file, make in write.items():
        folder.mkdir()
        make(folder / file)
        is_found = secrets.in_folder(folder) == file
        shutil.rmtree(folder)
        if not is_found:
            return file
    folder.mkdir()
    (folder / "clean.md").write_text("Nobody is in it: c_0123456789abcdef0123456789abcdef 201 -0.5")
    is_found = secrets.in_folder(folder)
    shutil.rmtree(folder)
    return is_found
