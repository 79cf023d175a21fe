#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a target and the way to it can do wrong, on every wire: the class
that the table says, counts that are the server's, others unharmed, a console
that goes on, nothing left behind. ONRUSH_REGEN=1 writes doc/faults.md."""
import concurrent.futures, ctypes, os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "trust"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa
from matrix import *  # noqa
import matrix_curl, matrix_h1, matrix_idle, matrix_names, matrix_tls
from manners import Server
import tls_manners

HEALTHY = 4
SECONDS = slack(20, 3)  # of load
ENDS_S = 8              # so long the last flows may take
HEALTHY_MANNER = {"/healthy": matrix_h1.MANNERS["/plain"]}


def target_of(wire):
    """The lines of [target], and the server's TLS."""
    if wire == "tls":
        context = matrix_tls.context("good")
        return f"tls_ca = {path('ca.pem')}\n", context
    return ("transport = curl\n" if wire == "curl" else ""), None


def write_profile(name, url, target, parts, faults, seconds):
    requests = "".join(section(f) for f in faults) + "[request healthy]\nGET = /healthy\n"
    return write(f"{name}.ini", f"[profile]\nname = {name}\ngraceful_stop = 20s\n[target]\nurl = {url}\n{target}\n"
                 f"[stages all]\nall = {seconds}s at 1\n[stages healthy]\nall = {seconds}s at {HEALTHY}\n"
                 f"{requests}{parts}" + scenario("healthy", ["healthy"], "healthy", "think = 20ms"))


def check_healthy(r, seconds):
    """Who asks the target for what it does well is not harmed."""
    x = r.requests["healthy"]
    assert x["failed"] == 0, x
    in_time(x["requests"] >= slack(20 * seconds, 2) * HEALTHY, x["requests"])


def frame(name, shot):
    with open(path(f"{name}.frames/{shot}.txt")) as f:
        return f.read()


def at_the_console(name, profile_path):
    """The run, and how many descriptors were open when its load was over and
    the console still there. Frames move on, and the last key is obeyed."""
    end = SECONDS + ENDS_S
    keys = write(f"{name}.keys", f"1 shot begin\n{SECONDS - 0.5} shot late\n{end - 1} shot end\n{end} q\n")
    going = Going(name, profile_path, "--workers", "2", "--no-history",
                  how=("--keys", keys, "--frames", path(f"{name}.frames"), "--size", "120x38"))
    while time.monotonic() < going.began + end - 0.5 and not going.is_over():
        time.sleep(0.05)
    if going.is_over():
        going.log.seek(0)
        raise AssertionError(f"{name} ended early, {going.process.returncode}: {going.log.read()}")
    left = going.descriptors()
    r = going.wait()
    in_time(end <= r.wall_s <= end + slack(2, 6), r.wall_s)
    shots = [frame(name, x) for x in ("begin", "late", "end")]
    assert len(set(shots)) == 3 and all("healthy" in x or "req/s" in x for x in shots), shots
    return r, left


def all_at_once(name, module, wire, target, tls=None, flows=16):
    """Every row that is no time-out, each in a flow with others, beside who
    asks for what works. Returns how many descriptors were left."""
    faults = [f for f in module.FAULTS if f.classes(wire) and not is_slow(f, wire)]
    with Server(tls=tls, manners=dict(module.MANNERS, **HEALTHY_MANNER)) as s:
        p = write_profile(name, s.url, target + "timeout = 10s\n", scenarios(faults, wire, flows), faults, SECONDS)
        r, left = at_the_console(name, p)
        s.settle()
        check_accounts(r)
        c = r.counting
        wrong, late = judge(r, s, faults, wire)
        assert not wrong, "\n".join(wrong)
        in_time(not late, "\n".join(late))
        assert c["requests"] + c["abandoned"] + c["retried"] <= c["sent"] + r.errors.get("connect", 0), c
        assert s.seen.total() <= c["sent"] <= s.seen.total() + c["retried"], (c, s.seen.total())
        in_time(c["abandoned"] == 0, c)
        check_healthy(r, SECONDS)
        if LONG:
            r.check_flat()
    return left


class Clean:
    """What is in order only."""
    FAULTS = [f for f in matrix_h1.FAULTS if f.name == "plain"]
    MANNERS = matrix_h1.MANNERS


@test
@timed
def answers():
    need("openssl")
    tls, context = target_of("tls")
    runs = [("h1", matrix_h1, "h1", "", None), ("tls", matrix_h1, "tls", tls, context),
            ("curl", matrix_h1, "curl", "transport = curl\n", None),
            ("whole", matrix_curl, "curl", matrix_curl.TARGET, None)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        # none does anything wrong: what is left behind then
        clean = pool.submit(all_at_once, "clean", Clean, "h1", "")
        clean_curl = pool.submit(all_at_once, "clean-curl", Clean, "curl", "transport = curl\n")
        left = dict(zip([r[0] for r in runs], pool.map(lambda r: all_at_once(*r), runs)))
        most = max(clean.result(), clean_curl.result())
    assert max(left.values()) <= most, (left, most)


@test
def logins_for_ever():
    """curl would log in as long as its last login is called stale."""
    for stale, counted, most in (("", "http-4xx", 2), (", stale=true", "redirects", 6)):
        async def circle(t, stale=stale):
            nonce = os.urandom(4).hex()
            await t.say(f'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="a", nonce="{nonce}", qop="auth"{stale}\r\n'
                        "Content-Length: 0\r\n\r\n".encode())
            return True
        with Server(manners={"/a": circle}) as s:
            p = write("login.ini", f"[profile]\niterations = 4\n[target]\nurl = {s.url}\nauth = digest a:b\n"
                                   "[stages]\na = 30s at 1\n[request a]\nGET = /a\n")
            r = Going("login", p, "--workers", "1", "--no-history").wait()
            s.settle()
        check_accounts(r)
        assert r.errors == {counted: 4} and r.counting["sent"] == s.seen["/a"] <= 4 * most, (r.errors, r.counting, s.seen)


LIMIT_MS = 1000


def stalls(wire):
    """What never ends, or comes a byte a second: time-outs in time, and
    hardly any CPU."""
    name, faults = f"slow-{wire}", [f for f in matrix_h1.FAULTS if is_slow(f, wire)]
    target, tls = target_of(wire)
    with Server(tls=tls, manners=dict(matrix_h1.MANNERS, **HEALTHY_MANNER)) as s:
        p = write_profile(name, s.url, target + f"timeout = {LIMIT_MS}ms\n", scenarios(faults, wire, len(faults)), faults, 2)
        r = Going(name, p, "--workers", "2", "--no-history").wait()
        s.settle()
        check_accounts(r)
        # a busy server may not come to its first byte, or its handshake
        wrong, late = judge(r, s, faults, wire)
        assert not wrong, "\n".join(wrong)
        in_time(not late, "\n".join(late))
        for f in faults:
            took = r.requests[f.name]["response_ms"]
            assert took["min"] >= LIMIT_MS * 0.99, (f.name, took)
            in_time(took["max"] <= LIMIT_MS + slack(100, 500), f.name, took)
        assert SANITIZED or r.cpu_s < 0.3 * r.wall_s, (r.cpu_s, r.wall_s)
        check_healthy(r, 2)


@test
@timed
def stalls_and_trickles():
    target_of("tls")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(stalls, ("h1", "tls", "curl")))


# --- idle connections -------------------------------------------------------

def idle_run(wire, over_tls=False):
    name, faults = f"idle-{wire}{over_tls}", matrix_idle.FAULTS
    target, tls = target_of(wire)
    if over_tls:
        more, tls = target_of("tls")
        target += more
    with Server(tls=tls, manners=matrix_idle.MANNERS) as s:
        url = s.url
        parts = "".join(scenario(f.name, [f.name], more=f"think = {matrix_idle.IDLE_S}s") for f in faults)
        p = write(f"{name}.ini", f"[target]\nurl = {url}\n{target}\n[stages all]\nall = 1500ms at 2\n" +
                  "".join(section(f) for f in faults) + parts)
        r = Going(name, p, "--workers", "1", "--no-history").wait()
        s.settle()
        check_accounts(r)
        wrong, late = judge(r, s, faults, wire)
        counts = {f.name: r.requests[f.name]["requests"] for f in faults}
        assert min(counts.values()) >= 4, counts
        # nobody goes on with such a connection, nor finds that out by a request
        if s.connections != r.counting["requests"] or r.counting["retried"]:
            late.append(f"{wire}: {s.connections} connections, {r.counting}")
        return wrong + late


@test
@timed
def kept_connections_that_are_idle():
    need("openssl")
    target_of("tls")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        wrong = sum(pool.map(lambda x: idle_run(*x), (("h1",), ("tls",), ("curl",), ("curl", True))), [])
    in_time(not wrong, "\n".join(wrong))


# --- connections and TLS ----------------------------------------------------

def one_of(fault, wire):
    """Four iterations against a server of its own; what was not as the row
    says."""
    name, wanted = f"{fault.name}-{wire}", fault.classes(wire)
    is_plain = wire == "h1" or (wire == "curl" and fault.group != "TLS")
    limit = "300ms" if any("timeout" in c for c in wanted) else "10s"
    target = "transport = curl\n" if wire == "curl" else ""
    with matrix_tls.server(fault.name) as s:
        url = s.url.replace("https", "http") if is_plain else s.url
        p = write(f"{name}.ini", f"[profile]\nname = {name}\niterations = 4\n[target]\nurl = {url}\n{target}"
                                 f"tls_ca = {path('ca.pem')}\ntimeout = {limit}\n[stages]\na = 30s at 2\n"
                                 f"[request a]\nGET = /\n")
        r = Going(name, p, "--workers", "1", "--no-history").wait(40)
        requests = s.requests
    check_accounts(r)
    c = r.counting
    said = f"{name}: {r.errors} {c} {[e['example'] for e in r.onrush['errors']]}"
    got = set(r.errors) | ({"ok"} if c["requests"] > c["failed"] else set())
    wrong = [] if got and got <= wanted else [f"wanted {' or '.join(wanted)}, got {said}"]
    # a server that shakes no hands counts no requests
    if isinstance(s.shake, matrix_tls.ssl.SSLContext) and not requests <= c["sent"] <= requests + c["retried"] + 4 * (
            "demands" in name):
        wrong.append(f"the server saw {requests}: {said}")
    if "timeout" in str(wanted):
        took = r.requests["a"]["response_ms"]["max"]
        in_time(took <= 300 + slack(200, 1000), name, took)
    # an answer that was cut must not pass for a whole one
    if hasattr(s.manner, "cuts") and r.errors != {"tls": s.manner.cuts}:
        wrong.append(f"{s.manner.cuts} answers were cut: {said}")
    if not SANITIZED and r.cpu_s > 1:
        wrong.append(f"{r.cpu_s} s of CPU: {said}")
    return wrong


@test
@timed
def connections_and_handshakes():
    need("openssl")
    matrix_tls.context("good")
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        each = [(f, w) for f in matrix_tls.FAULTS for w in f.counted]
        wrong = sum(pool.map(lambda x: one_of(*x), each), [])
    assert not wrong, "\n".join(wrong)


# --- names ------------------------------------------------------------------

def name_run(fault, wire, port):
    name, wanted = f"{fault.name}-{wire}", fault.classes(wire)
    target = "transport = curl\n" if wire == "curl" else ""
    limit = "500ms" if is_slow(fault, wire) else "20s"
    p = write(f"{name}.ini", f"[profile]\nname = {name}\niterations = 3\n[target]\nurl = http://target.example:{port}\n"
                             f"{target}timeout = {limit}\nnew_connection = request\n[stages]\na = 30s at 1\n"
                             f"[request a]\nGET = /plain\n")
    r = Going(name, p, "--workers", "1", "--no-history").wait(60)
    check_accounts(r)
    got = set(r.errors) | ({"ok"} if r.counting["requests"] > r.counting["failed"] else set())
    if got != wanted:
        return [f"wanted {wanted}, got {name}: {r.errors} {r.counting} {[e['example'] for e in r.onrush['errors']]}"]
    return []


@namespaced("-m")
@timed
def names():
    cover("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n")
    cover("/etc/hosts", "127.0.0.1 localhost\n")
    wrong = []
    with Server(manners=matrix_h1.MANNERS) as s:
        for f in matrix_names.FAULTS:
            server = matrix_names.Names(f.name)
            with concurrent.futures.ThreadPoolExecutor() as pool:
                wrong += sum(pool.map(lambda w: name_run(f, w, s.port), f.counted), [])
            server.close()
    assert not wrong, "\n".join(wrong)


@namespaced("-m")
@timed
def a_name_that_moves_is_followed_within_a_minute():
    if not LONG:
        raise Skip("it takes a minute: ONRUSH_TRUST=long")
    cover("/etc/resolv.conf", "nameserver 127.0.0.1\n")
    cover("/etc/hosts", "127.0.0.1 localhost\n")
    with Server(manners=matrix_h1.MANNERS) as s, concurrent.futures.ThreadPoolExecutor() as pool:
        server = matrix_names.Names("name-moves")

        def follow(wire):
            p = write(f"moves-{wire}.ini", f"[target]\nurl = http://target.example:{s.port}\nnew_connection = request\n"
                      f"transport = {wire}\n[stages]\na = 66s at 1\n[request a]\nGET = /plain\n"
                      "[scenario]\nflow = a\nthink = 500ms\n")
            r = Going(f"moves-{wire}", p, "--workers", "1", "--no-history").wait(90)
            check_accounts(r)
            assert set(r.errors) == {"connect"}, r.errors
            ok = r.counting["requests"] - r.counting["failed"]
            # it begins anew with the second in which it was told
            in_time(105 <= ok <= 125, wire, ok)
        list(pool.map(follow, ("wire", "curl")))
        server.close()


# --- the table --------------------------------------------------------------

def libraries():
    """What carried the requests."""
    try:
        version = ctypes.CDLL("libcurl.so.4").curl_version
    except OSError:
        return "libcurl"
    version.restype = ctypes.c_char_p
    said = version().decode().split()
    return ", ".join(x.replace("/", " ") for x in said if x.split("/")[0] in ("libcurl", "OpenSSL", "nghttp2"))


def without_libraries(text):
    return "\n".join(line for line in text.split("\n") if not line.startswith(MADE))


@test
def the_table_is_what_was_tested():
    text = document(libraries())
    if os.environ.get("ONRUSH_REGEN"):
        with open(DOC, "w") as f:
            f.write(text)
    with open(DOC) as f:
        assert without_libraries(f.read()) == without_libraries(text), "doc/faults.md is not what the rows say: ONRUSH_REGEN=1 writes it"


main()
