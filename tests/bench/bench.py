#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU per request and throughput against wrk, side by side in one run.

nginx with one worker answers 12 bytes on loopback, pinned to one core; the
clients take turns on another. Medians of the rounds, with their spread.
Usage: bench.py [--rounds 5] [--seconds 4] [--connections 50,100,1000]
Needs nginx and wrk (Debian: nginx-light, wrk). Exit status 1 when a ratio
is above 1.00 for CPU or below 1.00 for throughput, 77 when a peer is not
there.
"""
import argparse, json, os, re, shutil, signal, statistics, subprocess, sys
import tempfile, time, urllib.request

NGINX = """worker_processes 1; daemon off; pid {dir}/pid;
error_log {dir}/error.log;
events {{ worker_connections 20000; }}
http {{ access_log off; keepalive_requests 100000000;
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
  fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port} backlog=4096;
    location / {{ return 200 "hello world\\n"; }} }} }}
"""
PROFILE = """[profile]
name = bench
graceful_stop = 1s
[target]
url = http://127.0.0.1:{port}
[stages]
hold = {seconds}s at {connections}
[request home]
GET = /
"""


def pinned(core, argv):
    return (["taskset", "-c", str(core)] if shutil.which("taskset") else []) + argv


def run(argv):
    """Runs argv; its output, and user + system seconds."""
    p = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    out = p.stdout.read().decode()
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    return p.returncode, out, usage.ru_utime + usage.ru_stime


def with_wrk(a, connections, url):
    rc, out, cpu = run(pinned(a.core, ["wrk", "-t1", f"-c{connections}", f"-d{a.seconds}s", url]))
    n = int(re.search(r"(\d+) requests in", out).group(1))
    return n / a.seconds, cpu / n * 1e6


def with_onrush(a, connections, port, folder):
    profile = os.path.join(folder, "bench.ini")
    summary = os.path.join(folder, "summary.json")
    with open(profile, "w") as f:
        f.write(PROFILE.format(port=port, seconds=a.seconds, connections=connections))
    out_dir = tempfile.mkdtemp(dir=folder)
    rc, out, cpu = run(pinned(a.core, [a.onrush, "run", "--headless", "--workers", "1", "--no-control",
                                       "--no-history", "--out", out_dir, "-o", summary, profile]))
    with open(summary) as f:
        s = json.load(f)
    n = s["metrics"]["http_reqs"]["values"]["count"]
    assert rc == 0 or rc == 4, out
    return n / a.seconds, cpu / n * 1e6


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=int, default=4)
    p.add_argument("--connections", default="50,100,1000")
    p.add_argument("--core", type=int, default=0)
    p.add_argument("--onrush", default=os.environ.get("ONRUSH", "./onrush"))
    a = p.parse_args()
    for tool in ("nginx", "wrk"):
        if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin"):
            print(f"bench: {tool} is not installed")
            return 77
    folder = tempfile.mkdtemp(prefix="onrush-bench-")
    port = 18999
    with open(f"{folder}/nginx.conf", "w") as f:
        f.write(NGINX.format(dir=folder, port=port))
    server_core = 1 if (os.cpu_count() or 1) > 1 else 0
    nginx = subprocess.Popen(pinned(server_core, [shutil.which("nginx", path="/usr/sbin:" + os.environ["PATH"]),
                                                  "-c", f"{folder}/nginx.conf", "-p", folder]),
                             stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    ok = True
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(url, timeout=1).read()
                break
            except OSError:
                time.sleep(0.05)
        print("conn.   client   req/s (spread)          us CPU/request (spread)   ratio req/s  ratio CPU")
        for connections in map(int, a.connections.split(",")):
            got = {"wrk": [], "onrush": []}
            for _ in range(a.rounds):
                got["wrk"].append(with_wrk(a, connections, url))
                got["onrush"].append(with_onrush(a, connections, port, folder))
            med = {k: [statistics.median(x[i] for x in v) for i in (0, 1)] for k, v in got.items()}
            for k, v in got.items():
                r = [x[0] for x in v]
                c = [x[1] for x in v]
                ratio = ""
                if k == "onrush":
                    speed, cpu = med[k][0] / med["wrk"][0], med[k][1] / med["wrk"][1]
                    ratio = f"{speed:8.2f} {cpu:11.2f}"
                    ok = ok and speed >= 1 and cpu <= 1
                print(f"{connections:5d}   {k:7s} {med[k][0]:8.0f} ({min(r):.0f}..{max(r):.0f})"
                      f"   {med[k][1]:6.2f} ({min(c):.2f}..{max(c):.2f})   {ratio}", flush=True)
    finally:
        nginx.send_signal(signal.SIGTERM)
        nginx.wait()
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if ok else 1


sys.exit(main())
