#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The view of errors over a target that misbehaves, with bytes in its answers
that a terminal would act on, and secrets that nobody may read there."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa
from servers import *  # noqa

BODY = b"sorry\x1b[2J\x1b]0;owned\x07 \xc2\x9b31m \xe2\x80\xae rats\r\nsecond line\n"
ANSWERS = {
    b"/evil": b"HTTP/1.1 500 Bad\r\nX-Odd: \xe2\x80\xae a\r\nSet-Cookie: id=cookie-of-theirs\r\n"
              b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY),
    b"/head": b"HTTP/1.1 200 OK\x1b[31m\r\nX-Evil: a\x1b[1mb\r\nContent-Length: 5\r\n\r\nhello",
    b"/cut": b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly a part",
    b"/fine": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
}
PROFILE = """[target]
url = http://127.0.0.1:{port}
{more}
header = Authorization: Bearer token-of-ours
[request evil]
GET = /evil?a=1
[request head]
GET = /head
[request cut]
GET = /cut
[request fine]
GET = /fine
check = body contains "goodbye"
[scenario]
think = 20ms
[stages]
only = 3s at 2
"""
# paused meanwhile: kinds that fail equally often change places while it runs
KEYS = """1.0 4
1.2 shot table
1.3 space
1.5 enter
1.52 up
1.54 up
1.56 up
1.7 shot first
1.9 down
2.1 shot second
2.3 down
2.5 shot third
2.6 down
2.8 shot fourth
2.9 space
"""


class Odd(socketserver.BaseRequestHandler):
    """Answers one request by its path, and closes."""

    def handle(self):
        got = b""
        while b"\r\n\r\n" not in got:
            part = self.request.recv(65536)
            if not part:
                return
            got += part
        path = got.split(b" ")[1].split(b"?")[0]
        self.request.sendall(ANSWERS[path])
        self.request.shutdown(socket.SHUT_WR)


def frames(name, more):
    with serving(Odd) as server:
        p = write(f"{name}.ini", PROFILE.format(port=server.port, more=more))
        keys = write("keys", KEYS)
        onrush("run", "--keys", keys, "--frames", path(name), "--size", "120x38", "--out", path(name + "-out"), p)
    shots = {}
    for shot in ("table", "first", "second", "third", "fourth"):
        with open(path(f"{name}/{shot}.txt"), "rb") as f:
            shots[shot] = f.read()
    return shots


def harmless(text):
    lines = text.decode("utf-8")  # it is well-formed
    bad = [c for c in lines if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or 0x2028 <= ord(c) <= 0x202e)]
    assert not bad, (bad, lines)
    assert "of-ours" not in lines and "of-theirs" not in lines, lines
    return lines


def every_text(name):
    for folder, _, files in os.walk(path(name)):
        for f in files:
            if f.endswith(".txt"):
                with open(os.path.join(folder, f), "rb") as file:
                    harmless(file.read())


def kind(shots, name):
    """The frame in which a kind is open."""
    found = [t for t in map(harmless, shots.values()) if f"─ {name} ─" in t]
    assert found, (name, [t.decode() for t in shots.values()])
    return found[-1]


@test
def the_wire_shows_what_came():
    shots = frames("wire", "")
    every_text("wire")
    table = harmless(shots["table"])
    for name in ("http-5xx", "malformed", "truncated", "check: body contains"):
        assert name in table, table
    evil = kind(shots, "http-5xx")
    for text in ("GET /evil?a=1 HTTP/1.1", "Authorization: ***", "Set-Cookie: ***", "X-Odd: ? a", "sorry?[2J",
                 "second line"):
        assert text in evil, evil
    head = kind(shots, "malformed")
    for text in ("HTTP/1.1 200 OK?[31m", "X-Evil: a?[1mb"):
        assert text in head, head
    cut = kind(shots, "truncated")
    for text in ("the connection was closed within the answer", "HTTP/1.1 200 OK", "only a part"):
        assert text in cut, cut
    check = kind(shots, 'check: body contains "goodbye"')
    for text in ("fine: status 200, but not: body contains", "hello"):
        assert text in check, check


@test
def curl_shows_what_it_has():
    shots = frames("curl", "transport = curl")
    every_text("curl")
    evil = kind(shots, "http-5xx")
    for text in ("GET /evil?a=1 HTTP/1.1", "HTTP 500", "Authorization: ***", "Set-Cookie: ***", "sorry?[2J"):
        assert text in evil, evil


main()
