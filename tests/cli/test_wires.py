#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the target is reached and what goes over a connection, as servers of
the test's own see it."""
import os, re, socket, sys, threading, time

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


AB = """[request a]
GET = /a
check = body == "/a"
[request b]
GET = /b
check = body == "/b"
[scenario]
mix = a 50, b 50
"""


def answer(body, *headers):
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", body]).encode()


def retried(s):
    return s["onrush"]["counting"]["retried"]


@test
def requests_do_not_wait_for_answers():
    """Eight users share two connections; nothing is answered before four
    requests are there, and then all in one write."""
    def by_fours(c, _):
        while True:
            paths = []
            for _ in range(4):
                r = c.request()
                if not r:
                    return
                paths.append(r[0].split()[1])
            c.say(b"".join(answer(p) for p in paths))
    with Server(by_fours) as server:
        s, errors, _ = run(server.url, "pipeline = 4", "iterations = 400\ngraceful_stop = 1s",
                           "hold = 60s at 8", AB)
        assert not errors and count(s) == 400, (count(s), errors)
        assert s["metrics"]["checks"]["values"]["rate"] == 1
        assert len(server.peers) == 2, server.peers
        assert retried(s) == 0


@test
def answers_cut_anywhere_find_their_requests():
    def drip(c, _):
        while r := c.request():
            a = answer(r[0].split()[1], "X-Filler: " + "x" * 20)
            for i in range(0, len(a), 29):
                c.say(a[i:i + 29])
    with Server(drip) as server:
        s, errors, _ = run(server.url, "pipeline = 5", "iterations = 300", "hold = 60s at 7", AB)
        assert not errors and count(s) == 300, (count(s), errors)
        assert s["metrics"]["checks"]["values"]["rate"] == 1
        assert len(server.peers) == 2, server.peers


@test
def a_closing_answer_sends_those_behind_again():
    """Each connection answers three requests, the third with close: the first
    forty when another lies behind it."""
    def three(c, number):
        for i in range(3):
            r = c.request()
            if not r:
                return
            if i == 2 and number <= 40 and not c.bytes:
                c.more()
            c.say(answer(r[0].split()[1], *["Connection: close"] * (i == 2)))
        c.socket.shutdown(socket.SHUT_WR)
        while c.more():
            pass
    with Server(three) as server:
        s, errors, _ = run(server.url, "pipeline = 3", "iterations = 300", "hold = 60s at 3", AB, status=None)
        assert count(s) == 300, count(s)
        assert retried(s) >= 40, s["onrush"]["counting"]
        assert set(errors) <= {"reset"}, errors
        assert s["metrics"]["checks"]["values"]["rate"] > 0.5


def answers_two(seen):
    """A manner: answers two requests, then closes, and reads what else comes;
    their bodies go to seen."""
    def two(c, _):
        for i in range(2):
            r = c.request()
            if not r:
                return
            seen.append(r[2])
            c.say(answer("ok", *["Connection: close"] * i))
        c.socket.shutdown(socket.SHUT_WR)
        while r := c.request():
            seen.append(r[2])
    return two


@test
def a_post_is_never_sent_twice():
    seen = []
    with Server(answers_two(seen)) as server:
        s, errors, _ = run(server.url, "pipeline = 4", "iterations = 200", "hold = 60s at 4",
                           "[request a]\nPOST = /\nbody = x\n", status=None)
    assert count(s) == 200, count(s)
    assert retried(s) == 0 and list(errors) == ["reset"], (retried(s), errors)
    assert "an earlier answer" in errors["reset"]["example"], errors
    assert len(seen) <= 200, len(seen)


@test
def a_silent_answer_delays_the_others_once():
    """The first connection answers one request, then nothing: whoever is
    first in the row times out, the others are sent again."""
    def deaf(c, number):
        c.request()
        c.say(answer("/x"))
        while r := c.request():
            if number > 1:
                c.say(answer("/x"))
    with Server(deaf) as server:
        s, errors, _ = run(server.url, "pipeline = 4\ntimeout = 700ms", "iterations = 60", "hold = 60s at 4",
                           status=None)
    assert count(s) == 60, count(s)
    assert list(errors) == ["timeout-wait"] and 1 <= errors["timeout-wait"]["count"] <= 4, errors


@test
def what_nobody_asked_for_is_no_answer():
    """Three more answers than requests behind the fourth, which is then in
    doubt itself; the other three are not."""
    def generous(c, _):
        for i in range(4):
            if not c.request():
                return
        c.say(OK * 7)
        while c.more():
            pass
    with Server(generous) as server:
        s, errors, _ = run(server.url, "pipeline = 4", "iterations = 40", "hold = 60s at 4", status=None)
    assert count(s) == 40 and list(errors) == ["malformed"], (count(s), errors)
    assert errors["malformed"]["count"] == 10, errors
    assert len(server.peers) == 10, server.peers


VARIED = """[request a]
POST = /u/${vu}/${iteration}?at=${now}
header = X-Dice: ${random 1 6} ${pick red blue}
body = {"id": "${uuid}"}
[request b]
GET = /constant
"""


@test
def variables_differ_and_the_seed_repeats_them():
    def go(seed, workers):
        seen = []

        def note(c, _):
            while r := c.request():
                if r[0].startswith("POST"):
                    seen.append((r[0], r[1]["X-Dice"], r[2]))
                c.say(OK)
        with Server(note) as server:
            s, errors, _ = run(server.url, "", "iterations = 120", "hold = 60s at 7", VARIED,
                               args=("--seed", seed, "--workers", workers))
        assert not errors and count(s) == 240, (count(s), errors)
        return seen

    before = time.time()
    seen = go("5", "1")
    found = {}
    for line, dice, body in seen:
        vu, iteration, now = map(int, re.fullmatch(r"POST /u/(\d+)/(\d+)\?at=(\d+) HTTP/1.1", line).groups())
        assert before - 1 <= now / 1000 <= time.time() + 1, now
        assert re.fullmatch(r"[1-6] (red|blue)", dice), dice
        assert re.fullmatch(rb'{"id": "[0-9a-f-]{36}"}', body), body
        assert (vu, iteration) not in found
        found[vu, iteration] = (dice, body)
    assert {vu for vu, _ in found} <= set(range(1, 8)) and (1, 0) in found
    for vu, iteration in found:  # none left out
        assert iteration == 0 or (vu, iteration - 1) in found
    assert len({body for _, body in found.values()}) == 120
    # two workers share the numbers; the same user makes the same values
    other = {tuple(map(int, re.findall(r"\d+", line)[:2])): (dice, body) for line, dice, body in go("5", "2")}
    assert {vu for vu, _ in other} <= set(range(1, 8))
    both = set(found) & set(other)
    assert both and all(found[k] == other[k] for k in both)
    assert not {b for _, _, b in seen} & {b for _, _, b in go("6", "1")}
    saved = open(path("wires/profile.ini")).read()
    assert "POST = /u/${vu}/${iteration}?at=${now}\n" in saved and 'body = {"id": "${uuid}"}\n' in saved


@test
def a_varied_post_is_never_sent_twice():
    seen = []
    with Server(answers_two(seen)) as server:
        run(server.url, "pipeline = 4", "iterations = 200", "hold = 60s at 4",
            "[request a]\nPOST = /\nbody = ${uuid}\n", status=None)
    assert len(seen) == len(set(seen)) > 100, len(seen)


@test
def a_shared_connection_has_no_other_wishes():
    p = write("both.ini", "[target]\nurl = http://127.0.0.1:1\npipeline = 2\nnew_connection = request\n"
                          "[stages]\na = 1s to 1\n[request a]\nGET = /\n")
    assert "write one of them" in onrush("check", p, status=104).stderr


main()
