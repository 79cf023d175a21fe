#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is lost, nothing is counted twice. Of all that can go wrong:
tests/faults/test_matrix.py."""
import os, signal, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa
import trust
from manners import Server


@test
def a_posted_request_is_sent_once():
    """Line 16's half that counts: whatever closes when, no POST twice."""
    paths = ["/ok", "/close-after", "/reset-after", "/close-before", "/reset-before", "/reset-in-body"]
    posts = "".join(f"[request {p.strip('/')}]\nPOST = {p}\nbody = order\n" for p in paths)
    with Server() as s:
        r = run("posts", profile("posts", s.url, "hold = 2s at 20", posts, "", mix(paths)))
        s.settle()
        check_accounts(r)
        c = r.counting
        assert c["requests"] > 200 and c["retried"] == 0, c
        assert set(r.errors) <= {"reset", "truncated"}, r.errors
        assert s.seen.total() <= c["sent"] <= c["requests"] + c["abandoned"], (s.seen.total(), c)
        for p in paths:
            x = r.requests[p.strip("/")]
            assert x["requests"] - x["failed"] <= s.seen[p] <= x["sent"], (p, x, s.seen[p])


@test
def what_is_under_way_at_the_stop():
    """A grace of 0, and a stop in the middle: at most one for each VU."""
    with Server() as s:
        for name, stop in (("grace", False), ("stopped", True)):
            s.seen.clear()
            p = profile(name, s.url, "hold = 1s at 30" if not stop else "hold = 60s at 30", ["/ok", "/silent-in-body"],
                        grace="0s" if not stop else "30s")
            going = Going(name, p, "--workers", "2")
            if stop:
                while s.seen["/silent-in-body"] < 30 and not going.is_over():
                    time.sleep(0.02)
                going.process.send_signal(signal.SIGINT)
                time.sleep(0.2)
                going.process.send_signal(signal.SIGINT)
            r = going.wait()
            s.settle()
            check_accounts(r)
            c = r.counting
            assert r.status == (105 if stop else 0), (r.status, r.out)
            assert c["abandoned"] == 30 and c["failed"] == 0, c
            assert c["requests"] + c["abandoned"] == c["sent"] == s.seen.total(), (c, s.seen)


@test
def exit_statuses_stand_in_the_summary():
    with Server() as s:
        def go(name, threshold, status, stages="hold = 500ms at 2", then=None, url=s.url):
            p = profile(name, url, stages, ["/ok"], more=f"[thresholds]\nhttp_reqs = {threshold}\n")
            going = Going(name, p)
            if then:
                then(going)
            r = going.wait()
            assert r.status == status, (name, r.status, r.out)
            check_accounts(r)
            assert r.onrush["exit"]["words"], r.onrush["exit"]

        def interrupt(going):
            before = s.seen["/ok"]
            while s.seen["/ok"] < before + 10 and not going.is_over():
                time.sleep(0.01)
            going.process.send_signal(signal.SIGINT)

        go("held", "count > 1", 0)
        go("broke", "count > 1000M", 99)
        go("undecided", "count > 1\nhttp_req_duration{ok} = p(95) < 0ms", 99)
        go("interrupted", "count > 1", 105, "hold = 60s at 2", interrupt)
        go("nobody", "count > 1", 3, "hold = 60s at 2", url="http://127.0.0.1:1")
        p = write("bad.ini", "[target]\nurl = http://127.0.0.1:1\n[stages]\na = 1s to many\n[request a]\nGET = /\n")
        r = Going("bad", p).wait()
        assert r.status == 104 and r.summary is None, r.out
        assert not os.path.exists(path("bad")), "a bad profile leaves no results"


main()
