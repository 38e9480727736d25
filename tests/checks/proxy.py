"""A proxy that makes a connection as bad as connections get."""

import socket
import threading
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy:
    """Passes bytes on to a port, and cuts, slows or watches them.

    `cut_every` connection is cut after so many bytes in either direction (`cut_after`). `on` is the beginning of a request and
    what to do, with how often it came, before it is passed on.
    """

    def __init__(self, port, cut_after=None, cut_every=None, bytes_a_second=None, on=None, page=None):
        self.target = port
        self.cut_after, self.cut_every, self.bytes_a_second = cut_after, cut_every, bytes_a_second
        self.on, self.times, self.page = on, 0, page
        self.connections = self.cuts = 0
        self.lock = threading.Lock()
        self.server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.server.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    @classmethod
    def answering(cls, status="200 OK", body="<html></html>"):
        """A server that answers everything with the same page."""
        return cls(None, page=f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())

    @classmethod
    def refusing(cls, status, code):
        """A store that refuses everything, and repeats what was asked, as stores do."""
        return cls.answering(status, f"<Error><Code>{code}</Code><Message>AKIATESTKEY may not</Message></Error>")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()

    def accept(self):
        while True:
            try:
                here, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(here,), daemon=True).start()

    def carry(self, here):
        if self.page:
            here.recv(1 << 16)
            here.sendall(self.page)
            here.close()
            return
        with self.lock:
            self.connections += 1
            is_cut = self.cut_every is not None and self.connections % self.cut_every == 0
        there = socket.create_connection(("127.0.0.1", self.target))
        state = {"left": self.cut_after if is_cut else None, "open": True}
        for source, target, is_request in ((here, there, True), (there, here, False)):
            threading.Thread(target=self.pump, args=(source, target, is_request, state), daemon=True).start()

    def pump(self, source, target, is_request, state):
        try:
            while data := source.recv(1 << 14):
                if is_request and self.on:
                    self.look(data)
                if self.bytes_a_second:
                    time.sleep(len(data) / self.bytes_a_second)
                if state["left"] is not None:
                    state["left"] -= len(data)
                    if state["left"] < 0:
                        with self.lock:
                            if state["open"]:
                                self.cuts += 1
                                state["open"] = False
                        break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def look(self, data):
        beginning, action = self.on
        if data.startswith(beginning.encode()):
            with self.lock:
                self.times += 1
                action(self.times)
