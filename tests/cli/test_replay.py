#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that was driven by hand, and the profile that it saved: both have as
many virtual users at work, second for second."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa
from timed import in_time, timed  # noqa

PROFILE = """[profile]
graceful_stop = 1s
graceful_ramp_down = 100ms
[target]
url = {url}
[request home]
GET = /json
[request order]
GET = /json
[scenario shop]
mix = home 60, order 40
think = 10ms..20ms
[stages]
warm-up = 2s to 40
hold = 12s
[thresholds]
http_req_failed = rate < 10%
"""

# After the line of that second.
DRIVE = {
    2: ["level 60", "weight home 10"],
    3: ["level +1%"] * 20,
    5: ["pause", "resume", "think x2"],
    6: ["level 100 in 3s"],
    8: ["threshold 1 = rate < 20%", "spike 80 1s"],
    10: ["undo", "go"],
}


def run(name, profile, drive):
    """What each line of progress has: when it was, and the VUs at work."""
    sock = path(name + ".sock")
    p = start("run", "--headless", "--progress", "json", "--control", sock, "--out", path(name), profile)
    active = []
    for line in p.stdout:
        if not line.startswith("{"):
            continue
        second = json.loads(line)
        active.append((second["t_ms"], second["vus"]))
        for command in drive.get(int(second["t_ms"] // 1000), []):
            onrush("ctl", "--socket", sock, command, status=0)
    _, errors = p.communicate(timeout=30)
    assert p.returncode == 0, errors
    return active


LATE_MS = 250  # a tick, a worker's turn, and graceful_ramp_down


def levels(stages, at_ms):
    """Lowest and highest level from at_ms - LATE_MS on: a ramp has them at
    its ends."""
    all = []
    for s in stages:
        began, ended = s["began_ms"], s["began_ms"] + s["length_ms"]
        for t in (max(began, at_ms - LATE_MS), min(ended, at_ms)):
            if began <= t <= ended:
                share = (t - began) / s["length_ms"] if s["length_ms"] else 1
                all.append(s["from"] + share * (s["to"] - s["from"]))
    return min(all), max(all)


def apart(active, stages):
    """Lines whose VUs are not what the stages ask for."""
    end_ms = stages[-1]["began_ms"] + stages[-1]["length_ms"]
    return [(t, n, levels(stages, t)) for t, n in active if t < end_ms
            and not levels(stages, t)[0] - 2 <= n <= levels(stages, t)[1] + 2]


@test
@timed
def the_saved_profile_makes_the_same_load():
    with Target("service=1ms", "capacity=200") as t:
        was = run("driven", write("shop.ini", PROFILE.format(url=t.url)), DRIVE)
        summary = load("driven/summary.json")["onrush"]
        assert len(summary["actions"]) == sum(len(c) for c in DRIVE.values())
        assert summary["was_steered"]
        assert [x.get("was") for x in summary["thresholds"]] == ["rate < 10%"]
        saved = path("driven/profile.ini")
        with open(saved) as f:
            text = f.read()
        assert "mix = home 10, order 40" in text, text
        assert "think = 20ms..40ms" in text, text
        assert "http_req_failed = rate < 20%" in text, text
        again = run("again", saved, {})
        assert len(was) >= 12 and abs(len(was) - len(again)) <= 1, (was, again)
        # by what the second run had as its plan, each at its own time: a busy
        # machine tells a line late, and then it is another level
        stages = load("again/summary.json")["onrush"]["stages"]
        in_time(not apart(was, stages), apart(was, stages), text)
        in_time(not apart(again, stages), apart(again, stages), text)


main()
