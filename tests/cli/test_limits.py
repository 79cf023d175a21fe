#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of this machine: said before the start, survived in the run."""
import os, resource, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = limits
graceful_stop = 2s
[target]
url = {url}
[stages]
hold = 60s at {vus}
[request home]
GET = /json
[thresholds]
http_req_failed = rate <= 1
"""


def files(n):
    """For preexec_fn: this many open files, and not one more."""
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))


def profile(name, url, vus):
    return write(name, PROFILE.format(url=url, vus=vus))


@test
def a_plan_beyond_the_limit_is_refused():
    with Target() as t:
        p = profile("big.ini", t.url, 1000)
        r = onrush("run", "--workers", "1", "--out", path("big"), p, status=104, preexec_fn=files(64))
        m = re.fullmatch(r"onrush: 1000 VUs need (\d+) open files, this machine allows 64: raise ulimit -n; "
                         r"nothing was sent\n", r.stderr)
        assert m and 1000 < int(m.group(1)) < 1100, r.stderr
        assert t.counts()["received"] == 0
        assert not os.path.exists(path("big"))


@test
def a_soft_limit_is_raised():
    with Target() as t:
        p = profile("soft.ini", t.url, 200)
        onrush("run", "--workers", "1", "--stages", "1s at 200", "--out", path("soft"), p, status=0,
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 1000)))
        s = load("soft/summary.json")
        assert s["onrush"]["generator"]["descriptors_max"] == 1000
        assert s["onrush"]["generator"]["bound"] is False
        assert s["metrics"]["vus_max"]["values"]["max"] == 200
        assert s["metrics"]["http_req_failed"]["values"]["rate"] == 0


@test
def an_operator_drives_beyond_the_limit():
    with Target("service=1ms") as t:
        p = profile("beyond.ini", t.url, 5)
        run = start("run", "--workers", "1", "--progress", "json", "--control", path("beyond.sock"), "--out",
                    path("beyond"), p, preexec_fn=files(100))

        def ctl(*words):
            return json.loads(onrush("ctl", "--socket", path("beyond.sock"), *words, status=0).stdout)

        run.stdout.readline()
        assert ctl("level", "500")["ok"]
        failed = 0
        for line in run.stdout:  # the limit was met, and the control socket still opens
            failed = json.loads(line)["failed"]
            if failed:
                break
        assert failed
        assert ctl("status")["ok"]
        assert ctl("finish")["ok"]
        out, err = run.communicate(timeout=30)
        assert run.returncode == 4, (run.returncode, out, err)
        s = load("beyond/summary.json")["onrush"]
        assert [e["class"] for e in s["errors"]] == ["local-descriptors"], s["errors"]
        assert "ulimit -n" in s["errors"][0]["example"]
        assert s["generator"]["bound"] is True and s["generator"]["bound_by"] == "descriptors", s["generator"]
        assert s["generator"]["lost"] == 0
        assert s["counting"]["sent"] == t.counts()["received"]


main()
