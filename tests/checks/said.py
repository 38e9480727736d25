#!/usr/bin/env python3
"""Runs a command and searches all that it says and leaves behind for anybody's data. Usage: said.py COMMAND...

Meant for the whole test suite: its output, with that of passing tests and of every panic, and all files in the user's folders.
What the program keeps of people by design (what was read, sessions) must be for its owner alone; nothing else may name anybody.
"""

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from landed import Landed
from leaks import Secrets
from tables import REPOSITORY, real_data

# What holds people by design.
PRIVATE = {"landing", "aside", "session", "reviews", "keys"}
PLACES = {"XDG_STATE_HOME": "state", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache"}
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def secrets():
    """Everybody's texts in the sample data and, where they are at hand, the public data."""
    folders = [REPOSITORY / "sample_data"] + ([real_data()] if real_data() else [])
    return Secrets(set().union(*(Landed(folder).secrets() for folder in folders)))


def lines_of(command, home):
    """The lines that a command says, printed as they come unless they are what passing tests said."""
    places = {name: str(home / place) for name, place in PLACES.items()}
    for place in places.values():
        Path(place).mkdir()
    environment = os.environ | places
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines = []
    for line in process.stdout:
        lines.append(line)
        if re.match(r"(test |running |failures|error|warning|thread|\s+(Running|Compiling|Finished|Doc-tests))|.*(FAILED|panicked)", line):
            print(line, end="", flush=True)
    if process.wait() != 0:
        sys.exit("".join(lines[-200:]) + f"FAILED: {' '.join(command)}")
    return lines


def open_to_others(home):
    """Files and folders with people in them that others may look into."""
    for place in (path for path in home.rglob("*") if path.name in PRIVATE and path.is_dir()):
        for path in [place, *place.rglob("*")]:
            if stat.S_IMODE(path.lstat().st_mode) & 0o077:
                yield path


def check(lines, home, secret):
    """What is wrong, in words that name nobody."""
    for number, line in enumerate(lines, 1):
        if secret.in_text(line) or any(not address.lower().endswith(("example.com", "example.org")) for address in ADDRESS.findall(line)):
            yield f"line {number} of what was said names somebody"
    for path in open_to_others(home):
        yield f"{path.relative_to(home)} is open to others"
    for path in (path for path in home.rglob("*") if path.is_file() and not PRIVATE & set(path.relative_to(home).parts)):
        if secret.in_text(" ".join(path.relative_to(home).parts)) or secret.in_text(path.read_bytes().decode("utf-8", "ignore")):
            yield f"{path.relative_to(home)} names somebody"


def finds_baits(secret, home):
    """That the search finds what it is for: said, left in a log, and kept where others may look."""
    bait = next(iter(secret.words))
    (home / "config").mkdir(parents=True)
    (home / "config/log").write_text(f"for {bait}")
    (home / "cache/landing").mkdir(parents=True, mode=0o755)
    found = list(check([f"error: {bait}\n", "ann@elsewhere.net\n", "nothing\n"], home, secret))
    assert len(found) == 4, found


def main():
    secret = secrets()
    with tempfile.TemporaryDirectory() as folder:
        finds_baits(secret, Path(folder) / "bait")
    home = Path(tempfile.mkdtemp(prefix="stedi-said-"))
    try:
        lines = lines_of(sys.argv[1:], home)
        wrong = list(check(lines, home, secret))
        files = sum(path.is_file() for path in home.rglob("*"))
    finally:
        shutil.rmtree(home)
    if wrong:
        sys.exit("FAILED: " + "\nFAILED: ".join(wrong[:20]))
    print(f"{len(lines)} lines were said and {files} files left behind; nobody is named in them.")


if __name__ == "__main__":
    main()
