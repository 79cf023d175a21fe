#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets of every kind, in every place of a profile, against servers that
tell them again: what a run sends has them, nothing that it writes or shows."""
import base64, os, re, shlex, sqlite3, sys, threading, time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa
from servers import Accepting
import tap

# What must not be found; each is planted once or more.
KINDS = """env-header env-body env-path env-vars env-word bearer api-key cookie query json form vars auth proxy
hook-password hook-path hook-query option argument event data monitor-password monitor-query push extracted set-cookie
url-login""".split()
SECRET = {k: f"Zq{i:02d}x{k.replace('-', '')}/9+vB" for i, k in enumerate(KINDS)}
PLAIN = {k: f"Zq{i:02d}x{k.replace('-', '')}9vB" for i, k in enumerate(KINDS)}  # where a / would end it
ENV = {f"ONRUSH_TEST_{k[4:].upper()}": (SECRET if k in ("env-header", "env-body", "env-vars") else PLAIN)[k]
       for k in KINDS if k.startswith("env-")}


class Echo(Accepting):
    """Answers each request with a failure that repeats all of it: in the
    reason, headers, Location, cookies and body. /login gives a token."""

    def __init__(self, status=500):
        super().__init__()
        self.status, self.seen, self.has_told = status, [], False

    def take(self, c):
        threading.Thread(target=self.one, args=(c,), daemon=True).start()

    def one(self, c):
        with c, c.makefile("rb") as f:
            c.settimeout(20)
            try:
                while self.exchange(c, f):
                    pass
            except (OSError, ValueError):
                pass

    def exchange(self, c, f):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = f.readline()
            if not line:
                return False
            head += line
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        body = f.read(int(length[1])) if length else b""
        self.seen.append(head + body)
        target = head.split(b" ", 2)[1]
        set_cookie = f"Set-Cookie: id={PLAIN['set-cookie']}; Path=/\r\n".encode()
        if target.startswith(b"/metrics"):
            status, more, said = b"200 OK", b"", b"up 1\n"
        elif target.startswith(b"/login"):
            status, more, self.has_told = b"200 OK", set_cookie, True
            said = json.dumps({"token": SECRET["extracted"], "user": "me"}).encode()
        else:
            fields = [line.split(b":", 1)[1].strip() for line in head.split(b"\r\n")[1:] if b":" in line]
            echo = b" ".join(fields)
            status = b"%d it was %s" % (self.status, target + b" " + echo)
            more = set_cookie + b"X-Echo: %s\r\nLocation: /else?was=%s\r\n" % (echo, target)
            said = head + body + json.dumps({"got": (head + body).decode("latin1")}).encode() \
                + b" " + PLAIN["set-cookie"].encode() + b" " + SECRET["extracted"].encode() * self.has_told
        c.sendall(b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, more, len(said), said))
        return True

    def saw(self, text):
        return any(text.encode() in s for s in self.seen)


PROFILE = """[profile]
name = leak
graceful_stop = 1s
[target]
url = {url}
header = X-Api-Key: {api-key}
{target}
[vars]
password = {vars}
place = ${{env.ONRUSH_TEST_VARS}}
[data users]
file = users.csv
pick = sequential
[stages]
one = {seconds}s at 2
[scenario]
flow = login, all, form, raw, free
think = 30ms
[request login]
GET = /login
extract token = json.token
[request all]
POST = /all/${{env.ONRUSH_TEST_PATH}}?token={query}&page=2
header = Authorization: Bearer {bearer}
header = Cookie: sid={cookie}; theme=dark
header = X-Plain: ${{env.ONRUSH_TEST_HEADER}}
header = X-Session-Token: ${{token}}
body = {{"password": "{json}", "n": 1, "more": "${{env.ONRUSH_TEST_BODY}}"}}
check = status == 200
check = body contains "{json}"
[request form]
POST = /form?p=${{place}}
body = user=me&pwd={form}&page=3
[request raw]
POST = /raw
header = X-Who: ${{users.name}}
body = ${{users.password}} ${{password}} ${{token}}
[request free]
GET = /free
until = status == 200
every = 100ms
give_up = 200ms
{more}
[thresholds]
http_req_failed = rate < 1%
[alerts]
down = http_req_failed rate > 10% for 1s, warning, webhook http://wu:{hook-password}@127.0.0.1:{port}/in/{hook-path}?key={hook-query}
[event tell]
at = 300ms
exec = sh -c 'echo "no: $0 $1" >&2; exit 3' --token={event} ${{env.ONRUSH_TEST_WORD}}
[monitor]
prometheus = http://mu:{monitor-password}@127.0.0.1:{port}/metrics?token={monitor-query} up
"""


def profile(server, name="leak.ini", target="", more="", seconds=2):
    write("users.csv", "name,password\n" + "".join(f"u{i},{SECRET['data']}\n" for i in range(3)))
    values = dict(SECRET, **{k: PLAIN[k] for k in ("query", "form", "hook-password", "hook-path", "hook-query",
                                                   "monitor-password", "monitor-query", "cookie", "push", "proxy")})
    return write(name, PROFILE.format(url=server.url, port=server.port, target=target, more=more, seconds=seconds,
                                      **values))


def login(user, word):
    return base64.b64encode(f"{user}:{word}".encode()).decode()


def needles():
    found = {}
    for k in KINDS:
        for v in SECRET[k], PLAIN[k]:
            found[v] = k
            found[urllib.request.quote(v, safe="")] = k + " in a URL"
            found[v.replace("/", "\\/")] = k + " in JSON"
    for user, k in ("me", "auth"), ("pu", "proxy"):
        for v in SECRET[k], PLAIN[k]:
            found[login(user, v)] = k + " in base64"
    return found


def halves(text):
    """A secret's beginning is enough to be one that leaked."""
    return sorted(set(re.findall(r"Zq\d\dx\w{3,}", text)))


def expect_clean(what, text):
    for needle, kind in needles().items():
        assert needle not in text, f"{kind} in {what}: ...{text[max(0, text.index(needle) - 200):][:300]}"
    assert not halves(text), (what, halves(text))


def every_file(folder):
    for root, _, names in os.walk(folder):
        for n in names:
            with open(os.path.join(root, n), "rb") as f:
                yield os.path.join(root, n), f.read().decode("latin1")


def expect_all_clean(*folders):
    count = 0
    for folder in folders:
        for name, text in every_file(path(folder)):
            expect_clean(name, name + "\n" + text)
            count += 1
    return count


FILES = ["-o", "s.json", "--summary-export", "flat.json", "--junit", "j.xml", "--csv", "c.csv", "--hgrm", "h.hgrm"]


def extras(folder):
    os.makedirs(path(folder), exist_ok=True)
    return [f if f.startswith("-") else path(f"{folder}/{f}") for f in FILES]


def opened(results):
    """What is made of the results later, and by others."""
    text = ""
    for args in (["open", "--headless", path(results)], ["compare", path(results), path(results)],
                 ["compare", "--md", path(results), path(results)],
                 ["compare", "--json", "--html", path("later/c.html"), path(results), path(results)],
                 ["history"], ["history", "--json"]):
        r = onrush(*args, env=ENV)
        text += r.stdout + r.stderr
    return text


@test
def nothing_of_a_run_tells_a_secret():
    with Echo() as s, Echo(204) as hook:
        p = profile(s, target="", more=f"""[request command]
exec = sh -c 'echo "$0 $1 $2"; echo "$2 $1" >&2; exit 4' --token {shlex.quote(SECRET['option'])} --password='{SECRET['argument']}'
""")
        text = open(p).read().replace("raw, free", "raw, command, free").replace(f":{s.port}/in/", f":{hook.port}/in/")
        write("leak.ini", text)
        os.makedirs(path("later"), exist_ok=True)
        r = onrush("run", "--allow-exec", "--headless", "--out", path("leak"), "--push",
                   f"http://gw:{PLAIN['push']}@127.0.0.1:{s.port}/pushed", *extras("leak-more"), p, env=ENV, status=99)
        check = onrush("check", p, env=ENV, status=0)
        plan = onrush("check", "--json", p, env=ENV, status=0)
    for kind in ("bearer", "api-key", "json", "env-header", "env-body", "data", "vars", "extracted"):
        assert s.saw(SECRET[kind]), f"{kind} was never sent"
    for kind in ("query", "cookie", "form", "env-path"):
        assert s.saw(PLAIN[kind]), f"{kind} was never sent"
    assert hook.saw(f"/in/{PLAIN['hook-path']}?key={PLAIN['hook-query']}") and hook.saw(login("wu", PLAIN["hook-password"]))
    for told in hook.seen:
        expect_clean("the webhook's body", told.decode().split("\r\n\r\n", 1)[1])
    for pushed in [x for x in s.seen if x.startswith(b"PUT /pushed")]:
        expect_clean("what was pushed", pushed.decode().split("\r\n\r\n", 1)[1])
    expect_clean("standard output", r.stdout)
    expect_clean("standard error", r.stderr)
    expect_clean("check", check.stdout + check.stderr + plan.stdout)
    expect_clean("what comes of it", opened("leak"))
    assert expect_all_clean("leak", "leak-more", "later", "data") >= 10
    report = open(path("leak/report.html")).read()
    assert report.count("***") > 20 and "curl" not in report, report.count("***")
    log = [e["text"] for e in load("leak/summary.json")["onrush"]["events"]]
    assert any(re.search(r"event tell: ended with status 3: no: --token=\*\*\* \*\*\*", e) for e in log), log


@test
def whole_transfers_tell_none():
    """By curl: a login, a proxy with one, a jar of cookies, redirects."""
    with Echo(407) as proxy, Echo(401) as s:
        for name, target in (("proxied", f"proxy = http://pu:{PLAIN['proxy']}@127.0.0.1:{proxy.port}"),
                             ("login", f"auth = basic me:{SECRET['auth']}\ncookies = on\nredirects = 3")):
            p = profile(s, name + ".ini", target=target, seconds=1)
            r = onrush("run", "--allow-exec", "--headless", "--out", path(name), p, env=ENV, status=99)
            expect_clean(name, r.stdout + r.stderr)
            expect_all_clean(name)
        assert proxy.saw(login("pu", PLAIN["proxy"])) and s.saw(login("me", SECRET["auth"]))


KEYS = """0.5 shot live
{views}
2.7 P
2.75 y
2.8 :
2.85 type save profile mine.ini
2.9 enter
2.95 q
"""


@test
def no_screen_tells_one():
    """Every view, failures opened, a picture, what is copied, what p saves."""
    views = "".join(f"{0.9 + 0.12 * i:.2f} {k}\n{0.95 + 0.12 * i:.2f} shot v{i}\n"
                    for i, k in enumerate(["2", "3", "enter", "esc", "4", "enter", "pgdn", "esc", "5", "6", "?", "esc", "1"]))
    with Echo() as s:
        p = profile(s, "screens.ini", seconds=3)
        keys = write("secret.keys", KEYS.format(views=views))
        r = onrush("run", "--allow-exec", "--keys", keys, "--frames", path("frames"), "--size", "160x60", "--out",
                   path("screens"), p, env=ENV)
        assert r.returncode in (0, 99), r.stdout + r.stderr
    frames = list(every_file(path("frames")))
    assert len(frames) >= 12, frames
    assert any("***" in text for _, text in frames), "no example was shown"
    expect_clean("console", r.stdout + r.stderr)
    kinds = {n.rsplit(".", 1)[1] for n in os.listdir(path("screens"))}
    assert {"svg", "txt", "ini"} <= kinds and os.path.exists(path("screens/mine.ini")), os.listdir(path("screens"))
    expect_all_clean("frames", "screens")


@test
def a_saved_profile_runs_again_or_says_what_it_lost():
    with Echo() as s:
        p = write("env.ini", f"""[profile]
name = env
[target]
url = {s.url}
[vars]
place = ${{env.ONRUSH_TEST_VARS}}
[stages]
a = 500ms at 1
[request r]
POST = /a?token=${{env.ONRUSH_TEST_PATH}}
header = Authorization: Bearer ${{env.ONRUSH_TEST_HEADER}}
header = Cookie: a=${{env.ONRUSH_TEST_PATH}}; b=${{vu}}
body = {{"password": "${{env.ONRUSH_TEST_BODY}}", "at": "${{place}}"}}
[scenario]
think = 50ms
""")
        onrush("run", "--headless", "--out", path("env"), p, env=ENV, status=0)
        sent = s.seen[0]
        s.seen.clear()
        onrush("run", "--headless", "--out", path("env2"), path("env/profile.ini"), env=ENV, status=0)
        assert s.seen[0] == sent, (sent, s.seen[0])
        r = onrush("run", "--headless", path("env/profile.ini"), status=104)
        assert "the environment has no variable 'ONRUSH_TEST_" in r.stderr, r.stderr
        p = profile(s, "lost.ini", target=f"auth = basic me:{SECRET['auth']}", seconds=1)
        onrush("run", "--allow-exec", "--headless", "--out", path("lost"), p, env=ENV, status=99)
        s.seen.clear()
        r = onrush("run", "--allow-exec", "--headless", path("lost/profile.ini"), env=ENV, status=104)
    assert not [x for x in s.seen if b"***" in x] and "nothing was sent" in r.stderr
    saved = open(path("lost/profile.ini")).read()
    lines = saved.splitlines()
    for wanted in ("header = Authorization: Bearer ${***}", "header = X-Api-Key: ${***}",
                   "header = Cookie: sid=${***}; theme=${***}", "auth = basic me:${***}", "password = ${***}",
                   'body = {"password": "${***}", "n": 1, "more": "${env.ONRUSH_TEST_BODY}"}',
                   "body = user=me&pwd=${***}&page=3", "POST = /all/${env.ONRUSH_TEST_PATH}?token=${***}&page=2",
                   "header = X-Session-Token: ${token}", "place = ${env.ONRUSH_TEST_VARS}"):
        assert wanted in saved, f"{wanted}\n{saved}"
        n = lines.index(wanted) + 1
        if "***" in wanted:
            assert lines[n - 2].startswith("; a secret is left out"), lines[n - 2]
            assert re.search(rf"profile\.ini:{n}:\d+: a secret stood here", r.stderr), (n, wanted, r.stderr)


@test
def no_word_is_lost_for_nothing():
    """What the environment gives may be a word that stands elsewhere, too;
    a name may only look like a secret's. That it is lost is said."""
    text = """[profile]
name = words
[target]
url = {}
header = X-Stage: ${{env.ONRUSH_TEST_STAGE}}
header = X-Idempotency-Key: order-12345
[stages]
a = 500ms at 1
[request production]
POST = /production/list?keyboard=qwertz
header = X-Trace: ${{env.ONRUSH_TEST_SHARED_KEY}}
body = {{"max_tokens": 100, "session_timeout": 3600, "primary_key": "p-4711"}}
{}[scenario]
think = 50ms
"""
    env = {"ONRUSH_TEST_STAGE": "production", "ONRUSH_TEST_SHARED_KEY": "sharedword"}
    with Echo(200) as s:
        r = onrush("run", "--headless", "--out", path("words"), write("words.ini", text.format(s.url, "")), env=env,
                   status=0)
        assert "left out" not in r.stdout, r.stdout
        saved = open(path("words/profile.ini")).read()
        assert "${***}" not in saved and "POST = /production/list?keyboard=qwertz" in saved, saved
        sent = s.seen[0]
        s.seen.clear()
        onrush("run", "--headless", "--out", path("words2"), path("words/profile.ini"), env=env, status=0)
        assert s.seen[0] == sent, (sent, s.seen[0])
        more = "header = X-Api-Key: anything\nheader = X-Other: sharedword\n"
        r = onrush("run", "--headless", "--out", path("words3"), write("words.ini", text.format(s.url, more)), env=env,
                   status=0)
    saved = open(path("words3/profile.ini")).read()
    assert saved.count("${***}") == 2 and "X-Other: ${***}" in saved, saved
    assert "2 secrets are left out of its profile.ini" in r.stdout and "--keep-secrets" in r.stdout, r.stdout


@test
def keep_secrets_keeps_them():
    with Echo() as s:
        p = profile(s, "kept.ini", seconds=1)
        onrush("run", "--allow-exec", "--headless", "--keep-secrets", "--out", path("kept"), p, env=ENV, status=99)
        saved = open(path("kept/profile.ini")).read()
        for kind in "bearer", "api-key", "json", "vars":
            assert SECRET[kind] in saved, kind
        assert "${***}" not in saved and ENV["ONRUSH_TEST_HEADER"] not in saved
        assert SECRET["bearer"] in open(path("kept/report.html")).read()
        onrush("run", "--allow-exec", "--headless", "--out", path("again"), path("kept/profile.ini"), env=ENV, status=99)
        assert SECRET["bearer"] not in open(path("again/profile.ini")).read()


@test
def mistakes_do_not_quote_them():
    p = write("wrong.ini", f"""[target]
url = http://127.0.0.1:9
timeout = ${{env.ONRUSH_TEST_WORD}}
http = ${{env.ONRUSH_TEST_WORD}}
local_address = ${{env.ONRUSH_TEST_WORD}}
auth = {SECRET['auth']}
proxy = nothing://pu:{PLAIN['proxy']}@h
[variant a]
url = http://me:{PLAIN['url-login']}@127.0.0.1:9
[request r]
GET = /?token={PLAIN['query']} x
body = @/nowhere/${{env.ONRUSH_TEST_WORD}}
[stages]
a = 1s at 1
""")
    r = onrush("run", "--headless", p, env=ENV, status=104)
    assert r.stderr.count("\n") > 4
    expect_clean("mistakes", r.stdout + r.stderr)
    r = onrush("run", "--headless", "--url", f"http://me:{PLAIN['url-login']}@h", p, env=ENV, status=104)
    expect_clean("mistakes", r.stdout + r.stderr)
    r = onrush("run", "--headless", "--push", f"nothing://me:{PLAIN['push']}@h", p, env=ENV, status=104)
    expect_clean("mistakes", r.stdout + r.stderr)


@test
def a_push_that_fails_does_not_tell_its_url():
    with Echo(500) as s:
        p = write("push.ini", f"[target]\nurl = {s.url}\n[stages]\na = 1s at 1\n[request login]\nGET = /login\n"
                              "[scenario]\nthink = 100ms\n")
        r = onrush("run", "--headless", "--out", path("push"), "--push-every", "1s", "--push",
                   f"http://gw:{PLAIN['push']}@127.0.0.1:{s.port}/pushed?was={PLAIN['push']}", p)
    log = [e["text"] for e in load("push/summary.json")["onrush"]["events"]]
    assert any("were not pushed to" in e for e in log) or "were not pushed to" in r.stderr, (log, r.stderr)
    expect_clean("push", r.stdout + r.stderr)
    expect_all_clean("push")


@test
def results_are_for_their_owner_alone():
    with Echo() as s:
        p = profile(s, "modes.ini", seconds=1)
        old = os.umask(0)
        try:
            onrush("run", "--allow-exec", "--keys", write("m.keys", "0.5 shot a\n0.6 q\n"), "--frames",
                   path("modes-frames"), *extras("modes-more"), p, env=ENV)
        finally:
            os.umask(old)
    folder = path("onrush-results/" + [n for n in os.listdir(path("onrush-results")) if n.startswith("leak-")][0])
    for place in path("onrush-results"), folder, path("modes-frames"):
        assert os.stat(place).st_mode & 0o777 == 0o700, f"{place} {os.stat(place).st_mode:o}"
    files = [folder, path("modes-frames"), path("modes-more")]
    count = 0
    for root in files:
        for n in os.listdir(root):
            mode = os.stat(os.path.join(root, n)).st_mode & 0o777
            assert mode == 0o600, f"{root}/{n} {mode:o}"
            count += 1
    assert count >= 9, count


main()
