#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the program's speed, measured: doc/performance.md says
how. Starts its servers and peers itself, on loopback, on free ports. Prints
a table and writes it to bench-results/. Exit status 1 when a line falls
short, 0 when all hold."""
import sys

sys.dont_write_bytecode = True
import argparse, os, resource, select, shutil, signal, subprocess, tempfile, time

import lines_own, lines_ratio, lines_time, machine, table
from clients import Clients
from procs import Children, Failed, Missing, find
from servers import DelayServer, Nginx

# name: how it is measured, what it is, and whether it is to be measured again
# as a whole when the machine was busy; others see to that by rounds, or time
# is nothing to them
LINES = {
    "plain": (lines_ratio.plain, "CPU and throughput beside wrk"),
    "tls": (lines_ratio.tls, "the same over TLS"),
    "http2": (lines_ratio.http2, "HTTP/2 beside h2load"),
    "peers": (lines_ratio.peers, "beside hey and others"),
    "open": (lines_time.open_model, "latency in the open model"),
    "schedule": (lines_time.schedule, "arrival schedule"),
    "flow": (lines_ratio.flow, "a flow with extraction and checks beside the bare request"),
    "console": (lines_ratio.console, "cost of the console"),
    "frame": (lines_own.frame, "one frame of the console", True),
    "page": (lines_own.page, "one page of metrics for Prometheus", True),
    "spectrum": (lines_own.spectrum, "one frame of the spectrogram", True),
    "sent": (lines_own.sent, "what the console sends"),
    "key": (lines_time.key, "key to effect", True),
    "ramp": (lines_time.ramp, "ramp of virtual users"),
    "honesty": (lines_time.honesty, "latencies against a known delay"),
    "accuracy": (lines_own.accuracy, "accuracy of percentiles"),
    "memory": (lines_own.memory, "memory of VUs and of many requests"),
    "long": (lines_own.long_run, "24 h through the statistics"),
    "start": (lines_time.start, "start to first frame", True),
    "finish": (lines_own.finish, "end to saved files"),
    "history": (lines_own.history, "what is asked of the history", True),
    "ops": (lines_own.ops, "single operations", True),
}

class Bench:
    """What the lines share; servers start when first asked for."""

    def __init__(self, a, children, folder):
        self.rounds, self.seconds, self.long = a.rounds, a.seconds, a.long
        self.long_seconds = 30 if a.long else a.schedule_seconds
        self.children, self.folder = children, folder
        self.client, self.server, self.own = machine.cores()
        self.machine = machine.facts()
        self.clients = Clients(children, self.client, folder, a.onrush, a.autocannon)
        self.watch, self.day, self.started_nginx = machine.Watch(), None, None
        self.micro = os.path.abspath(os.path.join(a.programs, "micro"))
        self.delay_program = os.path.abspath(os.path.join(a.programs, "delay_server"))

    guarded = staticmethod(lines_ratio.guarded)

    def nginx(self):
        if not self.started_nginx:
            files = min(20000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
            self.started_nginx = Nginx(self.children, self.server, self.folder, files)
        return self.started_nginx

    def delay_server(self, microseconds):
        return DelayServer(self.children, self.server, self.folder, self.delay_program, microseconds)

    def follow(self, argv, seconds):
        """Runs onrush and notes when (ns) each line of its output came."""
        env = dict(os.environ, XDG_RUNTIME_DIR=self.folder)
        with tempfile.TemporaryFile() as err:
            process = self.children.start(argv, self.client, env=env, stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=err)
            lines, at_ns, end = [], [], time.monotonic() + seconds
            while time.monotonic() < end and select.select([process.stdout], [], [], 1) and \
                    (line := process.stdout.readline()):
                lines.append(line.decode())
                at_ns.append(time.monotonic_ns())
            status, _ = self.children.wait(process, max(1, end - time.monotonic()))
            process.stdout.close()
            err.seek(0)
            if status not in (0, 4) or not lines:
                raise Failed(f"onrush: exit {status}: {err.read().decode(errors='replace').strip()[:300]}")
            return lines, at_ns


def measure(b, name):
    """A line's rows; a failure is a row, too."""
    run, what, *again = LINES[name]
    began = time.monotonic()
    print(f"{name}: {what} …", file=sys.stderr, flush=True)
    whole = machine.Watch()

    def once():
        whole.begin()
        return lines_ratio.guarded(what, lambda: run(b))
    busy, rows = machine.quietest(1, once, whole.end)[0] if again else (0, once())
    for row in rows:
        row.line, row.busy = name, row.busy or busy
        print("  " + " | ".join(x for x in row.cells()[1:] if x), file=sys.stderr, flush=True)
    print(f"  ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
    return rows


def version(children, argv):
    try:
        done = children.run([find(argv[0]), *argv[1:]], os.sched_getaffinity(0), 20)
    except Missing:
        return "not installed"
    said = [x for x in (done.out + done.err).splitlines() if x.strip()]
    return said[0].split("Copyright")[0].strip() if said else "?"


def facts(b, a):
    x = b.machine
    asked = {"nginx": ["nginx", "-v"], "wrk": ["wrk", "-v"], "h2load": ["h2load", "--version"],
             "onrush": [b.clients.onrush_path, "--version"]}
    return {"date": time.strftime("%Y-%m-%d %H:%M:%S %z"),
            "machine": f"{x['cpus']} × {x['model'] or 'cpu'}, Linux {x['kernel']}",
            "load average before": " ".join(map(str, x["load_average"])),
            "rounds": f"{a.rounds} of {a.seconds} s, client on core {min(b.client)}, server on core {min(b.server)}",
            "versions": ", ".join(f"{k}: {version(b.children, v)}" for k, v in asked.items())}


def save(rows, head, folder):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, time.strftime("%Y%m%d-%H%M%S"))
    for suffix, text in ((".md", table.page(rows, head)), (".json", table.as_json(rows, head))):
        with open(path + suffix, "w") as f:
            f.write(text)
    return path


def options():
    here = os.getcwd()
    p = argparse.ArgumentParser(description=__doc__, epilog="lines: " + ", ".join(LINES))
    p.add_argument("--only", help="just these lines, with commas between")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=int, default=3, help="of one client's run")
    p.add_argument("--schedule-seconds", type=int, default=10, help="of a run in the open model")
    p.add_argument("--long", action="store_true", help="30 s of schedule, 10 M requests")
    p.add_argument("--autocannon", help="its path; it is not packaged")
    p.add_argument("--onrush", default=os.environ.get("ONRUSH", "./onrush"))
    p.add_argument("--programs", default=os.path.join(here, "tests", "bench"), help="where micro and delay_server are")
    p.add_argument("--results", default="bench-results")
    p.add_argument("--selftest", action="store_true", help="only what make check runs")
    a = p.parse_args()
    a.names = a.only.split(",") if a.only else list(LINES)
    unknown = [x for x in a.names if x not in LINES]
    if unknown:
        p.error(f"there is no line {', '.join(unknown)}; there are {', '.join(LINES)}")
    if min(a.rounds, a.seconds, a.schedule_seconds) < 1:
        p.error("rounds and seconds are at least 1")
    return a


def main():
    a = options()
    if a.selftest:
        import selftest
        return selftest.main()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    children, folder, rows = Children(), tempfile.mkdtemp(prefix="onrush-bench-"), []
    try:
        b = Bench(a, children, folder)
        os.sched_setaffinity(0, b.own)
        head = facts(b, a)
        for name in a.names:
            rows += measure(b, name)
    finally:
        children.stop_all()
        shutil.rmtree(folder, ignore_errors=True)
    print(table.page(rows, head))
    print("saved in " + save(rows, head, a.results) + ".md, .json")
    return table.exit_status(rows)


if __name__ == "__main__":
    sys.exit(main())
