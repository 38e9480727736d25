"""A display of its own for a window that nobody sees."""

import os
import subprocess
from contextlib import contextmanager


def start():
    """The server, and the display that it serves, once it does."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    return server, f":{os.fdopen(read).readline().strip()}"


@contextmanager
def display():
    """A display for as long as something is done with it."""
    server, name = start()
    try:
        yield name
    finally:
        server.terminate()
        server.wait()
