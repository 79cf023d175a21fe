#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built program from outside: statuses, files, the control socket."""
import json, os, signal, socket, stat, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = test
graceful_stop = 2s
[target]
url = {url}
[stages]
up   = 500ms to 8
hold = 1s
down = 500ms to 0
[request home]
GET = /json
check = status == 200
[request echo]
POST = /echo
body = hello
[thresholds]
http_req_duration = p(95) < 5000
http_req_failed = {failed}
"""


def profile(name, url, failed="rate < 0.5", **more):
    text = PROFILE.format(url=url, failed=failed)
    for old, new in more.items():
        text = text.replace(old.replace("__", " "), new)
    return write(name, text)


@test
def help_and_versions():
    assert "onrush demo" in onrush("--help", status=0).stdout
    for command in ("run", "check", "ctl", "demo", "target", "open", "gate", "find", "scale", "compare", "history", "baseline",
                    "trend", "init", "import"):
        out = onrush(command, "--help", status=0).stdout
        assert out.startswith(f"usage: onrush {command}"), out
        wide = [line for line in out.splitlines() if len(line) > 80]
        assert not wide, (command, wide)
    assert onrush("--version", status=0).stdout.startswith("onrush ")
    assert "did you mean 'check'" in onrush("chekc", status=104).stderr
    assert "did you mean '--headless'" in onrush("run", "--haedless", "x", status=104).stderr
    assert "needs a value" in onrush("run", "--out", status=104).stderr
    onrush(status=104)


@test
def check_shows_the_plan():
    p = profile("good.ini", "http://127.0.0.1:1")
    out = onrush("check", p, status=0).stdout
    assert "at most 8 virtual users" in out and "up" in out and "500ms to 8" in out, out
    j = json.loads(onrush("check", "--json", "--every", "250ms", p, status=0).stdout)
    assert j["duration_s"] == 2 and j["peak"] == 8
    assert [x["level"] for x in j["levels"]] == [0, 4, 8, 8, 8, 8, 8, 4, 0]
    j = json.loads(onrush("check", "--json", "--every", "1s", "--stages", "4s to 10, 2s", "--time-scale", "0.5",
                          "--load-scale", "3", p, status=0).stdout)
    assert [x["level"] for x in j["levels"]] == [0, 15, 30, 30]
    out = onrush("check", "--stages", "10s to 0.5/s, 5s", p, status=0).stdout
    assert "15s in all, 5 arrivals, at most 0.5/s on at most 10 000 VUs" in out and "0.5/s │" in out, out
    j = json.loads(onrush("check", "--json", "--stages", "10s to 30k/s, 1m", "--load-scale", "0.5", p,
                          status=0).stdout)
    assert (j["load_unit"], j["peak"], j["arrivals"], j["max_vus"]) == ("arrivals/s", 15000, 975000, 10000), j
    assert "write 5/s" in onrush("check", "--stages", "10s to 30k/s, 1m at 5", p, status=104).stderr


@test
def check_shows_what_is_done_and_judged():
    write("rows.csv", "name\n" + "".join(f"n{i}\n" for i in range(1200)))
    p = write("shop.ini", "[stages]\na = 1s at 2\n[data users]\nfile = rows.csv\n"
              "pick = per-vu\n[request home]\nGET = /${users.name}\n[request list]\nGET = /l\n"
              "[scenario buyers]\nflow = home, (list list)\nthink = 1s..2s\n[scenario others]\nmix = home 2, list 1\n"
              "[variant old]\nurl = http://127.0.0.1:1\n[variant new]\nurl = http://127.0.0.1:2\n"
              "[thresholds]\nhttp_req_failed = rate < 1% abort after 30s, rate < 9% optional\n"
              "[alerts]\nsl\x1b[7mow = http_req_failed rate > 1% for 5s, warning\n")
    out = onrush("check", p, status=0).stdout
    for says in ("each iteration: home, (list list); think 1s..2s\n", "each iteration: one of home 2, list 1\n",
                 "scenario others (stages as buyers)\n", "data users: 1 200 rows of ", "rows.csv, one for each VU\n",
                 "old (http://127.0.0.1:1), new (http://127.0.0.1:2)\n",
                 "http_req_failed              rate < 1% abort after 30s\n", "rate < 9% optional\n",
                 "http_req_failed rate > 1% for 5s, warning\n"):
        assert says in out, (says, out)
    assert "\x1b" not in out and out.count("1s at 2") == 1, out
    p = write("plain.ini", "[target]\nurl = http://127.0.0.1:1\n[stages]\na = 1s at 2\n"
              + "".join(f"[request r{i}]\nGET = /\n" for i in range(20)))
    out = onrush("check", p, status=0).stdout
    assert "each iteration: r0, r1, r2, r3, r4, r5, r6, r7, ... 20 in all\n" in out, out
    assert "no thresholds: nothing to judge by\n" in out, out


@test
def too_many_sections_are_told_once():
    p = write("many.ini", "[target]\nurl = http://127.0.0.1:1\n[stages]\na = 1s at 2\n"
              + "".join(f"[request r{i}]\nGET = /\n" for i in range(300)))
    err = onrush("check", p, status=104).stderr
    assert err.count("a profile has at most 200 sections [request]") == 1 and "1 mistake in" in err, err


@test
def every_mistake_is_listed():
    p = write("bad.ini", "[target]\nurl = nowhere\ntimeot = 3s\n[stages]\na = 5\nb = 2s to -1\n"
                         "[request x]\nPUT = y\ncheck = statsu == 1\n[scenario]\nflow = z\n")
    for command in ("check", "run"):
        r = onrush(command, p, status=104)
        lines = r.stderr.splitlines()
        assert len(lines) == 8, r.stderr
        for line, says in zip(lines, (":2:7:", ":3:1:", ":5:6:", ":6:11:", ":8:7:", ":9:9:", ":11:8:", "7 mistakes")):
            assert says in line, r.stderr
    assert "cannot open" in onrush("run", path("none.ini"), status=104).stderr


@test
def a_run_without_a_terminal():
    with Target("service=1ms") as t:
        p = profile("run.ini", t.url)
        r = onrush("run", "--workers", "2", "--no-history", "--out", path("out"), "-o", path("copy.json"), p, status=0)
        s, counts = load("out/summary.json"), t.counts()
        assert s == load("copy.json")
        m = s["metrics"]
        assert m["http_reqs"]["values"]["count"] == counts["received"], (m["http_reqs"], counts)
        assert m["http_req_failed"]["values"]["rate"] == 0
        assert m["http_req_duration"]["thresholds"]["p(95) < 5000"]["ok"] is True
        assert m["checks"]["values"]["rate"] == 1
        assert s["onrush"]["counting"]["sent"] == counts["received"]
        assert s["onrush"]["actions"] == []
        assert oct(os.stat(path("out/summary.json")).st_mode & 0o777) == "0o600"
        assert "saved in" in r.stdout and "\x1b" not in r.stdout
        replay = json.loads(onrush("check", "--json", path("out/profile.ini"), status=0).stdout)
        assert abs(replay["duration_s"] - 2) < 0.2
        lines = [json.loads(x) for x in onrush("run", "--progress", "json", "--out", path("out-json"), p,
                                               status=0).stdout.splitlines()]
        assert len(lines) >= 1


@test
def an_arrival_rate_is_run_and_judged():
    text = """[target]
url = {url}
[stages]
ramp = 500ms to 200/s
hold = 1s
[request home]
GET = {path}
[scenario visitor]
max_vus = {vus}
[thresholds]
response_time = p(95) < 9s
dropped_iterations = count < 5
"""
    with Target("service=1ms") as t:
        p = write("arrivals.ini", text.format(url=t.url, path="/x", vus=100))
        r = onrush("run", "--out", path("arrivals"), p, status=0)
        s, counts = load("arrivals/summary.json"), t.counts()
        a = s["onrush"]["arrivals"]
        assert (a["planned"], a["started"], a["dropped"]) == (250, 250, 0), a
        assert counts["received"] == 250 and s["metrics"]["response_time"]["values"]["p(95)"] > 0
        assert [x["started"] for x in s["onrush"]["stages"]][0] >= 50, s["onrush"]["stages"]
        assert "arrivals" in r.stdout and "of 250 planned, 0 dropped" in r.stdout, r.stdout
        assert "response: from the moment it was to begin" in " ".join(r.stdout.split()), r.stdout
        p = write("busy.ini", text.format(url=t.url, path="/delay/300ms", vus=3).replace("1s", "2s"))
        r = onrush("run", "--progress", "json", "--out", path("busy"), p, status=99)
        last = json.loads([x for x in r.stdout.splitlines() if x.startswith("{")][-1])
        a = load("busy/summary.json")["onrush"]["arrivals"]
        assert a["started"] + a["dropped"] == 450 and a["dropped"] > 400 and not a["held"], a
        assert last["dropped"] > 0 and last["response_p95_ms"] >= 300, last
        assert "dropped because all 3 VUs were busy (max_vus)" in a["text"], a
        replay = json.loads(onrush("check", "--json", path("busy/profile.ini"), status=0).stdout)
        assert replay["load_unit"] == "arrivals/s" and abs(replay["arrivals"] - 450) < 5, replay


@test
def counts_agree_under_faults():
    with Target("service=1ms", "fault.reset=3%", "fault.truncate=3%", "fault.garbage=3%", "errors=5%") as t:
        p = profile("faults.ini", t.url, GET__=" GET", **{"/json": "/x", "/echo": "/y"})
        onrush("run", "--workers", "2", "--out", path("faults"), p, status=0)
        s, counts = load("faults/summary.json"), t.counts()
        assert s["metrics"]["http_reqs"]["values"]["count"] == counts["received"]
        errors = {e["class"]: e["count"] for e in s["onrush"]["errors"]}
        assert errors["reset"] == counts["reset"], (errors, counts)
        assert errors["truncated"] == counts["truncated"]
        assert errors["malformed"] == counts["garbage"]
        assert errors["http-5xx"] == counts["errors"] + counts["shed"]
        assert s["metrics"]["http_req_failed"]["values"]["passes"] == sum(errors.values())


@test
def a_broken_threshold_is_99():
    with Target("errors=100%") as t:
        p = profile("broken.ini", t.url, failed="rate < 0.1", **{"/json": "/x", "/echo": "/y"})
        onrush("run", "--out", path("broken"), p, status=99)
        m = load("broken/summary.json")["metrics"]
        assert m["http_req_failed"]["thresholds"]["rate < 0.1"]["ok"] is False
        p = profile("abort.ini", t.url, failed="rate < 0.1 abort after 300ms",
                    **{"/json": "/x", "/echo": "/y", "1s": "60s"})
        onrush("run", "--out", path("abort"), p, status=99)


@test
def a_target_never_there_is_3():
    p = profile("away.ini", "http://127.0.0.1:1", **{"1s": "60s"})
    r = onrush("run", "--out", path("away"), p, status=3)
    assert "nobody answers at http://127.0.0.1:1" in r.stderr, r.stderr


@test
def results_that_cannot_be_written_are_told_first():
    with Target() as t:
        p = profile("nowrite.ini", t.url)
        write("file", "")
        r = onrush("run", "--out", path("file") + "/x", p, status=1)
        assert "nothing was sent" in r.stderr, r.stderr
        assert t.counts()["received"] == 0


@test
def the_control_socket():
    with Target("service=1ms") as t:
        p = profile("ctl.ini", t.url, **{"1s": "60s"})
        sock = path("run.sock")
        run = start("run", "--headless", "--control", sock, "--out", path("ctl"), p)
        for _ in range(200):
            if os.path.exists(sock):
                break
            time.sleep(0.05)
        assert stat.S_IMODE(os.stat(sock).st_mode) == 0o600

        def ctl(*words, status=0):
            return json.loads(onrush("ctl", "--socket", sock, *words, status=status).stdout)

        for _ in range(100):
            s = ctl("status")["status"]
            if s["run"]["requests"] > 0:
                break
            time.sleep(0.05)
        assert s["driver"] == "plan" and s["run"]["requests"] > 0
        assert "by hand" in ctl("level", "25")["answer"]
        assert ctl("status")["status"]["driver"] == "hand"
        assert ctl("go")["ok"]
        assert ctl("stage", "insert", "extra = 5s to 3")["ok"]
        assert ctl("spike", "+20", "1s")["ok"]
        assert ctl("pause")["ok"]
        assert ctl("status")["status"]["state"] == "paused"
        assert ctl("resume")["ok"]
        assert ctl("mark", "a \x1b[31mred note")["ok"]
        assert "did you mean 'level'" in ctl("levle", "3", status=1)["error"]
        assert "no stage" in ctl("stage", "delete", "nowhere", status=1)["error"]
        assert len(ctl("commands")["commands"]) > 15
        assert ctl("finish")["ok"]
        out, err = run.communicate(timeout=30)
        assert run.returncode == 0, (run.returncode, out, err)
        s = load("ctl/summary.json")
        commands = [a["command"] for a in s["onrush"]["actions"]]
        assert commands == ["level 25", "go", "stage insert extra = 5s to 3", "spike +20 1s", "pause", "resume",
                            "mark a ?[31mred note", "finish"], commands
        assert not os.path.exists(sock)
        assert s["metrics"]["http_reqs"]["values"]["count"] == t.counts()["received"]


@test
def ctl_finds_the_only_run():
    assert "no run is under way" in onrush("ctl", "status", status=1).stderr
    with Target() as t:
        p = profile("only.ini", t.url, **{"1s": "60s"})
        run = start("run", "--headless", "--out", path("only"), p)
        for _ in range(200):
            r = onrush("ctl", "status")
            if r.returncode == 0:
                break
            time.sleep(0.05)
        assert r.returncode == 0, r.stderr
        assert onrush("ctl", "stop").returncode == 0
        run.communicate(timeout=20)
        assert run.returncode == 105


@test
def signals_save_and_say_105():
    with Target() as t:
        p = profile("signal.ini", t.url, **{"1s": "60s"})
        for number in (signal.SIGINT, signal.SIGTERM):
            name = f"signal-{number}"
            run = start("run", "--headless", "--progress", "json", "--out", path(name), p)
            run.stdout.readline()
            run.send_signal(number)
            run.communicate(timeout=30)
            assert run.returncode == 105, run.returncode
            assert load(f"{name}/summary.json")["metrics"]["http_reqs"]["values"]["count"] > 0


@test
def a_target_that_dies_and_returns():
    with Target("service=1ms") as t:
        p = profile("dies.ini", t.url, failed="rate < 0.9", **{"1s": "60s"})
        run = start("run", "--headless", "--progress", "json", "--control", path("dies.sock"), "--out",
                    path("dies"), p)
        run.stdout.readline()
        t.post("/_target/down", "700ms")
        served = t_served = None
        for line in run.stdout:  # until it is back and has served again
            try:
                t_served = t.counts()["served"]
            except OSError:
                continue
            if served is not None and t_served > served + 100:
                break
            served = t_served if served is None else served
        assert json.loads(onrush("ctl", "--socket", path("dies.sock"), "finish", status=0).stdout)["ok"]
        out, err = run.communicate(timeout=30)
        assert run.returncode == 0, (run.returncode, out, err)
        s = load("dies/summary.json")
        errors = {e["class"]: e["count"] for e in s["onrush"]["errors"]}
        assert errors.get("connect", 0) > 0, errors
        ok = s["metrics"]["http_reqs"]["values"]["count"] - sum(errors.values())
        assert ok == t.counts()["served"], (ok, t.counts())


@test
def hostile_answers_stay_off_the_terminal():
    with Target() as t:
        p = profile("hostile.ini", t.url, failed="rate <= 1", **{"/json": "/fault/escape"})
        r = onrush("run", "--out", path("hostile"), p)
        assert "\x1b" not in r.stdout + r.stderr
        with open(path("hostile/summary.json"), "rb") as f:
            assert b"\x1b" not in f.read()


@test
def who_may_what_is_asked_for_in_the_right_words():
    """Options that allow something: what is wrong, and what would be right."""
    ini = profile("words.ini", "http://127.0.0.1:1")
    folder, plain = path("a-folder"), write("no-socket", "")
    os.mkdir(folder)
    for args, status, says in (
            (("run", "--yes=no", ini), 104, "--yes takes no value"),
            (("run", "--allow-exec=request", ini), 104, "--allow-exec takes no value"),
            (("run", "--yess", ini), 104, "did you mean '--yes'?"),
            (("check", "--yes", ini), 104, "--yes is an option of onrush run"),
            (("demo", "--allow-exec"), 104, "--allow-exec is an option of onrush run"),
            (("run", "--require-baseline", ini), 104, "--require-baseline is an option of onrush gate"),
            (("run", "--control", "a.sock", "--no-control", ini), 104, "one of them"),
            (("run", "--headless", "--control", folder, ini), 1, "no socket: name a path of its own; nothing was sent"),
            (("run", "--headless", "--control", plain, ini), 1, "no socket: name a path of its own; nothing was sent"),
            (("ctl",), 104, "a command is missing"),
            (("ctl", "--socket"), 104, "--socket: a path is missing"),
            (("ctl", "--socket="), 104, "--socket: a path is missing"),
            (("ctl", "--sock", "x", "status"), 104, "no option '--sock'; the only one is --socket PATH"),
            (("ctl", "--yes", "confirm", "x"), 104, "no option '--yes'"),
            (("ctl", "--socket=" + path("gone.sock"), "status"), 1, "no such socket: has the run ended?"),
            (("ctl", "--socket", folder, "status"), 1, "that is no socket"),
            (("ctl", "--socket", plain, "status"), 1, "that is no socket")):
        r = onrush(*args)
        assert r.returncode == status and says in r.stderr, (args, r.returncode, r.stderr)
    # a run that was killed leaves its socket
    left = socket.socket(socket.AF_UNIX)
    left.bind(path("left.sock"))
    left.close()
    r = onrush("ctl", "--socket", path("left.sock"), "status")
    assert r.returncode == 1 and "that run has ended" in r.stderr, r.stderr


main()
