#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""This machine's own limits, and what many connections leave behind."""
import os, resource, signal, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa
from manners import Server


@test
def too_few_descriptors_are_said_before():
    with BadServer() as s:
        p = profile("few", s.url, "hold = 5s at 1000", ["/x"])
        r = run("few", p, before=["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"])
        assert r.status == 104 and r.summary is None, (r.status, r.out)
        assert "1000" in r.out and "64" in r.out and "ulimit -n" in r.out and "nothing was sent" in r.out, r.out
        assert s.counts()["tries"] == 0

        # a rate is no number of connections
        r = run("rate", profile("rate", s.url, "hold = 500ms at 1000/s", ["/x"]), status=0,
                before=["sh", "-c", 'ulimit -n 512; exec "$@"', "sh"])
        check_accounts(r)
        assert r.counting["requests"] == s.counts()["requests"] == 500, r.counting


@test
def descriptors_run_out():
    """An operator asks for more than there are; then the run must still
    answer its control socket, and save."""
    with BadServer("--delay", 20) as s:
        sock = path("few.sock")
        p = profile("emfile", s.url, "few = 60s at 20", ["/x"], "timeout = 2s")
        going = Going("emfile", p, "--workers", "1", "--control", sock,
                      before=["sh", "-c", 'ulimit -n 100; exec "$@"', "sh"])

        def ctl(*words):
            return json.loads(onrush("ctl", "--socket", sock, *words, status=0).stdout)

        while s.counts()["connections"] < 20 and not going.is_over():
            time.sleep(0.02)
        ctl("level", "300")
        while s.counts()["connections"] < 60 and not going.is_over():
            time.sleep(0.02)
        cpu_s, began = going.cpu_s(), time.monotonic()
        time.sleep(1)
        cpu = (going.cpu_s() - cpu_s) / (time.monotonic() - began)
        status = ctl("status")["status"]
        ctl("level", "20")
        time.sleep(0.5)
        ctl("finish")
        r = going.wait()
        c = s.counts()
        check_accounts(r)
        assert status["run"]["failed"] > 0, status
        assert set(r.errors) == {"local-descriptors"}, r.errors
        example = r.onrush["errors"][0]["example"]
        assert "Too many open files" in example and "ulimit -n" in example, example
        n = r.counting
        assert n["requests"] - n["failed"] + n["abandoned"] == n["sent"] == c["requests"], (n, c)
        assert cpu < 0.3, cpu
        # those that had a connection went on
        assert c["connections"] < 100 and n["requests"] - n["failed"] >= 1000, (n, c)
        assert os.path.exists(path("emfile/profile.ini"))


@namespaced()
def ports_run_out():
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as f:
            f.write("40000 40099\n")
    except OSError as e:
        raise Skip(f"ip_local_port_range: {e}")
    with Server() as s:  # in the same namespace
        r = run("ports", profile("ports", s.url, "hold = 2s at 150", ["/ok"], "timeout = 1s"), "--workers", "1")
        check_accounts(r)
        assert set(r.errors) == {"local-ports"}, r.errors
        e = r.onrush["errors"][0]
        assert "assign" in e["example"] and "local port" in e["example"], e
        answered = r.counting["requests"] - r.counting["failed"]
        assert answered > 100 and s.connections <= 100, (r.counting, s.connections)
        assert answered + r.counting["abandoned"] == s.seen["/ok"], (r.counting, s.seen)
        assert r.errors["local-ports"] <= 1000 * 2 * 1.2 + 150, r.errors
        # nothing but that: the exit says whose fault it is
        with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as f:
            f.write("41000 41001\n")
        held = [socket_from(port, s.port) for port in (41000, 41001)]
        r = run("noports", profile("noports", s.url, "hold = 60s at 5", ["/ok"]))
        for h in held:
            h.close()
        check_accounts(r)
        assert set(r.errors) == {"local-ports"} and r.status == 4, (r.status, r.errors, r.out)


def socket_from(port, to):
    import socket
    c = socket.socket()
    c.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    c.bind(("127.0.0.1", port))
    c.connect(("127.0.0.1", to))
    return c


@test
def many_connections_leave_nothing_behind():
    """Each is closed by the server after one answer: 1 M of them."""
    vus, want = 50, slack(1000000, 20000)
    with BadServer("--close-after", 1) as s:
        p = profile("closed", s.url, f"hold = 600s at {vus}", ["/x"], grace="10s",
                    more="")
        with open(p) as f:
            text = f.read()
        with open(p, "w") as f:
            f.write(text.replace("[profile]\n", f"[profile]\niterations = {want}\n"))
        going = Going("closed", p, "--workers", "1")
        while s.counts()["connections"] < 1000 and not going.is_over():
            time.sleep(0.02)
        first = going.descriptors()
        last = first
        while not going.is_over() and s.counts()["answers"] < want * 0.9:
            time.sleep(0.05)
            last = going.descriptors()
        r = going.wait(600)
        c = s.counts()
        check_accounts(r)
        n = r.counting
        assert n["requests"] == want == c["answers"] and n["failed"] == 0, (n, c)
        assert n["connects"] == n["requests"] == n["iterations"], n
        assert first <= vus + 30 and last <= vus + 30, (first, last)
        r.check_flat()
        print(f"# {n['requests']} in {r.wall_s:.0f} s, descriptors {first}, then {last}, peak "
              f"{r.peak_bytes / MIB:.1f} MiB")


@test
def kept_connections_take_no_more_memory():
    """10 M requests on 50 connections, as fast as they go."""
    want = slack(10000000, 0)
    with BadServer() as s:
        p = profile("kept", s.url, f"hold = {slack(1200, 4)}s at 50", ["/x"], grace="5s")
        if want:
            with open(p) as f:
                text = f.read()
            write("kept.ini", text.replace("[profile]\n", f"[profile]\niterations = {want}\n"))
        r = run("kept", p, "--workers", "1", timeout=1300)
        check_accounts(r)
        c = s.counts()
        assert r.counting["failed"] == 0 and r.counting["requests"] == c["answers"] == c["requests"], (r.counting, c)
        assert r.counting["connects"] == c["connections"] == 50
        assert r.counting["requests"] >= slack(want, 10000), r.counting
        r.check_flat()
        print(f"# {r.counting['requests']} in {r.wall_s:.0f} s, peak {r.peak_bytes / MIB:.1f} MiB, then "
              f"{r.sizes[len(r.sizes) // 3][1] / MIB:.1f} to {r.sizes[-1][1] / MIB:.1f} MiB")


main()
