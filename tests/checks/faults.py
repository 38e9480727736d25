#!/usr/bin/env python3
"""Faults from outside: what a process cannot do to itself. Usage: faults.py PROGRAM

Runs are killed at moments by chance while they read, keep what was read, write tables and sign; two run at once on the same
cache, folder and list; disks are full or read-only, and files cannot be read; memory is confined; the display goes away under the
window, or what draws it. After each, what was there before is whole, nothing that is half is taken for whole, what was left is cleared or named,
nobody is named in a message, and the next run does the same as ever. (Exports that are killed: tests/it/export_faults.rs.)
What cannot be done on a machine is said, and fails where CI is set. Moments come from a seed.
"""

import ctypes
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import display

PROGRAM = Path(sys.argv[1]).resolve()
SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
KILLS = 100
# So many of them must hit what is written.
LEAST_WITHIN = 10
NOBODY = 65534
CHANCE = random.Random(20261126)
SAID = []


def check(holds, what):
    if not holds:
        # What failed comes last: a log may be cut.
        sys.exit(f"{SAID[-1] if SAID else ''}\nFAILED: {what}")


def cannot(what):
    check("CI" not in os.environ, f"{what} cannot be done here, and must be in CI")
    print(f"SKIPPED: {what} cannot be done here.", flush=True)


class Home:
    """A place of its own for all that the program keeps."""

    def __init__(self, folder):
        self.folder = Path(folder)
        places = {"XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_DATA_HOME": "data", "TMPDIR": "tmp"}
        self.places = {name: self.folder / place for name, place in places.items()}
        for place in self.places.values():
            place.mkdir(parents=True, exist_ok=True)

    def start(self, *arguments, places=None, output=subprocess.PIPE, **options):
        environment = {name: value for name, value in os.environ.items() if name != "RUST_BACKTRACE"}
        environment |= {"HOME": str(self.folder)} | {name: str(place) for name, place in (self.places | (places or {})).items()}
        return subprocess.Popen(
            [PROGRAM, *map(str, arguments)], env=environment, stdout=output, stderr=subprocess.PIPE, text=True, **options
        )

    def run(self, *arguments, code=0, **options):
        """What is said; the exit code must be as expected."""
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=300)
        SAID.append(f"{' '.join(map(str, arguments))}: {process.returncode}\n{out}{err}")
        check(process.returncode == code, f"{arguments[0]} ended with {process.returncode} instead of {code}")
        check("panicked" not in err, f"{arguments[0]} panicked")
        check("@example." not in err, f"{arguments[0]} names somebody")
        return (out or "") + err

    def tables(self, landing, *more, **options):
        out = self.run("count", landing, "--json", *more, **options)
        return json.loads(out.splitlines()[0])["tables"]

    @property
    def cache(self):
        return self.places["XDG_CACHE_HOME"] / "stedi-workbench/landing"


def tree(folder):
    """Every file below a folder and a hash of it."""
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def in_many_files(landing):
    """The same records in many files, as a delivery has them."""
    for file in sorted(landing.rglob("*.json")):
        lines = file.read_text().splitlines(keepends=True)
        file.unlink()
        for number in range(0, 40):
            part = lines[number::40]
            if part:
                (file.parent / f"part-{number:02}.json").write_text("".join(part))


def measured(run):
    times = []
    for _ in range(5):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return sorted(times)[2]


def killed(start, most):
    """Kills a run at a moment that any may be."""
    process = start()
    time.sleep(CHANCE.uniform(0, most))
    process.kill()
    process.communicate()
    check(process.returncode in (0, 1, -signal.SIGKILL), f"a run that was killed ended with {process.returncode}")


def hit(name, before, within, after):
    print(f"{name}: of {before + within + after} kills {before} came before it wrote, {within} while, {after} after.", flush=True)
    check(within >= LEAST_WITHIN, f"{name}: only {within} kills hit what is written")


def kill_while_keeping(home, landing):
    fresh = home.tables(landing)
    keep = lambda: home.run("count", landing, "--json", "--cache")
    clear = lambda: shutil.rmtree(home.cache, ignore_errors=True)
    keep()
    whole = set(tree(home.cache))
    entries = sum(name.endswith(".arrow") for name in whole)
    most = measured(lambda: (clear(), keep()))
    counts = [0, 0, 0]
    for _ in range(KILLS):
        clear()
        killed(lambda: home.start("count", landing, "--json", "--cache"), most)
        names = set(tree(home.cache))
        counts[0 if not names else 2 if names == whole else 1] += 1
        # What a killed run left is used as far as it is whole.
        check(home.tables(landing, "--cache") == fresh, "the tables differ after a kill")
        left = set(tree(home.cache))
        check(left >= whole and all(name.endswith(".part") for name in left - whole), f"the cache has {left - whole}")
        check(json.loads(home.run("cache", "--json"))["files"] == entries, "the cache lost an entry")
        for name in left - whole:
            os.utime(home.cache / name, (0, 0))
    (landing / "customer/landing/new.json").write_text("{}")
    check(home.tables(landing, "--cache")["customer_trusted"] == fresh["customer_trusted"], "another file changed the tables")
    (landing / "customer/landing/new.json").unlink()
    home.run("cache", "--limit", "8 GB")
    check(not any(name.endswith(".part") for name in tree(home.cache)) or set(tree(home.cache)) >= whole, "the cache is not whole")
    hit("cache", *counts)


def two_choices(home, landing, out):
    """The command that writes tables to a folder under each of two recipes, and what each of them writes."""
    choices = [[], ["--consent-date", "--join", "owner"]]
    curate = lambda choice: ("curate", landing, "--out", out, "--format", "csv", "--json", *choices[choice])
    results = []
    for choice in (0, 1):
        home.run(*curate(choice))
        results.append(tree(out))
    return curate, results


def kill_while_writing_tables(home, landing):
    out = home.folder / "zones"
    curate, results = two_choices(home, landing, out)
    check(len(results[0]) == 5 and all(results[0][name] != results[1][name] for name in ("machine_learning_curated.csv", "accelerometer_trusted.csv")), "the choices change nothing")
    most = measured(lambda: home.run(*curate(1)))
    counts, now = [0, 0, 0], 1
    for _ in range(KILLS):
        wanted = 1 - now
        killed(lambda: home.start(*curate(wanted)), most)
        left = tree(out)
        tables = {name: left[name] for name in left if name.endswith(".csv")}
        others = set(left) - set(tables)
        check(all(name.endswith((".unfinished", ".whole", ".replaced")) for name in others), f"{others} were left")
        # While files take their places, the names say so, and the next run completes that.
        is_moving = any(name.endswith(".whole") for name in others)
        check(is_moving or tables in results, "the folder has tables of two runs, and does not say so")
        counts[1 if others else 0 if tables == results[now] else 2] += 1
        home.run(*curate(wanted))
        check(tree(out) == results[wanted], "the next run writes something else, or leaves something")
        now = wanted
    hit("tables", *counts)
    shutil.rmtree(out)


def kill_while_signing(home):
    """The trail of reviews."""
    trail = home.places["XDG_STATE_HOME"] / "stedi-workbench/reviews/trail.jsonl"
    accept = lambda number: ("review", SAMPLE, "--accept", f"foreign-pairs=reason {number}", "--analyst", "A. Name")
    # Another check stays open, so it is 1.
    home.run(*accept(0), code=1)
    most = measured(lambda: home.run(*accept(1), code=1))
    # A kill can leave a part of a line, where it hits while the system holds a writer back: that is no entry.
    entries = lambda: trail.read_text().rpartition("\n")[0].splitlines()
    before = entries()
    added = 0
    for number in range(KILLS):
        killed(lambda: home.start(*accept(number)), most)
        home.run("review", SAMPLE, "--json", code=1)
        now = entries()
        others = next((place for place, pair in enumerate(zip(before, now)) if pair[0] != pair[1]), None)
        is_whole = others is None and len(before) <= len(now) <= len(before) + 1
        check(is_whole, f"an entry was lost: {len(before)} before, {len(now)} now, the first that differs is {others}")
        added += len(now) > len(before)
        before = now
    home.run(*accept(1000), code=1)
    check("reason 1000" in entries()[-1], "nothing is added after kills")
    print(f"trail: {KILLS} kills, {added} after the entry was there; every entry is.", flush=True)
    check(KILLS // 20 < added < KILLS, f"{added} of {KILLS} entries: the moments are not spread")


def two_at_once(home, landing):
    fresh = home.tables(landing)
    for round_ in range(30):
        if round_ % 3 != 2:
            shutil.rmtree(home.cache, ignore_errors=True)
        runs = [home.start("count", landing, "--json", "--cache") for _ in range(2)]
        if round_ % 3 == 1:
            runs.append(home.start("cache", "--clear", "--json"))
        outs = [run.communicate() for run in runs]
        SAID.append(str(outs))
        check(all(run.returncode == 0 for run in runs[:2]), "one of two runs on a cache failed")
        check(all(json.loads(out)["tables"] == fresh for out, _ in outs[:2]), "two runs on a cache give other tables")
        # Emptying what another is filling may be refused, with a word.
        check(all(run.returncode == 0 or "landing" in err for run, (_, err) in zip(runs[2:], outs[2:])), "clearing failed")
        check(home.tables(landing, "--cache") == fresh, "the cache is damaged after two runs")
    out = home.folder / "at-once"
    curate, results = two_choices(home, landing, out)
    refused = 0
    for _ in range(30):
        runs = [home.start(*curate(choice)) for choice in (0, 1)]
        outs = [run.communicate() for run in runs]
        codes = [run.returncode for run in runs]
        SAID.append(str(outs))
        check(0 in codes and set(codes) <= {0, 2}, f"two runs into one folder ended with {codes}")
        for code, (_, err) in zip(codes, outs):
            check(code == 0 or "another run is writing to" in err, "what is refused does not say why")
        refused += 2 in codes
        won = [results[choice] for choice in (0, 1) if codes[choice] == 0]
        check(tree(out) in won, "the folder has tables of two runs")
    places = [home.folder / f"export-{number}" for number in range(6)]
    runs = [home.start("export", SAMPLE, "--join", "owner", "--analyst", "A. Name", "--out", place) for place in places]
    outs = [run.communicate() for run in runs]
    SAID.append(str([err for _, err in outs]))
    check(all(run.returncode == 0 for run in runs), "exports to different folders get in each other's way")
    listed = (home.places["XDG_STATE_HOME"] / "stedi-workbench/exports.jsonl").read_text().splitlines()
    check(sorted(json.loads(line)["folder"] for line in listed) == sorted(map(str, places)), "the list of exports lost one")
    for place in places:
        home.run("verify", place)
    print(f"two at once: 30 times on a cache; 30 times into a folder, {refused} times one was refused; 6 exports at once.", flush=True)


@contextmanager
def small_disk(size):
    """A disk of its own with so much room."""
    place = Path(tempfile.mkdtemp(prefix="stedi-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)
        place.rmdir()


def remount(place, option):
    subprocess.run(["mount", "-o", f"remount,{option}", place], check=True)


def fill(disk):
    """Takes all the room that is left."""
    with open(disk / "filler", "wb", buffering=0) as filler:
        try:
            while filler.write(b"x" * 4096):
                pass
        except OSError:
            pass


EXPORT = ("export", SAMPLE, "--join", "owner", "--analyst", "A. Name")


def writers(home, disk, landing, fresh, what):
    """Everything that writes, onto a disk that does not take it: `what` is what it says. Nothing of it is there afterwards."""
    kept = {name: digest for name, digest in tree(disk).items() if name != "filler"}
    same = lambda: {name: digest for name, digest in tree(disk).items() if name != "filler"} == kept
    refused = lambda *arguments, **options: what in home.run(*arguments, code=2, **options) and same()
    check(refused("curate", landing, "--out", disk / "zones"), "tables")
    check(refused("curate", landing, "--out", disk / "there"), "tables where others are")
    check(refused("curate", landing, "--out", disk / "zones", "--memory-limit", "100 KB"), "tables made piece by piece")
    check(refused(*EXPORT, "--out", disk / "data-set"), "an export")
    check(refused(*EXPORT, "--out", disk / "export", "--replace"), "an export in the place of one")
    check(refused("review", SAMPLE, "--report", disk / "report.html"), "a report")
    check(refused("count", landing, "--refused", disk / "refused.csv"), "the list of refused records")
    check(refused("lakehouse", landing, "--out", disk / "kit"), "a kit")
    check(refused("cache", "--limit", "5 MB", places={"XDG_CONFIG_HOME": disk / "config"}), "settings")
    check(refused("review", SAMPLE, "--accept", "foreign-pairs=why", "--analyst", "A. Name", places={"XDG_STATE_HOME": disk / "state"}), "a trail")
    check(refused(*EXPORT, "--out", home.folder / "never", places={"XDG_DATA_HOME": disk / "data"}), "a key")
    check(not (home.folder / "never").exists(), "an export whose key is lost")
    said = home.run("count", landing, "--memory-limit", "100 KB", code=2, places={"TMPDIR": disk / "tmp"})
    check((what in said or "0 B are free" in said) and same(), "readings put aside")
    # What is kept is a comfort: the work is done all the same.
    said = home.run("count", landing, "--cache", "--json", places={"XDG_CACHE_HOME": disk / "cache"})
    check(json.loads(said.splitlines()[0])["tables"] == fresh and "could not be kept" in said and what in said, "the cache")
    whole = [name for name in tree(disk) if name.startswith("cache/") and name.endswith(".json") and not name.endswith("index.json") and name not in kept]
    check(not any(name.endswith(".part") for name in tree(disk)), "half an entry of the cache is left")
    check(all((disk / name).with_suffix(".arrow").is_file() for name in whole), "an entry of the cache is half there")


def before_faults(home, disk, landing):
    """What is there before anything goes wrong."""
    home.run("curate", landing, "--out", disk / "there")
    home.run(*EXPORT, "--out", disk / "export")
    home.run("cache", "--limit", "1 GB", places={"XDG_CONFIG_HOME": disk / "config"})
    home.run("review", SAMPLE, "--accept", "foreign-pairs=first", "--analyst", "A. Name", code=1, places={"XDG_STATE_HOME": disk / "state"})
    for name in ("data", "tmp", "cache"):
        (disk / name).mkdir()


def after_faults(home, disk, landing, fresh):
    """With room again all of it is as it was, and works."""
    check(home.run("verify", disk / "export"), "the export")
    check(json.loads(home.run("cache", "--json", places={"XDG_CONFIG_HOME": disk / "config"}))["limit"] == 10**9, "the settings")
    home.run("review", SAMPLE, "--accept", "foreign-pairs=second", "--analyst", "A. Name", code=1, places={"XDG_STATE_HOME": disk / "state"})
    trail = (disk / "state/stedi-workbench/reviews/trail.jsonl").read_text().splitlines()
    check([json.loads(line)["reason"] for line in trail] == ["first", "second"], "the trail")
    check(home.tables(landing, "--cache", places={"XDG_CACHE_HOME": disk / "cache"}) == fresh, "the cache with room again")
    home.run("curate", landing, "--out", disk / "there")
    home.run(*EXPORT, "--out", disk / "export", "--replace")
    left = [name for name in tree(disk) if any(word in name for word in ("unfinished", ".whole", ".replaced", ".part", ".former"))]
    check(not left, f"{left} was left")


def disks(home, landing):
    fresh = home.tables(landing)
    with small_disk("24m") as disk:
        before_faults(home, disk, landing)
        fill(disk)
        writers(home, disk, landing, fresh, "o space left on device")
        (disk / "filler").unlink()
        after_faults(home, disk, landing, fresh)
        print("full disk: tables, exports, reports, lists, kits, settings, trail, keys, readings put aside and cache.", flush=True)
    with small_disk("24m") as disk:
        before_faults(home, disk, landing)
        shutil.copytree(landing, disk / "landing")
        remount(disk, "ro")
        writers(home, disk, landing, fresh, "ead-only file system")
        check(home.tables(disk / "landing") == fresh, "landing files that cannot be written are read")
        remount(disk, "rw")
        after_faults(home, disk, landing, fresh)
        print("read-only disk: the same.", flush=True)


def quota(home, landing):
    """No file may grow beyond a limit, as with a quota: writing gives an error in the middle of a file."""
    fresh = home.tables(landing)
    place = home.folder / "quota"
    place.mkdir()
    before_faults(home, place, landing)
    trail = place / "state/stedi-workbench/reviews/trail.jsonl"
    # Within the next line of the trail.
    limits = {"tables": 5_000, "trail": trail.stat().st_size + 100}
    confined = lambda size: {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)), "restore_signals": False}
    kept = tree(place)
    for arguments in [
        ("curate", landing, "--out", place / "zones"),
        ("curate", landing, "--out", place / "there"),
        (*EXPORT, "--out", place / "data-set"),
        (*EXPORT, "--out", place / "export", "--replace"),
        ("review", SAMPLE, "--report", place / "report.html"),
        ("lakehouse", landing, "--out", place / "kit"),
    ]:
        check("File too large" in home.run(*arguments, code=2, **confined(limits["tables"])), f"{arguments[0]} within a quota")
        check(tree(place) == kept, f"{arguments[0]} left something within a quota")
    accept = ("review", SAMPLE, "--accept", "foreign-pairs=" + "why " * 100, "--analyst", "A. Name")
    said = home.run(*accept, code=2, places={"XDG_STATE_HOME": place / "state"}, **confined(limits["trail"]))
    check("File too large" in said and tree(place) == kept, "half an entry of the trail")
    said = home.run("count", landing, "--cache", "--json", places={"XDG_CACHE_HOME": place / "cache"}, **confined(limits["tables"]))
    check(json.loads(said.splitlines()[0])["tables"] == fresh and "could not be kept" in said, "the cache within a quota")
    after_faults(home, place, landing, fresh)
    for arguments in [("count", landing, "--refused", "/dev/full"), ("review", SAMPLE, "--report", "/dev/full")]:
        check("o space left" in home.run(*arguments, code=2), f"{arguments[0]} to a full device")
    for arguments in [("count", landing), ("count", landing, "--json"), ("review", SAMPLE, "--json"), ("completions", "bash")]:
        with open("/dev/full", "w") as full:
            check("o space left" in home.run(*arguments, code=2, output=full), f"{arguments[0]} says nothing of what it could not say")
    print("quota: a file that may not grow is as it was, half a line of a trail is taken back; a full device is told of.", flush=True)


def unreadable(landing):
    """As a user who may not: what cannot be read is named and the rest is read; where nothing may be written nothing is."""
    with tempfile.TemporaryDirectory(prefix="stedi-other-") as folder:
        folder = Path(folder)
        shutil.copytree(landing, folder / "landing")
        home = Home(folder / "home")
        (folder / "closed").mkdir()
        hidden = folder / "landing/step_trainer/landing/hidden.json"
        hidden.write_text("{}")
        (folder / "landing/customer/closed").mkdir()
        # The program may be where that user may not go.
        program = shutil.copy(PROGRAM, folder / "program")
        options = {"executable": program}
        if os.geteuid() == 0:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
            options |= {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": folder}
        hidden.chmod(0)
        for place in ("landing/customer/closed", "closed"):
            (folder / place).chmod(0o500 if place == "closed" else 0)
        fresh = Home(folder / "ours").tables(landing)
        said = home.run("count", folder / "landing", **options)
        check("hidden.json could not be read" in said and "customer/closed could not be read" in said, "what cannot be read is not named")
        check("ermission denied" in said, "it does not say why")
        check(json.loads(home.run("count", folder / "landing", "--json", **options).splitlines()[0])["tables"] == fresh, "the rest is not read")
        said = home.run("curate", folder / "landing", "--out", folder / "closed/zones", code=2, **options)
        check("ermission denied" in said and not list((folder / "closed").iterdir()), "a closed folder")
        (folder / "landing/customer/closed").chmod(0o700)
        (folder / "closed").chmod(0o700)
        print("what may not be read is named, and the rest is read.", flush=True)


def memory(home):
    """With too little memory it says so before it starts, or works; it is never ended in the middle."""
    landing = home.folder / "many"
    home.run("generate", "--customers", 4000, "--out", landing)
    fresh = home.tables(landing)
    out = home.folder / "confined"
    told = done = 0

    def confined(what, **options):
        nonlocal told, done
        process = home.start("curate", landing, "--out", out, "--json", **options)
        said, err = process.communicate()
        SAID.append(f"{what}: {process.returncode}\n{said}{err}")
        if process.returncode == 0:
            check(json.loads(said)["tables"] == fresh and len(tree(out)) == 5, f"{what}: other tables")
            shutil.rmtree(out)
            done += 1
        else:
            check(process.returncode == 2 and "is confined to" in err and "MB of memory" in err, f"{what} ends it without a word")
            check(not out.exists(), f"{what} leaves something")
            told += 1

    # Where there is no room for the program itself, the system ends it before it can say anything.
    own = PROGRAM.stat().st_size // 10**6
    for megabytes in (own + 20, own + 50, own + 100, own + 150, own + 300, 700, 1200, 2000, 4000):
        size = megabytes * 10**6
        confined(f"an address space of {megabytes} MB", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))
    check(told >= 3 and done >= 2, f"{told} were refused and {done} done")
    print(f"address space: {told} times said beforehand, {done} times done.", flush=True)
    told = done = 0
    name = f"stedi-faults-{os.getpid()}"
    for top, file in [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")]:
        group = Path(top) / name
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            if not (group / file).exists():
                continue
            for megabytes in (30, 60, 100, 150, 200, 300, 500):
                (group / file).write_text(str(megabytes * 10**6))
                join = lambda: (group / "cgroup.procs").write_text(str(os.getpid()))
                confined(f"a group with {megabytes} MB", preexec_fn=join)
            check(told >= 2 and done >= 2, f"{told} were refused and {done} done")
            print(f"memory of a group: {told} times said beforehand, {done} times done.", flush=True)
            break
        except OSError:
            continue
        finally:
            group.rmdir()
    else:
        # Not everywhere is one allowed to make a group; a limit of the address space is there everywhere.
        print("SKIPPED: no group with a limit of memory can be made here.", flush=True)
    shutil.rmtree(landing)


def appears(path):
    """Waits for what the window writes once it stands."""
    started = time.monotonic()
    while not path.exists() and time.monotonic() - started < 60:
        time.sleep(0.01)


def ended(process, without):
    """What a window says that ends by itself, as it must."""
    try:
        _, err = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        check(False, f"the program goes on without a {without}")
    SAID.append(f"{process.returncode}: {err}")
    return err


def lost_display(home, landing):
    """The display goes while the window starts, reads, keeps and stands: the program ends with a word, and nothing is damaged.

    Mesa's GLX takes answers that never came for memory while it is set up (glXChooseFBConfig without a connection), which the
    system ends. Nothing of ours has begun then: the first thing that the window does is to keep what it opened in the settings.
    """
    if not shutil.which("Xvfb"):
        return cannot("a lost display")
    fresh = home.tables(landing)
    settings = home.places["XDG_CONFIG_HOME"] / "stedi-workbench/settings.json"
    waits = [None, None, *(CHANCE.uniform(0, 2) for _ in range(8))]
    by_driver = 0
    for round_, wait in enumerate(waits):
        shutil.rmtree(home.cache, ignore_errors=True)
        settings.unlink(missing_ok=True)
        server, name = display.start()
        hidden = {"DISPLAY": name, "LIBGL_ALWAYS_SOFTWARE": "1", "XDG_RUNTIME_DIR": home.folder}
        os.environ.pop("WAYLAND_DISPLAY", None)
        process = home.start(landing, places=hidden, output=subprocess.DEVNULL)
        if wait is None:
            # What was read is kept then.
            appears(home.cache / "index.json")
        time.sleep(wait or 0)
        (server.kill if round_ % 2 else server.terminate)()
        server.wait()
        err = ended(process, "display")
        is_driver = process.returncode == -signal.SIGSEGV and not settings.exists()
        by_driver += is_driver
        has_word = process.returncode in (1, 2) and err.strip()
        check(has_word or is_driver, f"without its display the program ends with {process.returncode}")
        if settings.exists():
            json.loads(settings.read_text())
        check(home.tables(landing, "--cache") == fresh, "the cache is damaged")
    check(by_driver < len(waits) // 2, "the program hardly ever ends with a word")
    print(f"lost display: {len(waits)} times, {by_driver} of them while the driver was set up, which did not stand it.", flush=True)


# What stands between the window and Mesa, and says that the device is lost once a file is there.
LOSES_DEVICE = """
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int is_lost;
static void *in_mesa(const char *name) { return dlsym(dlopen("libEGL.so.9", RTLD_NOW), name); }
unsigned eglSwapBuffers(void *display, void *surface) {
    is_lost = access(getenv("DEVICE_LOST"), F_OK) == 0;
    return is_lost ? 0 : ((unsigned (*)(void *, void *))in_mesa("eglSwapBuffers"))(display, surface);
}
int eglGetError(void) { return is_lost ? 0x300E /* EGL_CONTEXT_LOST */ : ((int (*)(void))in_mesa("eglGetError"))(); }
void *eglGetProcAddress(const char *name) {
    if (!strcmp(name, "eglSwapBuffers")) return eglSwapBuffers;
    if (!strcmp(name, "eglGetError")) return eglGetError;
    return ((void *(*)(const char *))in_mesa("eglGetProcAddress"))(name);
}
"""


def lost_device(home):
    """What draws the window is lost: the program ends with a word, and what was chosen just before is there again."""
    try:
        ctypes.CDLL("libEGL.so.1")
    except OSError:
        return cannot("a lost graphics device")
    if not all(map(shutil.which, ("Xvfb", "xdotool", "cc"))):
        return cannot("a lost graphics device")
    mesa = next(line.split()[-1] for line in open("/proc/self/maps") if "/libEGL.so.1" in line)
    between = home.folder / "between"
    between.mkdir()
    # Mesa's under another name, since two libraries of one name are one.
    (between / "libEGL.so.9").write_bytes(Path(mesa).read_bytes().replace(b"libEGL.so.1\0", b"libEGL.so.9\0"))
    (between / "lost.c").write_text(LOSES_DEVICE)
    options = ["-shared", "-fPIC", "-Wl,-soname,libEGL.so.1", f"-L{between}", "-Wl,--no-as-needed", "-l:libEGL.so.9", "-ldl"]
    subprocess.run(["cc", "-o", between / "libEGL.so.1", between / "lost.c", *options], check=True)
    # No GLX, so that the window takes EGL.
    for name in ("libGL.so", "libGL.so.1"):
        (between / name).write_text("no library")
    session = home.places["XDG_STATE_HOME"] / "stedi-workbench/session/session.json"
    lost = between / "lost"
    hidden = {"LIBGL_ALWAYS_SOFTWARE": "1", "XDG_RUNTIME_DIR": home.folder, "LD_LIBRARY_PATH": between, "DEVICE_LOST": lost}
    os.environ.pop("WAYLAND_DISPLAY", None)
    # Where the pages of consent, signals and review are in the sidebar.
    for page, row in (("consent", 196), ("signals", 224), ("review", 252)):
        lost.unlink(missing_ok=True)
        with display.display() as name:
            process = home.start(SAMPLE, places=hidden | {"DISPLAY": name}, output=subprocess.DEVNULL)
            appears(session)
            hand = lambda *does: subprocess.run(["xdotool", *does], check=True, env=os.environ | {"DISPLAY": name})
            time.sleep(1)
            hand("mousemove", "60", str(row), "sleep", "0.2", "click", "1")
            # Sooner than a change is saved by itself.
            time.sleep(0.1)
            lost.touch()
            hand("mousemove", "600", "300")
            err = ended(process, "graphics device")
        check(process.returncode == 2 and "the window was lost" in err, "the program does not say that its device was lost")
        shown = json.loads(session.read_text().split("\n")[1])["choices"]["shown"]
        check(shown == page, f"the session shows {shown} instead of {page}, which was chosen last")
    print("lost graphics device: 3 times, what was chosen a tenth of a second before was saved each time.", flush=True)


def check_sessions(folder):
    """Every session is whole, and no start found another; whether the window that was killed saved one."""
    for path in folder.glob("*.json"):
        check(not path.name.startswith("damaged"), "a window found a session that was not whole")
        head, body = path.read_text().removesuffix("\n").split("\n")
        check(json.loads(head)["sha256"] == hashlib.sha256(body.encode()).hexdigest(), f"{path.name} is not whole")
    return (folder / "session.json").exists()


def kill_the_window(home, landing):
    if not shutil.which("Xvfb"):
        return cannot("a window that is killed")
    fresh = home.tables(landing)
    settings = home.places["XDG_CONFIG_HOME"] / "stedi-workbench/settings.json"
    server, name = display.start()
    hidden = {"DISPLAY": name, "LIBGL_ALWAYS_SOFTWARE": "1", "XDG_RUNTIME_DIR": home.folder}
    kept = sessions = 0
    for _ in range(KILLS):
        shutil.rmtree(home.cache, ignore_errors=True)
        settings.unlink(missing_ok=True)
        killed(lambda: home.start(landing, places=hidden, output=subprocess.DEVNULL), 1.5)
        if settings.exists():
            kept += json.loads(settings.read_text())["recent"] == [str(landing)]
        sessions += check_sessions(home.places["XDG_STATE_HOME"] / "stedi-workbench/session")
        check(home.tables(landing, "--cache") == fresh, "the cache is damaged")
    server.kill()
    server.wait()
    print(f"the window was killed {KILLS} times; {kept} times it had its settings on the disk, {sessions} times its session.", flush=True)
    check(kept > 0 and 0 < sessions < KILLS, "the moments are not spread")


def on_disks(arguments):
    """Runs the part that mounts disks: here for root, or in a name space where this user is root."""
    folder, landing = map(Path, arguments)
    disks(Home(folder / "disks"), landing)


def main():
    if len(sys.argv) > 2:
        return on_disks(sys.argv[2:])
    with tempfile.TemporaryDirectory(prefix="stedi-faults-") as folder:
        folder = Path(folder)
        landing = folder / "landing"
        Home(folder / "made").run("generate", "--customers", 60, "--out", landing)
        in_many_files(landing)
        own = lambda name: Home(folder / name)
        kill_while_keeping(own("keeping"), landing)
        kill_while_writing_tables(own("tables"), landing)
        kill_while_signing(own("signing"))
        two_at_once(own("two"), landing)
        quota(own("quotas"), landing)
        unreadable(landing)
        memory(own("memory"))
        lost_display(own("display"), landing)
        lost_device(own("device"))
        kill_the_window(own("window"), landing)
        inside = [sys.executable, __file__, str(PROGRAM), str(folder), str(landing)]
        ways = [["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]]
        for way in ways:
            if subprocess.run([*way, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode == 0:
                check(subprocess.run([*way, *inside]).returncode == 0, "full and read-only disks")
                break
        else:
            cannot("a disk that is full or read-only")
    print("Nothing was lost, and nothing that is half was taken for whole.")


main()
