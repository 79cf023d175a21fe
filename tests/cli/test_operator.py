#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operator, scripted: keys typed at the console while load runs, frames
as text, the actions in the summary, and the executed profile run again; then
the same console on a pseudo-terminal."""
import os, pty, re, select, signal, struct, sys, termios, time
import fcntl

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = shop
kind = load
graceful_stop = 2s
[target]
url = {url}
[stages]
warm-up = 3s to 20
hold    = 20s
cool    = 5s to 0
[request home]
GET = /json
[thresholds]
http_req_failed = rate < 0.1
"""

KEYS = """# push, next, spike, edit: insert a stage, finish
1.0 +
1.5 shot hand
2.0 g
2.5 n
3.0 s
3.2 enter
4.0 shot spike
5.0 e
5.2 i
5.3 type burst
5.5 shot editor
5.6 enter
5.8 enter
6.2 m
6.3 type deploy
6.4 enter
6.6 shot after
7.0 q
"""


def levels(profile):
    out = onrush("check", "--json", "--every", "100ms", profile, status=0).stdout
    return [x["level"] for x in json.loads(out)["levels"]]


@test
def a_scripted_session():
    with Target("service=2ms") as t:
        p = write("shop.ini", PROFILE.format(url=t.url))
        keys = write("keys", KEYS)
        onrush("run", "--keys", keys, "--frames", path("frames"), "--size", "120x38", "--out", path("shop"), p,
               status=0)
        s = load("shop/summary.json")
        commands = [a["command"] for a in s["onrush"]["actions"]]
        verbs = [c.split()[0] for c in commands]
        assert verbs == ["level", "go", "next", "spike", "edit", "mark", "finish"], commands
        assert "stage insert" in commands[4] and "burst" in commands[4], commands
        assert s["metrics"]["http_reqs"]["values"]["count"] == t.counts()["received"]

        def frame(name):
            with open(path(f"frames/{name}.txt")) as f:
                return f.read()

        assert "HAND" in frame("hand") and "PLAN" in frame("spike")
        assert "hand-spike" in frame("spike"), frame("spike")
        assert "burst" in frame("editor") and "Esc" in frame("editor"), frame("editor")
        assert "deploy" in frame("after"), frame("after")
        assert os.path.exists(path("frames/frame-0001.txt"))
        # what was executed runs again, and asks for the same levels
        executed = [(x["began_ms"], x["length_ms"], x["from"], x["to"]) for x in s["onrush"]["stages"]]
        replayed = levels(path("shop/profile.ini"))
        peak = max(replayed)
        for began, length, first, last in executed:
            at = int((began + length / 2) / 100)
            if at < len(replayed) and length > 400:
                assert abs(replayed[at] - (first + last) / 2) <= max(1, peak * 0.05), (began, length, first, last)
        onrush("run", "--headless", "--out", path("again"), path("shop/profile.ini"), status=0)
        again = load("again/summary.json")
        assert abs(again["metrics"]["vus_max"]["values"]["value"] - s["metrics"]["vus_max"]["values"]["value"]) <= 1


class Terminal:
    """The program on a pseudo-terminal of the given size."""

    def __init__(self, cols, rows, *args, **env):
        e = dict(os.environ, XDG_RUNTIME_DIR=FOLDER, TERM="xterm-256color", LC_ALL="C.UTF-8", **env)
        e.pop("COLORTERM", None)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self.fd, self.slave, self.bytes = master, slave, b""
        self.before = termios.tcgetattr(slave)
        self.process = subprocess.Popen([ONRUSH, *args], stdin=slave, stdout=slave, stderr=slave, env=e, cwd=FOLDER,
                                        start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        import pyte
        self.screen = pyte.Screen(cols, rows)
        self.stream = pyte.ByteStream(self.screen)

    def pump(self, seconds, until=None):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until in self.text()):
            r, _, _ = select.select([self.fd], [], [], 0.05)
            if r:
                try:
                    data = os.read(self.fd, 65536)
                except OSError:
                    return
                self.bytes += data
                self.stream.feed(data)
            elif self.process.poll() is not None:
                return
        assert not until or until in self.text(), f"'{until}' did not appear:\n{self.text()}"

    def text(self):
        return "\n".join(self.screen.display)

    def key(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        self.pump(20, None) if self.process.poll() is None else None
        self.process.wait(timeout=20)
        self.pump(0.2)
        after = termios.tcgetattr(self.slave)
        return after == self.before and self.bytes.rstrip().count(b"\x1b[?1049h") == self.bytes.count(b"\x1b[?1049l")


def have_pyte():
    try:
        import pyte  # noqa
        return True
    except ImportError:
        return False


if have_pyte():
    @test
    def a_terminal_is_given_back():
        with Target("service=2ms") as t:
            p = write("tty.ini", PROFILE.format(url=t.url))
            for how in ("q", "TERM", "HUP", "SEGV", "ABRT"):
                seen = t.counts()["received"]
                s = Terminal(100, 30, "run", "--out", path("tty-" + how), p)
                s.pump(20, "requests/s")
                while t.counts()["received"] == seen:
                    s.pump(0.1)
                s.pump(1)
                if how == "q":
                    s.key("q")
                    s.pump(20, "q leaves")
                    s.key("q")
                else:
                    s.process.send_signal(getattr(signal, "SIG" + how))
                    if how == "TERM":
                        s.pump(20, "DONE")
                        s.key("q")
                assert s.end(), how
                if how in ("q", "TERM", "HUP"):
                    assert s.process.returncode == (0 if how == "q" else 105), (how, s.process.returncode)
                    assert load(f"tty-{how}/summary.json")["metrics"]["http_reqs"]["values"]["count"] > 0
                else:
                    assert s.process.returncode == -getattr(signal, "SIG" + how)

    @test
    def every_size_is_usable():
        with Target("service=2ms") as t:
            p = write("sizes.ini", PROFILE.format(url=t.url))
            s = Terminal(120, 38, "run", "--out", path("sizes"), p)
            s.pump(20, "requests/s")
            for cols, rows in ((40, 12), (80, 24), (200, 60), (300, 80), (39, 11), (1, 1), (120, 38)):
                fcntl.ioctl(s.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
                s.screen.resize(rows, cols)
                s.process.send_signal(signal.SIGWINCH)
                s.pump(0.4)
            s.pump(10, "requests/s")
            s.key("Q")
            s.pump(20, "q leaves")
            s.key("q")
            assert s.end()


main()
