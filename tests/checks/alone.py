#!/usr/bin/env python3
"""Nothing asks any network for anything unless its user named it. Usage: alone.py PROGRAM

Every command runs where there is no network, and does its work; meanwhile each attempt to reach for one is watched for. The window
may speak to its display, and to nobody else.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from display import display
from landed import records
from tables import REPOSITORY

PROGRAM = Path(sys.argv[1]).resolve()
SAMPLE = REPOSITORY / "sample_data"
# Sockets of the machine itself: the display, the session bus.
LOCAL = re.compile(r"AF_(UNIX|LOCAL|NETLINK)|SOCK_.*AF_UNIX")
CALL = re.compile(r"\b(socket|connect|sendto|sendmsg|bind)\(([^)]*)")
COMMANDS = [
    ["count", SAMPLE],
    ["count", SAMPLE, "--cache", "--json"],
    ["curate", SAMPLE, "--out", "zones", "--join", "owner"],
    ["review", SAMPLE, "--join", "owner", "--report", "report.html"],
    ["export", SAMPLE, "--join", "owner", "--analyst", "A. Name", "--out", "training", "--windows", "10,5"],
    ["verify", "training", "--landing", SAMPLE],
    ["diff", "training", "training"],
    ["owners", SAMPLE, "--out", "owners.csv", "--reveal"],
    ["lakehouse", SAMPLE, "--out", "kit"],
    ["plot", SAMPLE, "--device", next(records(SAMPLE, "step_trainer"))["serialnumber"], "--out", "device.svg"],
    ["generate", "--customers", "20", "--out", "made-up"],
    ["cache", "--clear"],
]


def attempts(trace):
    """The calls of a trace that reach for a network."""
    for line in trace.splitlines():
        for call, arguments in CALL.findall(line):
            if "AF_" in arguments and not LOCAL.search(arguments):
                yield f"{call}({arguments[:60]}"


def watched(arguments, folder, environment, isolated=True):
    trace = folder / "trace"
    alone = ["unshare", "--map-root-user", "--net"] if isolated else []
    watch = ["strace", "--follow-forks", "--quiet=all", "--trace=socket,connect,sendto,sendmsg,bind", "--output", trace]
    return trace, [*alone, *watch, *map(str, arguments)]


def check(arguments, folder, environment):
    trace, command = watched([PROGRAM, *arguments], folder, environment)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"FAILED: {arguments[0]} without a network: {done.stdout}{done.stderr}")
    reached = list(attempts(trace.read_text()))
    if reached:
        sys.exit(f"FAILED: {arguments[0]} reaches for a network: {reached[:5]}")


def check_window(folder, environment):
    """The window on a display of its own. It runs with the network at hand, since displays may listen there, and must not ask for it."""
    with display() as name:
        environment = environment | {"DISPLAY": name, "LIBGL_ALWAYS_SOFTWARE": "1"}
        environment.pop("WAYLAND_DISPLAY", None)
        trace, command = watched([PROGRAM, SAMPLE], folder, environment, isolated=False)
        window = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        title = ["xdotool", "search", "--name", "^sample_data .*STEDI workbench$"]
        for _ in range(600):
            found = subprocess.run(title, env=environment, capture_output=True, text=True).stdout.split()
            if found or window.poll() is not None:
                break
            time.sleep(0.1)
        if not found:
            sys.exit("FAILED: the window does not show the sample")
        for _ in range(60):
            subprocess.run(["xdotool", "windowfocus", found[0]], env=environment, stderr=subprocess.DEVNULL)
            subprocess.run(["xdotool", "key", "--window", found[0], "ctrl+q"], env=environment, stderr=subprocess.DEVNULL)
            try:
                window.wait(1)
                break
            except subprocess.TimeoutExpired:
                pass
        if window.poll() != 0:
            sys.exit("FAILED: the window does not close")
        reached = list(attempts(trace.read_text()))
        if reached:
            sys.exit(f"FAILED: the window reaches for a network: {reached[:5]}")
        if "AF_UNIX" not in trace.read_text():
            sys.exit("FAILED: not even the display was asked for, so nothing was watched")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = {variable: str(folder / "home") for variable in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")}
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")} | home
        (folder / "home").mkdir(mode=0o700)
        # That an attempt is seen at all.
        trace, command = watched(["python3", "-c", "import socket; socket.socket().connect_ex(('192.0.2.1', 9))"], folder, environment)
        subprocess.run(command, cwd=folder, env=environment, check=True)
        if len(list(attempts(trace.read_text()))) < 2:
            sys.exit("FAILED: an attempt that was made is not seen")
        for arguments in COMMANDS:
            check(arguments, folder, environment)
        check_window(folder, environment)
    print(f"{len(COMMANDS)} commands and the window work without a network, and none reaches for one.")


if __name__ == "__main__":
    main()
