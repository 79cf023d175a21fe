#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile texts from everywhere, to every place where a text comes out; each
place is read as its readers do."""
import csv, functools, io, os, shutil, socket, sqlite3, subprocess, sys, threading, urllib.request
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa
import tap
from hostile import *  # noqa
from servers import Accepting

LONG = os.environ.get("ONRUSH_TRUST") == "long"
ALL = [s.encode() for s in STRINGS] + BYTES
IN_FILE = [b for b in ALL if b"\n" not in b and b"\0" not in b]  # a line of a profile


def bare(*args, timeout=60, env=None, status=None):
    """As onrush(), in bytes."""
    e = dict(os.environ, XDG_RUNTIME_DIR=FOLDER)
    e.update(env or {})
    p = subprocess.run([tap.ONRUSH, *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, env=e,
                       cwd=FOLDER)
    assert p.returncode >= 0, (args, p.returncode)
    if status is not None:
        assert p.returncode == status, f"exit {p.returncode}, wanted {status}\n{p.stdout}\n{p.stderr}"
    for what, out in ("output", p.stdout), ("errors", p.stderr):
        expect_harmless(f"{what} of {args}", out)
    return p


def write_bytes(name, data):
    with open(path(name), "wb") as f:
        f.write(data)
    return path(name)


class Evil(Accepting):
    """Answers with what it was given, raw: the n-th request gets the n-th."""

    def __init__(self, answers):
        super().__init__()
        self.answers, self.n = answers, 0

    def take(self, c):
        with c:
            c.settimeout(5)
            try:
                c.recv(65536)
                c.sendall(self.answers[self.n % len(self.answers)])
                c.shutdown(socket.SHUT_WR)
                c.recv(65536)
            except OSError:
                pass
        self.n += 1


def answer(status, text, body):
    flat = text.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
    return (b"HTTP/1.1 %d %s\r\nX-Evil: %s\r\nLocation: /%s\r\nSet-Cookie: a=%s\r\nContent-Length: %d\r\n"
            b"Connection: close\r\n\r\n%s" % (status, flat, flat, flat, flat, len(body), body))


# Bytes that may stand in each name; a profile with others is refused, in words.
PLACES = {
    "name": b"[profile]\nname = %s\n", "kind": b"[profile]\nkind = %s\n", "description": b"[profile]\ndescription = %s\n",
    "request": b"[request %s]\nGET = /x\n", "path": b"[request q]\nGET = /%s\n", "header": b"[target]\nheader = X-A: %s\n",
    "header name": b"[target]\nheader = %s: a\n", "check": b"[request r]\ncheck %s = status == 200\n",
    "check text": b'[request r]\ncheck = body contains "%s"\n', "body": b"[request q]\nPOST = /\nbody = %s\n",
    "vars": b"[vars]\nv = %s\n[request q]\nPOST = /\nbody = ${v}\n", "vars name": b"[vars]\n%s = a\n",
    "scenario": b"[scenario %s]\nthink = 100ms\n", "tags": b"[request r]\ntags = a: %s\n", "event": b"[event %s]\nat = 1s\n",
    "alert": b"[alerts]\n%s = http_req_failed rate > 50%% for 1s, warning\n", "metric": b"[metric %s]\ntype = trend\n",
    "threshold": b"[thresholds]\n%s = rate < 1\n", "section": b"[%s]\na = b\n", "key": b"[target]\n%s = b\n",
    "proxy": b"[target]\nproxy = http://%s\n", "data": b"[data d]\nfile = %s\n", "monitor": b"[monitor]\nprocess = %s\n",
    "source": b"[monitor]\nprometheus = http://h:1/m %s\n", "event's command": b"[event e]\nat = 1s\nexec = echo %s\n",
    "variable": b"[request q]\nGET = /${%s}\n", "environment": b"[request q]\nGET = /${env.%s}\n", "line": b"%s\n",
}
FRAME = b"[target]\nurl = http://127.0.0.1:9\n[stages]\n%s = 1s at 1\n[request r]\nGET = /\n"


def check(name, extra, stage=b"one"):
    """One of two: it is good, or mistakes say so."""
    text = FRAME % stage
    for section in b"[target]\n", b"[request r]\n":  # a second one of these is merged by hand
        if extra.startswith(section):
            text, extra = text.replace(section, extra if extra.endswith(b"\n") else extra + b"\n", 1), b""
    return bare("check", write_bytes("hostile.ini", text + extra))


@test
def profiles_give_a_terminal_no_orders():
    good = 0
    few = 1 if LONG else 6
    for i, (where, form) in enumerate(PLACES.items()):  # each text comes to many places, and each place has many
        for raw in IN_FILE[i % few::few]:
            good += check(where, form % raw).returncode == 0
    for raw in IN_FILE[::few]:
        good += check("stage", b"", stage=raw).returncode == 0
    assert good > 30, good


@test
def arguments_and_the_environment_give_none():
    good = write_bytes("good.ini", FRAME % b"one")
    for raw in [b for b in ALL if b"\0" not in b][::1 if LONG else 3]:
        text = os.fsdecode(raw)
        bare(text, status=104)
        bare("run", text, status=104)
        bare("run", "--" + text, good, status=104)
        bare("check", "--set", "target.timeout=" + text, good)
    for raw in IN_FILE[::4] + BYTES[:3] if LONG else [IN_FILE[1], IN_FILE[4], BYTES[0], IN_FILE[9]]:
        text = os.fsdecode(raw)
        for args in (["check", "--url", text, good], ["check", "--stages", text, good], ["run", "--theme", text, good],
                     ["run", "--push", text, good], ["run", "--prometheus", text, good], ["open", text],
                     ["compare", text, text], ["history", "--since", text], ["trend", text], ["baseline", "set", text],
                     ["ctl", text], ["ctl", "--control", text, "status"], ["import", text], ["init", text],
                     ["find", "--until", text, good], ["scale", "--at", text, good], ["run", "--cpus", text, good],
                     ["gate", "--baseline", text, good], ["import", "--from", text, good], ["demo", text],
                     ["compare", "--limit", text, good, good], ["target", text], ["help", text]):
            bare(*args)
        bare("check", good, env={"LANG": text, "TERM": text, "HOME": "/" + text, "XDG_CONFIG_HOME": "/" + text})
        bare("history", env={"XDG_DATA_HOME": path("none-" + text.replace("/", "_")[:80])})


GOOD = [b for b in IN_FILE if len(b) < 60 and not set(b) & set(b"[]\r")]
PROFILE = b"""[profile]
name = a <b>`|=cmd
description = <img src=x onerror=alert(1)>
[target]
url = %s
[stages]
s<script>alert(1)</script> = 2s at 4
[scenario]
think = 20ms
[thresholds]
http_req_failed = rate < 1%%
"""


@functools.lru_cache
def names():
    """Of requests; what the reader refuses is left out, as a user would."""
    kept = []
    for raw in GOOD:
        name = raw.strip()
        if check("request", b"[request %s]\nGET = /x\n" % name).returncode == 0:
            kept.append(name)
    assert len(kept) >= 15, kept
    return kept


@test
def a_run_among_enemies():
    kept = names()
    text = b""
    for i, name in enumerate(kept):
        text += b"[request %s]\nGET = /%d\ncheck %s = status == 200\n" % (name, i, name)
    answers = [answer(500 + i % 2, raw, raw * 3 + noise(i, 3)) for i, raw in enumerate(ALL)]
    answers += [noise(i, 10) for i in range(5)]
    with Evil(answers) as s:
        p = write_bytes("enemies.ini", PROFILE % s.url.encode() + text)
        keys = write("enemies.keys", "".join(f"{0.3 + 0.1 * i:.2f} {k}\n{0.35 + 0.1 * i:.2f} shot f{i}\n"
                                             for i, k in enumerate(["2", "3", "enter", "esc", "4", "enter", "down", "esc",
                                                                    "5", "6", "1"])))
        os.makedirs(path("enemies-more"))
        more = [x if x.startswith("-") else path("enemies-more/" + x)
                for x in ["-o", "s.json", "--summary-export", "flat.json", "--junit", "j.xml", "--csv", "c.csv"]]
        bare("run", "--headless", "--out", path("enemies"), *more, p, status=99)
        lines = bare("run", "--progress", "json", "--out", path("enemies2"), p, status=99).stdout
        bare("run", "--keys", keys, "--frames", path("enemy-frames"), "--size", "200x60", "--out", path("enemies3"), p)
        bare("check", "--json", p, status=0)
    for line in lines.splitlines():
        json.loads(line)
    for n in os.listdir(path("enemy-frames")):
        with open(path("enemy-frames/" + n), "rb") as f:
            expect_harmless(n, f.read())
    look_at_files("enemies", "enemies-more")
    assert s.n > len(answers)


def look_at_files(folder, more):
    for n in os.listdir(path(folder)):
        with open(f"{path(folder)}/{n}", "rb") as f:
            raw = f.read()
        if n == "report.md":
            expect_tame_markdown(n, expect_harmless(n, raw))
        elif n == "report.html":
            expect_tame_page(n, expect_harmless(n, raw))
        elif n == "summary.json":
            json.loads(raw)
            assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", raw)
        elif n.endswith("ndjson"):
            for line in raw.splitlines():
                json.loads(line)
    raw = open(path(more + "/c.csv"), "rb").read()
    expect_harmless("csv", raw.replace(b"\r\n", b"\n"))  # RFC 4180
    rows = list(csv.reader(io.StringIO(raw.decode())))
    assert len(rows) > 1 and len({len(r) for r in rows}) == 1, rows[:2]
    for cell in (c for r in rows for c in r):
        assert not re.match(r"[=@\t\r]|[+-][^0-9.]", cell), f"a formula: {cell!r}"
    raw = open(path(more + "/j.xml"), "rb").read()
    expect_harmless("junit", raw)
    suite = xml.etree.ElementTree.fromstring(raw)
    assert not list(suite.iter("script")) and list(suite.iter("testcase"))


def evil_of(x, n):
    """The same, with all texts replaced by hostile ones; keys stay."""
    if isinstance(x, dict):
        return {k: evil_of(v, n) for k, v in x.items()}
    if isinstance(x, list):
        return [evil_of(v, n) for v in x]
    if isinstance(x, str):
        n[0] += 1
        return x + STRINGS[n[0] % len(STRINGS)][:200]
    return x


@test
def results_of_others():
    """Summaries, journals and databases that somebody hands in."""
    base = load("enemies/summary.json")
    for start_at in range(0, 40, 8):
        n = [start_at]
        bad = evil_of(base, n)
        # metrics by name, too
        bad["metrics"] = {k + STRINGS[(i + start_at) % len(STRINGS)][:50]: v for i, (k, v) in enumerate(base["metrics"].items())} \
            | base["metrics"]
        os.makedirs(path(f"bad{start_at}"), exist_ok=True)
        file = write(f"bad{start_at}/summary.json", json.dumps(bad))
        # who reads only what is well formed says why not
        almost = json.loads(json.dumps(base))
        for key in "profile", "tool":
            almost["onrush"][key] = evil_of(base["onrush"].get(key), n)
        for r in almost["onrush"]["requests"]:
            r["name"] = STRINGS[n[0] % len(STRINGS)]
            n[0] += 1
        other = write(f"almost{start_at}.json", json.dumps(almost))
        for f in file, other:
            bare("compare", f, path("enemies/summary.json"))
            expect_tame_markdown(f, bare("compare", "--md", f, path("enemies/summary.json")).stdout.decode())
            out = bare("compare", "--json", "--html", path("compared.html"), path("enemies/summary.json"), f)
            if out.returncode in (0, 2):
                json.loads(out.stdout)
                with open(path("compared.html"), "rb") as page:
                    expect_tame_page("comparison", expect_harmless("comparison", page.read()))
        bare("history", "import", path(f"bad{start_at}"))
    bare("history")
    json.loads(bare("history", "--json").stdout or b"[]")
    bare("trend", "p(95)")
    database = next(os.path.join(r, n) for r, _, ns in os.walk(path("data")) for n in ns if n.endswith(".db"))
    with sqlite3.connect(database) as db:
        assert db.execute("select count(*) from runs").fetchone()[0] >= 3


@test
def journals_of_others():
    with open(path("enemies/timeline.ndjson")) as f:
        lines = f.read().splitlines()
    for start_at in range(0, 40, 10):
        n = [start_at]
        head = json.loads(lines[0])
        bad = [json.dumps(evil_of(head, n))] + [
            line if '"examples"' not in line and '"text"' not in line else json.dumps(evil_of(json.loads(line), n))
            for line in lines[1:]]
        # names alone: what is known by a word stays
        mild = json.loads(lines[0])
        for key in mild:
            if isinstance(mild[key], str) and key in ("name", "target", "profile", "kind"):
                mild[key] = STRINGS[n[0] % len(STRINGS)][:300]
                n[0] += 1
        for name, text in ("jbad", bad), ("jmild", [json.dumps(mild)] + lines[1:]):
            os.makedirs(path(name), exist_ok=True)
            write(f"{name}/timeline.ndjson", "\n".join(text) + "\n")
            for f in "report.html", "report.md", "summary.json":
                if os.path.exists(path(f"{name}/{f}")):
                    os.unlink(path(f"{name}/{f}"))
            bare("open", "--headless", "--save", path(name))
            if os.path.exists(path(f"{name}/report.html")):
                with open(path(f"{name}/report.html"), "rb") as page:
                    expect_tame_page(name, expect_harmless(name, page.read()))


@test
def metrics_that_are_scraped():
    kept = names()
    text = b"".join(b"[request %s]\nGET = /%d\ncheck %s = status == 201\n" % (n, i, n) for i, n in enumerate(kept))
    with Target() as t:
        p = write_bytes("scraped.ini", PROFILE.replace(b"2s at", b"4s at") % t.url.encode() + text)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        run = start("run", "--headless", "--prometheus", f":{port}", "--control", path("ctl"), "--out", path("scraped"), p)
        page = None
        for _ in run.stdout:
            page = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read()
            for word in STRINGS[::4]:
                bare("ctl", "--control", path("ctl"), "mark", word)
                bare("ctl", "--control", path("ctl"), word)
            bare("ctl", "--control", path("ctl"), "status")
            break
        errors = run.communicate(timeout=60)[1]
    assert page, errors
    expect_harmless("metrics", page)
    if not shutil.which("promtool"):
        raise Skip("promtool is not installed")
    said = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True)
    assert b"error while linting" not in said.stderr and said.returncode in (0, 3), said.stderr
    for line in page.decode().splitlines():
        assert re.fullmatch(r'#.*|[a-zA-Z_:]\w*(\{(\w+="([^"\\\n]|\\.)*",?)*\})? \S+( \d+)?', line), line


@test
def names_become_one_folder():
    for i, name in enumerate(["..", "../x", "a/../../b", "-rf", "~root", "$(touch owned)", "a\u202eb", "%s%n", "a" * 100, ". .", "con:"]):
        p = write(f"n{i}.ini", f"[profile]\nname = {name}\n[target]\nurl = http://127.0.0.1:9\n[stages]\na = 1s at 1\n"
                               "[request r]\nGET = /\n")
        os.makedirs(path("place"), exist_ok=True)
        r = subprocess.run([tap.ONRUSH, "run", "--headless", p], cwd=path("place"), capture_output=True, timeout=30,
                           env=dict(os.environ, XDG_RUNTIME_DIR=FOLDER), stdin=subprocess.DEVNULL)
        expect_harmless(name, r.stdout + r.stderr)
    assert os.listdir(path("place")) == ["onrush-results"], os.listdir(path("place"))
    for n in os.listdir(path("place/onrush-results")):
        assert not re.match(r"[.~-]", n) and not re.search(r"[/$`()\s%:]", n) and not HARMFUL.search(n), n
    assert not [n for n in os.listdir(FOLDER) if n == "owned"]


main()
