#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alerts that tell others: by webhook, by a process."""
import http.server, os, socket, stat, sys, threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = "said"
graceful_stop = 1s
[target]
url = {url}
[stages]
one = 3s at 4
[request home]
GET = /errors/{errors}
[scenario s]
think = 50ms
[alerts]
down = http_req_failed rate > 50% for 1s, critical, {actions}
"""


class Hook:
    """Takes what is posted; answers with a status, or not at all."""

    def __init__(self, status=204):
        self.got = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append((self.path, self.headers["Content-Type"],
                                 self.headers.get("Authorization"), json.loads(body)))
                hook.may_answer.wait(10)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def profile(url, actions, errors="100%"):
    return write("alerts.ini", PROFILE.format(url=url, errors=errors, actions=actions))


def events(out):
    return [e["text"] for e in load(out + "/summary.json")["onrush"]["events"] if e["kind"] == "alert"]


def script(name, text):
    p = write(name, "#!/bin/sh\n" + text)
    os.chmod(p, os.stat(p).st_mode | stat.S_IXUSR)


@test
def a_webhook_is_posted_to_and_its_secrets_are_kept():
    with Hook() as hook, Target() as t:
        p = profile(t.url, f"stop, webhook http://me:geheim@127.0.0.1:{hook.port}/hook?token=streng")
        r = onrush("run", "--headless", "--out", path("hook"), p, status=99)
        path_, kind, auth, said = hook.got[0]
        assert path_ == "/hook?token=streng" and kind == "application/json" and auth.startswith("Basic "), hook.got
        at = said.pop("at_ms")
        assert 1000 <= at <= 3000, at
        assert said == {"alert": "down", "severity": "critical", "state": "firing", "value": 1, "limit": 0.5,
                        "run": '"said"', "text": "http_req_failed rate > 50% for 1s, critical, stop, webhook "
                                                 f"http://127.0.0.1:{hook.port}/..."}, said
    everything = r.stdout + r.stderr
    for name in "summary.json", "timeline.ndjson":
        with open(path("hook/" + name)) as f:
            everything += f.read()
    assert "geheim" not in everything and "streng" not in everything
    alert = load("hook/summary.json")["onrush"]["alerts"][0]
    assert alert["webhook"] == f"http://127.0.0.1:{hook.port}/..." and alert["exec"] is None, alert


@test
def a_webhook_that_fails_is_told_in_the_log():
    with Hook(500) as hook, Target() as t:
        p = profile(t.url, f"webhook http://127.0.0.1:{hook.port}/hook")
        onrush("run", "--headless", "--out", path("failing"), p, status=0)
    assert len(hook.got) == 1, hook.got
    assert any("was not told: it answered 500" in e for e in events("failing")), events("failing")


@test
def a_failure_is_logged_when_it_is_known():
    with Hook(500) as hook, Target() as t:
        hook.may_answer.clear()
        p = start("run", "--headless", "--progress", "json", "--out", path("late"),
                  profile(t.url, f"webhook http://127.0.0.1:{hook.port}/hook"))
        for line in p.stdout:
            if line.startswith("{") and json.loads(line)["t_ms"] >= 2000:
                hook.may_answer.set()
        _, errors = p.communicate(timeout=30)
    assert p.returncode == 0, errors
    told = [e for e in load("late/summary.json")["onrush"]["events"] if "it answered 500" in e["text"]]
    assert len(told) == 1 and told[0]["at_ms"] >= 2000, told


@test
def nobody_listens_and_the_load_goes_on():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        with Target() as t:
            p = profile(t.url, f"webhook http://127.0.0.1:{s.getsockname()[1]}/")
            onrush("run", "--headless", "--out", path("nobody"), p, status=0)
    assert any("was not told:" in e for e in events("nobody")), events("nobody")
    assert load("nobody/summary.json")["onrush"]["counting"]["requests"] > 50


@test
def both_states_are_told_to_a_process():
    script("tell.sh", 'echo "$1 $ONRUSH_ALERT $ONRUSH_SEVERITY $ONRUSH_STATE $ONRUSH_VALUE $ONRUSH_LIMIT" >> told\n')
    with Target() as t:
        p = profile(t.url, "exec ./tell.sh 'a, b'", errors="0%")
        text = open(p).read().replace("http_req_failed rate > 50%", "http_reqs rate > 20")
        text = text.replace("one = 3s at 4", "low = 2s at 1\nhigh = 2s at 8\nagain = 3s at 1")
        p = write("alerts.ini", text.replace("think = 50ms", "think = 100ms"))
        onrush("run", "--headless", "--allow-exec", "--out", path("told-run"), p, status=0)
    with open(path("told")) as f:
        told = [line.split() for line in f]
    assert [line[:5] for line in told] == [["a,", "b", "down", "critical", "firing"],
                                           ["a,", "b", "down", "critical", "quiet"]], told
    assert float(told[0][5]) > 20 >= float(told[1][5]) and told[0][6] == "20", told
    assert any(e == "alert down: done" for e in events("told-run")), events("told-run")


@test
def a_process_needs_to_be_allowed():
    p = profile("http://127.0.0.1:9", "exec touch never")
    r = onrush("run", "--headless", p, status=104)
    assert "--allow-exec" in r.stderr and "touch never" in r.stderr, r.stderr
    assert not os.path.exists(path("never"))
    assert "needs --allow-exec" in onrush("check", p, status=0).stdout


main()
