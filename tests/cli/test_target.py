#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`onrush target` as a user meets it: the RPC's five ports, and onrush itself
loading what the target plays, with both counting."""
import json, re, signal, socket, urllib.error, urllib.request
from tap import *

PORTS = ["full chain", "no interceptors", "validation", "logger", "tracing"]


class Rpc:
    def __init__(self, *args):
        self.args = args

    def __enter__(self):
        self.process = start("target", "--rpc", *self.args)
        self.lines = [self.process.stdout.readline() for _ in PORTS]
        self.urls = [re.search(r"http://\S+", line).group(0) for line in self.lines]
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=20)


def ask(url, body=None, **headers):
    """Status, headers, JSON."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers), timeout=10) as r:
            return r.status, r.headers, json.load(r)
    except urllib.error.HTTPError as e:
        return e.code, e.headers, json.load(e)


@test
def five_ports_say_what_they_are():
    with Rpc("--port", "0") as t:
        for line, name in zip(t.lines, PORTS):
            assert re.fullmatch(rf"onrush target: http://127\.0\.0\.1:\d+ {name}, capacity 32, service 20ms\n", line), line
        assert len(set(t.urls)) == 5
        for url, name in zip(t.urls, PORTS):
            assert ask(url + "/rpc/Echo", {"message": "hi"})[2] == {"message": "hi", "method": "Echo"}
            checks = name in ("full chain", "validation")
            assert ask(url + "/rpc/Echo", {})[0] == (400 if checks else 200), name
            trace = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"
            told = ask(url + "/rpc/Echo", {"message": "hi"}, traceparent=trace)[1]["traceparent"]
            assert bool(told) == (name in ("full chain", "tracing")), name
        t.process.send_signal(signal.SIGINT)
        out, err = t.process.communicate(timeout=20)
        assert t.process.returncode == 0 and not err
        for line, name in zip(out.splitlines(), PORTS):
            assert line == f"onrush target: {name}, received 3, served 3, connections 3", line


@test
def five_ports_in_a_row():
    """Where five neighbours are free: at most a few tries, others use ports too."""
    for _ in range(20):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = min(s.getsockname()[1], 65531)
        p = start("target", "--rpc", "--port", str(port))
        line = p.stdout.readline()
        if not line:
            _, err = p.communicate(timeout=20)
            assert p.returncode == 1 and "cannot" in err, err
            continue
        lines = [line] + [p.stdout.readline() for _ in range(4)]
        p.terminate()
        p.communicate(timeout=20)
        assert [f":{port + i} {name}," in lines[i] for i, name in enumerate(PORTS)] == [True] * 5, lines
        return
    raise Skip("five free ports in a row")


@test
def a_port_that_is_taken_is_said():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        port = s.getsockname()[1]
        p = onrush("target", "--rpc", "--port", str(min(port, 65531)), status=1)
        assert "cannot bind" in p.stderr and not p.stdout
    for args in (("--rpc", "--port", "65532"), ("--rpc=x",), ("--rcp",)):
        assert onrush("target", *args, status=104).stderr.startswith("onrush target: ")


@test
def load_and_target_count_the_same():
    """A user's day: login, browse, order, task; every answer is one that the
    target counted."""
    profile = """[profile]
iterations = 300
graceful_stop = 5s
[target]
url = %s
[stages]
a = 30s at 10
[request login]
POST = /login
header = Content-Type: application/json
body = {"user": "Ada", "password": "x"}
check ok = status == 200
[request account]
GET = /account
header = Authorization: Bearer 17-x
check ok = status == 200
[request browse]
GET = /products?page=2
check ok = status == 200
[request order]
POST = /orders
body = {"sku": "S-3", "qty": 2}
check ok = status == 201
[request task]
POST = /tasks
body = {"kind": "embed", "quality": "draft"}
check taken = status == 202 or status == 429
[request call]
POST = /rpc/Echo
body = {"message": "hello"}
check ok = status == 200
"""
    with Target("service=200us", "task_workers=1", "task_queue=5", "task_time=1h") as t:
        p = write("day.ini", profile % t.url)
        onrush("run", "--headless", "--workers", "1", "--out", path("day"), p)
        counts = t.counts()
        s = load("day/summary.json")
        assert counts["received"] == s["onrush"]["counting"]["sent"] == 1800, counts
        assert counts["served"] == 1800 - 294 and counts["shed"] == 294, counts
        with urllib.request.urlopen(t.url + "/metrics", timeout=10) as r:
            text = r.read().decode()
        assert 'onrush_target_requests_total{outcome="served"} 1506\n' in text, text
        assert 'onrush_target_tasks{state="queued"} 5\n' in text, text


@test
def every_metric_is_well_formed():
    with Target("service=0s") as t:
        with urllib.request.urlopen(t.url + "/metrics", timeout=10) as r:
            lines = r.read().decode().splitlines()
    types = {}
    for line in lines:
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert kind in ("counter", "gauge") and name not in types
            types[name] = kind
        elif not line.startswith("# HELP "):
            m = re.fullmatch(r'([a-z_]+)(\{[a-z]+="[a-z]+"\})? ([0-9.]+)', line)
            assert m and m.group(1) in types, line
            assert (types[m.group(1)] == "counter") == m.group(1).endswith("_total"), line
            float(m.group(3))
    assert len(types) >= 12


main()
