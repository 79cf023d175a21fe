#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A long run through the console: arrivals and VUs side by side, connections
that the target closes, refusals and stalls now and then, keys, sizes at random
and an edit of the plan every second. What is counted must be what the target
saw, and memory, descriptors and threads must not grow. `make endurance`; by
environment:

    ENDURANCE_SECONDS  how long (15; at most a day)
    ENDURANCE_RATE     requests/s (1500; at most 20 000)
    ENDURANCE_EVERY    seconds between samples
    ENDURANCE_KEEP     a folder in which samples, journal and results stay

Each sample is a line of JSON in samples.ndjson."""
import json, os, random, re, socket, sys, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "screen"))
from trust import *  # noqa
import tap
import need_pyte  # noqa
from pty_screen import Terminal, Emulator, Stream

SECONDS = min(86400, int(os.environ.get("ENDURANCE_SECONDS", "15")))
RATE = min(20000, int(os.environ.get("ENDURANCE_RATE", "1500")))
EVERY = float(os.environ.get("ENDURANCE_EVERY", max(0.5, min(10, SECONDS / 60))))
KEEP = os.environ.get("ENDURANCE_KEEP")
OPEN = RATE * 2 // 3
USERS = max(2, RATE // 3 // 40)  # each makes 40 requests/s
PROFILE = """[profile]
name = endurance
graceful_stop = 10s
[target]
url = {url}
timeout = 2s
[stages]
hold = {long}s at {open}/s
later = 1h
[stages users]
hold = {long}s at {users}
later = 1h
[scenario arrivals]
flow = page
max_vus = 500
[scenario users]
stages = users
flow = page, churned
think = 25ms
[request page]
GET = /page
[request churned]
GET = /churned
"""


class Blind(Terminal):
    """A terminal that nobody looks at, so that two hours cost little; what
    comes is counted, by a thread, so that it is taken whatever else waits."""
    frames, goes_on, reader = 0, True, None

    def drain(self):
        while self.goes_on:
            self.read(0.2)

    def begin(self):
        self.reader = threading.Thread(target=self.drain)
        self.reader.start()

    def resize(self, cols, rows):
        self.columns, self.lines = cols, rows
        super().resize(cols, rows)
        self.stream = self

    def feed(self, data):
        self.frames += data.count(b"\033[?2026h")
        self.data = data[-4096:]

    def end(self):
        self.goes_on = False
        if self.reader:
            self.reader.join()
        self.reader = None

    def close(self):
        self.end()
        super().close()

    def look(self, cols, rows):
        """From here on somebody does."""
        self.end()
        super().resize(cols, rows)
        self.stream = Stream(self.screen)


class Operator:
    """Commands through the control socket, one connection for all."""

    def __init__(self, file):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(file)
        self.lines = self.socket.makefile("r")
        self.done = self.refused = 0
        self.why = collections.Counter()

    def ask(self, command):
        self.socket.sendall(command.encode() + b"\n")
        return json.loads(self.lines.readline())

    def do(self, command):
        a = self.ask(command)
        if a["ok"]:
            self.done += 1
        else:
            self.refused += 1
            self.why[a["error"]] += 1

    def status(self):
        return self.ask("status")["status"]


def edits(rng):
    """Without an end: levels up and down, stages reshaped, most of it taken
    back, so that the load stays about what it is."""
    while True:
        name, level, unit = rng.choice((("arrivals", OPEN, "/s"), ("users", USERS, "")))
        other = max(1, int(level * rng.uniform(0.6, 1.4)))
        yield f"for {name} level {other}"
        if rng.random() < 0.3:
            yield f"for {name} undo"
        yield f"for {name} level {max(1, int(level * rng.uniform(0.9, 1.2)))} in 2s"
        yield rng.choice((f"for {name} stage level later {other}{unit}", f"for {name} stage length later 2h",
                          f"for {name} stage ramp later smooth",
                          f"for {name} edit stage insert more = 1m to {other}{unit}; stage delete more"))
        yield f"for {name} undo"
        yield rng.choice((f"for {name} redo", f"for {name} spike x1.2 1s", "mark still here", "for users think 1.5"))
        yield f"for {name} level {level}"


KEYS = ["1", "2", "3", "4", "5", "6", "tab", "?", "esc", "enter", "esc", "down", "up", "left", "right", "[", "]", "z", "z",
        "<", ">", "/", "x", "esc", "e", "i", "esc", "esc", "y", "esc", "ctrl-l", "+", "-", "u"]


def sample(t, s, operator, began):
    def read(file):
        with open(f"/proc/{t.pid}/{file}") as f:
            return f.read()
    status, cpu = read("status"), read("stat").rsplit(")", 1)[1].split()
    journal = path("endurance/timeline.ndjson")
    own = operator.status()
    c = s.counts()
    return {"at_s": round(time.monotonic() - began, 1), "load": os.getloadavg()[0],
            "rss": int(re.search(r"VmRSS:\s*(\d+)", status).group(1)) * 1024,
            "peak": int(re.search(r"VmHWM:\s*(\d+)", status).group(1)) * 1024,
            "threads": int(re.search(r"Threads:\s*(\d+)", status).group(1)),
            "descriptors": len(os.listdir(f"/proc/{t.pid}/fd")),
            "cpu_s": (int(cpu[11]) + int(cpu[12])) / os.sysconf("SC_CLK_TCK"),
            "requests": own["run"]["requests"], "failed": own["run"]["failed"], "seen": c["requests"],
            "tries": c["tries"], "journal": os.path.getsize(journal) if os.path.exists(journal) else 0,
            "frames": t.frames, "bytes": t.bytes, "edits": operator.done, "refused": operator.refused}


def operate(t, s, operator, log):
    """SECONDS of it; the samples."""
    rng = random.Random(11)
    began = time.monotonic()
    due = dict.fromkeys(("edit", "keys", "size", "outage", "sample"), began)
    commands, samples = edits(rng), []
    while time.monotonic() - began < SECONDS:
        assert t.is_alive(), f"it ended: {t.status}\n{t.data!r}"
        time.sleep(0.05)
        now = time.monotonic()
        if now >= due["edit"]:
            due["edit"] += max(1, now - due["edit"] - 5)
            operator.do(next(commands))
        if now >= due["keys"]:
            due["keys"] = now + rng.uniform(0.2, 3)
            t.key(rng.choice(KEYS))
        if now >= due["size"]:
            due["size"] = now + rng.uniform(1, 6)
            t.resize(*rng.choice(((1, 1), (rng.randint(1, 250), rng.randint(1, 80)), (120, 38))))
        if now >= due["outage"]:
            due["outage"] = now + min(60, SECONDS / 6) * rng.uniform(0.6, 1.4)
            if now > began + 2:
                s.tell(rng.choice(("leave", "stall")) + f" {rng.choice((100, 400, 1500, 2500))}")
        if now >= due["sample"]:
            due["sample"] += EVERY
            samples.append(sample(t, s, operator, began))
            log.write(json.dumps(samples[-1]) + "\n")
            log.flush()
    return samples


def wait_for(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def check_growth(samples):
    """The first part warms up: a fifth, and two minutes at the most (a short
    run: a third)."""
    long = SECONDS >= 600
    warm = [x for x in samples if x["at_s"] >= (min(120, SECONDS / 5) if long else SECONDS / 3)]
    head, tail = warm[:max(1, len(warm) // 4)], warm[-max(1, len(warm) // 4):]
    sockets = 500 + 2 * USERS  # of those that may be open
    assert max(x["descriptors"] for x in tail) <= sockets + 60, tail
    assert max(x["threads"] for x in tail) <= max(x["threads"] for x in head), tail
    if SANITIZED:
        return
    before, after = max(x["rss"] for x in head), max(x["rss"] for x in tail)
    assert after <= 1.05 * before + grown(samples[-1]["at_s"]), (before, after)


def grown(seconds):
    """What a run may keep of each second: four packed histograms (two names,
    all, response times) of 2.5 KiB at most in the first hour, in cells of 10 s
    of them later; 2 KiB of an edit (its pieces of the plan, its lines of the
    log); and once some pages."""
    return 4 * MIB + int(min(seconds, 3600) * 10240 + max(0, seconds - 3600) * 1024 + seconds * 2048)


@test
def an_endless_run_in_the_console():
    sock = path("endurance.sock")
    if KEEP:
        os.makedirs(KEEP, exist_ok=True)
    log = open(os.path.join(KEEP or tap.FOLDER, "samples.ndjson"), "w")
    with BadServer("--close-after", 40, "--close-share", 3) as s:
        p = write("endurance.ini", PROFILE.format(url=s.url, long=SECONDS * 2, open=OPEN, users=USERS))
        out = path("endurance")
        with Blind([os.path.abspath(tap.ONRUSH), "run", "--control", sock, "--seed", "7", "--out", out, p], 120, 38,
                   {"COLORTERM": "truecolor", "XDG_RUNTIME_DIR": tap.FOLDER}, cwd=tap.FOLDER) as t:
            t.until("load", lambda: s.counts()["requests"] > 10)
            operator = Operator(sock)
            t.begin()
            try:
                samples = operate(t, s, operator, log)
                operator.do("finish")
                wait_for(lambda: operator.status()["state"] == "done")
                t.look(120, 38)
                for key in ("esc", "esc", "ctrl-l"):
                    t.key(key)
                t.sees("onrush")
                for key in ("esc", "esc", "q"):
                    t.key(key)
                status = t.wait()
            finally:
                if KEEP:
                    shutil.copytree(out, os.path.join(KEEP, "results"), dirs_exist_ok=True)
        last = s.counts()
    r = Run("endurance", os.waitstatus_to_exitcode(status), 0, [], 0, "")
    check_accounts(r)
    n = r.counting
    print("#", json.dumps({"counting": n, "target": {k: v for k, v in last.items() if k != "bins"},
                           "errors": r.errors, "edits": operator.done, "why": operator.why, "last": samples[-1]}))
    assert n["sent"] == last["requests"], (n, last["requests"])
    assert operator.done > SECONDS / 2 and operator.refused <= 2 + operator.done / 10, (operator.done, operator.why)
    assert t.frames > SECONDS, t.frames
    check_growth(samples)


main()
