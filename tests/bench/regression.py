#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often does `onrush compare` find a target that became slower, and how
often does it cry wolf? Runs pairs of short runs against `onrush target`, each
pair a base and, a while later, a new run, of a target that is so much slower
or not at all, and counts the verdicts.

    regression.py [--tries 20] [--change 8] [--seconds 10] [--vus 20]
                  [--service 20000] [--keep DIR]

Prints a line for each try and the two shares; exit status 0 when a change is
found in 19 of 20 and there is no false alarm. Other programs may use run()
and verdict()."""
import argparse, json, os, re, shutil, subprocess, sys, tempfile

ONRUSH = os.environ.get("ONRUSH", "./onrush")


class Target:
    """`onrush target` on a free port with a settable time of service."""

    def __init__(self, service_us, *settings):
        self.words = [ONRUSH, "target", "--port", "0", f"service={service_us}us", *settings]

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.process.stdout.readline()).group(0)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def run(profile, out, env):
    """A run without a console; its exit status."""
    words = [ONRUSH, "run", "--headless", "--no-history", "--no-control", "--out", out, profile]
    return subprocess.run(words, stdout=subprocess.DEVNULL, env=env, timeout=300).returncode


def verdict(base, new, *options):
    """What compare says: its exit status and its JSON."""
    p = subprocess.run([ONRUSH, "compare", "--json", *options, base, new], capture_output=True,
                       text=True, timeout=60)
    if p.returncode not in (0, 2):
        sys.exit(p.stderr)
    return p.returncode, json.loads(p.stdout)["comparisons"][0]


def profile_of(folder, url, o):
    path = os.path.join(folder, "regression.ini")
    with open(path, "w") as f:
        f.write(f"[profile]\nname = regression\n[target]\nurl = {url}\n[stages]\n"
                f"up = 1s to {o.vus}\nhold = {o.seconds - 1}s at {o.vus}\n[request home]\nGET = /\n")
    return path


def measure(folder, name, service_us, o):
    env = dict(os.environ, XDG_RUNTIME_DIR=folder, XDG_DATA_HOME=folder)
    out = os.path.join(folder, name)
    with Target(service_us, "slowdown=0", f"capacity={2 * o.vus}") as t:
        status = run(profile_of(folder, t.url, o), out, env)
    if status != 0:
        print(f"# {name}: exit status {status}")
    return out


def tell(c):
    told = [f"{f['figure']} {100 * f['change']:+.1f} %" for f in c["figures"]
            if f["verdict"] in ("regressed", "unsure")]
    duration = {f["figure"]: f["change"] for f in c["figures"]}["http_req_duration avg"]
    return f"avg {100 * duration:+.2f} %; {c['text']}; {', '.join(told)}"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--tries", type=int, default=20)
    p.add_argument("--change", type=float, default=8, help="percent")
    p.add_argument("--seconds", type=int, default=10)
    p.add_argument("--vus", type=int, default=20)
    p.add_argument("--service", type=float, default=20000, help="us")
    p.add_argument("--keep", help="a folder for the results")
    o = p.parse_args()
    folder = o.keep or tempfile.mkdtemp(prefix="onrush-regression-")
    os.makedirs(folder, exist_ok=True)
    found = alarms = 0
    for i in range(o.tries):
        base = measure(folder, f"base-{i}", o.service, o)
        same = measure(folder, f"same-{i}", o.service, o)
        slow = measure(folder, f"slow-{i}", o.service * (1 + o.change / 100), o)
        status, c = verdict(base, same)
        alarms += status == 2
        print(f"{i + 1:3} same: {tell(c)}", flush=True)
        status, c = verdict(base, slow)
        found += status == 2
        print(f"{i + 1:3} slow: {tell(c)}", flush=True)
    if not o.keep:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"found {found} of {o.tries}, false alarms {alarms} of {o.tries}")
    return 0 if found >= 0.95 * o.tries and alarms == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
