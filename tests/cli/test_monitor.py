#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is watched beside the load: the target's own process, this machine,
and metrics in Prometheus text, from servers good and bad."""
import atexit, os, shutil, socketserver, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa
from servers import Web, serving

PROFILE = """[target]
url = {url}
[stages]
hold = {length} at {vus}
[request home]
GET = /json
[monitor]
"""


def profile(name, url, monitor, length="2s", vus=2):
    return write(name + ".ini", PROFILE.format(url=url, length=length, vus=vus) + monitor)


def summary(name):
    s = load(f"{name}/summary.json")["onrush"]
    gauges = {g["name"]: g for g in s["monitors"]["gauges"]}
    assert len(gauges) == len(s["monitors"]["gauges"])
    return s, gauges, [e["text"] for e in s["events"] if e["text"].startswith("monitor:")]


@test
def the_target_and_the_host():
    with Target() as t:
        p = profile("own", t.url, f"process = {t.process.pid}\nhost = cpu, memory, disk, network\nevery = 200ms\n",
                    length="3s")
        r = onrush("run", "--headless", "--workers", "1", "--out", path("own"), p, status=0)
        s, g, events = summary("own")
        assert s["monitors"]["every_ms"] == 200
        assert list(g) == ["process_cpu", "process_memory", "process_descriptors", "process_threads", "host_cpu",
                           "host_memory", "host_disk_read", "host_disk_write", "host_network_in", "host_network_out"]
        assert 0.02 < g["process_cpu"]["max"] < os.cpu_count() + 1, g["process_cpu"]
        assert g["process_cpu"]["readings"] > 3 and g["process_cpu"]["unit"] == "share"
        assert 1e6 < g["process_memory"]["mean"] < 1e9, g["process_memory"]
        # its listening socket, its loop, and a connection for each VU
        assert g["process_descriptors"]["max"] >= 5, g["process_descriptors"]
        assert g["process_threads"]["min"] >= 1
        assert 0 < g["host_cpu"]["max"] <= 1
        assert g["host_memory"]["min"] > 1e6
        # the target is on loopback, so that counts: at least what came in
        assert g["host_network_in"]["max"] > 1e4, g["host_network_in"]
        if g["host_disk_write"]["readings"] == 0:  # a machine without disks
            assert any("disks" in e for e in events), events
        assert "watched" in r.stdout and "process_descriptors" in r.stdout, r.stdout
        assert s["events"][0]["kind"] == "plan"


@test
def a_process_dies_and_another_comes():
    """The target is watched by its name; its executable is a copy with one."""
    name = "onrush-tgt-7261"
    shutil.copy(ONRUSH, path(name))

    def target():
        p = subprocess.Popen([path(name), "target", "--port", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
        atexit.register(p.kill)
        return p, re.search(r"http://\S+", p.stdout.readline()).group(0)

    def end(p):
        p.terminate()
        p.communicate(timeout=20)

    first, _ = target()
    with Target() as t:
        p = profile("dies", t.url, f"process = {name}\nevery = 100ms\n", length="120s", vus=1)
        run = start("run", "--headless", "--progress", "json", "--workers", "1", "--control", path("dies.sock"),
                    "--out", path("dies"), p)
        atexit.register(run.kill)

        def ctl(*words):
            return json.loads(onrush("ctl", "--socket", path("dies.sock"), *words, status=0).stdout)

        run.stdout.readline()
        end(first)
        run.stdout.readline()  # a second later, ten looks
        second, _ = target()
        for _ in range(2):
            run.stdout.readline()
        ctl("finish")
        out, err = run.communicate(timeout=30)
        assert run.returncode == 0, (run.returncode, err)
        end(second)
    _, g, events = summary("dies")
    assert events == [f"monitor: process {name} is not there", f"monitor: process {name} is there"], events
    assert g["process_memory"]["readings"] >= 10, g["process_memory"]


class Metrics(Web):
    """A counter that grows by 100 with each answer; other pages are faults."""

    def page(self, body):
        n = self.server.seen.counts.get("requests", 0)
        kind = [("Content-Type", "text/plain; version=0.0.4")]
        if self.path.partition("?")[0] == "/metrics":
            return 200, kind, (
                "# TYPE work_bytes_total counter\n"
                f"work_bytes_total {n * 100}\n"
                "# TYPE rooms gauge\n"
                'rooms{floor="1"} 3\nrooms{floor="2"} 4\n'
                'rooms{floor="3"} NaN\n'
                "# TYPE wait histogram\n"
                f'wait_bucket{{le="+Inf"}} {n}\nwait_sum {n * 2}\nwait_count {n}\n').encode()
        if self.path == "/hostile":
            return 200, kind, (b"\x1b[2J\x00\xff{{{\n" * 500 + b"rooms{floor=\"1\" 9\nrooms 5\nrooms{" + b"a" * 100000)
        if self.path == "/large":
            return 200, kind, b"rooms 5\n" * (600 * 1024)
        return 404, kind, b"rooms 5\n"


class Silent(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.seen.add("", connects=1)
        self.request.settimeout(30)
        try:
            while self.request.recv(4096):
                pass
        except OSError:
            pass


class Brief(Metrics):
    """Keeps no connections, so none outlives the server."""
    protocol_version = "HTTP/1.0"


@test
def prometheus_text():
    with Target() as t, serving(Metrics) as m, serving(Metrics) as other:
        base = f"http://127.0.0.1:{m.port}"
        monitor = (f"prometheus = {base}/metrics work_bytes_total, rooms, rooms{{floor=\"2\"}}, wait_count, wait_sum\n"
                   f"prometheus = http://u:s3cret@127.0.0.1:{other.port}/metrics?token=s3cret rooms, absent\n"
                   "every = 250ms\n")
        r = onrush("run", "--headless", "--workers", "1", "--out", path("prom"), profile("prom", t.url, monitor),
                   status=0)
        _, g, events = summary("prom")
        first, second = (f'rooms{{instance="127.0.0.1:{s.port}"}}' for s in (m, other))
        assert set(g) == {"work_bytes_total", first, second, 'rooms{floor="2"}', "wait_count", "wait_sum",
                          "absent"}, list(g)
        assert g[first]["min"] == g[first]["max"] == 7 and g[second]["last"] == 7
        assert g['rooms{floor="2"}']["last"] == 4
        work, count, total = g["work_bytes_total"], g["wait_count"], g["wait_sum"]
        assert work["unit"] == "bytes/s" and count["unit"] == "per second", (work, count)
        # the same intervals, so the ratios are exact
        assert abs(work["mean"] / count["mean"] - 100) < 1e-6 and abs(total["mean"] / count["mean"] - 2) < 1e-6
        assert count["readings"] == g[first]["readings"] - 1
        assert count["min"] > 0 and count["readings"] > 2, count
        assert events == [f"monitor: http://127.0.0.1:{other.port}/metrics has no absent"], events
        assert g["absent"]["readings"] == 0 and g["absent"]["mean"] is None
        assert "s3cret" not in r.stdout + r.stderr + open(path("prom/summary.json")).read()


@test
def what_cannot_be_read_is_said_once():
    with Target() as t, serving(Metrics) as m, serving(Silent) as silent:
        base = f"http://127.0.0.1:{m.port}"
        monitor = (f"prometheus = {base}/gone rooms\n"
                   f"prometheus = {base}/large rooms\n"
                   f"prometheus = {base}/hostile rooms\n"
                   f"prometheus = http://127.0.0.1:{silent.port}/ rooms\n"
                   "prometheus = http://127.0.0.1:1/ rooms\n"
                   "every = 500ms\n")
        onrush("run", "--headless", "--workers", "1", "--out", path("bad"), profile("bad", t.url, monitor), status=0)
        _, g, events = summary("bad")
        assert len(events) == 4, events
        told = " ".join(events)
        for words in (f"{base}/gone cannot be read: the answer's status is 404",
                      f"{base}/large cannot be read: the answer is larger than 4 MiB",
                      f"127.0.0.1:{silent.port}/ cannot be read: no answer within 500ms",
                      "127.0.0.1:1/ cannot be read: "):
            assert told.count(words) == 1, (words, events)
        readings = {n: x["readings"] for n, x in g.items()}
        hostile = [n for n, k in readings.items() if k]
        assert len(hostile) == 1 and g[hostile[0]]["last"] == 5, readings
        assert silent.seen.counts["connects"] >= 2


@test
def a_server_that_comes_back():
    with Target() as t:
        with serving(Brief) as m:
            url = f"http://127.0.0.1:{m.port}/metrics"
            p = profile("back", t.url, f"prometheus = {url} rooms\nevery = 100ms\n", length="120s", vus=1)
            run = start("run", "--headless", "--progress", "json", "--workers", "1", "--control", path("back.sock"),
                        "--out", path("back"), p)
            atexit.register(run.kill)
            run.stdout.readline()
        for _ in range(2):  # seconds
            run.stdout.readline()
        with serving(Brief, at=m.port):
            for _ in range(2):
                run.stdout.readline()
            onrush("ctl", "--socket", path("back.sock"), "finish", status=0)
            run.communicate(timeout=30)
        assert run.returncode == 0
        _, g, events = summary("back")
        assert len(events) == 2 and events[0].startswith(f"monitor: {url} cannot be read: "), events
        assert events[1] == f"monitor: {url} is there", events
        assert g["rooms"]["min"] == g["rooms"]["max"] == 7


@test
def the_console_shows_it():
    with Target() as t:
        keys = write("keys", "1.6 shot now\n2.2 space\n2.8 space\n3.2 q\n")
        p = profile("seen", t.url, f"process = {t.process.pid}\nhost = cpu\nevery = 200ms\n", length="60s")
        onrush("run", "--keys", keys, "--frames", path("frames"), "--size", "120x38", "--workers", "1", "--out",
               path("seen"), p, status=0)
        with open(path("frames/now.txt")) as f:
            frame = f.read()
        assert re.search(r"watched .* now .* max ", frame), frame
        assert re.search(r"process_cpu +[\d.]+% +[\d.]+% ", frame), frame
        s, g, events = summary("seen")
        assert not events and g["process_threads"]["readings"] >= 3, (events, g)


@test
def check_says_what_is_watched():
    p = profile("check", "http://127.0.0.1:9", "process = 4242\nprocess = nginx\nhost = cpu, disk\n"
                "prometheus = http://u:pw@127.0.0.1:9090/metrics a, b\n")
    out = onrush("check", p, status=0).stdout
    assert ("watches every 5s: process 4242, process nginx, host's cpu, host's disk, "
            "2 metrics of http://127.0.0.1:9090/metrics\n") in out, out
    r = onrush("check", profile("wrong", "http://127.0.0.1:9", "host = cpu, dsk\n"), status=104)
    assert re.search(r"wrong\.ini:8:13: 'dsk' cannot be watched; .*; did you mean 'disk'\?", r.stderr), r.stderr


@test
def the_profile_that_was_executed_watches_too():
    with Target() as t:
        monitor = 'process = nobody-of-this-name\nhost = cpu\nevery = 1s\n'
        onrush("run", "--headless", "--workers", "1", "--stages", "1s at 1", "--out", path("again"),
               profile("again", t.url, monitor), status=0)
        with open(path("again/profile.ini")) as f:
            assert "[monitor]\n" + monitor.replace(" ", "") in f.read().replace(" = ", "=") + "\n"


main()
