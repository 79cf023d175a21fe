#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the curl transport does, counted against servers of the test's own."""
import gzip, hashlib, os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa
from servers import *  # noqa

USES = 0


def drive(url, target="", requests="[request a]\nGET = /a\n", iterations=40, vus=4, workers=1):
    """Runs a profile; its summary. On one worker all VUs begin at once."""
    global USES
    USES += 1
    p = write(f"p{USES}.ini", f"[profile]\niterations = {iterations}\ngraceful_stop = 5s\n[target]\nurl = {url}\n{target}\n"
                              f"[stages]\na = 20s at {vus}\n{requests}")
    r = onrush("run", "--headless", "--no-control", "--no-history", "--workers", str(workers), "--out", path(f"o{USES}"), p)
    assert r.returncode in (0, 3), f"exit {r.returncode}\n{r.stdout}\n{r.stderr}"  # 3: nothing was answered
    return load(f"o{USES}/summary.json")


def counts(s, server, requests=40):
    """Nothing failed; as many as asked for; sent is what the server saw."""
    c = s["onrush"]["counting"]
    assert s["onrush"]["errors"] == [], s["onrush"]["errors"]
    assert c["requests"] == requests and c["failed"] == 0, c
    assert c["sent"] == server.seen.counts["requests"], (c, server.seen.counts)
    return c


def checked(s):
    assert s["metrics"]["checks"]["values"]["rate"] == 1, s["metrics"]["checks"]


class Redirecting(Web):
    def page(self, body):
        to = {"/a": (302, "/b"), "/b": (301, f"http://127.0.0.1:{self.server.port}/c"), "/post302": (302, "/say"),
              "/put303": (303, "/say"), "/delete303": (303, "/say"), "/post307": (307, "/say")}.get(self.path)
        if to:
            return to[0], [("Location", to[1])], b"over there"
        return 200, [], f"{self.command}:{len(body)}".encode()


@test
def redirects_are_followed_and_counted():
    with serving(Redirecting) as w:
        url = f"http://127.0.0.1:{w.port}"
        s = drive(url, "redirects = 2", "[request a]\nGET = /a\ncheck = status == 200\ncheck = body contains \"GET:0\"\n")
        c = counts(s, w)
        checked(s)
        assert c["sent"] == 120 and c["connects"] == 4, c
        assert s["onrush"]["transport"] == "curl"
        s = drive(url, "redirects = 1")
        assert [(e["class"], e["count"]) for e in s["onrush"]["errors"]] == [("redirects", 40)], s["onrush"]["errors"]
        assert s["onrush"]["counting"]["sent"] == 80 == w.seen.counts["requests"] - 120
        s = drive(url)
        assert s["onrush"]["requests"][0]["status"]["3xx"] == 40 and s["onrush"]["transport"] == "wire"


@test
def methods_change_as_the_answer_says():
    big = write("big.bin", "x" * 300000)
    with serving(Redirecting) as w:
        s = drive(f"http://127.0.0.1:{w.port}", "redirects = 3", f"""[request a]
POST = /post302
body = hello
check = body contains "GET:0"
[request b]
PUT = /put303
body = hello
check = body contains "GET:0"
[request c]
DELETE = /delete303
check = body contains "GET:0"
[request d]
POST = /post307
body = hello
check = body contains "POST:5"
[request e]
POST = /post307
body = @{big}
check = body contains "POST:300000"
[request f]
PUT = /put303
body = @{big}
check = body contains "GET:0"
[request g]
DELETE = /say
check = body contains "DELETE:0"
[request h]
HEAD = /a
check = size == 0
[request i]
POST = /say
check = body contains "POST:0"
[request j]
PATCH = /say
body = @{big}
check = body contains "PATCH:300000"
""", iterations=8, vus=2)
        checked(s)
        c = counts(s, w, 80)
        assert c["sent"] == 8 * 18, c
        out = {r["name"]: r["bytes_out"] for r in s["onrush"]["requests"]}
        assert 8 * 300000 < out["j"] < 8 * 300600 and out["i"] < 8 * 400, out


@test
def headers_are_those_of_the_wire():
    class Echo(Web):
        def page(self, body):
            self.server.seen.add("\n".join(sorted(f"{k}: {v}" for k, v in self.headers.items() if k != "Host")))
            return 200, [], b"ok"
    heads = []
    for way in "wire", "curl":
        with serving(Echo) as w:
            s = drive(f"http://127.0.0.1:{w.port}/api", f"transport = {way}\nheader = X-All: 1\nheader = X-Empty:",
                      "[request a]\nGET = /a\nheader = X-Own: 2\n[request b]\nPOST = /b?q=1\nbody = hi\n"
                      "[request c]\nPUT = /c/../d\nbody = x\nheader = Content-Type: text/x\n[request d]\nDELETE = /e\n",
                      iterations=1, vus=1)
            counts(s, w, 4)
            heads.append(w.seen.lines)
    assert heads[0] == heads[1], heads


class Shop(Web):
    def page(self, body):
        cookie = self.headers.get("Cookie")
        self.server.seen.add(cookie)
        if cookie:
            return 200, [], cookie.encode()
        with LOCK:
            self.server.visitors += 1
            return 200, [("Set-Cookie", f"id={self.server.visitors}")], b"new"


@test
def requests_at_the_same_time_share_a_vus_cookies():
    group = "".join(f"[request {x}]\nGET = /{x}\n" for x in "abcd") + "[scenario x]\nflow = a, (b c d), (a b c d)\n"
    with serving(Shop, visitors=0) as w:
        counts(drive(f"http://127.0.0.1:{w.port}", "cookies = on", requests=group, iterations=10, vus=2), w, 80)
        assert w.visitors == 2, (w.visitors, w.seen.lines)


class Basket(Web):
    """/first sets a, b and c; the three after it, which are there together, each change one; /last is told the rest."""
    def page(self, body):
        cookies = {"/first": ["a=0", "b=0", "c=0"], "/a": ["a=1"], "/b": ["b=1"], "/c": ["c=; Max-Age=0"]}
        if self.path in ("/a", "/b", "/c"):
            self.server.together.wait(10)
        answer = "; ".join(sorted((self.headers.get("Cookie") or "none").split("; ")))
        return 200, [("Set-Cookie", c) for c in cookies.get(self.path, [])], answer.encode()


@test
def what_each_of_them_is_given_is_kept():
    last = 'check = body == "a=1; b=1"\n'
    group = ("".join(f"[request {x}]\nGET = /{x}\n" for x in ("first", "a", "b", "c"))
             + "".join(f"[request {x}]\nGET = /last\n{last}" for x in "xyz")
             + "[scenario x]\nflow = first, (a b c), (x y z)\n")
    with serving(Basket, together=threading.Barrier(3)) as w:
        s = drive(f"http://127.0.0.1:{w.port}", "cookies = on", requests=group, iterations=5, vus=1)
        counts(s, w, 35)
        checked(s)


@test
def each_vu_keeps_its_own_cookies():
    with serving(Shop, visitors=0) as w:
        counts(drive(f"http://127.0.0.1:{w.port}", "cookies = on", iterations=60), w, 60)
        ids = [x for x in w.seen.lines if x is None or x.startswith("id=")]
        assert w.visitors == 4 and len(ids) == 60 and len(set(ids)) == 5, (w.visitors, ids)


class Guarded(Web):
    def page(self, body):
        said = self.headers.get("Authorization", "")
        if said == "Basic dTpwOng=":
            return 200, [], b"in"
        if said.startswith("Digest "):
            got = dict(x.strip().split("=", 1) for x in said[7:].split(", "))
            got = {k: v.strip('"') for k, v in got.items()}
            md5 = lambda *x: hashlib.md5(":".join(x).encode()).hexdigest()
            want = md5(md5("u", "r", "p:x"), got["nonce"], got["nc"], got["cnonce"], "auth", md5(self.command, self.path))
            if got["response"] == want:
                self.server.seen.add("", let_in=1)
                return 200, [], b"in"
        return 401, [("WWW-Authenticate", 'Digest realm="r", nonce="abc", qop="auth"')], b"who?"


@test
def logins_basic_and_digest():
    with serving(Guarded) as w:
        url = f"http://127.0.0.1:{w.port}"
        c = counts(drive(url, "auth = basic u:p:x"), w)
        assert c["sent"] == 40
    with serving(Guarded) as w:
        url = f"http://127.0.0.1:{w.port}"
        c = counts(drive(url, "auth = digest u:p:x", "[request a]\nPOST = /a\nbody = hello\n"), w)
        # The first of each VU learns the nonce.
        assert w.seen.counts["let_in"] == 40 and c["sent"] == 44, (c, w.seen.counts)
    with serving(Guarded) as w:
        s = drive(f"http://127.0.0.1:{w.port}", "auth = digest u:wrong")
        assert [(e["class"], e["count"]) for e in s["onrush"]["errors"]] == [("http-4xx", 40)], s["onrush"]["errors"]
        assert s["onrush"]["counting"]["sent"] == w.seen.counts["requests"]


PAGE = b"the quick brown fox " * 500


class Packed(Web):
    def page(self, body):
        if "gzip" not in self.headers.get("Accept-Encoding", ""):
            return 200, [], PAGE
        return 200, [("Content-Encoding", "gzip")], b"rubbish" if self.path == "/bad" else gzip.compress(PAGE, mtime=0)


@test
def answers_are_decompressed():
    n = len(gzip.compress(PAGE, mtime=0))
    with serving(Packed) as w:
        s = drive(f"http://127.0.0.1:{w.port}", "decompress = on",
                  f"[request a]\nGET = /a\ncheck = body contains \"fox\"\ncheck = size == {n}\n")
        counts(s, w)
        checked(s)
        assert 40 * n < s["onrush"]["requests"][0]["bytes_in"] < 40 * (n + 300)
        s = drive(f"http://127.0.0.1:{w.port}", "decompress = on", "[request a]\nGET = /bad\n")
        assert [(e["class"], e["count"]) for e in s["onrush"]["errors"]] == [("malformed", 40)], s["onrush"]["errors"]


class Plain(Web):
    def page(self, body):
        return 200, [], b"hello"


@test
def proxies_stand_between():
    certificates(FOLDER)
    ca = f"tls_ca = {path('ca.pem')}"
    for kind, handler in (("http", Proxy), ("socks5", Socks5), ("socks5h", Socks5)):
        with serving(Plain) as w, serving(handler) as p:
            counts(drive(f"http://127.0.0.1:{w.port}", f"proxy = {kind}://127.0.0.1:{p.port}"), w)
            seen = [x for x in p.seen.lines if f"127.0.0.1:{w.port}" in x]
            assert seen and len(seen) == len(p.seen.lines), p.seen.lines
        with serving(Plain, tls=tls_context(FOLDER)) as w, serving(handler) as p:
            counts(drive(f"https://127.0.0.1:{w.port}", f"proxy = {kind}://127.0.0.1:{p.port}\n{ca}"), w)
            assert len(p.seen.lines) == 4, p.seen.lines
    with serving(Plain) as w:
        s = drive(f"http://127.0.0.1:{w.port}", "proxy = http://127.0.0.1:1", iterations=8)
        assert [e["class"] for e in s["onrush"]["errors"]] == ["connect"], s["onrush"]["errors"]
        assert s["onrush"]["counting"]["sent"] == 0 and not w.seen.lines


@test
def certificates_of_our_own():
    certificates(FOLDER)
    ca = f"tls_ca = {path('ca.pem')}\n"
    ours = f"tls_cert = {path('client.pem')}\ntls_key = {path('client.key')}\n"
    for way in "wire", "curl":
        with serving(Plain, tls=tls_context(FOLDER, asks=True)) as w:
            url = f"https://127.0.0.1:{w.port}"
            counts(drive(url, f"transport = {way}\n{ca}{ours}"), w)
            with open(path("both.pem"), "w") as f:
                f.write(open(path("client.pem")).read() + open(path("client.key")).read())
            s = drive(url, f"transport = {way}\n{ca}tls_cert = {path('both.pem')}")
            assert s["onrush"]["counting"]["failed"] == 0 and s["onrush"]["transport"] == f"{way} tls"
            s = drive(url, f"transport = {way}\n{ca}", iterations=8)
            assert s["onrush"]["counting"]["failed"] == 8 and not s["onrush"]["requests"][0]["status"].get("2xx")
            p = write("bad.ini", f"[target]\nurl = {url}\ntransport = {way}\n{ca}tls_cert = {path('client.pem')}\n"
                                 f"tls_key = {path('stray.key')}\n[stages]\na = 1s at 1\n[request a]\nGET = /\n")
            r = onrush("run", "--headless", "--no-control", "--no-history", "--out", path("bad-out"), p)
            assert r.returncode not in (0, 99) and "stray.key: holds no private key" in r.stderr, (r.returncode, r.stderr)


@test
def files_over_ftp():
    with serving(Ftp, files={"/x": b"hello ftp", "x": b"hello ftp"}, login="u:p") as f:
        url = f"ftp://127.0.0.1:{f.port}"
        big = write("up.bin", "y" * 200000)
        s = drive(url, "auth = basic u:p", f"[request get]\nGET = /x\ncheck = status == 226\ncheck = size == 9\n"
                                           f"check = body contains \"ftp\"\n[request put]\nPUT = /new\nbody = @{big}\n",
                  iterations=10, vus=2)
        c = counts(s, f, 20)
        checked(s)
        assert c["connects"] < 60 and f.files["new"] == b"y" * 200000
        assert len([x for x in f.seen.lines if x.startswith("USER")]) == 2, "a control connection for each VU"
        s = drive(url, "auth = basic u:p", "[request get]\nGET = /none\n", iterations=6)
        assert [(e["class"], e["count"]) for e in s["onrush"]["errors"]] == [("http-5xx", 6)], s["onrush"]["errors"]
        s = drive(url, "auth = basic u:q", "[request get]\nGET = /x\n", iterations=6)
        assert [(e["class"], e["count"]) for e in s["onrush"]["errors"]] == [("http-5xx", 6)], s["onrush"]["errors"]
        assert s["onrush"]["counting"]["sent"] == 0


@test
def new_connections_when_asked():
    for when, connects in (("never", 4), ("iteration", 20), ("request", 40)):
        with serving(Redirecting) as w:
            c = counts(drive(f"http://127.0.0.1:{w.port}", f"transport = curl\nnew_connection = {when}",
                             "[request a]\nGET = /say\n[request b]\nGET = /say\n", iterations=20), w)
            assert c["connects"] == connects, (when, c)


@test
def the_choice_is_shown():
    p = write("way.ini", "[target]\nurl = http://127.0.0.1:1\n[stages]\na = 1s at 1\n[request a]\nGET = /\n")
    say = lambda *sets: onrush("check", *(x for s in sets for x in ("--set", "target." + s)), p).stdout
    assert "carried by wire\n" in say()
    assert "carried by curl: follows redirects\n" in say("redirects=5")
    assert "carried by curl: digest login\n" in say("auth=digest a:b")
    assert "carried by curl: transport = curl\n" in say("transport=curl")
    j = json.loads(onrush("check", "--json", "--set", "target.cookies=on", p, status=0).stdout)
    assert j["transport"] == {"a": "curl: keeps cookies"}
    r = onrush("check", "--set", "target.cookies=on", "--set", "target.transport=wire", p, status=104)
    assert "keeps cookies" in r.stderr and "auto or curl" in r.stderr, r.stderr


main()
