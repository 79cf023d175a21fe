#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that a profile asks for: no way in without --allow-exec, never a
shell, and a child that gets nothing but what it was given."""
import http.server, os, sys, threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa

BASE = "[profile]\nname = ways\n[target]\nurl = http://127.0.0.1:{port}\n[stages]\nhold = {time} at 1\n"
HOSTILE = ["; touch pwned", "$(touch pwned)", "`touch pwned`", "a b\tc", "'\"\\", "-rf", "--help", "*", "~", "|cat",
           "\u00e9", ""]


class Tells(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps({"token": self.server.token}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Web:
    def __enter__(self):
        self.s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tells)
        self.s.token = ""
        self.port = self.s.server_address[1]
        threading.Thread(target=self.s.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.s.shutdown()
        self.s.server_close()


def script(name, text):
    write(name, f"#!{sys.executable}\n{text}")
    os.chmod(path(name), 0o755)
    return path(name)


@test
def every_way_in_is_shut():
    """A request, an event, an alert; from the profile, from --set, from a
    saved or an imported one; run, repeated, gated, searched, scaled."""
    with Web() as w:
        base = BASE.format(port=w.port, time="1s") + "[request a]\nGET = /\n"
        touch = f"touch {path('pwned')}"
        profiles = {
            "request": base + f"[request b]\nexec = {touch}\n[scenario]\nmix = a 1, b 1\n",
            "event": base + f"[event e]\nat = 100ms\nexec = {touch}\n",
            "alert": base + f"[alerts]\nx = http_reqs rate >= 0 for 1s, warning, exec {touch}\n",
        }
        commands = (("run",), ("run", "--repeat", "2"), ("gate", "--no-history"), ("scale", "--at", "1"),
                    ("find", "--until", "p(95) < 500"))
        for kind, text in profiles.items():
            ini = write(f"{kind}.ini", text)
            # an experiment has no events and alerts
            for command in commands if kind == "request" else commands[:3]:
                r = onrush(*command, *([] if command[0] == "gate" else ["--headless"]), "--no-control", "--out",
                           path("never"), ini)
                assert r.returncode == 104 and "--allow-exec" in r.stderr and "nothing was sent" in r.stderr, (
                    kind, command, r.returncode, r.stderr)
                assert not os.path.exists(path("never")), (kind, command)
        plain = write("plain.ini", base + "[event e]\nat = 100ms\ndo = mark x\n")
        for change in (f"event e.exec={touch}", f"request a.exec={touch}",
                       f"alerts.x=http_reqs rate >= 0 for 1s, warning, exec {touch}"):
            r = onrush("run", "--headless", "--no-control", "--out", path("never"), "--set", change, plain)
            assert r.returncode == 104, (change, r.returncode, r.stderr)
        # what others wrote becomes requests, never commands
        r = subprocess.run(
            [tap.ONRUSH, "import", "--from", "curl", "-"], capture_output=True, text=True,
            input=f"curl 'http://127.0.0.1:{w.port}/$({touch})' -H 'X: `{touch}`\\nexec = {touch}' -d 'exec = {touch}'\n")
        assert r.returncode == 0 and not re.search(r"^exec\s*=", r.stdout, re.M), r.stdout
        # with it allowed once, what is saved asks again
        going = Going("allowed", write("slow.ini", profiles["event"].replace("hold = 1s", "hold = 2s")), "--allow-exec")
        r = going.wait()
        assert os.path.exists(path("pwned")), r.out
        os.unlink(path("pwned"))
        onrush("run", "--headless", "--no-control", "--out", path("never"), path("allowed/profile.ini"), status=104)
        # nor does an operator's hand have a word for it
        going = Going("typed", write("typed.ini", base.replace("hold = 1s", "hold = 20s")), "--control", path("e.sock"),
                      "--allow-exec")
        while not os.path.exists(path("e.sock")) and not going.is_over():
            time.sleep(0.01)
        for words in (("exec", touch), ("stage", "insert", "x", "=", f"exec {touch}"), ("mark", f"`{touch}`")):
            onrush("ctl", "--socket", path("e.sock"), *words)
        onrush("ctl", "--socket", path("e.sock"), "stop", status=0)
        going.wait()
    assert not os.path.exists(path("never/summary.json")) and not os.path.exists(path("pwned"))


CHILD = """import json, os, sys
fds = {}
for fd in os.listdir("/proc/self/fd"):
    try:
        fds[fd] = os.readlink("/proc/self/fd/" + fd)
    except OSError:
        pass  # that of the listing itself
with open(%r, "a") as f:
    print(json.dumps([sys.argv[1:], fds, os.getpgrp() == os.getpid(), sorted(os.environ)]), file=f)
"""


def told(name):
    with open(path(name)) as f:
        return [json.loads(line) for line in f]


@test
def values_from_outside_are_one_word_each():
    with Web() as w:
        child = script("words.py", CHILD % path("words.told"))
        for n, token in enumerate(HOSTILE):
            w.s.token = token
            text = BASE.format(port=w.port, time="5s").replace("[target]", "iterations = 1\n[target]") + \
                f"[request a]\nGET = /\nextract t = json.token\n[request b]\nexec = {child} first ${{t}} x${{t}}y last\n" \
                "[scenario]\nflow = a, b\n"
            r = run(f"words{n}", write("words.ini", text), "--allow-exec")
            assert r.status in (0, 4), (token, r.out)
        for token, (argv, *_) in zip(HOSTILE, told("words.told")):
            assert argv == ["first", token, f"x{token}y", "last"], (token, argv)
        assert len(told("words.told")) == len(HOSTILE) and not os.path.exists(path("pwned"))


@test
def a_child_inherits_nothing_that_is_open():
    """While connections, a journal, a control socket and an exporter are
    open: three streams, and no more."""
    os.environ["PRECIOUS"] = "x"
    with Web() as w:
        child = script("open.py", CHILD % path("open.told"))
        text = BASE.format(port=w.port, time="2500ms").replace("at 1\n", "at 6\n") + \
            f"[request a]\nGET = /\n[request b]\nexec = {child} request\n[event e]\nat = 1s\nexec = {child} event\n" \
            f"[alerts]\nx = http_reqs rate >= 0 for 1s, warning, exec {child} alert\n[scenario]\nmix = a 9, b 1\n" \
            "think = 20ms\n[monitor]\nhost = cpu\n"
        r = run("open", write("open.ini", text), "--allow-exec", "--control", path("o.sock"), "--prometheus", ":0")
        assert r.status in (0, 4), r.out
        seen = told("open.told")
        assert {argv[0] for argv, *_ in seen} == {"request", "event", "alert"}, [s[0] for s in seen]
        for argv, fds, leads, names in seen:
            more = {k: v for k, v in fds.items() if int(k) > 2 and not v.startswith("/proc/")}
            assert not more and leads and "PRECIOUS" in names, (argv, fds, leads)
            assert all(v.startswith(("pipe:", "/dev/null")) for k, v in fds.items() if int(k) < 3), (argv, fds)


if __name__ == "__main__":
    main(at_once=3)
