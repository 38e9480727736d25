#!/usr/bin/env python3
"""Reads landing files from S3 and writes tables and exports there, against a server on this machine. Usage: s3.py PROGRAM

What is read from there and written there is what the same command makes of a folder, to the byte. Connections break off,
objects change while they are read, the bucket, the store or the account is not there, and runs are stopped: then there is a
clear message, nothing that looks whole, and nothing in any message says who somebody is or what the account's secret is.
"""

import hashlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

import display
from proxy import Proxy, free_port

PROGRAM = Path(sys.argv[1]).resolve()
REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "sample_data"
HOME = Path(tempfile.mkdtemp(prefix="stedi-s3-"))
SECRET = "wJalrTOPSECRETkeyEXAMPLE1234567890"
TOKEN = "sessionTOPSECRETtoken"
BUCKET = "lake"
SAID = []


def check(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}\n{SAID[-1] if SAID else ''}")


class Store:
    """The server, looked at past any proxy."""

    def __init__(self):
        self.port = free_port()
        # It tells of parts that come after the rest of their object was removed.
        logging.disable(logging.CRITICAL)
        ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False).start()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = boto3.client(
            "s3", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        self.client.create_bucket(Bucket=BUCKET)

    def keys(self, prefix):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def read(self, key):
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def put(self, key, content):
        self.client.put_object(Bucket=BUCKET, Key=key, Body=content)

    def upload(self, folder, prefix):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{prefix}/{path.relative_to(folder)}", path.read_bytes())

    def download(self, prefix, folder):
        for key in self.keys(prefix + "/"):
            path = folder / key.removeprefix(prefix + "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.read(key))

    def in_parts(self, prefix):
        """Objects that were sent in parts: their tags say so."""
        return [key for key in self.keys(prefix) if "-" in self.client.head_object(Bucket=BUCKET, Key=key)["ETag"]]

    def begun(self):
        return self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])


def environment(url, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    homes = {"XDG_STATE_HOME": "state", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "TMPDIR": "tmp"}
    account = {
        "AWS_ACCESS_KEY_ID": "AKIATESTKEY", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN,
        "AWS_ENDPOINT_URL": url, "AWS_ALLOW_HTTP": "true", "AWS_EC2_METADATA_DISABLED": "true",
    }
    (HOME / "tmp").mkdir(exist_ok=True)
    all_of_it = kept | {"HOME": str(HOME)} | {name: str(HOME / place) for name, place in homes.items()} | account | more
    return {name: value for name, value in all_of_it.items() if value is not None}


def start(url, *arguments, **more):
    return subprocess.Popen(
        [PROGRAM, *map(str, arguments)], env=environment(url, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(url, *arguments, code=0, is_first=False, **more):
    process = start(url, *arguments, **more)
    out, error = process.communicate(timeout=120)
    SAID.append(f"$ {' '.join(map(str, arguments))}\n{out}{error}")
    check(code is None or process.returncode == code, f"{arguments}: {process.returncode} instead of {code}")
    # What a killed run left goes with the next one that needs room for itself.
    check(is_first or not leftovers(), f"{arguments}: {leftovers()} were left on the disk")
    return out, error


def leftovers():
    return [path.name for path in (HOME / "tmp").iterdir()]


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def remote_hashes(store, prefix):
    return {key.removeprefix(prefix + "/"): hashlib.sha256(store.read(key)).hexdigest() for key in store.keys(prefix + "/")}


def without_times(text):
    object = json.loads(text)
    return {key: value for key, value in object.items() if key not in ("seconds", "timing")}


def same_as_local(store, name, folder):
    """Counts, tables, checks and files are those of the folder."""
    there = f"s3://{BUCKET}/{name}"
    store.upload(folder, name)
    # What other programs leave there, and what is no landing file.
    store.put(f"{name}/customer/", b"")
    store.put(f"{name}/customer/_SUCCESS", b"")
    store.put(f"{name}/.hidden", b"not looked at")
    for command in (["count"], ["count", "--join", "owner", "--consent-date"]):
        here = run(store.url, command[0], folder, "--json", *command[1:])
        far = run(store.url, command[0], there, "--json", *command[1:])
        check(without_times(here[0]) == without_times(far[0]), f"{command} counts otherwise")
    here, far = run(store.url, "count", folder), run(store.url, "count", there + "/")
    check(here == far, f"{name}: it says something else of the same files:\n{here}\n{far}")
    refused = [HOME / "here.csv", HOME / "far.csv"]
    for source, file in zip([folder, there], refused):
        run(store.url, "count", source, "--refused", file)
    check(refused[0].read_bytes() == refused[1].read_bytes(), f"{name}: other records are refused")
    for form in ("parquet", "csv", "ndjson"):
        out = HOME / f"{name}-{form}"
        run(store.url, "curate", folder, "--out", out, "--format", form)
        said, _ = run(store.url, "curate", there, "--out", f"s3://{BUCKET}/zones/{name}-{form}", "--format", form)
        check(f"written to s3://{BUCKET}/zones/{name}-{form}" in said, f"{name}: the place is not said")
        written = remote_hashes(store, f"zones/{name}-{form}")
        seal = json.loads(store.read(f"zones/{name}-{form}/_SUCCESS"))
        written.pop("_SUCCESS")
        check(written == hashes(out), f"{name}: other bytes in {form}")
        check({file["name"]: file["sha256"] for file in seal["files"]} == written, f"{name}: the seal says something else")
        sizes = sum(file.stat().st_size for file in out.iterdir())
        print(f"{name:<10}{form:<10}five tables, {sizes / 1e6:.1f} MB: the same bytes")
    small = run(store.url, "curate", there, "--out", f"s3://{BUCKET}/zones/{name}-small", "--memory-limit", "4MB")
    written = remote_hashes(store, f"zones/{name}-small")
    written.pop("_SUCCESS")
    check(written == hashes(HOME / f"{name}-parquet"), f"{name}: other bytes by way of the disk: {small}")


def review_and_export(store):
    """The review says the same, and an export that went there is whole and proves itself from there."""
    there = f"s3://{BUCKET}/sample"
    trail = ["--trail", HOME / "trail.jsonl"]
    here = run(store.url, "review", SAMPLE, "--join", "owner", *trail, "--json", code=None)
    far = run(store.url, "review", there, "--join", "owner", *trail, "--json", code=None)
    check(json.loads(here[0]) == json.loads(far[0]), "the review says something else")
    options = ["--join", "owner", *trail, "--windows", "10,5"]
    run(store.url, "export", SAMPLE, *options, "--out", HOME / "export", "--json")
    manifest = json.loads((HOME / "export/manifest.json").read_text())
    key = ["--key", manifest["key"]["id"]]
    said, _ = run(store.url, "export", there, *options, *key, "--out", f"s3://{BUCKET}/exports/one")
    check(f"s3://{BUCKET}/exports/one" in said and str(HOME / "tmp") not in said, "the place is not said")
    store.download("exports/one", HOME / "back")
    theirs, ours = hashes(HOME / "back"), hashes(HOME / "export")
    check(theirs.keys() == ours.keys(), "other files are exported")
    dated = {"manifest.json", "README.md", "croissant.json", "review.html"}
    differ = {name for name in ours if ours[name] != theirs[name]}
    check(differ <= dated, f"{differ} differ")
    said, _ = run(store.url, "verify", HOME / "back", "--landing", there)
    check("The landing files give it" in said, "it does not prove itself")
    print(f"{len(ours)} files of an export: the same bytes but for when it was written; verified from there")
    keys = {path.name for path in (HOME / "data").rglob("*.key")}
    for replace in ([], ["--replace"]):
        _, error = run(store.url, "export", there, *options, "--out", f"s3://{BUCKET}/exports/one", *replace, code=2)
        check(("nothing on S3 is written over" if not replace else "--replace works on a disk only") in error, "it is written over")
    check({path.name for path in (HOME / "data").rglob("*.key")} == keys, "a key was kept for nothing")
    check(remote_hashes(store, "exports/one") == theirs, "what was there was touched")


def single_objects(store):
    """Objects by their own addresses, as single files are."""
    files = sorted(path for path in SAMPLE.rglob("*.json"))
    there = [f"s3://{BUCKET}/sample/{path.relative_to(SAMPLE)}" for path in files]
    here, far = run(store.url, "count", *files, "--json"), run(store.url, "count", *there, "--json")
    check(without_times(here[0]) == without_times(far[0]), "single objects count otherwise")
    mixed = run(store.url, "count", *there[:1], *files[1:], "--json")
    check(without_times(mixed[0]) == without_times(here[0]), "a mix counts otherwise")
    print(f"{len(files)} single objects count as files do")


def many_objects(store):
    """More objects than a store lists at once."""
    folder = HOME / "many/accelerometer/landing"
    folder.mkdir(parents=True)
    lines = [line for path in sorted((SAMPLE / "accelerometer").rglob("*.json")) for line in path.read_text(errors="ignore").splitlines()]
    for number, line in enumerate(lines[:1100]):
        (folder / f"{number:05}.json").write_text(line + "\n")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda path: store.put(str(path.relative_to(HOME)), path.read_bytes()), folder.iterdir()))
    here, far = run(store.url, "count", HOME / "many", "--json"), run(store.url, "count", f"s3://{BUCKET}/many", "--json")
    check(without_times(here[0]) == without_times(far[0]), "many objects count otherwise")
    print(f"{len(store.keys('many/'))} objects count as files do")


def broken_connections(store):
    """Some connections break off: it is tried anew. All do: a clear message, and nothing is left."""
    expected = without_times(run(store.url, "count", HOME / "large", "--json")[0])
    with Proxy(store.port, cut_after=300_000, cut_every=3) as proxy:
        out = run(proxy.url, "count", f"s3://{BUCKET}/large", "--json")
        check(without_times(out[0]) == expected, "broken connections change the counts")
        check(proxy.cuts >= 3, f"only {proxy.cuts} connections were broken")
        run(proxy.url, "curate", HOME / "large", "--out", f"s3://{BUCKET}/zones/broken", "--format", "ndjson")
        written = remote_hashes(store, "zones/broken")
        written.pop("_SUCCESS")
        check(store.in_parts("zones/broken"), "nothing was large enough to be sent in parts")
        check(written == hashes(HOME / "large-ndjson"), "broken connections change what is written")
        print(f"{proxy.cuts} of {proxy.connections} connections broke off half-way: the same counts and bytes")
    before = remote_hashes(store, "zones")
    with Proxy(store.port, cut_after=100_000, cut_every=1) as proxy:
        began = time.monotonic()
        _, error = run(proxy.url, "count", f"s3://{BUCKET}/large", code=2)
        check("the connection broke off" in error and f"s3://{BUCKET}/large" in error, "it does not say why")
        _, error = run(proxy.url, "curate", HOME / "large", "--out", f"s3://{BUCKET}/zones/never", "--format", "ndjson", code=2)
        check("the connection broke off" in error or "no answer" in error, "it does not say why")
        check(not store.keys("zones/never"), f"{store.keys('zones/never')} were left")
        check(not store.begun(), "parts were left")
        print(f"all connections break off: said after {time.monotonic() - began:.0f} s in all, nothing left")
    check(remote_hashes(store, "zones") == before, "what was there was touched")


def changes_while_it_is_read(store):
    """An object that changes once is read as it is then; one that keeps changing is an error; never a mix."""
    store.upload(SAMPLE, "moving")
    key = next(key for key in store.keys("moving/accelerometer") if key.endswith(".json"))
    content = store.read(key)
    half = content[: content.rindex(b"\n", 0, len(content) // 2) + 1]

    def counted(folder):
        return without_times(run(store.url, "count", folder, "--json")[0])

    shutil.copytree(SAMPLE, HOME / "moved")
    (HOME / key.replace("moving", "moved", 1)).write_bytes(half)
    with Proxy(store.port, on=(f"GET /{BUCKET}/{key}", lambda times: times == 1 and store.put(key, half))) as proxy:
        out = run(proxy.url, "count", f"s3://{BUCKET}/moving", "--json")
        check(without_times(out[0]) == counted(HOME / "moved"), "a change is mixed with what was there")
    (HOME / key.replace("moving", "moved", 1)).unlink()
    store.put(key, content)
    with Proxy(store.port, on=(f"GET /{BUCKET}/{key}", lambda times: store.client.delete_object(Bucket=BUCKET, Key=key))) as proxy:
        out = run(proxy.url, "count", f"s3://{BUCKET}/moving", "--json")
        check(without_times(out[0]) == counted(HOME / "moved"), "what vanished is counted")
    store.put(key, content)
    with Proxy(store.port, on=(f"GET /{BUCKET}/{key}", lambda times: store.put(key, half + b"\n" * times))) as proxy:
        _, error = run(proxy.url, "count", f"s3://{BUCKET}/moving", code=2)
        check("kept changing while it was read" in error, "it does not say why")
    print("an object that changes or vanishes is never mixed; one that keeps changing is an error")


def wrong_places(store):
    """What is not there or not allowed is said with its place and what to do."""
    there, nobody = f"s3://{BUCKET}/sample", f"http://127.0.0.1:{free_port()}"
    without = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SESSION_TOKEN": None}
    for words, arguments, url, more in [
        ("there is no bucket no-such-bucket", ["count", "s3://no-such-bucket/landing"], store.url, {}),
        ("nothing lies there", ["count", f"s3://{BUCKET}/no/such/folder"], store.url, {}),
        ("write s3://bucket/folder", ["count", f"s3://KEY:{SECRET}@lake/landing"], store.url, {}),
        ("no credentials were found", ["count", there], store.url, without),
        ("there is no profile other", ["count", there], store.url, without | {"AWS_PROFILE": "other"}),
        ("the connection was refused", ["count", there], nobody, {}),
        ("no such host", ["count", there], "https://store.invalid", {}),
        ("plain http", ["count", there], store.url, {"AWS_ALLOW_HTTP": None}),
        ("is no address of a store", ["count", there], f"https://key:{SECRET}@store.invalid", {}),
        ("answered something that is not S3", ["count", there], Proxy.answering().url, {}),
        ("may not list objects there", ["count", there], Proxy.refusing("403 Forbidden", "AccessDenied").url, {}),
        ("does not accept the credentials", ["count", there], Proxy.refusing("403 Forbidden", "SignatureDoesNotMatch").url, {}),
        ("does not accept the credentials", ["count", there], Proxy.refusing("400 Bad Request", "ExpiredToken").url, {}),
        ("Set AWS_REGION", ["count", there], Proxy.refusing("301 Moved Permanently", "PermanentRedirect").url, {}),
        ("answered 503 SlowDown", ["count", there], Proxy.refusing("503 Slow Down", "SlowDown").url, {}),
        ("something lies there already", ["curate", SAMPLE, "--out", f"s3://{BUCKET}/sample"], store.url, {}),
        ("lies among the landing files", ["curate", there, "--out", there + "/zones"], store.url, {}),
        ("there is no bucket", ["curate", SAMPLE, "--out", "s3://no-such-bucket/zones"], store.url, {}),
        ("Give a path on this machine", ["count", there, "--refused", f"s3://{BUCKET}/refused.csv"], store.url, {}),
        ("Give a path on this machine", ["verify", f"s3://{BUCKET}/exports/one"], store.url, {}),
        ("Give a path on this machine", ["diff", f"s3://{BUCKET}/exports/one", HOME], store.url, {}),
        ("Give a path on this machine", ["generate", "--customers", "3", "--out", f"s3://{BUCKET}/made"], store.url, {}),
    ]:
        _, error = run(url, *arguments, code=2, **more)
        check(words in error, f"{arguments}: it does not say {words!r}")
    profile = HOME / "credentials"
    profile.write_text(f"[lab]\naws_access_key_id = AKIALAB\naws_secret_access_key = {SECRET}\n")
    run(store.url, "count", there, **without, AWS_PROFILE="lab", AWS_SHARED_CREDENTIALS_FILE=str(profile))
    run(store.url, "count", SAMPLE, **without, AWS_ENDPOINT_URL="nonsense")
    print("what is not there or not allowed is said")


def stopped(store):
    """Ctrl+C takes back what was sent; a kill leaves what no one takes for whole, and the next run says so."""
    def begin(proxy, place):
        process = start(proxy.url, "curate", HOME / "large", "--out", f"s3://{BUCKET}/zones/{place}", "--format", "ndjson")
        wait(lambda: len(store.keys(f"zones/{place}/")) >= 2 or process.poll() is not None, "the first objects")
        check(process.poll() is None, "it ended by itself")
        return process

    with Proxy(store.port, bytes_a_second=2_000_000) as proxy:
        process = begin(proxy, "stopped")
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
        SAID.append(out + error)
        check(process.returncode == 2 and "cancelled" in error, "it does not say that it was stopped")
        check(not store.keys("zones/stopped") and not store.begun(), f"{store.keys('zones/stopped')} were left")
        check(not leftovers(), "something was left on the disk")
        process = begin(proxy, "killed")
        process.kill()
        process.communicate()
        check("zones/killed/_SUCCESS" not in store.keys("zones/killed"), "it looks whole")
    _, error = run(store.url, "curate", SAMPLE, "--out", f"s3://{BUCKET}/zones/killed", code=2, is_first=True)
    check("was killed while it did" in error and "_SUCCESS" in error, "it does not say that it is not whole")
    with Proxy(store.port, bytes_a_second=1_000_000) as proxy:
        process = start(proxy.url, "count", f"s3://{BUCKET}/large")
        wait(lambda: any(path.stat().st_mode & 0o077 == 0 for path in (HOME / "tmp").iterdir()), "what is fetched")
        check(all(path.stat().st_mode & 0o077 == 0 for path in (HOME / "tmp").iterdir()), "others can look at it")
        process.kill()
        process.communicate()
        check(leftovers(), "it was read before it was killed")
    run(store.url, "count", f"s3://{BUCKET}/sample")
    print("what was stopped is taken back; what was killed has no seal, and goes from the disk with the next run")


def window(store):
    """The window opens an address, remembers it, and opens it again by itself; what was fetched is gone by then."""
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        print("SKIPPED: without Xvfb and xdotool the window is not looked at")
        return
    server, name = display.start()
    shown = {"DISPLAY": name, "LIBGL_ALWAYS_SOFTWARE": "1", "WAYLAND_DISPLAY": None}
    titled = ["xdotool", "search", "--name", "^sample .*STEDI workbench$"]
    running = []
    settings = HOME / "config/stedi-workbench/settings.json"
    try:
        for arguments in ([f"s3://{BUCKET}/sample"], []):
            process = start(store.url, *arguments, **shown)
            running.append(process)
            look = lambda command: subprocess.run(command, env=environment(store.url, **shown), capture_output=True, text=True).stdout
            wait(lambda: look(titled) or process.poll() is not None, "the window")
            check(process.poll() is None, f"it ended by itself: {process.poll() and process.stderr.read()}")
            wait(lambda: settings.exists() and f"s3://{BUCKET}/sample" in settings.read_text(), "the folders of last time")
            check(not leftovers(), "what was fetched stayed on the disk")
            process.terminate()
            SAID.append("".join(process.communicate(timeout=60)))
    finally:
        for process in [*running, server]:
            process.kill()
    print("the window opens an address, and again as the folder of last time")


def wait(holds, what):
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end:
            check(False, f"waited in vain for {what if isinstance(what, str) else what()}")
        time.sleep(0.02)


def window_follows_and_exports(store):
    """What the window does with a store, by its own tests."""
    arguments = ["cargo", "test", "--release", "--locked", "--test", "it", "--", "--ignored", "--nocapture", "window_s3::"]
    account = environment(store.url, STEDI_S3=f"s3://{BUCKET}/window", CARGO_HOME=os.environ.get("CARGO_HOME", str(Path.home() / ".cargo")),
                          RUSTUP_HOME=os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup")))  # fmt: skip
    tested = subprocess.run(arguments, cwd=REPOSITORY, env=account, capture_output=True, text=True)
    SAID.append(tested.stdout + tested.stderr)
    check(tested.returncode == 0 and "3 passed" in tested.stdout, "the window's tests against a store failed")
    check(not leftovers(), f"{leftovers()} were left on the disk")
    print("the window follows a landing folder on S3, exports there, and a run there is fetched table by table")


def nothing_is_given_away():
    """No message has the secret of the account, or anything of anybody."""
    words = {SECRET, TOKEN, "TOPSECRET", "AKIATESTKEY", "AKIALAB"}
    for path in SAMPLE.rglob("customer*/**/*.json"):
        for line in path.read_text(errors="ignore").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            found = {key.lower(): value for key, value in record.items() if isinstance(value, str)}
            words |= {found.get(key, "") for key in ("email", "customername", "phone", "serialnumber")}
    words = {word for word in words if len(word) >= 6}
    check(len(words) > 20, "there is nothing to look for")
    for said in SAID:
        # What was typed is not said by the program.
        text = "\n".join(line for line in said.splitlines() if not line.startswith("$ "))
        found = [word for word in words if word.lower() in text.lower()]
        check(not found, f"it gives away {found}: {text}")
    print(f"{len(SAID)} runs say nothing of {len(words)} secrets and people")


def main():
    began = time.monotonic()
    store = Store()
    subprocess.run(
        [PROGRAM, "generate", "--customers", "3000", "--seed", "3", "--out", HOME / "large"], check=True, stdout=subprocess.DEVNULL
    )
    parts = [
        lambda: same_as_local(store, "sample", SAMPLE),
        lambda: same_as_local(store, "large", HOME / "large"),
        lambda: review_and_export(store),
        lambda: single_objects(store),
        lambda: many_objects(store),
        lambda: broken_connections(store),
        lambda: changes_while_it_is_read(store),
        lambda: wrong_places(store),
        lambda: stopped(store),
        lambda: window(store),
        lambda: window_follows_and_exports(store),
        nothing_is_given_away,
    ]
    try:
        for part in parts:
            part()
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
    print(f"S3 is read and written as a folder is. {time.monotonic() - began:.0f} s.")
    # The server's threads are not waited for.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
