#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that misbehave, on the curl transport: new tries, time limits and
counts. What answers are counted as: tests/faults/test_matrix.py."""
import os, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa
from servers import *  # noqa
from timed import in_time, timed  # noqa

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
def drive(name, url, target, requests, iterations=10, vus=2):
    p = write(f"{name}.ini", f"[profile]\niterations = {iterations}\ngraceful_stop = 5s\n[target]\nurl = {url}\n"
                             f"transport = curl\n{target}\n[stages]\na = 30s at {vus}\n{requests}")
    r = onrush("run", "--headless", "--no-control", "--no-history", "--workers", "1", "--out", path(name), p)
    assert r.returncode in (0, 3), f"exit {r.returncode}\n{r.stdout}\n{r.stderr}"  # 3: nothing was answered
    return load(f"{name}/summary.json")["onrush"]


def classes(r):
    return {e["class"]: e["count"] for e in r["errors"]}


class Dropping(socketserver.BaseRequestHandler):
    """Answers one request of a connection; the next one finds it closed."""

    def read(self):
        got = b""
        while b"\r\n\r\n" not in got:
            part = self.request.recv(65536)
            if not part:
                return False
            got += part
        self.server.seen.add(got.split(b" ")[0].decode(), requests=1)
        return True

    def handle(self):
        if self.read():
            self.request.sendall(OK)
            self.read()


@test
def only_safe_requests_are_sent_again():
    with serving(Dropping) as w:
        s = drive("get", f"http://127.0.0.1:{w.port}", "", "[request a]\nGET = /\n", vus=1)
        c = s["counting"]
        assert c["requests"] == 10 and c["failed"] == 0 and c["retried"] == 9, s
        assert c["sent"] == w.seen.counts["requests"] == 19, (c, w.seen.counts)
    with serving(Dropping) as w:
        s = drive("post", f"http://127.0.0.1:{w.port}", "", "[request a]\nPOST = /\n", vus=1)
        c = s["counting"]
        assert c["requests"] == 10 and c["retried"] == 0 and classes(s) == {"reset": 5}, s
        assert c["sent"] == w.seen.counts["requests"] == 10, (c, w.seen.counts)


class Silent(socketserver.BaseRequestHandler):
    """Reads and never answers, or goes silent within the body, or does not
    read at all."""

    def handle(self):
        if self.server.manner == "deaf":
            self.server.ended.wait(20)
            return
        got = self.request.recv(65536)
        self.server.seen.add("", requests=bool(got))
        if self.server.manner == "body":
            self.request.sendall(OK[:-2])
        self.server.ended.wait(20)


@test
def time_limits_have_their_phase():
    big = write("big.bin", "x" * (32 << 20))
    for manner, request, wanted, sent in (("wait", "GET = /\n", "timeout-wait", 4), ("body", "GET = /\n", "timeout-receive", 4),
                                          ("deaf", f"POST = /\nbody = @{big}\n", "timeout-send", 0)):
        ended = threading.Event()
        with serving(Silent, manner=manner, ended=ended) as w:
            try:
                s = drive(manner, f"http://127.0.0.1:{w.port}", "timeout = 300ms", "[request a]\n" + request, iterations=4)
            finally:
                ended.set()
            assert classes(s) == {wanted: 4}, (manner, s["errors"])
            assert s["counting"]["sent"] == sent, (manner, s["counting"])
            if sent:
                assert w.seen.counts["requests"] == 4
    # A TLS handshake that nobody answers.
    ended = threading.Event()
    with serving(Silent, manner="deaf", ended=ended) as w:
        try:
            s = drive("shake", f"https://127.0.0.1:{w.port}", "timeout = 300ms\ntls_verify = off",
                      "[request a]\nGET = /\n", iterations=4)
        finally:
            ended.set()
        assert classes(s) == {"timeout-tls": 4}, s["errors"]


class Kept(Dropping):
    def handle(self):
        while self.read():
            self.request.sendall(OK)


@test
def connections_that_were_never_made_leave_nothing_behind():
    """libcurl 7.88 closes a socket that is not connected yet without a word,
    and its number is soon another's."""
    waiting = [socket.socket() for _ in range(8)]
    with serving(Kept) as w:
        def is_full_then():
            while w.seen.counts.get("requests", 0) < 20:
                time.sleep(0.01)
            w.socket.listen(0)
            w.shutdown()
            for c in waiting:
                c.setblocking(False)
                c.connect_ex(("127.0.0.1", w.port))
        threading.Thread(target=is_full_then, daemon=True).start()
        s = drive("full", f"http://127.0.0.1:{w.port}", "timeout = 200ms\nnew_connection = iteration",
                  "[request a]\nGET = /\n[scenario s]\nflow = a\nthink = 50ms\n", iterations=100, vus=5)
        assert classes(s)["timeout-connect"] > 10 and set(classes(s)) <= {"timeout-connect", "timeout-wait"}, s["errors"]
        assert s["counting"]["requests"] == 100, s["counting"]
    for c in waiting:
        c.close()


class Mute(Ftp):
    """Leaves out one reply, and stays."""

    def say(self, text):
        if not text.startswith(self.server.mute):
            super().say(text)
        elif text.startswith("221"):
            self.connection.settimeout(60)
            self.connection.recv(1)


def drive_ftp(mute, timeout, vus):
    with serving(Mute, files={"/x": b"hello", "x": b"hello"}, login="", mute=mute) as f:
        s = drive("ftp", f"ftp://127.0.0.1:{f.port}", f"timeout = {timeout}", "[request a]\nGET = /x\n", iterations=vus, vus=vus)
        return s, f.seen.lines


@test
def nobody_waits_for_a_farewell():
    """libcurl does, for each connection in turn, with the whole worker."""
    s, lines = drive_ftp("221", "30s", 6)
    assert s["counting"]["requests"] == 6 and not s["errors"], s
    assert lines.count("QUIT") == 6, lines


@test
@timed
def a_transfer_that_is_never_confirmed():
    """libcurl waits for the last reply with the whole worker: not longer
    than the limit, and not once more for each who waits meanwhile."""
    began = time.monotonic()
    s, _ = drive_ftp("226", "1s", 8)
    assert s["counting"]["requests"] == s["counting"]["failed"] == 8, s["counting"]
    assert all(c.startswith("timeout-") for c in classes(s)), s["errors"]
    in_time(time.monotonic() - began < 6, time.monotonic() - began)


@test
def who_refuses_is_not_hammered():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    p = write("refused.ini", f"[target]\nurl = http://127.0.0.1:{port}\ntransport = curl\n[stages]\na = 2s at 200\n"
                             "[request a]\nGET = /\n")
    onrush("run", "--headless", "--no-control", "--no-history", "--workers", "1", "--out", path("refused"), p)
    s = load("refused/summary.json")["onrush"]
    assert set(classes(s)) == {"connect"} and s["counting"]["sent"] == 0, s["errors"]
    assert s["counting"]["requests"] <= 2100, s["counting"]
    assert "refused" in s["errors"][0]["example"], s["errors"]
    s = drive("nobody", "http://nobody.invalid", "timeout = 10s", "[request a]\nGET = /\n", iterations=2)
    assert set(classes(s)) == {"resolve"}, s["errors"]


@test
def counts_agree_under_faults():
    with Target("service=1ms", "fault.reset=3%", "fault.truncate=3%", "fault.garbage=3%", "errors=5%") as t:
        s = drive("target", t.url, "cookies = on", "[request a]\nGET = /x\n[request b]\nPOST = /y\nbody = hello\n",
                  iterations=1500, vus=8)
        seen, c, e = t.counts(), s["counting"], classes(s)
        assert c["sent"] == seen["received"], (c, seen)
        assert e["truncated"] == seen["truncated"] and e["malformed"] == seen["garbage"], (e, seen)
        assert e["reset"] + c["retried"] == seen["reset"], (e, c, seen)
        assert c["requests"] > 2000 and c["failed"] == sum(e.values())


@test
def what_is_given_up_at_the_stop_is_counted():
    ended = threading.Event()
    with serving(Silent, manner="wait", ended=ended) as w:
        p = write("stop.ini", f"[profile]\ngraceful_stop = 200ms\n[target]\nurl = http://127.0.0.1:{w.port}\ntransport = curl\n"
                              "[stages]\na = 500ms at 5\n[request a]\nGET = /\n")
        try:
            onrush("run", "--headless", "--no-control", "--no-history", "--workers", "1", "--out", path("stop"), p)
        finally:
            ended.set()
        c = load("stop/summary.json")["onrush"]["counting"]
        assert c["requests"] == 0 and c["sent"] == c["abandoned"] == w.seen.counts["requests"] == 5, c


main()
