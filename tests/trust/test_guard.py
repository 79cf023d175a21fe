#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A load that is aimed by mistake: who is asked, and what is not connected
to. Public addresses are this machine's own, in a network namespace."""
import collections, os, socket, socketserver, sys, threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "screen"))
from trust import *  # noqa

PUBLIC, PUBLIC6, PRIVATE = "203.0.113.5", "2001:db8::5", "10.9.9.9"
HOSTS = f"127.0.0.1 localhost\n{PUBLIC} public.example\n{PRIVATE} private.example\n{PRIVATE} both.example\n" \
        f"{PUBLIC} both.example\n" \
        f"{PUBLIC} far-first.example\n{PRIVATE} far-first.example\n"
THINK = "[scenario]\nflow = a\nthink = 20ms\n"


class Place(socketserver.ThreadingTCPServer):
    """A server on every address: connections and requests by the address
    that was asked. Answers 200, or 302 to where it says."""
    allow_reuse_address = daemon_threads = True
    address_family = socket.AF_INET6
    request_queue_size = 256

    def __init__(self):
        self.connections, self.requests, self.location = collections.Counter(), collections.Counter(), None
        super().__init__(("::", 0), Talk)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        here = self.connection.getsockname()[0].replace("::ffff:", "")
        self.server.connections[here] += 1
        try:
            while line := self.rfile.readline():
                while self.rfile.readline().strip():
                    pass
                self.server.requests[here] += 1
                if line.startswith(b"GET /cut"):
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut")
                    return
                to = self.server.location if here == PRIVATE else None
                more = f"Location: {to}\r\n" if to else ""
                self.wfile.write(f"HTTP/1.1 {'302 Found' if to else '200 OK'}\r\n{more}Content-Length: 0\r\n\r\n".encode())
        except OSError:
            pass


def here(f):
    def inner():
        for a in (f"{PUBLIC}/32", f"{PRIVATE}/32", f"{PUBLIC6}/128"):
            p = subprocess.run(["ip", "addr", "add", a, "dev", "lo", *(["nodad"] if ":" in a else [])],
                               capture_output=True, text=True)
            if p.returncode:
                raise Skip(f"no address {a}: {p.stderr.strip()}")
        for file, text in (("/etc/hosts", HOSTS), ("/etc/resolv.conf", "")):
            p = subprocess.run(["mount", "--bind", write(os.path.basename(file), text), file], capture_output=True,
                               text=True)
            if p.returncode:
                raise Skip(f"{file} cannot be covered: {p.stderr.strip()}")
        f(Place())
    inner.__name__ = f.__name__
    return namespaced("-m")(inner)


def aimed(name, host, port, stages="hold = 300ms at 11", target="", more=THINK):
    return profile(name, f"http://{host}:{port}", stages, "[request a]\nGET = /\n", target, more)


def refused(place, ini, *options, command="run", says=(PUBLIC, "--yes", "nothing was sent")):
    r = onrush(command, *([] if command == "gate" else ["--headless"]), "--no-control", "--out", path("never"), *options,
               ini)
    assert r.returncode == 104, (options, r.returncode, r.stdout, r.stderr)
    for text in says:
        assert text in r.stderr, (text, r.stderr)
    assert not place.connections and not os.path.exists(path("never")), (options, place.connections)


@here
def a_pipeline_is_refused_before_anything_is_sent(place):
    ini = aimed("aimed", "public.example", place.port)
    refused(place, ini, says=("public.example (203.0.113.5)", "11 VUs", "--yes", "nothing was sent"))
    refused(place, ini, "--repeat", "2")
    refused(place, ini, "--no-history", command="gate")
    refused(place, ini, "--load-scale", "4", "--set", "stages.hold=1s at 3", says=("12 VUs",))
    low = aimed("low", "public.example", place.port, "hold = 300ms at 1")
    refused(place, low, "--until", "p(95) < 500", "--max", "11", command="find")
    refused(place, low, "--at", "1,11", command="scale")
    refused(place, aimed("rate", "public.example", place.port, "hold = 1s at 11/s"), says=("11 arrivals/s",))
    refused(place, aimed("event", "public.example", place.port, "hold = 5s at 1",
                         more=THINK + "[event rush]\nat = 1s\ndo = level 40\n"), says=("40 VUs",))
    refused(place, aimed("digits", PUBLIC, place.port))
    refused(place, aimed("six", f"[{PUBLIC6}]", place.port), says=(PUBLIC6,))
    refused(place, aimed("mapped", f"[::ffff:{PUBLIC}]", place.port))
    refused(place, aimed("both", "both.example", place.port), says=("both.example",))
    refused(place, aimed("given", "private.example", place.port,
                         target=f"resolve = private.example:{place.port}:{PUBLIC}"))
    refused(place, aimed("proxied", "nowhere.example", 80, target=f"proxy = http://{PRIVATE}:{place.port}"),
            says=("nowhere.example", "only the proxy knows"))
    refused(place, aimed("proxy", "private.example", place.port, target=f"proxy = http://public.example:{place.port}"),
            says=("the proxy public.example",))
    url = f"http://public.example:{place.port}"
    refused(place, write("variants.ini", f"[stages]\nhold = 1s at 11\n[variant near]\nurl = http://{PRIVATE}:"
                                         f"{place.port}\n[variant far]\nurl = {url}\n[request a]\nGET = /\n"))


@here
def what_is_meant_or_near_or_low_is_not_asked(place):
    for name, host, stages, options in (
            ("meant", "public.example", "hold = 300ms at 11", ["--yes"]),
            ("low", "public.example", "hold = 300ms at 10", []),
            ("slow", "public.example", "hold = 300ms at 10/s", []),
            ("near", "private.example", "hold = 300ms at 30", []),
            ("digits", "127.0.0.1", "hold = 300ms at 30", []),
            ("six", "[::1]", "hold = 300ms at 30", [])):
        r = run(name, aimed(name, host, place.port, stages), *options, status=0)
        check_accounts(r)
        assert r.counting["failed"] == 0 and r.counting["requests"] >= 3, (name, r.errors)
    # the local end decides, whatever is at the other one
    r = run("socket", aimed("socket", "public.example", 80, target="unix_socket = none.sock"), status=3)
    assert "--yes" not in r.out, r.out


@here
def a_check_says_who_will_be_asked_about(place):
    """And looks no name up: what it is now it may not be then."""
    def check(host, stages="hold = 300ms at 11", target=""):
        ini = aimed("checked", host, place.port, stages, target)
        asks = json.loads(onrush("check", "--json", ini, status=0).stdout)["may_need_yes"]
        return asks, onrush("check", ini, status=0).stdout
    for host in (PUBLIC, f"[{PUBLIC6}]", f"[::ffff:{PUBLIC}]"):
        asks, said = check(host)
        assert asks is True and f"run asks first: up to 11 VUs at {host.strip('[]')}, is that meant?" in said, said
        assert "--yes" in said and "looked up" not in said, said
    for host in ("public.example", "private.example"):
        asks, said = check(host)
        assert asks is True and f"11 VUs at {host}," in said and "no name was looked up" in said, said
        asks, said = check(host, "hold = 300ms at 9")
        assert asks is False and f"an operator says first: confirm {host}" in said and "asks first" not in said, said
    for host, target in (("127.0.0.1", ""), ("localhost", ""), (PRIVATE, ""), ("[::1]", ""),
                         ("public.example", "unix_socket = a.sock"),
                         ("public.example", f"resolve = public.example:{place.port}:{PRIVATE}")):
        asks, said = check(host, target=target)
        assert asks is False and "asks first" not in said and "confirm" not in said, said
    asks, said = check(PRIVATE, target=f"proxy = http://{PUBLIC}:80")
    assert asks is True and f"at the proxy {PUBLIC}," in said, said
    assert not place.connections, place.connections


def need_screen():
    try:
        import pty_screen  # noqa
    except ImportError as e:
        raise Skip(f"no screen: {e}")


class Asked:
    """The program on a terminal of its own."""

    def __init__(self, *args):
        import pty_screen
        self.terminal = pty_screen.Terminal([tap.ONRUSH, *args], 100, 30, dict(XDG_RUNTIME_DIR=FOLDER), FOLDER)

    def answer(self, text):
        with self.terminal as t:
            t.sees("or y:")
            said = t.text()
            os.write(t.master, text)
            return os.waitstatus_to_exitcode(t.wait()), said, t.text()


@here
def a_person_is_asked_on_the_terminal(place):
    need_screen()
    ini = aimed("asked", "public.example", place.port)
    base = ("--no-control", "--no-history", "--out")
    for n, text in enumerate((b"n\n", b"\n", b"other.example\n", b"\x04", b"yy\n")):
        status, said, after = Asked("run", "--headless", *base, path("no"), ini).answer(text)
        assert status == 104 and "not confirmed; nothing was sent" in after, (text, status, after)
    assert "public.example (203.0.113.5)" in said and "11 VUs" in said, said
    # before the console, too
    status, said, after = Asked("run", *base, path("no"), ini).answer(b"n\n")
    assert status == 104 and "not confirmed" in after, (status, after)
    assert not place.connections and not os.path.exists(path("no")), place.connections
    for n, text in enumerate((b"y\n", b"yes\n", b"Public.example\n")):
        status, said, after = Asked("run", "--headless", *base, path(f"yes{n}"), ini).answer(text)
        assert status == 0 and load(f"yes{n}/summary.json")["onrush"]["counting"]["failed"] == 0, (status, after)
    # once for all runs
    status, said, after = Asked("run", "--headless", "--repeat", "2", *base, path("twice"), ini).answer(b"y\n")
    assert status == 0 and after.count("or y:") <= 1, (status, after)


@here
def the_name_of_a_near_one_is_no_answer(place):
    need_screen()
    url = f"http://public.example:{place.port}"
    ini = write("two.ini", f"[stages]\nhold = 300ms at 11\n[variant near]\nurl = http://private.example:{place.port}\n"
                           f"[variant far]\nurl = {url}\n[request a]\nGET = /\n{THINK}")
    base = ("run", "--headless", "--no-control", "--no-history", "--out")
    status, said, after = Asked(*base, path("no"), ini).answer(b"private.example\n")
    assert status == 104 and not place.connections, (status, after)
    status, said, after = Asked(*base, path("two"), ini).answer(b"public.example\n")
    assert status == 0 and place.connections[PUBLIC], (status, after)
    # a proxy's name is one, too
    ini = aimed("proxied", "private.example", place.port, target=f"proxy = http://public.example:{place.port}")
    status, said, after = Asked(*base, path("proxied"), ini).answer(b"public.example\n")
    assert status == 0, (status, after)


def ctl(*words):
    p = onrush("ctl", "--socket", path("guard.sock"), *words)
    return p.returncode, p.stdout + p.stderr


@here
def the_operator_is_refused_until_the_name_is_said(place):
    ini = aimed("raised", "public.example", place.port, "hold = 60s at 5",
                more=THINK + "[event rush]\nat = 300ms\ndo = level 9\n")
    going = Going("raised", ini, "--control", path("guard.sock"))
    while place.requests[PUBLIC] < 20 and not going.is_over():
        time.sleep(0.02)
    for words in (("level", "11"), ("spike", "+50", "1s"), ("stage", "insert", "a", "=", "5s", "to", "70"),
                  ("level", "x10")):
        status, said = ctl(*words)
        assert status == 1 and "confirm public.example" in said, (words, said)
    status, said = ctl("confirm", "private.example")
    assert status == 1 and "confirm public.example" in said, said
    assert place.connections[PUBLIC] <= 10, place.connections
    assert ctl("confirm", "public.example")[0] == 0
    assert ctl("level", "40")[0] == 0
    while place.connections[PUBLIC] < 40 and not going.is_over():
        time.sleep(0.02)
    assert ctl("stop")[0] == 0
    r = going.wait()
    check_accounts(r)
    assert r.counting["failed"] == 0 and place.connections[PUBLIC] >= 40, (r.errors, place.connections)
    assert "confirm public.example" in [a["command"] for a in r.onrush["actions"]], r.onrush["actions"]


@here
def the_one_that_is_far_is_named(place):
    going = Going("mixed", write("mixed.ini", f"""[stages]
hold = 60s at 5
[variant near]
url = http://private.example:{place.port}
[variant far]
url = http://public.example:{place.port}
[request a]
GET = /
{THINK}"""), "--control", path("guard.sock"))
    while place.requests[PUBLIC] < 20 and not going.is_over():
        time.sleep(0.02)
    status, said = ctl("level", "11")
    assert status == 1 and "confirm public.example, if" in said, said
    status, said = ctl("confirm", "private.example")
    assert status == 1 and "confirm public.example" in said, said
    assert ctl("confirm", "PUBLIC.example")[0] == 0 and ctl("level", "11")[0] == 0
    ctl("stop")
    check_accounts(going.wait())


@here
def where_redirects_led_while_it_was_low(place):
    """A connection that is open still is none that may be used again."""
    place.location = f"http://public.example:{place.port}/there"
    going = Going("led", aimed("led", "private.example", place.port, "hold = 60s at 5", "redirects = 3"), "--control",
                  path("guard.sock"))
    while place.requests[PUBLIC] < 20 and not going.is_over():
        time.sleep(0.02)
    status, said = ctl("level", "40")
    assert status == 1 and "it leads to what is neither" in said, said
    assert ctl("confirm", "private.example")[0] == 0
    asked = place.requests[PRIVATE]
    while place.requests[PRIVATE] < asked + 20 and not going.is_over():
        time.sleep(0.02)
    count, asked = place.requests[PUBLIC], place.requests[PRIVATE]
    while place.requests[PRIVATE] < asked + 100 and not going.is_over():
        time.sleep(0.02)
    assert place.requests[PUBLIC] == count, (place.requests, count)
    ctl("stop")
    r = going.wait()
    check_accounts(r)
    assert set(r.errors) == {"redirects"}, r.errors
    assert "nobody confirmed it" in r.onrush["errors"][0]["example"], r.onrush["errors"]


@here
def near_hosts_may_be_raised(place):
    going = Going("near", aimed("near", "private.example", place.port, "hold = 60s at 5"), "--control",
                  path("guard.sock"))
    while place.requests[PRIVATE] < 20 and not going.is_over():
        time.sleep(0.02)
    status, said = ctl("confirm", "private.example")
    assert status == 1 or not going.is_over(), said
    assert ctl("level", "30")[0] == 0
    while place.connections[PRIVATE] < 30 and not going.is_over():
        time.sleep(0.02)
    ctl("stop")
    check_accounts(going.wait())
    assert place.connections[PRIVATE] >= 30, place.connections


@here
def redirects_do_not_lead_out(place):
    place.location = f"http://public.example:{place.port}/there"
    target = "redirects = 3"

    def follow(name, stages, *options, status=0):  # the target did answer
        place.connections.clear()
        r = run(name, aimed(name, "private.example", place.port, stages, target), *options, status=status)
        check_accounts(r)
        return r

    for options in ((), ("--yes",)):
        r = follow("kept", "hold = 500ms at 20", *options)
        assert place.connections[PUBLIC] == 0 < place.connections[PRIVATE], place.connections
        assert r.counting["failed"] == r.counting["requests"] > 10 and len(r.errors) == 1, r.errors
        assert f"a redirect: {PUBLIC} is neither" in r.onrush["errors"][0]["example"], r.onrush["errors"]
    r = follow("followed", "hold = 300ms at 20", "--yes-redirects")
    assert place.connections[PUBLIC] >= 20 and r.counting["failed"] == 0, (place.connections, r.errors)
    r = follow("low", "hold = 300ms at 2")
    assert place.connections[PUBLIC] >= 2 and r.counting["failed"] == 0, (place.connections, r.errors)
    # within the plan's own hosts
    place.location = f"http://private.example:{place.port}/"
    r = follow("own", "hold = 300ms at 20")
    assert {e["class"] for e in r.onrush["errors"]} <= {"redirects", "http-other"} and not place.connections[PUBLIC]


@here
def an_address_that_was_refused_is_not_to_blame_later(place):
    """The first of two addresses is far; what the second answers counts."""
    place.location = f"http://far-first.example:{place.port}/cut"
    r = run("second", aimed("second", "private.example", place.port, "hold = 300ms at 20", "redirects = 3"), status=3)
    check_accounts(r)
    assert not place.connections[PUBLIC] and set(r.errors) == {"truncated"}, (place.connections, r.onrush["errors"])


@here
def a_proxy_leads_only_to_the_plan(place):
    # this place is the proxy: it answers whatever it is asked
    place.location = "http://elsewhere.example/"
    r = run("proxy", aimed("proxy", "private.example", place.port, "hold = 300ms at 20",
                           f"proxy = http://{PRIVATE}:{place.port}\nredirects = 2"))
    check_accounts(r)
    assert r.counting["failed"] == r.counting["requests"] == place.requests[PRIVATE] > 10, (r.counting, place.requests)
    assert "nobody confirmed it" in r.onrush["errors"][0]["example"], r.onrush["errors"]


@here
def names_that_move_away_in_the_run(place):
    for name, target in (("moved", ""), ("moved-curl", "transport = curl")):
        write("hosts", HOSTS)
        going = Going(name, aimed(name, "private.example", place.port, "quiet = 1500ms at 0\nrush = 1s at 20", target))
        while not os.path.exists(path(f"{name}/timeline.ndjson")) and not going.is_over():
            time.sleep(0.01)
        write("hosts", HOSTS.replace(f"{PRIVATE} private", f"{PUBLIC} private"))
        r = going.wait()
        check_accounts(r)
        assert not place.connections, place.connections
        assert set(r.errors) == {"connect"} and PUBLIC in r.onrush["errors"][0]["example"], r.onrush["errors"]


@here
def what_moved_away_may_be_confirmed_then(place):
    going = Going("moves", write("moves.ini", f"""[stages]
quiet = 1500ms at 0
rush = 60s at 20
[variant stays]
url = http://{PRIVATE}:{place.port}
[variant moves]
url = http://private.example:{place.port}
[request a]
GET = /
{THINK}"""), "--control", path("guard.sock"))
    while not os.path.exists(path("moves/timeline.ndjson")) and not going.is_over():
        time.sleep(0.01)
    write("hosts", HOSTS.replace(f"{PRIVATE} private", f"{PUBLIC} private"))
    while json.loads(ctl("status")[1])["status"]["run"]["failed"] < 20:
        time.sleep(0.01)
    assert not place.connections[PUBLIC], place.connections
    status, said = ctl("confirm", "10.9.9.9")
    assert status == 1 and "confirm private.example" in said, said
    assert ctl("confirm", "private.example")[0] == 0
    while not place.requests[PUBLIC] and not going.is_over():
        time.sleep(0.02)
    ctl("stop")
    r = going.wait()
    check_accounts(r)
    assert place.requests[PUBLIC] and set(r.errors) == {"connect"}, (place.requests, r.errors)


if __name__ == "__main__":
    main(at_once=3)
