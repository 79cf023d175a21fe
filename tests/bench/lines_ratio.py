# SPDX-License-Identifier: GPL-3.0-or-later
"""onrush beside its peers: both in one run, in turns."""
import os

import machine
from clients import profile, values
from procs import Failed, Missing
from table import Row, failed, median, missing, number
from terminal import Terminal


MANY_TLS = 5  # seconds at least: a thousand handshakes take their time


def closed(b, url, connections, target="", seconds=None):
    """A closed model of so many VUs without think time."""
    seconds = seconds or b.seconds

    def once():
        return b.clients.onrush(profile(url, f"hold = {seconds}s at {connections}", target), seconds)
    return once


def told(run, *path, want):
    """The same, but a failure unless summary.json says at path, below
    onrush, what the comparison is about."""
    def once():
        load = run()
        said = load.summary["onrush"]
        for name in path:
            said = said[name]
        if said != want:
            raise Failed(f"onrush: {'.'.join(path)} is {said}, not {want}")
        return load
    return once


def in_turns(b, clients):
    """{name: load} of every client, round after round, the quietest kept;
    and how busy the machine was with something else."""
    def once():
        b.watch.begin()
        return {name: run() for name, run in clients.items()}
    rounds = machine.quietest(b.rounds, once, b.watch.end)
    return [loads for _, loads in rounds], median([busy for busy, _ in rounds])


def figures(rounds, name, what):
    return [getattr(loads[name], what) for loads in rounds]


def beside(rounds, what, unit):
    """Each client's median and spread, for the note."""
    return "; ".join(f"{name} {number(median(x))} ({number(min(x))} … {number(max(x))}) {unit}"
                     for name in rounds[0] for x in [figures(rounds, name, what)])


def ratio(rounds, label, what, unit, peer, limit, ours="onrush"):
    """Ratio of the medians; its spread is that of the rounds."""
    mine, theirs = figures(rounds, ours, what), figures(rounds, peer, what)
    return Row(label, [a / b for a, b in zip(mine, theirs)], "", limit, beside(rounds, what, unit),
               value=median(mine) / median(theirs))


def guarded(label, measure, needed=False):
    """measure()'s rows, or the reason why there are none."""
    try:
        return measure()
    except Missing as e:
        return [missing(label, str(e), needed)]
    except Failed as e:
        return [failed(label, str(e))]


def with_busy(rows, busy):
    for row in rows:
        row.busy = busy
    return rows


# --- against wrk ------------------------------------------------------------

def against_wrk(b, port, connections, target=""):
    def measure(c):
        url = b.nginx().url(port)
        seconds = max(b.seconds, MANY_TLS) if port == "tls" and c >= 1000 else b.seconds
        rounds, busy = in_turns(b, {"wrk": lambda: b.clients.wrk(url, c, seconds),
                                    "onrush": closed(b, url, c, target, seconds)})
        return with_busy([ratio(rounds, f"CPU per request, c = {c}, onrush / wrk", "cost_us", "µs", "wrk", ("<=", 1)),
                          ratio(rounds, f"throughput, c = {c}, onrush / wrk", "rate", "/s", "wrk", (">=", 1))], busy)
    return [row for c in connections for row in guarded(f"c = {c}, beside wrk", lambda: measure(c), needed=True)]


def plain(b):
    return against_wrk(b, "plain", (50, 100, 1000))


def tls(b):
    return against_wrk(b, "tls", (50, 1000), f"tls_ca = {b.nginx().ca}\n")


# --- HTTP/2 -----------------------------------------------------------------

def http2(b):
    def measure(port, how):
        url, more = b.nginx().url(port), f"tls_ca = {b.nginx().ca}\n" if port == "h2" else ""
        ours = closed(b, url, 50, f"http = 2\nstreams = 10\n{more}")
        rounds, busy = in_turns(b, {"h2load": lambda: b.clients.h2load(url, 5, 10, b.seconds),
                                    "onrush": told(ours, "counting", "connects", want=5)})
        return with_busy([ratio(rounds, f"throughput, 5 × 10 streams, {how}, onrush / h2load", "rate", "/s", "h2load",
                                (">=", 0.8)),
                          ratio(rounds, f"CPU per request, {how}, onrush / h2load", "cost_us", "µs", "h2load", None)],
                         busy)
    return [row for port, how in (("h2c", "plain"), ("h2", "TLS"))
            for row in guarded(f"HTTP/2, {how}, beside h2load", lambda: measure(port, how))]


# --- others -----------------------------------------------------------------

def peers(b):
    url, c = b.nginx().url("plain"), 50

    def main():
        rounds, busy = in_turns(b, {"hey": lambda: b.clients.hey(url, c, b.seconds), "onrush": closed(b, url, c)})
        return with_busy([ratio(rounds, "throughput, wire / hey", "rate", "/s", "hey", (">=", 2.5))], busy)

    def curl():
        ours = told(closed(b, url, c, "transport = curl\n"), "transport", want="curl")
        rounds, busy = in_turns(b, {"hey": lambda: b.clients.hey(url, c, b.seconds), "onrush": ours})
        return with_busy([ratio(rounds, "throughput, curl transport / hey", "rate", "/s", "hey", (">=", 0.5))], busy)

    def single(name):
        load = getattr(b.clients, name)(url, c, b.seconds)
        return [Row(f"{name}, c = {c}", load.rate, "/s", None, f"{number(load.cost_us)} µs CPU a request, once")]

    rows = guarded("wire, beside hey", main) + guarded("curl transport, beside hey", curl)
    for name in ("autocannon", "ab", "siege"):
        rows += guarded(name, lambda: single(name))
    return rows


# --- a flow beside the bare request -----------------------------------------

# Both ask for the same bytes.
BARE = "GET = /order\n"
FLOW = """GET = /order
extract order_id = json.id
check   = status == 200
[request status]
GET   = /order?id=${order_id}
header = X-Order: ${order_id}
check = status == 200 and json.state == "done"
check = json.items[1].sku matches /^B-/
[scenario x]
flow = home, status
"""


def flow(b):
    url, c = b.nginx().url("plain"), 50

    def load(more):
        return lambda: b.clients.onrush(profile(url, f"hold = {b.seconds}s at {c}").replace("GET = /\n", more),
                                        b.seconds)
    def checked():
        done = load(FLOW)()
        if values(done.summary, "checks")["rate"] != 1:
            raise Failed("onrush: not every check held")
        return done
    rounds, busy = in_turns(b, {"bare": load(BARE), "flow": checked})
    return with_busy([
        ratio(rounds, "throughput, a flow with extraction and checks / the bare request", "rate", "/s", "bare",
              (">=", 0.6), ours="flow"),
        ratio(rounds, "CPU per request, the same", "cost_us", "µs", "bare", None, ours="flow"),
    ], busy)


# --- the console beside headless -------------------------------------------

def on_console(b, url, connections):
    """The same load with the console drawing on a terminal that is read."""
    def once():
        text = profile(url, f"hold = {b.seconds}s at {connections}")
        folder, argv, path = b.clients.profile(text)
        saved = lambda: os.path.exists(f"{folder}/summary.json")
        with Terminal(b.children, [*argv, "--no-control", path], b.client, folder=b.folder) as t:
            t.pump(b.seconds + 30, saved)
            if saved() and not t.has_ended():
                t.pump(0.3)
                t.key("q")
            status, cpu = t.wait(10)
            trouble = f"onrush on a terminal: exit {status}: {t.screen_text()[-200:].strip()}"
        load = b.clients.result(folder, status, trouble, cpu, b.seconds)
        load.drawn = len(t.bytes)
        return load
    return once


def console(b):
    url, c = b.nginx().url("plain"), 50
    headless = closed(b, url, c)
    rounds, busy = in_turns(b, {"headless": headless, "console": on_console(b, url, c)})
    loss = [1 - a / o for a, o in zip(figures(rounds, "console", "rate"), figures(rounds, "headless", "rate"))]
    value = 1 - median(figures(rounds, "console", "rate")) / median(figures(rounds, "headless", "rate"))
    drawn = median(figures(rounds, "console", "drawn")) / b.seconds
    return with_busy([
        Row("throughput lost to the console, 200 × 60, all on one core", [100 * x for x in loss], "%", ("<=", 2),
            beside(rounds, "rate", "/s") + f"; {number(drawn)} bytes/s drawn", value=100 * value),
        ratio(rounds, "CPU per request, console / headless", "cost_us", "µs", "headless", None, ours="console"),
    ], busy)
