#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that fail: what is counted, how long it takes, what it costs."""
import concurrent.futures, os, socket, sys, threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "trust"))
from trust import *  # noqa
from manners import Server

OUTAGE_MS = 1500
VUS = 200


def outage(kind, begin=None, end=None):
    """200 VUs at a target that takes 200 ms and fails for 1.5 s, by itself
    or by what begin and end do; checks all that holds for every kind."""
    name = f"outage-{kind}"
    # What is lost, a SYN in a full backlog, too, the kernel sends again after
    # a second, then three: only a shorter limit makes a new try.
    target = "timeout = 500ms" if kind in ("backlog", "lose") else ""
    with BadServer("--delay", 200) as s:
        going = Going(name, profile(name, s.url, "hold = 6500ms at 200", ["/x"], target), "--workers", "1")
        while s.counts()["requests"] == 0 and not going.is_over():
            time.sleep(0.02)
        time.sleep(1.5)
        began, cpu_s = time.monotonic(), going.cpu_s()
        if begin:
            begin(s)
        else:
            s.tell(f"{kind} {OUTAGE_MS}")
        time.sleep(OUTAGE_MS / 1000 - 0.1)
        cpu = (going.cpu_s() - cpu_s) / (time.monotonic() - began)
        if end:
            end()
        ended = time.monotonic()
        r = going.wait()
        c = s.counts()
    bins = c["bins"]
    if end:
        began_bin, ended_bin = (int((t * 1e9 - c["start_ns"]) / 1e8) for t in (began, ended))
    else:
        began_bin, ended_bin = (ms // 100 for ms in c["outage_ms"])
    before = sum(bins[began_bin - 10:began_bin])
    after = sum(bins[ended_bin + 11:ended_bin + 21])
    examples = [e["example"] for e in r.onrush["errors"]]
    said = (kind, r.errors, examples, r.counting, {k: v for k, v in c.items() if k != "bins"}, cpu, before, after)
    check_accounts(r)
    assert r.status == 0, said
    in_time(before > 500 and after >= slack(0.95, 0.8) * before, said)
    assert cpu <= 0.2, said
    tries = OUTAGE_MS * 1.1 + VUS
    assert r.errors.get("connect", 0) <= tries and c["tries"] - c["connections"] <= tries, said
    return r, said


def check_told(r, said):
    """The log tells when it was away."""
    told = [e["text"] for e in r.onrush["events"] if e["kind"] == "target"]
    assert len(told) == 2 and "no answer" in told[0] and "again" in told[1], (told, said)


@test
@timed
def a_target_that_fails_for_a_while():
    classes = {"refuse": {"connect", "reset"}, "hang-up": {"reset", "connect"}, "stall": set(),
               "backlog": {"timeout-connect", "timeout-wait", "connect", "reset"}}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        results = dict(zip(classes, pool.map(outage, classes)))
    for kind, (r, said) in results.items():
        assert set(r.errors) <= classes[kind], said
        if kind == "stall":
            assert r.values("http_req_duration")["max"] >= OUTAGE_MS, said
        else:
            check_told(r, said)


@test
@timed
def arrivals_at_a_target_that_hangs_up():
    """Users come whether or not it speaks, but not all of them knock."""
    rate, seconds = 3000, 5
    with BadServer("--delay", 20) as s:
        going = Going("knocks", profile("knocks", s.url, f"hold = {seconds}s at {rate}/s", ["/x"], grace="5s"),
                      "--workers", "1")
        while s.counts()["requests"] < rate and not going.is_over():
            time.sleep(0.02)
        s.tell(f"hang-up {OUTAGE_MS}")
        r = going.wait()
        c = s.counts()
    check_accounts(r)
    said = (r.errors, r.counting, {k: v for k, v in c.items() if k != "bins"})
    assert r.counting["requests"] == rate * seconds and set(r.errors) == {"reset"}, said
    assert c["tries"] - c["connections"] <= OUTAGE_MS * 1.1 + 200, said
    first = c["outage_ms"][1] // 100 + 11
    in_time(sum(c["bins"][first:first + 5]) >= slack(0.95, 0.8) * rate / 2, said, c["bins"])


@namespaced()
@timed
def packets_lost_for_a_while():
    r, said = outage("lose", lambda s: drop_packets(f"tcp dport {s.port}"),
                     lambda: subprocess.run(["nft", "flush", "chain", "inet", "lost", "in"], check=True))
    assert set(r.errors) <= {"timeout-connect", "timeout-wait"}, said
    check_told(r, said)


@test
@timed
def nobody_there_from_the_start():
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
    p = profile("gone", f"http://127.0.0.1:{port}", "hold = 60s at 50", ["/x"])
    r = run("gone", p, status=3)
    check_accounts(r)
    lines = [x for x in r.out.splitlines() if x.startswith("onrush:")]
    assert len(lines) == 1 and f"127.0.0.1:{port}" in lines[0], r.out
    assert r.wall_s < 50, r.wall_s
    in_time(r.wall_s <= slack(1, 3), r.wall_s)
    assert set(r.errors) == {"connect"} and r.counting["sent"] == 0, r.errors
    # in the console it keeps trying and says so
    keys = write("gone.keys", "2.5 shot away\n3 q\n")
    onrush("run", "--keys", keys, "--frames", path("frames"), "--size", "120x38", "--out", path("gone2"), "--no-control",
           p, status=3)
    with open(path("frames/away.txt")) as f:
        frame = f.read()
    assert "no answer from the target" in frame, frame
    summary = load("gone2/summary.json")
    assert summary["onrush"]["duration_ms"] > 2500, summary["onrush"]["duration_ms"]
    assert any("no answer" in e["text"] for e in summary["onrush"]["events"])


SLOW = {"/slow-head": "timeout-receive", "/slow-body": "timeout-receive", "/silent": "timeout-wait",
        "/silent-in-body": "timeout-receive"}


@test
@timed
def a_thousand_slow_connections():
    vus, limit_ms, grace_ms = 1000, 2000, 500
    with Server() as s:
        p = profile("slow", s.url, f"hold = 5s at {vus}", list(SLOW), f"timeout = {limit_ms}ms", mix(SLOW),
                    f"{grace_ms}ms")
        r = run("slow", p, "--workers", "1")
        s.settle()
        check_accounts(r)
        c = r.counting
        for manner, wanted in SLOW.items():
            x = r.requests[manner.strip("/")]
            # the server in Python may need more than the limit for its first byte
            assert set(x["errors"]) <= {wanted, slack(wanted, "timeout-wait")}, (manner, x)
            assert x["failed"] == x["requests"] > 200 and x["errors"][wanted] > 100, (manner, x)
            assert x["sent"] == s.seen[manner], (x, s.seen)
        assert c["requests"] + c["abandoned"] + c["retried"] == c["sent"] and c["abandoned"] <= vus, c
        late = slack(100, 500)
        took = r.values("iteration_duration")
        assert limit_ms <= took["min"], took
        in_time(took["max"] <= limit_ms + late, took)
        # one byte a second on each: a thousand events a second, no more
        assert r.cpu_s < 0.15 * r.wall_s, (r.cpu_s, r.wall_s)
        in_time(r.onrush["duration_ms"] <= 5000 + grace_ms + late, r.onrush["duration_ms"])
        in_time(r.wall_s <= 5.5 + slack(0.5, 2), r.wall_s)


LARGE = ["/head-1m", "/head-endless", "/headers-10000", "/chunk-extension-1m", "/trailer-1m", "/interims-2000"]


@test
@timed
def large_heads_take_no_memory():
    vus = 100
    with Server() as s:
        # at the end each VU has its answer, however slow the server
        def go(name, paths, stages, status):
            r = run(name, profile(name, s.url, stages, paths, "timeout = 30s", mix(paths), "30s"), "--workers", "1")
            assert r.status in status, r.out
            check_accounts(r)
            return r

        plain = go("plain", ["/ok"], f"hold = 1s at {vus}", [0])
        # 4: a busy machine has no time for it
        r = go("large", LARGE, f"hold = {slack(90, 3)}s at {vus}", slack([3], [3, 4]))
        assert set(r.errors) == {"too-large"} and r.counting["failed"] == r.counting["requests"] >= vus, r.errors
        assert SANITIZED or r.peak_bytes - plain.peak_bytes <= vus * 256 * 1024, (r.peak_bytes, plain.peak_bytes)
        r.check_flat()


# --- connections that come slowly or not at all -----------------------------

def check_time_limit(r, wanted, limit_ms, most_s):
    """Every iteration failed by that class, in time, and the end came in
    time as well."""
    check_accounts(r)
    assert set(r.errors) == {wanted} and r.counting["failed"] == r.counting["requests"] >= 5, r.errors
    took = r.values("iteration_duration")
    assert limit_ms <= took["min"], took
    in_time(took["max"] <= limit_ms + slack(100, 500), took)
    in_time(r.wall_s <= most_s + slack(0.3, 2), r.wall_s)


def drop_packets(match):
    """What matches, in the namespace we are in."""
    need("nft")
    p = subprocess.run(["nft", "add", "table", "inet", "lost"], text=True, capture_output=True)
    if p.returncode:
        raise Skip("no packet filter: " + p.stderr.splitlines()[0])
    subprocess.run(["nft", "add chain inet lost in { type filter hook input priority 0; }; "
                           f"add rule inet lost in {match} drop"], check=True)


@test
@timed
def a_full_backlog():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(8)]
        for w in waiting:
            w.setblocking(False)
            w.connect_ex(("127.0.0.1", port))
        time.sleep(0.05)
        r = run("full", profile("full", f"http://127.0.0.1:{port}", "hold = 1500ms at 5", ["/x"], "timeout = 500ms"))
        check_time_limit(r, "timeout-connect", 500, 1.7)
        assert r.counting["sent"] == 0
        for w in waiting:
            w.close()


@namespaced()
@timed
def packets_that_are_dropped():
    with Server() as s:
        p = profile("half", s.url, "hold = 3s at 5", ["/ok"], "timeout = 700ms")
        going = Going("half", p)
        while s.seen["/ok"] < 100 and not going.is_over():
            time.sleep(0.02)
        drop_packets(f"tcp dport {s.port}")
        r = going.wait()
        check_accounts(r)
        assert set(r.errors) == {"timeout-wait", "timeout-connect"}, r.errors
        assert r.errors["timeout-wait"] == 5, r.errors
        answered = r.counting["requests"] - r.counting["failed"]
        assert answered <= s.seen["/ok"] <= r.counting["sent"], (r.counting, s.seen)
        in_time(r.values("iteration_duration")["max"] <= 700 + slack(100, 500), r.values("iteration_duration"))
        r = run("dropped", profile("dropped", s.url, "hold = 2s at 5", ["/ok"], "timeout = 500ms"))
        check_time_limit(r, "timeout-connect", 500, 2.2)


@namespaced("-m")
def one_address_of_two():
    cover("/etc/hosts", "::1 both\n127.0.0.1 both localhost\n")
    with Server() as s:
        url = f"http://both:{s.port}"
        r = run("both", profile("both", url, "hold = 1s at 3", ["/close-said"]), status=0)
        check_accounts(r)
        assert r.counting["failed"] == 0 and r.counting["sent"] == s.seen["/close-said"] > 10, r.counting
        drop_packets("ip6 daddr ::1")
        r = run("later", profile("later", url, "hold = 1500ms at 3", ["/close-said"]), status=0)
        check_accounts(r)
        assert r.counting["failed"] == 0 and r.counting["requests"] >= 3, r.counting


# --- kept connections that are closed ---------------------------------------

@test
def a_server_that_closes_kept_connections():
    for after in (1, 3):
        with BadServer("--close-after", after) as s:
            name = f"closes{after}"
            r = run(name, profile(name, s.url, "hold = 1s at 20", ["/x"], grace="5s"), status=0)
            check_accounts(r)
            c, n = s.counts(), r.counting
            assert n["failed"] == n["abandoned"] == 0 and n["requests"] == c["answers"] > 100, (n, c)
            # a request that was retried may have been read on its way to nowhere
            assert n["requests"] <= c["requests"] <= n["sent"] == n["requests"] + n["retried"], (n, c)
            assert n["retried"] > 0 and c["connections"] >= n["requests"] / after - 20, (n, c)
            # one that is closed while its VU thinks is noticed in time
            name = f"thinks{after}"
            r = run(name, profile(name, s.url, "hold = 1s at 20", ["/x"], more="[scenario]\nthink = 20ms\n",
                                  grace="5s"), status=0)
            check_accounts(r)
            assert r.counting["failed"] == 0 and r.counting["retried"] <= 0.02 * r.counting["requests"], r.counting


NGINX = """daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log {dir}/access.log;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    keepalive_requests 10;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200 "hello"; }} }}
}}
"""


@test
def nginx_after_ten_requests():
    need("nginx")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.makedirs(path("nginx.d"), exist_ok=True)
    conf = write("nginx.conf", NGINX.format(dir=path("nginx.d"), port=port))
    nginx = subprocess.Popen(["nginx", "-c", conf, "-e", path("nginx.d/error.log")], stderr=subprocess.PIPE)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0 or nginx.poll() is not None:
                    break
            time.sleep(0.02)
        posts = "[request get]\nGET = /get\n[request post]\nPOST = /post\nbody = order\n"
        r = run("nginx", profile("nginx", f"http://127.0.0.1:{port}", "hold = 1s at 20", posts, grace="5s"))
    finally:
        nginx.terminate()
        said = nginx.communicate(timeout=20)[1]
    assert r.status == 0, (r.out, said)
    check_accounts(r)
    with open(path("nginx.d/access.log")) as f:
        lines = f.read().splitlines()
    c = r.counting
    assert c["failed"] == 0 and c["requests"] > 1000 and c["connects"] >= c["requests"] / 10, c
    assert len([x for x in lines if "GET /get" in x]) == r.requests["get"]["sent"], c
    assert len([x for x in lines if "POST /post" in x]) == r.requests["post"]["requests"], c


@test
def an_answer_before_the_request_was_read():
    body = write("body", "x" * 8 * MIB)
    early = ["/early-peace", "/early-close"]
    posts = "".join(f"[request {p.strip('/')}]\nPOST = {p}\nbody = @{body}\n" for p in early)
    with Server(early=early) as s:
        r = run("early", profile("early", s.url, "hold = 1s at 4", posts, more=mix(early), grace="5s"))
        s.settle()
    check_accounts(r)
    assert r.counting["requests"] >= 8 and r.counting["retried"] == 0, r.counting
    x = r.requests["early-peace"]
    assert x["errors"] == {"http-4xx": x["requests"]}, x
    # here the answer may be lost in the reset that follows it
    x = r.requests["early-close"]
    assert set(x["errors"]) <= {"http-4xx", "reset"} and x["failed"] == x["requests"], x


main()
