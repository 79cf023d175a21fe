#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""profiles/ports: what people run with k6, Locust, Artillery and scripts of
their own, at a small scale against the built-in target; each is judged by
its own thresholds. ONRUSH_PORTS=show prints the verdicts."""
import glob, os, re, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa
from timed import in_time, timed  # noqa

PORTS = os.path.abspath(os.path.join(os.environ.get("TESTS_SRC", "tests"), "..", "profiles", "ports"))
FAST = ("service=1ms", "capacity=64")
# Slow, but never full: what a busy machine adds is little beside it, so that
# the second before and the second after a spike are alike.
STEADY = ("service=100ms", "spread=0.05", "capacity=1000")
TASKS = (*FAST, "task_time=20ms")
OFTEN = ("--set", "request.done.every=20ms", "--set",
         "scenario.user.tasks=(summarize done) 120/m, (translate done) 60/m, (classify done) 90/m, "
         "(generate done) 30/m, (embed done) 90/m")


def summary_of(port, url, *args, status=0, env=None):
    """Runs it; the summary, and the verdicts by threshold."""
    out = path("out-" + port)
    r = onrush("run", "--headless", "--no-history", "--out", out, *(("--url", url) if url else ()), *args,
               os.path.join(PORTS, port + ".ini"), timeout=90, env=env)
    if os.environ.get("ONRUSH_PORTS"):
        print("\n".join("# " + line for line in r.stdout.splitlines() if re.match("[✓✗]", line)))
    # 99 and 4: limits, and onrush itself, that no busy machine keeps
    in_time(r.returncode in (0, status) or r.returncode not in (4, 99), r.stdout + r.stderr)
    assert r.returncode in (0, status), r.stdout + r.stderr
    s = load(f"out-{port}/summary.json")
    verdicts = {f"{name} {text}": t["ok"] for name, m in s["metrics"].items()
                for text, t in m.get("thresholds", {}).items()}
    assert verdicts, s["metrics"].keys()
    assert r.returncode == status, (r.returncode, verdicts, r.stdout, r.stderr)
    if status == 0:
        assert all(verdicts.values()), verdicts
    return s


def value(s, metric, of):
    return s["metrics"][metric]["values"][of]


def one(s):
    """The summary's requests, by name."""
    return {r["name"]: r for r in s["onrush"]["requests"]}


@test
@timed
def k6_basic_load():
    with Target(*FAST) as t:
        s = summary_of("k6-basic-load", t.url, "--time-scale", "0.02", "--set", "scenario.default.think=10ms")
        n = value(s, "http_reqs", "count")
        assert n > 50 and n == t.counts()["received"], n
        assert value(s, "requests", "count") == n and value(s, "errors", "rate") < 0.05
        assert s["metrics"]["response_time"]["contains"] == "time"
        assert abs(value(s, "response_time", "med") - value(s, "http_req_duration", "med")) < 0.01
        assert value(s, "checks", "passes") + value(s, "checks", "fails") == 3 * n


@test
@timed
def k6_basic_load_sees_errors():
    with Target(*FAST, "errors=30%") as t:
        s = summary_of("k6-basic-load", t.url, "--time-scale", "0.02", "--set", "scenario.default.think=10ms",
                       status=99)
        assert value(s, "errors", "rate") == value(s, "http_req_failed", "rate") > 0.1


@test
@timed
def k6_stress():
    with Target(*FAST) as t:
        s = summary_of("k6-stress", t.url, "--time-scale", "0.001", "--load-scale", "0.1",
                       "--set", "scenario.default.think=0s..20ms")
        counts = [r["requests"] for r in one(s).values()]
        assert len(counts) == 3 and min(counts) > 50 and max(counts) - min(counts) <= 40, counts
        assert sum(counts) == t.counts()["received"] - s["onrush"]["counting"]["abandoned"]


@test
@timed
def k6_spike():
    with Target(*FAST, "queue=8") as t:
        s = summary_of("k6-spike", t.url, "--time-scale", "0.005", "--load-scale", "0.05",
                       "--set", "scenario.default.think=10ms")
        assert value(s, "vus_max", "value") == 70 and value(s, "checks", "rate") == 1


@test
@timed
def k6_soak():
    with Target(*FAST) as t:
        assert "stages] is missing" in onrush("check", os.path.join(PORTS, "k6-soak.ini"), status=104).stderr
        s = summary_of("k6-soak", t.url, "--duration", "1h", "--vus", "50", "--time-scale", "0.0005",
                       "--set", "scenario.default.think=50ms")
        assert value(s, "vus_max", "value") == 50 and value(s, "iterations", "count") > 500


class Rpc(Target):
    """Five ports: full chain, bare, validation, logger, tracing."""

    def __enter__(self):
        self.process = start("target", "--rpc", "--port", "0", *self.settings)
        self.urls = [re.search(r"http://\S+", self.process.stdout.readline()).group(0) for _ in range(5)]
        self.url = self.urls[0]
        return self


@test
@timed
def rpc_load_and_stress():
    with Rpc(*FAST) as t:
        s = summary_of("rpc-load", t.url, "--time-scale", "0.005")
        assert value(s, "vus_max", "value") == 100
        s = summary_of("rpc-stress", t.url, "--time-scale", "0.005", "--load-scale", "0.1")
        assert value(s, "vus_max", "value") == 200


@test
@timed
def rpc_spike_recovers():
    with Rpc(*STEADY) as t:
        s = summary_of("rpc-spike", t.url, "--time-scale", "0.15", "--load-scale", "0.2")
        assert value(s, "recovery_time", "value") < 10000, s["metrics"]["recovery_time"]


@test
@timed
def rpc_overhead():
    with Rpc(*FAST) as t:
        names = ("bare", "validation", "logger", "tracing")
        urls = [x for n, u in zip(names, t.urls[1:]) for x in ("--set", f"variant.{n}.url={u}")]
        s = summary_of("rpc-overhead", None, "--time-scale", "0.02", *urls)
        counts = [r["requests"] for r in one(s).values()]
        assert len(counts) == 4 and max(counts) - min(counts) <= 10, counts
        assert [o["variant"] for o in s["onrush"]["overhead"]] == list(names[1:]), s["onrush"]["overhead"]


@test
@timed
def tasks_baseline_and_a_thousand():
    with Target(*TASKS) as t:
        s = summary_of("tasks-baseline", t.url, "--time-scale", "0.005", *OFTEN)
        requests = one(s)
        handed_in = sum(r["requests"] for n, r in requests.items() if n != "done")
        assert handed_in > 20 and requests["done"]["requests"] >= handed_in * 0.9, requests
        assert value(s, "done_completion", "med") > 0
        watched = {g["name"] for g in s["onrush"]["monitors"]["gauges"]}
        assert {"host_cpu", "host_memory", "host_disk_write", "host_network_in"} <= watched, watched
        s = summary_of("tasks-1000-users", t.url, "--time-scale", "0.002", "--load-scale", "0.1", *OFTEN)
        assert value(s, "vus_max", "value") == 100


@test
@timed
def tasks_until_it_breaks():
    with Target(*FAST, "task_time=2s", "task_workers=1", "task_queue=2") as t:
        s = summary_of("tasks-stress", t.url, "--time-scale", "0.003", "--load-scale", "0.02",
                       "--set", "profile.graceful_stop=100ms", *OFTEN, status=99)
        assert s["onrush"]["ended_early"] is True, s["onrush"]
        assert t.counts()["shed"] > 0


@test
@timed
def tasks_endurance_and_spike():
    with Target(*STEADY, "task_time=20ms") as t:
        summary_of("tasks-endurance", t.url, "--time-scale", "0.00003", *OFTEN)
        s = summary_of("tasks-spike", t.url, "--time-scale", "0.02", "--load-scale", "0.1", *OFTEN)
        assert value(s, "vus_max", "value") == 55


@test
@timed
def locust_journey():
    with Target(*FAST) as t:
        s = summary_of("locust-journey", t.url, "--time-scale", "0.01", "--set", "scenario.user.think=5ms..20ms",
                       env={"API_TOKEN": "secret"})
        n = {name: r["requests"] for name, r in one(s).items()}
        all = sum(n.values())
        assert all > 1000, n
        for name, share in (("browse", 3 / 6), ("product", 2 / 6), ("account", 1 / 6)):
            assert abs(n[name] / all - share) < 0.06, n
    r = onrush("check", os.path.join(PORTS, "locust-journey.ini"), status=104)
    assert "the environment has no variable 'API_TOKEN'" in r.stderr, r.stderr


@test
@timed
def artillery_phases():
    with Target(*FAST) as t:
        s = summary_of("artillery-phases", t.url, "--time-scale", "0.02")
        planned = (60 * 10 + 120 * 30 + 60 * 100) * 0.02
        assert abs(value(s, "iterations", "count") - planned) <= 2, (s["metrics"]["iterations"], planned)
        assert {r["requests"] for r in one(s).values()} == {value(s, "iterations", "count")}


@test
@timed
def a_command_line_tool():
    s = summary_of("command-line", None, "--allow-exec")
    assert value(s, "http_reqs", "count") == 10 == value(s, "iterations", "count")
    assert s["onrush"]["counting"]["discarded"] == 2, s["onrush"]["counting"]
    d = s["metrics"]["http_req_duration"]["values"]
    assert 0 < d["min"] <= d["avg"] <= d["max"]


@test
def every_port_was_run():
    there = {os.path.basename(f)[:-4] for f in glob.glob(os.path.join(PORTS, "*.ini"))}
    with open(__file__) as f:
        run = set(re.findall(r'summary_of\("([a-z0-9-]+)"', f.read()))
    assert there == run, there ^ run


main()
