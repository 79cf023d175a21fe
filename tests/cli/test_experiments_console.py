#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Experiments at the console: what it says of them, and who takes over."""
import concurrent.futures, os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = {name}
[target]
url = {url}
[stages]
hold = 2s at 8
[request home]
GET = /
[scenario a]
flow = home
think = 20ms
"""
SECOND = """[scenario b]
stages = b
flow = home
think = 20ms
[stages b]
hold = 2s at 4
"""
FIND = ("find", "--until", "p(95) < 5000", "--from", "4", "--max", "64", "--step", "2s", "--no-history")


def at_console(name, keys, *command, more=""):
    """Its frames by name, its summary if there is one, what it printed."""
    with Target("service=2ms") as t:
        p = write(name + ".ini", PROFILE.format(name=name, url=t.url) + more)
        frames = path(name + "-frames")
        r = onrush(*command, "--keys", write(name + ".keys", keys), "--frames", frames, "--size", "120x38",
                   "--out", path(name), p)
        received = t.counts()["received"]
    shots = {}
    for f in os.listdir(frames):
        with open(os.path.join(frames, f)) as file:
            shots[f[:-4]] = file.read()
    return r, shots, received


RUNS = {
    # by hand while the first level is measured
    "taken": ("1.2 shot steps\n1.5 +\n3 shot hand\n4 q\n4.2 q\n", *FIND),
    "repeated": ("0.5 shot first\n", "run", "--repeat", "2", "-u", "2", "-d", "1s", "--no-history"),
}
POOL = concurrent.futures.ThreadPoolExecutor()
DONE = {}


def done(name):
    """All at the same time, for each takes its seconds."""
    for n in RUNS if not DONE else ():
        DONE[n] = POOL.submit(at_console, n, RUNS[n][0], *RUNS[n][1:])
    return DONE[name].result()


@test
def find_says_what_it_does():
    _, shots, _ = done("taken")
    assert re.search(r"find: step 1, 4 VUs, (settles|is measured)", shots["steps"]), shots["steps"]


@test
def who_types_a_level_takes_over():
    r, shots, received = done("taken")
    s = load("taken/summary.json")
    found = s["onrush"]["find"]
    assert found["outcome"] == "taken", (found, r.stdout, r.stderr)
    assert "find: step" not in shots["hand"] and "find: " in shots["hand"], shots["hand"]
    # nothing steered after the operator did
    commands = [a["command"] for a in s["onrush"]["actions"]]
    hand = next(i for i, c in enumerate(commands) if c.startswith("level") and "find" not in c and i > 0)
    assert not any(c.startswith("level") for c in commands[hand + 1:]), commands
    assert s["metrics"]["http_reqs"]["values"]["count"] <= received


@test
def a_repeated_run_says_which_it_is():
    r, shots, _ = done("repeated")
    assert r.returncode == 0, r.stdout + r.stderr
    assert any("run 1 of 2" in x or "run 2 of 2" in x for x in shots.values()), shots
    assert len(load("repeated/repeat.json")["runs"]) == 2


@test
def several_scenarios_are_found_together():
    with Target("service=2ms") as t:
        p = write("two.ini", PROFILE.format(name="two", url=t.url) + SECOND)
        out = onrush("find", "--until", "p(95) < 5000", "--from", "3", "--max", "6", "--step", "1s", "--json",
                     "--no-history", "--out", path("two"), p)
        found = json.loads(out.stdout)
        assert found["outcome"] == "cap" and found["held"] == 6, (found, out.stderr)
        s = load("two/summary.json")["onrush"]
        # each has its share of the level: two to one
        texts = [e["text"] for e in s["events"]]
        for name, level in (("a", 4), ("b", 2)):
            assert any(re.match(f"{name}: .* to {level} by hand", x) for x in texts), texts


@test
def scale_leaves_thresholds_events_and_who_is_told_out():
    with Target("service=2ms") as t:
        p = write("left.ini", PROFILE.format(name="left", url=t.url) +
                  "[thresholds]\nhttp_req_duration = p(95) < 0.001\n[event e]\nat = 100ms\ndo = level 50\n"
                  f"[alerts]\nslow = http_req_duration p(95) > 0.001 for 1s, critical, exec touch {path('told')}\n")
        onrush("scale", "--allow-exec", "--at", "0.5,1", "--step", "1s", "--no-history", "--out", path("left"), p, status=0)
        s = load("left/summary.json")
        assert s["onrush"]["thresholds"] == [] and s["onrush"]["exit"]["status"] == 0, s["onrush"]["exit"]
        assert s["metrics"]["vus_max"]["values"]["value"] == 8, s["metrics"]["vus_max"]
        assert s["onrush"]["alerts"][0]["times"] >= 1 and not os.path.exists(path("told")), s["onrush"]["alerts"]


main()
