# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the fault matrix: what goes wrong with names. The name server is
that of a namespace, and so is the port 53."""
import socket, threading

from fault import Fault, on

FAULTS, ANSWERS = [], {}


def row(name, does, counted, note=""):
    """The function below makes the datagram of a query: its 12 bytes of
    header, its question, and whether that is for an IPv4 address."""
    def decorate(f):
        FAULTS.append(Fault("name-" + name, "Names", does, on("h1 curl", counted), note))
        ANSWERS["name-" + name] = f
    return decorate


def head(query, flags, answers=0):
    return query[:2] + flags + query[4:6] + answers.to_bytes(2, "big") + bytes(4)


def address(text, kind=b"\0\1"):
    return b"\xc0\x0c" + kind + b"\0\1\0\0\0\1\0\4" + socket.inet_aton(text)


def addresses(query, question, is_a, all_of_them):
    found = all_of_them if is_a else []
    return head(query, b"\x81\x80", len(found)) + question + b"".join(map(address, found))


@row("unknown", "there is no such name (NXDOMAIN)", "resolve")
def _(query, question, is_a):
    return head(query, b"\x81\x83") + question


@row("failure", "the name server fails (SERVFAIL)", "resolve")
def _(query, question, is_a):
    return head(query, b"\x81\x82") + question


@row("no-address", "the name has no address", "resolve")
def _(query, question, is_a):
    return head(query, b"\x81\x80") + question


@row("silent", "the name server says nothing", "timeout-resolve")
def _(query, question, is_a):
    return b""


@row("garbage", "the name server answers rubbish", "timeout-resolve", "what is no answer is none, and waited for")
def _(query, question, is_a):
    return b"\xff" * 100


@row("cut", "the answer ends within a record", "timeout-resolve", "what is no answer is none, and waited for")
def _(query, question, is_a):
    return addresses(query, question, is_a, ["127.0.0.1"])[:-3]


@row("truncated", "the answer says that it was truncated, and nobody listens for TCP", "resolve")
def _(query, question, is_a):
    return head(query, b"\x83\x80") + question


@row("circle", "the name is an alias of itself (CNAME)", "resolve")
def _(query, question, is_a):
    return head(query, b"\x81\x80", 1) + question + b"\xc0\x0c\0\5\0\1\0\0\0\1\0\2\xc0\x0c"


@row("slow", "the answer takes 0.3 s", "ok")
def _(query, question, is_a):
    return addresses(query, question, is_a, ["127.0.0.1"])


@row("thousand", "1000 addresses", "ok")
def _(query, question, is_a):
    return addresses(query, question, is_a, ["127.0.0.1"] * 1000)


@row("dead-first", "two addresses, and the first refuses", "ok")
def _(query, question, is_a):
    return addresses(query, question, is_a, ["127.0.0.2", "127.0.0.1"])


ASKED = []  # by each wire once, as it should be


@row("moves", "the name's address changes in the run, and nobody is at the new one", "ok",
     "libcurl looks names up on all wires, and keeps what it was told for 60 s, in each worker")
def _(query, question, is_a):
    ASKED.extend([query] * is_a)
    return addresses(query, question, is_a, ["127.0.0.1" if len(ASKED) <= 2 else "127.0.0.2"])


class Names(threading.Thread):
    """The name server of a row, until it is closed."""

    def __init__(self, name):
        super().__init__(daemon=True)
        self.answer, self.delay_s = ANSWERS[name], 0.3 * (name == "name-slow")
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.start()

    def run(self):
        while True:
            try:
                query, peer = self.socket.recvfrom(512)
            except OSError:
                return
            if not query:
                return
            end = query.index(b"\0", 12) + 5
            said = self.answer(query, query[12:end], query[end - 4:end - 2] == b"\0\1")
            if said:
                threading.Timer(self.delay_s, self.socket.sendto, (said, peer)).start()

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread
        except OSError:
            pass  # it says so, too, that nobody is connected
        self.join(5)
        self.socket.close()
