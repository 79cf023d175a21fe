#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the target is reached and what goes over a connection, as servers of
the test's own see it."""
import os, socket, sys, threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Gives each connection to serve(connection, number) in a thread."""

    def __init__(self, serve, file=None):
        self.serve, self.file = serve, file
        self.peers, self.threads, self.wrong = [], [], []

    def __enter__(self):
        self.listener = socket.socket(socket.AF_UNIX if self.file else socket.AF_INET)
        self.listener.bind(self.file or ("127.0.0.1", 0))
        self.listener.listen(200)
        self.port = 0 if self.file else self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port or 80}"
        self.acceptor = threading.Thread(target=self.accept)
        self.acceptor.start()
        return self

    def accept(self):
        while True:
            try:
                c, peer = self.listener.accept()
            except OSError:
                return
            c.settimeout(20)
            self.peers.append(peer)
            t = threading.Thread(target=self.one, args=(Connection(c), len(self.peers)))
            self.threads.append(t)
            t.start()

    def one(self, c, number):
        try:
            self.serve(c, number)
        except OSError:
            pass  # the client closed
        except Exception as e:
            self.wrong.append(repr(e))
        finally:
            c.socket.close()

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.acceptor.join()
        for t in self.threads:
            t.join()
        assert not self.wrong, self.wrong


class Connection:
    def __init__(self, s):
        self.socket, self.bytes = s, b""

    def more(self):
        got = self.socket.recv(65536)
        self.bytes += got
        return got

    def request(self):
        """The next one's (line, headers, body); None at the end."""
        while b"\r\n\r\n" not in self.bytes:
            if not self.more():
                assert not self.bytes, self.bytes
                return None
        head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        line, *rest = head.decode().split("\r\n")
        headers = dict(x.split(": ", 1) for x in rest)
        n = int(headers.get("Content-Length", 0))
        while len(self.bytes) < n:
            assert self.more(), "cut short"
        body, self.bytes = self.bytes[:n], self.bytes[n:]
        return line, headers, body

    def say(self, what):
        self.socket.sendall(what)


def answer_all(c, _):
    while c.request():
        c.say(OK)


def run(url, target="", profile="", stages="hold = 60s at 3", requests="[request a]\nGET = /\n", status=0, args=()):
    p = write("wires.ini", f"[profile]\n{profile}\n[target]\nurl = {url}\n{target}\n[stages]\n{stages}\n{requests}")
    r = onrush("run", "--headless", "--no-history", "--workers", "1", "-o", path("wires.json"), "--out", path("wires"),
               *args, p, status=status)
    s = load("wires.json")
    return s, {e["class"]: e for e in s["onrush"]["errors"]}, r


def count(s):
    return s["metrics"]["http_reqs"]["values"]["count"]


@test
def local_addresses_take_turns():
    with Server(answer_all) as server:
        s, errors, _ = run(server.url, "local_address = 127.0.0.2\nlocal_address = 127.0.0.3\n"
                           "new_connection = iteration", "iterations = 10")
        assert count(s) == 10 and not errors, errors
        from_where = [a for a, _ in server.peers]
        assert sorted(from_where) == ["127.0.0.2"] * 5 + ["127.0.0.3"] * 5, from_where


@test
def an_address_of_another_machine_is_said():
    s, errors, _ = run("http://127.0.0.1:9", "local_address = 192.0.2.1", stages="hold = 300ms at 1", status=3)
    assert list(errors) == ["connect"], errors
    assert "local_address: " in errors["connect"]["example"], errors


@test
def an_interface():
    with Server(answer_all) as server:
        s, errors, _ = run(server.url, "interface = lo\nlocal_address = 127.0.0.4", "iterations = 5")
        assert count(s) == 5 and not errors, errors
        assert {a for a, _ in server.peers} == {"127.0.0.4"}, server.peers
        s, errors, _ = run(server.url, "interface = none77", stages="hold = 300ms at 1", status=3)
        assert list(errors) == ["connect"] and "none77" in errors["connect"]["example"], errors


@test
def a_name_that_no_server_knows():
    names = []

    def note_host(c, _):
        while r := c.request():
            names.append(r[1]["Host"])
            c.say(OK)
    with Server(note_host) as server:
        url = f"http://shop.invalid:{server.port}"
        s, errors, _ = run(url, f"resolve = shop.invalid:{server.port}:127.0.0.1\nnew_connection = request",
                           "iterations = 9")
        assert count(s) == 9 and not errors, errors
        assert names == [f"shop.invalid:{server.port}"] * 9, names


@test
def a_socket_file():
    with Server(answer_all, path("target.sock")):
        # beside the profile; the URL only names the host
        s, errors, _ = run("http://shop.invalid", "unix_socket = target.sock", "iterations = 9")
        assert count(s) == 9 and not errors, errors
    s, errors, _ = run("http://shop.invalid", "unix_socket = none.sock", stages="hold = 300ms at 1", status=3)
    assert list(errors) == ["connect"], errors
    assert "none.sock: No such file" in errors["connect"]["example"], errors


main()
