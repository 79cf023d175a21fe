#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/2 that fails: each fault of matrix_h2.py has the class that stands
there, is counted as often as the server saw it, and harms no neighbour."""
import concurrent.futures, os, ssl, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "trust"))
from trust import *  # noqa
import h2_manners, matrix_h2, tls_manners
from h2_manners import Server

POSTS = {"h2-upload": 200000, "h2-no-window": 200000}  # bytes
ONCE = ("h2-refused-once", "h2-goaway-once")


def named(*names):
    return [f for f in matrix_h2.FAULTS if f.name.removeprefix("h2-") in names]


def sections(faults):
    return "".join(f"[request {f.name}]\n" +
                   (f"POST = /{f.name}\nbody = @{write('body', 'x' * POSTS[f.name])}\n" if f.name in POSTS else
                    f"GET = /{f.name}{'?${uuid}' if f.name in ONCE else ''}\n") for f in faults)


def load_h2(name, server, faults, stages, streams, timeout="1500ms", grace="2s", options=("--workers", "2"),
            watch=lambda going: None):
    p = profile(name, server.url, stages, sections(faults),
                f"http = 2\nstreams = {streams}\ntimeout = {timeout}\ntls_verify = off",
                mix([f.name for f in faults]), grace)
    going = Going(name, p, *options)
    watch(going)
    r = going.wait()
    server.settle()
    check_accounts(r)
    return r


def is_counted(x, wanted):
    if "ok" not in wanted and sum(x["errors"].values()) != x["requests"]:
        return False
    return set(x["errors"]) <= wanted


def check_rows(r, server, faults, least=slack(3, 1)):
    """Time-outs that were not wanted may be the machine's: in_time."""
    wrong, late = [], []
    for f in faults:
        x, wanted = r.requests[f.name], f.classes("h2")
        if x["requests"] >= least and is_counted(x, wanted):
            continue
        is_late = x["requests"] < least or all(c.startswith("timeout") for c in set(x["errors"]) - wanted)
        (late if is_late and (x["failed"] == x["requests"] or "ok" in wanted) else wrong).append(
            f"{f.name}: wanted {wanted} of {x['requests']}, got {x['errors']}")
    assert not wrong, "\n".join(wrong + [e["example"] for e in r.onrush["errors"]])
    in_time(not late, *late)


def check_seen(r, server, faults, exact=True):
    c, wrong = r.counting, []
    for f in faults:
        sent, seen = r.requests[f.name]["sent"], server.seen[f.name]
        if seen != sent if exact else seen > sent:
            wrong.append(f"{f.name}: sent {sent}, the server saw {seen}")
    assert not wrong, "\n".join(wrong)
    assert c["requests"] + c["abandoned"] + c["retried"] >= c["sent"], c


@test
def the_matrix_has_a_row_for_each_manner():
    said = set(h2_manners.SAYS) | set(h2_manners.MANNERS) | set(h2_manners.FLOODS) | set(h2_manners.OPENINGS)
    names = [f.name.removeprefix("h2-") for f in matrix_h2.FAULTS]
    assert len(names) == len(set(names)) and set(names) == said - {"plain"}, said ^ set(names)


@test
@timed
def a_stream_at_fault_costs_its_stream():
    with Server() as s:
        r = load_h2("streams", s, matrix_h2.STREAMS, "hold = 3s at 80", 8)
        check_rows(r, s, matrix_h2.STREAMS)
        check_seen(r, s, [f for f in matrix_h2.STREAMS if f.name != "h2-no-window"])
        # none of them was worth a connection; 80 VUs, 8 on each
        assert s.connections == r.counting["connects"] == 10, (s.connections, r.counting)


STALLS = [f for f in matrix_h2.CONNECTIONS if f.name.startswith("h2-stall-")]


@test
@timed
def a_connection_at_fault():
    faults = [f for f in matrix_h2.CONNECTIONS if f not in STALLS]
    most = []

    def watch(going):
        while time.monotonic() < going.began + 3 and not going.is_over():
            most.append(going.descriptors())
            time.sleep(0.05)

    with Server() as s:
        r = load_h2("connections", s, faults, "hold = 3s at 30", 1, watch=watch)
        check_rows(r, s, faults)
        check_seen(r, s, faults, exact=False)
        # each VU's connection, and what the program itself has open
        assert s.connections > 200 and max(most) <= 2 * 30 + 60, (s.connections, max(most))
        assert most[-1] <= max(most[:len(most) // 2]) + 10, most


def each(faults, go):
    """All that go wrong, not the first."""
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for f, going in [(f, pool.submit(go, f)) for f in faults]:
            try:
                going.result()
            except AssertionError as e:
                wrong.append(f"{f.name}: {e}")
    assert not wrong, "\n".join(wrong)


@test
@timed
def a_connection_that_stalls():
    def go(f):
        with Server() as s:  # the next request would find it dead: timeout-wait
            check_rows(load_h2(f.name, s, [f], "hold = 300ms at 3", 1), s, [f])

    each(STALLS, go)


@test
@timed
def floods_end():
    def go(f):
        with Server() as s:
            r = load_h2(f.name, s, [f], "hold = 500ms at 2", 2, "3s", "4s", options=("--workers", "1"))
            check_rows(r, s, [f], 1)
            assert r.wall_s < 10, r.wall_s
            assert SANITIZED or r.peak_bytes < 32 * MIB, r.peak_bytes  # 18 for a run that is well

    each(matrix_h2.FLOODS, go)


@test
@timed
def connections_that_open_badly():
    def go(f):
        with Server(f.name.removeprefix("h2-"), "ok") as s:
            r = load_h2(f.name, s, [f], "hold = 700ms at 6", 3, timeout="800ms", options=("--workers", "1"))
            check_rows(r, s, [f], 1)
            check_seen(r, s, [f], exact=False)

    each(matrix_h2.OPENINGS, go)


BREAKS = named(
    "close-before", "tcp-reset-before", "close-in-body", "tcp-reset-in-body", "garbage", "goaway-close", "goaway-raised",
    "ping-short", "stall-in-body", "goaway-behind")


@test
@timed
def each_stream_of_a_connection_fails_once():
    """Ten streams on each connection that breaks: of all that the server saw
    none is lost, none is counted twice."""
    def go(f):
        with Server() as s:
            ok = matrix_h2.STREAMS[0]
            r = load_h2(f"many-{f.name}", s, [f, ok], "hold = 700ms at 20", 10, "1500ms", "2s", ("--workers", "1"))
            c = r.counting
            assert r.requests[f.name]["failed"] >= 3 or f.counted["h2"] == "ok", r.errors
            assert c["requests"] >= 20 and set(r.errors) <= {"reset", "truncated", "malformed", "timeout-wait",
                                                             "timeout-receive"}, (r.errors, r.onrush["errors"])
            # a close while something is unread takes with it what the server had not read
            check_seen(r, s, [f, ok], exact=False)
            if f.counted["h2"] == "ok":  # a second goodbye is a failure
                assert set(r.errors) <= {"reset"} and c["retried"] >= c["failed"], (r.errors, c)

    each(BREAKS, go)


@test
@timed
def a_posted_request_is_sent_once():
    """Again only where the target says that it did not look at it."""
    names = ("ok", "close-after", "close-before", "tcp-reset-before", "close-in-body", "goaway-behind", "reset-2")
    posts = "".join(f"[request {n}]\nPOST = /{n}?${{uuid}}\nbody = order\n" for n in names)
    with Server() as s:
        p = profile("posts", s.url, "hold = 1s at 20", posts, "http = 2\nstreams = 4", mix(names))
        r = run("posts", p)
        s.settle()
        check_accounts(r)
        assert r.counting["requests"] > 50 and s.twice == set(), (r.counting, s.twice)
        assert set(r.errors) <= {"reset", "truncated"}, r.errors
        for n in names:
            assert r.requests[n]["sent"] >= s.seen[n], (n, r.requests[n], s.seen)


@test
@timed
def goodbyes_between_requests():
    """GOAWAY while all users think: nobody loses a request."""
    with Server(always="goaway-soon") as s:
        p = profile("bye", s.url, "hold = 1500ms at 20", "[request ok]\nGET = /ok\n", "http = 2\nstreams = 5",
                    "[scenario s]\nthink = 200ms\n")
        r = run("bye", p)
        s.settle()
        check_accounts(r)
        c = r.counting
        assert c["failed"] == 0 and c["requests"] > 100, (c, r.errors)
        assert c["connects"] >= 8 and c["requests"] + c["abandoned"] + c["retried"] == c["sent"] == s.seen["ok"], c


@test
@timed
def what_is_under_way_at_the_stop():
    """Each stream gets RST_STREAM (CANCEL), and nothing is counted as failed."""
    with Server() as s:
        p = profile("stop", s.url, "hold = 500ms at 30", ["/ok", "/no-end"], "http = 2\nstreams = 10", grace="0s")
        r = run("stop", p, "--workers", "1")
        s.settle()
        check_accounts(r)
        c = r.counting
        assert c["abandoned"] == 30 and c["failed"] == 0, c
        assert c["requests"] + c["abandoned"] == c["sent"] == s.seen.total(), (c, s.seen)
        assert s.cancelled == 30, s.cancelled


@test
@timed
def a_target_that_hangs_up_is_not_stormed():
    """At most 1,000 tries a second, whichever way it hangs up."""
    def go(f):
        with Server(f.name.removeprefix("h2-")) as s:
            r = load_h2(f"storm-{f.name}", s, [f], "hold = 1500ms at 100", 1, options=("--workers", "1"))
            assert "reset" in r.errors and set(r.errors) <= {"reset", "timeout-wait"}, r.errors
            assert s.connections <= 1000 * 1.7 + 300, s.connections
            in_time(r.cpu_s <= 0.4 * r.wall_s, r.cpu_s, r.wall_s)

    each(named("open-close", "open-reset", "open-goaway"), go)


CERTIFICATE = []


def context(*protocols):
    if not CERTIFICATE:
        tls_manners.authority()
        CERTIFICATE.append(tls_manners.certificate("h2"))
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(path("h2.pem"), path("h2.key"))
    if protocols:
        c.set_alpn_protocols(list(protocols))
    return c


@test
@timed
def over_tls():
    need("openssl")
    faults = named("ok", "upload", "head-200k", "reset-2", "close-before", "close-in-body", "tcp-reset-before",
                   "garbage", "goaway-behind", "goaway-once", "push", "hpack-bomb")
    with Server(tls=context("h2")) as s:
        r = load_h2("tls", s, faults, "hold = 1s at 20", 1, "5s", "6s")
        check_rows(r, s, faults)
        check_seen(r, s, faults, exact=False)
    flood = named("flood-body")
    with Server(tls=context("h2")) as s:
        check_rows(load_h2("tls-flood", s, flood, "hold = 300ms at 2", 2, "1s"), s, flood, 1)
    for name, protocols in (("no-alpn", ()), ("http-1", ("http/1.1",))):
        with Server(tls=context(*protocols)) as s:
            r = load_h2(name, s, faults[:1], "hold = 500ms at 4", 2, options=("--workers", "1"))
            assert set(r.errors) <= {"malformed", "tls"} and r.counting["failed"] == r.counting["requests"] > 0, r.errors
            assert any("does not speak HTTP/2" in e["example"] for e in r.onrush["errors"]), r.onrush["errors"]
    for shake in (tls_manners.hello_then_reset, tls_manners.hello_then_close):
        with tls_manners.TlsServer(shake) as s:
            p = profile("shake", s.url, "hold = 500ms at 4", ["/ok"], "http = 2\nstreams = 2\ntls_verify = off")
            r = run("shake", p)
            check_accounts(r)
            assert set(r.errors) == {"tls"} and r.counting["sent"] == 0, r.errors


main()
