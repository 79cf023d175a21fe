#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of this machine: said before the start, survived in the run."""
import atexit, os, resource, sys

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

        atexit.register(run.kill)  # should this test fail

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


def cpus_of_threads(pid):
    lists = []
    for tid in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{tid}/status") as f:
            lists.append(re.search(r"Cpus_allowed_list:\s*(\S+)", f.read()).group(1))
    return lists


@test
def workers_are_pinned():
    usable = sorted(os.sched_getaffinity(0))
    one = str(usable[-1])
    with Target() as t:
        p = profile("pinned.ini", t.url, 3)
        run = start("run", "--cpus", one, "--progress", "json", "--control", path("pinned.sock"), "--out",
                    path("pinned"), p)
        atexit.register(run.kill)
        run.stdout.readline()
        pinned = [x for x in cpus_of_threads(run.pid) if x == one]
        with open(f"/proc/{run.pid}/status") as f:  # the main thread is left alone
            main_thread = re.search(r"Cpus_allowed_list:\s*(\S+)", f.read()).group(1)
        onrush("ctl", "--socket", path("pinned.sock"), "finish", status=0)
        run.communicate(timeout=30)
        if len(usable) > 1:
            assert len(pinned) == 1 and main_thread != one, (pinned, main_thread)
        g = load("pinned/summary.json")["onrush"]["generator"]
        assert g["cpus"] == one and g["workers"] == 1, g
        assert len(g["busy_by_worker"]) == 1
        everywhere = ",".join(str(c) for c in usable)
        onrush("run", "--cpus", everywhere, "--stages", "100ms at 3", "--out", path("all"), p, status=0)
        assert load("all/summary.json")["onrush"]["generator"]["workers"] == min(len(usable), 64)
        r = onrush("run", "--cpus", "5000", p, status=104)
        assert re.search(r"--cpus: cpu \d+ is not there: this machine has 0", r.stderr), r.stderr
        assert t.counts()["received"] > 0


@test
def a_target_without_files_says_so():
    for n in (5, 6, 7, 10, 20):
        r = onrush("target", "--port", "0", status=1, preexec_fn=files(n))
        assert f"onrush target: needs 32 open files, this machine allows {n}: raise ulimit -n" in r.stderr, r.stderr


main()
