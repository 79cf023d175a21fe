#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that was driven by hand, and the profile that it saved: both have as
many virtual users at work, second for second."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

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
    """What each line of progress has: the VUs at work by second."""
    sock = path(name + ".sock")
    p = start("run", "--headless", "--progress", "json", "--control", sock, "--out", path(name), profile)
    active = {}
    for line in p.stdout:
        if not line.startswith("{"):
            continue
        second = json.loads(line)
        at = round(second["t_ms"] / 1000)
        active[at] = second["vus"]
        for command in drive.get(at, []):
            onrush("ctl", "--socket", sock, command, status=0)
    _, errors = p.communicate(timeout=30)
    assert p.returncode == 0, errors
    return active


@test
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
        assert len(was) >= 12 and set(was) <= set(again) | {max(was)}, (was, again)
        # a line is told up to a tick after its second: a ramp of 13 a second
        # goes on by one or two meanwhile
        apart = {s: (was[s], again[s]) for s in was if s in again and abs(was[s] - again[s]) > 2}
        assert not apart, (apart, text)


main()
