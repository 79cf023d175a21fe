#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of a real run against a target that can do so much and no more;
the journal, read again, says the same."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

# 4 at a time, of 20 ms: some 190/s, which 12 VUs do not ask for, and 50 do.
PROFILE = """[profile]
name = bends
graceful_stop = 2s
[target]
url = {url}
[request home]
GET = /
[scenario v]
think = 100ms..200ms
[stages]
low = 12s at 12
full = 7s at 50
more = 8s at 100
"""


@test
def a_queue_is_found_and_found_again():
    with Target("capacity=4", "service=20ms", "slowdown=0") as t:
        onrush("run", "--headless", "--out", path("bends"), write("bends.ini", PROFILE.format(url=t.url)), status=0)
    found = load("bends/summary.json")["onrush"]["findings"]
    kinds = {f["kind"]: f for f in found}
    onset, queue = kinds["degradation-onset"], kinds["server-queueing"]
    assert onset["level"] == 50 and 11000 <= onset["from_ms"] <= 14000, onset
    assert "at 50 VUs" in onset["text"] and "up to 12 VUs" in onset["text"], onset
    assert "throughput" in queue["text"] and "50 to 100 VUs" in queue["text"], queue
    assert found == sorted(found, key=lambda f: f["from_ms"]), found
    again = " ".join(onrush("open", "--headless", path("bends"), status=0).stdout.split())
    for f in found:
        assert " ".join(f["text"].split()) in again, (f, again)
    events = [e["text"] for e in load("bends/summary.json")["onrush"]["events"] if e["kind"] == "target"]
    assert any(e == onset["text"] for e in events), events


main()
