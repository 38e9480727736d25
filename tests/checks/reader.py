#!/usr/bin/env python3
"""Does what somebody does who hears the window: opens pages, repairs the join, types a name and signs, by names and roles alone.

Usage, in a D-Bus session with a display: reader.py PROGRAM LANDING
"""

import os
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402

PATIENCE = 60
LAUNCHERS = ["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher"]


def tell_of_reader():
    """Says on the session's bus that a screen reader is there, as one does when it starts."""
    launcher = next(path for path in LAUNCHERS if os.path.exists(path))
    subprocess.Popen([launcher, "--launch-immediately"])
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    for name in ["IsEnabled", "ScreenReaderEnabled"]:
        arguments = GLib.Variant("(ssv)", ("org.a11y.Status", name, GLib.Variant("b", True)))
        # The bus may still be starting.
        for _ in range(100):
            try:
                bus.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties", "Set", arguments, None, 0, -1)
                break
            except GLib.Error:
                time.sleep(0.1)
        else:
            sys.exit("FAILED: there is no accessibility bus")


def program():
    desktop = Atspi.get_desktop(0)
    for number in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(number)
        if child and child.get_name() == "stedi-workbench":
            return child
    return None


def nodes(node):
    """A node and all below it; what went while it was asked for is left out."""
    try:
        yield node
        for number in range(node.get_child_count()):
            child = node.get_child_at_index(number)
            if child:
                yield from nodes(child)
    except GLib.Error:
        return


def find(role, name):
    for node in nodes(program()):
        try:
            if node.get_role_name() == role and node.get_name() == name:
                return node
        except GLib.Error:
            continue
    return None


def wait(what, found):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            value = found()
        except GLib.Error:
            # It went while it was asked: the page was painted anew.
            value = None
        if value:
            return value
        time.sleep(0.2)
    names = sorted({f"{node.get_role_name()} {node.get_name()!r}" for node in nodes(program())}) if program() else []
    sys.exit(f"FAILED: {what} is not there after {PATIENCE} s; there are:\n" + "\n".join(names))


def enabled(node):
    return node if node and node.get_state_set().contains(Atspi.StateType.SENSITIVE) else None


def press(role, name):
    def pressed():
        node = enabled(find(role, name))
        return node and node.get_n_actions() == 1 and node.do_action(0)

    wait(f"{role} {name!r} that can be pressed", pressed)


def type_into(name, text):
    """Types until it stands there: a field that the page has just painted anew does not know yet what it is told."""

    def typed():
        field = find("entry", name)
        if not field:
            return False
        if Atspi.Text.get_text(field, 0, -1) == text:
            return True
        assert field.set_text_contents(text), f"nothing can be typed into {name}"
        return False

    wait(f"{text!r} in {name!r}", typed)


def main():
    path, landing = sys.argv[1:]
    tell_of_reader()
    window = subprocess.Popen([path, landing])
    try:
        wait("the program", program)
        wait("the window", lambda: find("frame", "sample_data — STEDI workbench"))
        wait("the number of rows", lambda: find("push button", "customer_landing: 150 rows"))
        parts = {"table", "table row", "table cell", "column header", "row header"}
        wait("a table with rows, cells and headers", lambda: parts <= {node.get_role_name() for node in nodes(program())})
        for page in ["Consent", "Signals", "Export", "SQL", "Join review"]:
            press("toggle button", page)
            wait(f"the page {page}", lambda: find("heading", page))
        wait("the check that fails", lambda: find("heading", "Foreign motions"))
        press("push button", "Join on time stamp and inferred owner")
        type_into("Your name", "A. Name")
        press("push button", "Sign off")
        press("toggle button", "Export")
        type_into("Folder of the export", "~/training-set")
        press("push button", "Export")
        wait("the export", lambda: os.path.exists(os.path.join(os.environ["HOME"], "training-set", "manifest.json")))
    finally:
        window.terminate()
        window.wait()
    print("A screen reader finds the window, its pages and its table, and repairs, signs off and exports with what it says.")


if __name__ == "__main__":
    main()
