#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests that are commands: allowed, run, counted, judged, and ended."""
import os, signal, stat, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

BEGIN = """[profile]
name = commands
graceful_stop = 2s
[stages]
hold = {stages}
"""


def profile(name, text, stages="10s at 4"):
    return write(name, BEGIN.format(stages=stages) + text)


def script(name, text):
    p = write(name, "#!/bin/sh\n" + text)
    os.chmod(p, os.stat(p).st_mode | stat.S_IXUSR)
    return p


def lines(name):
    with open(path(name)) as f:
        return f.read().split("\n")[:-1]


COUNTED = """[request work]
exec = ./work.sh 'two words' ${vu}
body = hello
check said = status == 0 and body contains "fine"
[thresholds]
http_req_failed = rate <= 0
http_req_duration = p(95) < 5s
checks = rate >= 1
"""


@test
def a_command_is_run_and_counted():
    script("work.sh", 'read line || :\necho "$1/$line/$#" >> work.log\necho fine\n')
    p = profile("work.ini", COUNTED)
    r = onrush("run", "--workers", "2", "--allow-exec", "--set", "profile.iterations=60", "--out", path("work"), p, status=0)
    assert "exec" in r.stdout, r.stdout
    s = load("work/summary.json")
    logged = lines("work.log")
    assert len(logged) == 60 and set(logged) == {"two words/hello/2"}, logged
    assert s["metrics"]["http_reqs"]["values"]["count"] == 60
    assert s["metrics"]["http_req_failed"]["values"]["rate"] == 0
    assert s["metrics"]["checks"]["values"]["rate"] == 1
    assert s["onrush"]["errors"] == []


@test
def it_is_refused_without_being_allowed():
    script("never.sh", "touch never\n")
    p = profile("never.ini", "[request a]\nexec = ./never.sh \x1b[31m\n")
    r = onrush("run", "--out", path("never-out"), p, status=104)
    assert r.stderr == ("onrush: [request a] runs a command (./never.sh ?[31m): allow that with --allow-exec; "
                        "nothing was sent\n"), r.stderr
    assert not os.path.exists(path("never")) and not os.path.exists(path("never-out"))
    assert "needs --allow-exec" in onrush("check", p, status=0).stdout
    assert json.loads(onrush("check", "--json", p, status=0).stdout)["needs_allow_exec"] is True
    assert onrush("demo", "--allow-exec").returncode == 104


@test
def what_fails_has_its_class():
    p = profile("fail.ini", """[request bad]
exec = sh -c 'echo no such disk >&2; exit 3'
check three = status == 3
[request gone]
exec = ./nowhere
check no = status == 0
[thresholds]
http_req_failed = rate < 0.1
""", "10s at 1")
    onrush("run", "--workers", "1", "--allow-exec", "--set", "profile.iterations=5", "--out", path("fail"), p, status=99)
    s = load("fail/summary.json")
    errors = {e["class"]: e for e in s["onrush"]["errors"]}
    assert {k: v["count"] for k, v in errors.items()} == {"exit": 5, "exec": 5}, errors
    assert errors["exit"]["example"] == "bad: status 3: no such disk", errors
    assert errors["exec"]["example"] == "gone: ./nowhere: No such file or directory", errors
    assert s["metrics"]["checks"]["values"]["rate"] == 0.5, s["metrics"]["checks"]


@test
def a_run_that_starts_nothing_ends_early():
    p = profile("none.ini", "[request gone]\nexec = ./nowhere\n", "60s at 3")
    r = onrush("run", "--workers", "1", "--headless", "--allow-exec", "--out", path("none"), p, timeout=30)
    assert "./nowhere: No such file" in r.stdout + r.stderr, (r.stdout, r.stderr)
    assert load("none/summary.json")["metrics"]["http_req_failed"]["values"]["rate"] == 1


@test
def commands_and_requests_go_together():
    with Target() as t:
        p = profile("both.ini", f"[target]\nurl = {t.url}\n[request page]\nGET = /json\n[request job]\nexec = true\n")
        onrush("run", "--workers", "2", "--allow-exec", "--set", "profile.iterations=40", "--out", path("both"), p, status=0)
        s = load("both/summary.json")
        assert s["metrics"]["http_reqs"]["values"]["count"] == 80
        assert s["metrics"]["http_req_failed"]["values"]["rate"] == 0
        assert t.counts()["received"] == 40
        out = onrush("check", p, status=0).stdout
        assert "page is carried by wire" in out and "job is carried by exec: a command" in out, out


@test
def what_happens_is_told_without_a_console():
    with Target() as t:
        p = profile("events.ini", f"[target]\nurl = {t.url}\n[request page]\nGET = /json\n"
                    "[event late]\nat = 0s\nexec = /nonexistent/command\n[monitor]\nprocess = nosuchprocess\n")
        r = onrush("run", "--allow-exec", "--set", "profile.iterations=5", "--out", path("events"), p, status=0)
        for says in ("  00:00  mark   late\n", "  00:00  plan   event late: cannot be started: no such file or directory\n",
                     "monitor: process nosuchprocess is not there\n"):
            assert r.stdout.count(says) == 1, (says, r.stdout)
        assert r.stdout.endswith("finished, no thresholds to judge by\n"), r.stdout
        assert load("events/summary.json")["onrush"]["exit"]["words"] == "finished, no thresholds to judge by"
        p = write("undecided.ini", open(p).read().split("[event")[0] + "[thresholds]\nrecovery_time = value < 3s\n")
        r = onrush("run", "--set", "profile.iterations=5", "--out", path("undecided"), p, status=99)
        assert r.stdout.endswith("a threshold had nothing to judge\n"), r.stdout


@test
def none_is_left_at_the_end():
    """Neither of those that the stop gave up, nor whom they started."""
    script("hang.sh", "echo $$ >> hang.log\nsleep 1000 &\necho $! >> hang.log\nexec sleep 1000\n")
    p = profile("hang.ini", "[request a]\nexec = ./hang.sh\n")
    run = start("run", "--workers", "2", "--headless", "--allow-exec", "--out", path("hang"), p)
    run.stdout.readline()
    run.send_signal(signal.SIGTERM)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=30)
    started = [int(n) for n in lines("hang.log")]
    assert len(started) >= 8, started

    def runs(pid):
        try:
            with open(f"/proc/{pid}/stat") as f:
                return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
        except FileNotFoundError:
            return False

    assert not [pid for pid in started if runs(pid)]


@test
def mistakes_have_their_places():
    cases = {
        "exec = sh 'a b": (7, 11, "this quote has no end"),
        "exec = ''": (7, 8, "write a command"),
        "exec = true\nheader = A: b": (6, 1, "a command has no headers"),
        "exec = true\nGET = /": (8, 7, "has exec already"),
        "GET = /": (0, 0, "[target] url is missing"),
    }
    for text, (line, column, words) in cases.items():
        p = profile("wrong.ini", "[request a]\n" + text + "\n")
        r = onrush("check", p, status=104)
        assert words in r.stderr, (text, r.stderr)
        assert not line or f"wrong.ini:{line}:{column}:" in r.stderr, (text, r.stderr)


main()
