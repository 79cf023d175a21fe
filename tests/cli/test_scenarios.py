#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several scenarios, steered one at a time: by `onrush ctl`, by keys, by events of the profile; the others' executed
stages stay what the profile says."""
import os, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = market
graceful_stop = 1s
[target]
url = {url}
[stages]
hold = 7s at 4
[stages feed]
hold = 7s at 20/s
[scenario buyers]
flow = home
think = 20ms
[scenario feed]
stages = feed
flow = order
[request home]
GET = /json
[request order]
POST = /status/201
{more}"""


def begin(*args):
    """A run that does not outlive a test that failed while it was steered."""
    run = start("run", *args)
    atexit.register(lambda: run.poll() is None and run.kill())
    return run


def stages(summary):
    return {s["name"]: [(x["name"], x["origin"], x["to"]) for x in s["stages"] if x["origin"] != "grace"]
            for s in summary["onrush"]["scenarios"]}


def untouched(summary, name, level):
    got = stages(summary)[name]
    assert got == [("hold", "planned", level)], got


def control(sock):
    def ctl(*words, status=0):
        return json.loads(onrush("ctl", "--socket", sock, *words, status=status).stdout)

    until(lambda: os.path.exists(sock) and ctl("status")["status"]["run"]["requests"] > 0)
    return ctl


def until(holds):
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    assert holds()


@test
def ctl_steers_the_scenario_that_it_names():
    with Target("service=1ms") as t:
        p = write("market.ini", PROFILE.format(url=t.url, more=""))
        sock = path("market.sock")
        run = begin("--headless", "--control", sock, "--out", path("ctl"), p)
        ctl = control(sock)
        answer = ctl("for", "feed", "level", "35/s")["answer"]
        assert answer.startswith("feed: ") and "to 35 by hand" in answer, answer
        until(lambda: ctl("status")["status"]["scenarios"][1]["planned"] == 35)
        s = ctl("status")["status"]
        assert s["focus"] == "buyers" and s["driver"] == "plan", s
        buyers, feed = s["scenarios"]
        assert (buyers["name"], buyers["unit"], buyers["driver"], buyers["planned"]) == ("buyers", "vus", "plan", 4), s
        assert (feed["name"], feed["unit"], feed["driver"], feed["planned"]) == ("feed", "arrivals/s", "hand", 35), s
        assert "for the whole run" in ctl("for", "feed", "pause", status=1)["error"]
        assert "did you mean 'feed'" in ctl("for", "feet", "hold", status=1)["error"]
        ctl("for", "feed", "go")
        out, err = run.communicate(timeout=40)
        assert run.returncode == 0, out + err
        assert "2/2 scenarios" in out and "4/4 VUs, " in out and "/s" in out, out
        summary = load("ctl/summary.json")
        untouched(summary, "buyers", 4)
        feed = stages(summary)["feed"]
        assert [x[1] for x in feed] == ["planned", "hand", "planned"] and feed[1][2] == 35, feed
        assert summary["onrush"]["was_steered"] is True
        assert [a["command"] for a in summary["onrush"]["actions"]] == ["for feed level 35/s", "for feed go"]
        # the arrivals are the feed's alone, though the buyers make iterations too
        arrivals, counted = summary["onrush"]["arrivals"], summary["onrush"]["scenarios"]
        assert arrivals["started"] == counted[1]["started"], (arrivals, counted[1]["started"])
        assert counted[0]["started"] + counted[1]["started"] >= summary["onrush"]["counting"]["iterations"]


@test
def who_only_looks_at_another_scenario_steers_nothing():
    with Target("service=1ms") as t:
        p = write("market.ini", PROFILE.format(url=t.url, more=""))
        sock = path("looks.sock")
        run = begin("--headless", "--control", sock, "--out", path("looks"), "--time-scale", "0.5", p)
        ctl = control(sock)
        ctl("scenario", "feed")
        assert ctl("status")["status"]["focus"] == "feed"
        run.communicate(timeout=40)
        summary = load("looks/summary.json")
        assert run.returncode == 0 and summary["onrush"]["was_steered"] is False
        assert summary["onrush"]["load_unit"] == "vus"
        untouched(summary, "buyers", 4)
        untouched(summary, "feed", 20)


@test
def keys_steer_the_scenario_that_is_shown():
    with Target("service=1ms") as t:
        p = write("market.ini", PROFILE.format(url=t.url, more=""))
        # somebody else turns ctl's commands on the first one, between two keys
        sock = path("keys.sock")
        keys = write("keys", "1.0 c\n1.2 shot feed\n1.4 +\n3.4 +\n3.6 shot hand\n3.8 g\n")
        run = begin("--keys", keys, "--frames", path("frames"), "--size", "120x38", "--control", sock, "--out",
                    path("keys-out"), p)
        ctl = control(sock)
        ctl("scenario", "feed")
        ctl("scenario", "buyers")
        out, err = run.communicate(timeout=40)
        assert run.returncode == 0, out + err
        summary = load("keys-out/summary.json")
        untouched(summary, "buyers", 4)
        assert [x[1] for x in stages(summary)["feed"]][:2] == ["planned", "hand"], stages(summary)
        commands = [a["command"] for a in summary["onrush"]["actions"] if not a["command"].startswith("scenario")]
        assert commands == ["for feed level +1%", "for feed level +1%", "for feed go"], commands
        for name, word in (("feed", "PLAN feed"), ("hand", "HAND feed")):
            with open(path(f"frames/{name}.txt")) as f:
                frame = f.read()
            assert word in frame and "stages of feed" in frame, frame


@test
def events_move_no_operators_scenario():
    more = "[event look]\nat = 500ms\ndo = scenario feed\n[event rush]\nat = 1s\ndo = spike 40/s 2500ms\n"
    with Target("service=1ms") as t:
        p = write("market.ini", PROFILE.format(url=t.url, more=more))
        sock = path("events.sock")
        run = begin("--headless", "--control", sock, "--out", path("events"), p)
        ctl = control(sock)
        until(lambda: ctl("status")["status"]["scenarios"][1]["stage"] == "hand-spike")
        assert ctl("status")["status"]["focus"] == "buyers"
        ctl("level", "6")
        ctl("go")
        out, err = run.communicate(timeout=40)
        summary = load("events/summary.json")
        assert [x[1:] for x in stages(summary)["buyers"]][1] == ("hand", 6), stages(summary)
        assert ("hand-spike", "spike", 40) in stages(summary)["feed"], stages(summary)
        assert "the load never came back" not in out, out
        spikes = summary["onrush"]["recovery"]
        assert len(spikes) == 1 and spikes[0]["cause"] == "feed: hand-spike" and spikes[0]["back_ms"], spikes


main()
