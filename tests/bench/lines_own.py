# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program itself takes: memory, frames, files, single operations."""
import json, os, resource, tempfile

from clients import profile
from procs import Failed
from table import Row, number
from terminal import Terminal


SENT_SECONDS = 40  # of the demo: up to the recovery

# --- micro ------------------------------------------------------------------

def figures(path):
    with open(path) as f:
        return {name: float(x) for name, x in (line.split() for line in f)}


def micro(b, what, seconds, *more):
    path = os.path.join(tempfile.mkdtemp(dir=b.folder), what)
    done = b.children.run([b.micro, what, path, *more], b.client, seconds)
    if done.status:
        raise Failed(done.trouble(f"micro {what}"))
    return figures(path)


def frame(b):
    path = os.path.join(b.folder, "frame")
    with Terminal(b.children, [b.micro, "frame", path], b.client) as t:
        status, _ = t.wait(120)
        if status:
            raise Failed(f"micro frame: exit {status}: {t.screen_text()[-200:].strip()}")
    x = figures(path)
    rows = []
    for name in (n for n in x if n.endswith("_p50_ms")):
        view, history, _, _ = name.split("_")
        rest = {f: x[f"{view}_{history}_{f}_ms"] for f in ("first", "p99")}
        rows.append(Row(f"draw and diff, {x['cols']:.0f} × {x['rows']:.0f}, {view}, {history} of history", x[name],
                        "ms CPU", ("<=", 3), f"p99 {number(rest['p99'])} ms; drawn anew {number(rest['first'])} ms"))
    return rows


def sent(b):
    """Bytes on the terminal's line over a live demo, without the first
    second, which brings the first frame."""
    rows = []
    for cols, lines, remote in ((120, 38, True), (200, 60, True), (120, 38, False), (200, 60, False)):
        argv = [b.clients.onrush_path, "demo", "--no-history", "--no-control", "--seed", "1", "--out",
                tempfile.mkdtemp(dir=b.folder)]
        extra = dict({"SSH_CONNECTION": "a remote place"} if remote else {}, COLORTERM="truecolor")
        with Terminal(b.children, argv, b.client, lines, cols, extra=extra) as t:
            t.pump(1)
            first = len(t.bytes)
            t.pump(SENT_SECONDS)
            kilobytes = (len(t.bytes) - first) / 1000 / SENT_SECONDS
            t.leave()
        rows.append(Row(f"sent to the terminal, {cols} × {lines}, {'over ssh' if remote else 'at hand'}", kilobytes,
                        "KB/s", ("<=", 20) if remote else None, f"first frame {number(first / 1000)} KB"))
    return rows


def spectrum(b):
    x = micro(b, "spectrum", 300)
    return [Row("spectrogram, 200 × 60, 24 h of history", x["day_p50_ms"], "ms CPU", ("<=", 3),
                f"p99 {number(x['day_p99_ms'])} ms; opened in {x['day_opening_frames']:.0f} frames "
                f"of at most {number(x['day_opening_worst_ms'])} ms")]


def page(b):
    x = micro(b, "page", 300)
    return [Row("a page of metrics, 20 requests", x["page_p50_ms"], "ms CPU", ("<=", 3),
                f"p99 {number(x['page_p99_ms'])} ms; {number(x['page_kilobytes'])} KB")]


def history(b):
    x = micro(b, "history", 300, tempfile.mkdtemp(dir=b.folder))
    names = {"list_20_ms": "the last 20", "baseline_ms": "a profile's baseline with its summary",
             "trend_all_ms": "one figure of all", "trend_profile_ms": "one figure of the 2500 of a profile"}
    return [Row(f"history of 10 000 runs, 30 figures each: {name}", x[key], "ms", ("<=", 50),
                f"a run is added in {number(x['add_ms'])} ms" if key == "list_20_ms" else "")
            for key, name in names.items()]


def accuracy(b):
    x = micro(b, "accuracy", 120)
    worst = max(x, key=x.get)
    return [Row("error of any percentile against sorted samples, worst of all", [100 * e for e in x.values()], "%",
                ("<=", 0.1), "worst: " + worst + "; " + ", ".join(x), value=100 * x[worst])]


def day(b):
    """24 h through the recorder; then its files. One run, two lines."""
    if not b.day:
        b.day = micro(b, "day", 300, tempfile.mkdtemp(dir=b.folder))
    return b.day


def long_run(b):
    x = day(b)
    return [Row("24 h at 1 s cells, 10 names, 1000 requests/s: peak RSS", x["peak_rss_mib"], "MiB", ("<=", 128),
                f"{number(x['cells'])} cells, {number(x['second_us'])} µs for each second"),
            Row("snapshot then", x["snapshot_ms"], "ms", ("<=", 1)),
            Row("five alerts over 10 s to 12 h, each second", x["alerts_us"], "µs", ("<=", 1000),
                f"worst second of the second half {number(x['alerts_worst_us'])} µs")]


def finish(b):
    return [Row("last response → all files saved, 24 h of cells", day(b)["finish_ms"] / 1e3, "s", ("<=", 1))]


def ops(b):
    names = {"hist_record_ns": "hist_record", "response_144_bytes_ns": "response of 144 bytes",
             "encode_request_ns": "encode_request", "template_render_ns": "template_render, three variables",
             "check_json_300_bytes_ns": "status == 200 and json.state == \"done\", 300 bytes",
             "timeline_second_of_10_names_ns": "time line: a second of 10 names"}
    return [Row(names.get(k, k), v, "ns") for k, v in micro(b, "ops", 120).items()]


# --- memory -----------------------------------------------------------------

def rss_kib(pid):
    try:
        with open(f"/proc/{pid}/status") as f:
            return next((int(x.split()[1]) for x in f if x.startswith("VmRSS")), 0)
    except OSError:
        return 0


def rss_of_idle(b, vus):
    """Largest RSS (KiB) of a run whose VUs think for longer than it lasts."""
    sizes = []
    text = profile(b.nginx().url("plain"), f"up = 4s to {vus}\nhold = 3s", more="[scenario all]\nthink = 1h\n")
    load = b.clients.onrush(text, 30, watch=lambda pid: sizes.append(rss_kib(pid)))
    if load.summary["onrush"]["counting"]["connects"] != vus:
        raise Failed(f"{load.summary['onrush']['counting']['connects']} connections instead of {vus}")
    return max(sizes)


def idle_vus(b, vus=10000):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if limit < vus + 200:
        raise Failed(f"needs {vus + 200} descriptors, the hard limit is {limit}")
    few, many = rss_of_idle(b, 10), rss_of_idle(b, vus)
    return Row(f"RSS for each of {number(vus)} idle VUs with open connections", (many - few) / (vus - 10), "KiB",
               ("<=", 16), f"{number(few)} KiB with 10, {number(many)} KiB with {number(vus)}")


class Growth:
    """RSS when `first` requests were done, and at the end."""

    def __init__(self, path, first):
        self.path, self.first, self.at_first, self.last = path, first, 0, 0

    def requests(self):
        try:
            with open(self.path) as f:
                lines = f.read()[-4000:].splitlines()
            return json.loads(lines[-1])["requests"] if lines else 0
        except (OSError, ValueError):
            return 0

    def look(self, pid):
        size = rss_kib(pid)
        if size and not self.at_first and self.requests() >= self.first:
            self.at_first = size
        self.last = size or self.last


def many_requests(b):
    total = (10 if b.long else 3) * 10**6
    text = profile(b.nginx().url("plain"), "hold = 10m at 50", head=f"iterations = {total}\n")
    folder, argv, path = b.clients.profile(text)
    growth = Growth(f"{folder}/progress", 10**6)
    argv = ["/bin/sh", "-c", 'exec "$@" >"$0"', f"{folder}/progress", *argv, "--no-control", "--progress", "json", path]
    done = b.children.run(argv, b.client, 600, growth.look, env=dict(os.environ, XDG_RUNTIME_DIR=b.folder))
    load = b.clients.result(folder, done.status, done.trouble("onrush"), done.cpu, 1)
    if not growth.at_first or load.requests < total:
        raise Failed(f"{load.requests} requests instead of {total}")
    return Row(f"RSS after {total // 10**6} M requests / after 1 M", growth.last / growth.at_first, "", ("<=", 1.05),
               f"{number(growth.at_first)} KiB, then {number(growth.last)} KiB")


def memory(b):
    rows = []
    for label, measure in (("idle VUs", idle_vus), ("many requests", many_requests)):
        rows += b.guarded(label, lambda: [measure(b)])
    return rows
