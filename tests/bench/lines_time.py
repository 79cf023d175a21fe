# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments: schedules, latencies and what a key does, checked from the side
of a server that answers after a known delay."""
import bisect, json

import machine
from clients import profile, values
from procs import Failed
from table import Row, median, number
from terminal import Terminal

THINK = "[scenario all]\nthink = {}\n"
VUS = "[scenario all]\nmax_vus = {}\n"
INTERRUPTED = 105  # exit status of a run that a signal ended
FEW = 5  # connections: more of them come in bursts, and wait for each other


def quantile(sorted_values, q):
    return sorted_values[min(len(sorted_values) - 1, int(q * len(sorted_values)))]


def repeated(b, rounds, once):
    """The quietest rounds of what once() gives, and how busy it was."""
    def watched():
        b.watch.begin()
        return once()
    got = machine.quietest(rounds, watched, b.watch.end)
    return [x for _, x in got], median([busy for busy, _ in got])


def with_busy(rows, busy):
    for row in rows:
        row.busy = busy
    return rows


# --- open model -------------------------------------------------------------

OPEN_RATE, OPEN_US = 20000, 50


def open_once(b, server, seconds):
    server.reset()
    text = profile(server.url, f"hold = {seconds}s at {OPEN_RATE}/s", more=VUS.format(1000))
    load = b.clients.onrush(text, seconds)
    return {"response": values(load.summary, "response_time")["med"],
            "service": values(load.summary, "http_req_duration")["med"],
            "held": quantile(sorted(server.samples("delays")), 0.5) / 1e6}


def delay_that_holds(b, us):
    """The delay (us) with which delay_server holds answers for that long on
    this machine: waking up takes time, too."""
    with b.delay_server(us) as server:
        held = open_once(b, server, 2)["held"] * 1e3
    return max(1, round(us - max(0, held - us)))


def open_model(b):
    """p50 from the intended start at 20k/s, a server that answers in 50 us."""
    delay = delay_that_holds(b, OPEN_US)
    with b.delay_server(delay) as server:
        got, busy = repeated(b, min(b.rounds, 3), lambda: open_once(b, server, b.long_seconds))
    of = lambda key: number(median([x[key] for x in got]))
    return with_busy([Row(f"p50 from the intended start, {number(OPEN_RATE)}/s, server {OPEN_US / 1e3} ms",
                          [x["response"] for x in got], "ms", ("<=", 0.15),
                          f"service time {of('service')} ms; the server held them {of('held')} ms, told to hold them "
                          f"{delay / 1e3} ms")], busy)


def lateness(arrivals, rate):
    """ns that each arrival came behind an even schedule which no arrival is
    ahead of; sorted."""
    gap = 1e9 / rate
    behind = [t - arrivals[0] - i * gap for i, t in enumerate(arrivals)]
    first = min(behind)
    return sorted(x - first for x in behind)


def schedule_once(b, server, rate):
    server.reset()
    seconds = b.long_seconds
    load = b.clients.onrush(profile(server.url, f"hold = {seconds}s at {rate}/s", more=VUS.format(1000)), seconds)
    summary, planned = load.summary, rate * seconds
    dropped = summary["metrics"].get("dropped_iterations", {"values": {"count": 0}})["values"]["count"]
    arrivals = server.samples("requests")
    if len(arrivals) < 2:
        raise Failed("the server saw no load")
    late = lateness(arrivals, rate)
    return {"told": (values(summary, "iterations")["count"] + dropped) / planned, "seen": len(arrivals) / planned,
            "pace": (len(arrivals) - 1) / ((arrivals[-1] - arrivals[0]) / 1e9) / rate, "dropped": dropped,
            "lag": values(summary, "schedule_lag")["p(99)"], "late": quantile(late, 0.99) / 1e6}


def schedule_at(b, rate):
    with b.delay_server(50) as server:
        got, busy = repeated(b, 1, lambda: schedule_once(b, server, rate))
    of = lambda key: [x[key] for x in got]
    name = f"{number(rate)}/s for {b.long_seconds} s"
    return with_busy([
        Row(f"{name}: iterations + dropped / planned", of("told"), "", ("within", 1, 0.001),
            f"{number(median(of('dropped')))} dropped"),
        Row(f"{name}: requests that the server saw / planned", of("seen"), "", ("within", 1, 0.001),
            f"rate between the first and the last {median(of('pace')):.6f} of the planned"),
        Row(f"{name}: p99 of the schedule's lag", of("lag"), "ms", ("<=", 1),
            f"at the server p99 {number(median(of('late')))} ms behind an even schedule"),
    ], busy)


def schedule(b):
    return [row for rate in (1000, 10000, 30000)
            for row in b.guarded(f"{number(rate)}/s", lambda: schedule_at(b, rate))]


# --- honesty ----------------------------------------------------------------

def honesty_once(b, server):
    def seen_by_server():
        delays = sorted(server.samples("delays"))
        return {p: quantile(delays, p / 100) / 1e6 for p in (50, 99)}
    server.reset()
    load = b.clients.onrush(profile(server.url, f"hold = {b.seconds}s at {FEW}"), b.seconds)
    got = {"server": seen_by_server()}
    duration = values(load.summary, "http_req_duration")
    got["onrush"] = {50: duration["med"], 99: duration["p(99)"]}
    server.reset()
    got["wrk"] = b.clients.wrk(server.url, FEW, b.seconds, "--latency").latency
    got["server for wrk"] = seen_by_server()
    return got


def honesty(b):
    with b.delay_server(10000) as server:
        got, busy = repeated(b, min(b.rounds, 3), lambda: honesty_once(b, server))
    rows = []
    for p in (50, 99):
        ours = median([x["onrush"][p] for x in got])
        for other in ("server", "wrk"):
            theirs = median([x[other][p] for x in got])
            limit_us = max(50, 0.01 * theirs * 1e3)
            rows.append(Row(f"p{p} of the latency against {'the ' if other == 'server' else ''}{other}'s, 10.000 ms",
                            [abs(x["onrush"][p] - x[other][p]) * 1e3 for x in got], "µs", ("<=", limit_us),
                            f"onrush {number(ours)} ms, {other} {theirs:.3f} ms"))
    return with_busy(rows, busy)


# --- the ramp of VUs --------------------------------------------------------

RAMP = {"seconds": 5, "peak": 100}


def planned_vus(t, seconds, peak):
    """k6's ramping-vus: up, hold 1 s, down; rising VU k starts at level k,
    falling k are left when the level reaches k."""
    if t <= seconds + 1:
        return min(peak, int(peak * t / seconds + 1e-9))
    level = max(0.0, peak * (2 * seconds + 1 - t) / seconds)
    return -int(-level // 1)


def run_clock(progress, at_ns):
    """When run time began: the earliest that any line of progress allows."""
    return min(at - json.loads(line)["t_ms"] * 1e6 for line, at in zip(progress, at_ns))


def ramp_once(b, server):
    seconds, peak = RAMP["seconds"], RAMP["peak"]
    server.reset()
    text = profile(server.url, f"up = {seconds}s to {peak}\nhold = 1s\ndown = {seconds}s to 0",
                   more=THINK.format("5ms"))
    folder, argv, path = b.clients.profile(text)
    lines, at_ns = b.follow([*argv, "--no-control", "--progress", "json", path], 2 * seconds + 60)
    zero = run_clock(lines, at_ns)
    accepts, closes = sorted(server.samples("accepts")), sorted(server.samples("closes"))
    worst, where, over = 0, 0, 0.0
    for tenth in range(1, (2 * seconds + 1) * 10):
        t = tenth / 10
        now = zero + t * 1e9
        is_open = bisect.bisect_right(accepts, now) - bisect.bisect_right(closes, now)
        planned = planned_vus(t, seconds, peak)
        off = abs(is_open - planned)
        if off > worst:
            worst, where = off, t
        over = max(over, off - max(1, planned / 100))
    return {"worst": worst, "where": where, "over": over}


def ramp(b):
    with b.delay_server(1000) as server:
        got, busy = repeated(b, 1, lambda: ramp_once(b, server))
    worst = max(got, key=lambda x: x["over"])
    return with_busy([Row("open connections − planned VUs beyond max(1, 1 %), every 100 ms",
                          [max(0, x["over"]) for x in got], "VUs", ("<=", 0),
                          f"0 → {RAMP['peak']} → 0 in {RAMP['seconds']} s each; furthest {worst['worst']} off, at "
                          f"{worst['where']} s", value=max(0, worst["over"]))], busy)


# --- keys -------------------------------------------------------------------

def press(server, t):
    """ms from the key that raises the level until the server sees the new
    connection, and until the screen says that a hand drives."""
    mark, at = len(t.bytes), t.key("+")
    t.pump(1, lambda: t.seen(rb"HAND", mark))
    t.pump(0.25)
    drawn = t.seen(rb"HAND", mark)
    came = [x for x in server.samples("accepts") if x >= at]
    t.key("g")  # the plan drives again
    t.pump(0.5)
    if not drawn or not came:
        raise Failed("the key '+' " + ("drew nothing" if not drawn else "made no connection") + " within 1 s")
    return (min(came) - at) / 1e6, (drawn - at) / 1e6


def key(b):
    with b.delay_server(1000) as server:
        # a key raises the level by 1 % of the highest
        text = profile(server.url, "hold = 60s at 100\npeak = 1s at 1000", more=THINK.format("100ms"))
        _, argv, path = b.clients.profile(text)
        with Terminal(b.children, [*argv, "--no-control", path], b.client, folder=b.folder) as t:
            if not t.pump(10, lambda: t.seen(rb"bench")):
                raise Failed("no frame within 10 s: " + t.screen_text()[-200:].strip())
            t.pump(1.5)
            got = [press(server, t) for _ in range(10)]
            t.leave()
    acts, drawn = zip(*got)
    return [Row("key pressed → the target sees a new connection, worst of 10", acts, "ms", ("<=", 100),
                f"median {number(median(acts))} ms", value=max(acts)),
            Row("key pressed → drawn, worst of 10", drawn, "ms", ("<=", 100), f"median {number(median(drawn))} ms",
                value=max(drawn))]


def start(b):
    """Process start to first frame."""
    took = []
    with b.delay_server(1000) as server:
        for _ in range(2 * b.rounds):
            _, argv, path = b.clients.profile(profile(server.url, "hold = 30s at 1"))
            with Terminal(b.children, [*argv, "--no-control", path], b.client, folder=b.folder) as t:
                if not t.pump(10, lambda: t.seen(rb"bench")):
                    raise Failed("no frame within 10 s: " + t.screen_text()[-200:].strip())
                took.append((t.seen(rb"bench") - t.began_ns) / 1e6)
                status, _ = t.leave()
                if status != INTERRUPTED:
                    raise Failed(f"onrush: exit {status}: {t.screen_text()[-200:].strip()}")
    return [Row("process start → first frame", took, "ms", ("<=", 50), f"{len(took)} starts")]
