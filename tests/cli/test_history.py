#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history from the outside: runs go in, are listed, named, followed."""
import copy, fcntl, json, os, pty, pwd, re, shutil, sqlite3, struct, subprocess, sys, termios, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ONRUSH, Skip, Target, load, main, onrush, path, test, write

PROFILE = """[profile]
name = %s
kind = smoke
[target]
url = %s
[stages]
run = 1s at 4
[request home]
GET = /
[scenario s]
mix = home 1
think = 20ms
"""
DAY = 86400
BEGAN = 1767225600  # 2026-01-01
DB = os.path.join("onrush", "history.db")


def data(name):
    """A history of this test's own."""
    folder = path(name)
    os.makedirs(folder, exist_ok=True)
    return {"XDG_DATA_HOME": folder}


def rows(env, sql):
    with sqlite3.connect(os.path.join(env["XDG_DATA_HOME"], DB)) as db:
        return db.execute(sql).fetchall()


_summary = None


def summary():
    """One real summary, from which others are made."""
    global _summary
    if _summary is None:
        with Target() as t:
            onrush("run", "--headless", "--no-control", "--no-history", "--workers", "1", "--out", path("one"),
                   write("one.ini", PROFILE % ("shop", t.url)), status=0)
        _summary = load("one/summary.json")
    return copy.deepcopy(_summary)


def on_terminal(columns, *args, env):
    """The lines that stand on a terminal so wide, without colours."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    p = subprocess.Popen([ONRUSH, *args], stdin=subprocess.DEVNULL, stdout=slave,
                         env=dict(os.environ, NO_COLOR="1", TERM="xterm", **env))
    os.close(slave)
    text = b""
    try:
        while part := os.read(master, 65536):
            text += part
    except OSError:  # the other side is closed
        pass
    os.close(master)
    assert p.wait(20) == 0
    return text.decode().replace("\r", "").splitlines()


def make_run(folder, i, p95=40.0, profile="drift", **ours):
    s = summary()
    s["metrics"]["http_req_duration"]["values"]["p(95)"] = p95
    s["onrush"]["profile"]["name"] = profile
    s["onrush"]["started"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGAN + i * DAY))
    s["onrush"].update(ours)
    os.makedirs(path(folder), exist_ok=True)
    write(f"{folder}/summary.json", json.dumps(s))


@test
def a_stored_summary_obeys_no_terminal():
    env = data("obeys")
    evil = "a \x9b31m \x7f \u202e b \u20ac \xc4"
    make_run("obeys-runs/r", 1)
    s = load("obeys-runs/r/summary.json")
    s["onrush"]["profile"]["description"] = evil
    write("obeys-runs/r/summary.json", json.dumps(s, ensure_ascii=False))
    onrush("history", "import", path("obeys-runs"), env=env, status=0)
    shown = onrush("history", "show", "r", "--json", env=env, status=0).stdout
    assert not set("\x9b\x7f\u202e") & set(shown) and "\u20ac \xc4" in shown, shown
    assert json.loads(shown) == s


@test
def a_run_goes_in_and_is_listed():
    env = data("goes-in")
    with Target() as t:
        p = write("goes.ini", PROFILE % ("goes", t.url))
        r = onrush("run", "--headless", "--no-control", "--workers", "1", "--out", path("goes-out"), p, env=env, status=0)
        onrush("run", "--headless", "--no-control", "--workers", "1", "--no-history", "--out", path("goes-no"), p, env=env,
               status=0)
    assert r.stderr == "", r.stderr
    runs = json.loads(onrush("history", "--json", env=env, status=0).stdout)
    assert len(runs) == 1, runs
    mine, s = runs[0], load("goes-out/summary.json")
    assert mine["name"] == "goes-out" and mine["path"] == os.path.realpath(path("goes-out")), mine
    assert (mine["profile"], mine["kind"], mine["status"]) == ("goes", "smoke", 0), mine
    assert mine["target"] == s["onrush"]["profile"]["target"] and mine["started"] == s["onrush"]["started"], mine
    assert mine["figures"]["http_req_duration p(95)"] == s["metrics"]["http_req_duration"]["values"]["p(95)"], mine
    assert mine["figures"]["http_reqs rate"] == s["metrics"]["http_reqs"]["values"]["rate"], mine
    shown = onrush("history", "show", "last", "--json", env=env, status=0).stdout
    with open(path("goes-out/summary.json")) as f:
        assert shown == f.read()
    # what another program finds there
    assert rows(env, "SELECT value FROM figures JOIN figure_names n ON n.id = figures.name"
                     " WHERE n.name = 'http_reqs count'") == [(s["metrics"]["http_reqs"]["values"]["count"],)]
    assert rows(env, "PRAGMA integrity_check") == [("ok",)]
    mode = os.stat(os.path.join(env["XDG_DATA_HOME"], DB)).st_mode & 0o777
    assert mode == 0o600, oct(mode)
    shutil.rmtree(path("goes-out"))
    text = onrush("history", "show", "goes", env=env, status=0).stdout
    assert "no longer there" in text and "http_req_duration p(95)" in text, text


@test
def trouble_with_it_costs_no_run():
    with Target() as t:
        p = write("trouble.ini", PROFILE % ("trouble", t.url))
        run = ("run", "--headless", "--no-control", "--workers", "1", "--duration", "300ms", "--vus", "2")
        env = data("no-database")
        os.makedirs(os.path.join(env["XDG_DATA_HOME"], "onrush"))
        write("no-database/onrush/history.db", "I am a letter.\n" * 100)
        r = onrush(*run, "--out", path("trouble-out"), p, env=env, status=0)
        assert "not in the history" in r.stderr and "no SQLite database" in r.stderr, r.stderr
        assert os.path.join(env["XDG_DATA_HOME"], DB) in r.stderr, r.stderr
        assert load("trouble-out/summary.json")["onrush"]["exit"]["status"] == 0
        with open(path("no-database/onrush/history.db")) as f:
            assert f.read() == "I am a letter.\n" * 100
        write("a-file", "")
        r = onrush(*run, "--out", path("trouble-2"), p, env={"XDG_DATA_HOME": path("a-file")}, status=0)
        assert "not in the history" in r.stderr and "a-file" in r.stderr, r.stderr
        r = onrush(*run, "--out", path("trouble-3"), p, env={"XDG_DATA_HOME": "", "HOME": ""}, status=0)
        assert "XDG_DATA_HOME nor HOME" in r.stderr, r.stderr
    r = onrush("history", env=env, status=1)
    assert "no SQLite database" in r.stderr and "What to do" in r.stderr, r.stderr


@test
def older_runs_are_taken_in_once():
    env = data("import")
    for i in range(3):
        make_run(f"older/r{i}", i)
    os.makedirs(path("older/empty"))
    r = onrush("history", "import", path("older"), env=env, status=0)
    assert "3 runs added, 0 were" in r.stdout, r.stdout
    r = onrush("history", "import", path("older"), path("older/r1"), env=env, status=0)
    assert "0 runs added, 4 were" in r.stdout, r.stdout
    os.makedirs(path("broken"))
    write("broken/summary.json", "{")
    r = onrush("history", "import", path("broken"), path("older/empty"), env=env, status=1)
    assert "broken/summary.json" in r.stderr and "older/empty" in r.stderr, r.stderr


@test
def lists_are_narrowed():
    env = data("narrow")
    for i in range(25):
        make_run(f"narrow-runs/r{i:02d}", i, profile="a" if i % 5 else "b")
    onrush("history", "import", path("narrow-runs"), env=env, status=0)
    names = lambda *more: [r["name"] for r in json.loads(onrush("history", "--json", *more, env=env, status=0).stdout)]
    assert names() == [f"r{i:02d}" for i in range(24, 4, -1)]
    assert names("--profile", "b") == ["r20", "r15", "r10", "r05", "r00"]
    assert names("--profile", "b", "--limit", "2") == ["r20", "r15"]
    assert names("--since", "2026-01-24 00:00", "--limit", "100") == ["r24", "r23"]
    assert names("--profile", "none") == []
    r = onrush("history", "--since", "soon", env=env, status=104)
    assert "'soon'" in r.stderr and "7d" in r.stderr, r.stderr
    r = onrush("history", "shwo", env=env, status=104)
    assert "did you mean 'show'" in r.stderr, r.stderr
    r = onrush("history", "show", "r1", env=env, status=1)
    assert "the start of 10 names" in r.stderr, r.stderr


@test
def lists_fit_a_narrow_plain_terminal():
    env = data("plain")
    make_run("plain-runs/a-run-with-a-name-that-is-longer-than-most-20260101-000000", 1, was_steered=True)
    make_run("plain-runs/b\x1b[31m\u202ename", 2)
    onrush("history", "import", path("plain-runs"), env=env, status=0)
    onrush("baseline", "set", "a-run", env=env, status=0)
    for more in ({"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}):
        for what in (("history",), ("history", "show", "a-run"), ("trend", "p95", "--all")):
            text = onrush(*what, env={**env, **more}, status=0).stdout
            assert all(len(line) <= 80 for line in text.splitlines()), text
            assert "\x1b" not in text and "\u202e" not in text, text
            assert more["LC_ALL"] != "C" or text.isascii(), text
    assert "* a-run" in onrush("history", env={**env, "LC_ALL": "C"}).stdout


@test
def a_baseline_is_set_shown_and_cleared():
    env = data("baseline")
    for i in range(3):
        make_run(f"base-runs/r{i}", i)
    onrush("history", "import", path("base-runs/r0"), path("base-runs/r1"), env=env, status=0)
    assert "there is no baseline" in onrush("baseline", env=env, status=0).stdout
    onrush("baseline", "show", env=env, status=1)
    r = onrush("baseline", "set", "r1", env=env, status=0)
    assert "the baseline of drift is r1" in r.stdout, r.stdout
    marks = {r["name"]: r["is_baseline"] for r in json.loads(onrush("history", "--json", env=env).stdout)}
    assert marks == {"r0": False, "r1": True}, marks
    onrush("baseline", "set", path("base-runs/r2"), env=env, status=0)  # it was not in the history
    assert rows(env, "SELECT r.name, b.profile FROM baselines b JOIN runs r ON r.id = b.run") == [("r2", "drift")]
    onrush("baseline", "set", path("base-runs/r0/summary.json"), "--profile", "other", env=env, status=0)
    text = onrush("baseline", "list", env=env, status=0).stdout
    assert "drift" in text and "other" in text, text
    r = onrush("baseline", "clear", env=env, status=1)
    assert "drift, other" in r.stderr, r.stderr
    onrush("baseline", "clear", "--profile", "drift", env=env, status=0)
    assert "r0" in onrush("baseline", "show", env=env, status=0).stdout
    assert len(rows(env, "SELECT id FROM runs")) == 3
    onrush("baseline", "set", "nothing", env=env, status=1)
    onrush("baseline", "forget", env=env, status=104)


# Levels around 40 and, from the 25th on, around 52; a period of 7 for noise.
NOISE = [0.4, -1.1, 0.9, 1.6, -0.7, -1.5, 0.2]
JUMP = [40 + NOISE[i % 7] + (12 if i >= 25 else 0) for i in range(40)]


@test
def a_jump_is_found_where_it_was():
    env = data("jump")
    for i, v in enumerate(JUMP):
        make_run(f"jump-runs/r{i:02d}", i, v)
    make_run("jump-runs/steered", 50, 400.0, was_steered=True)
    onrush("history", "import", path("jump-runs"), env=env, status=0)
    onrush("baseline", "set", "r03", env=env, status=0)
    t = json.loads(onrush("trend", "p95", "--json", env=env, status=0).stdout)
    assert [r["value"] for r in t["runs"]] == JUMP
    assert t["verdict"] == "degrading" and t["left_out"] == 1, t
    assert [c["name"] for c in t["changes"]] == ["r25"], t["changes"]
    before, after = sorted(JUMP[:25])[12], (sorted(JUMP[25:])[7])
    assert abs(t["changes"][0]["before"] - before) < 1e-9 and abs(t["changes"][0]["after"] - after) < 1e-9, t["changes"]
    assert t["baseline"] == {"name": "r03", "value": JUMP[3]}, t["baseline"]
    try:  # the slope by another's hand
        from scipy import stats
        sen = stats.theilslopes(JUMP, range(40))
        tau = stats.kendalltau(range(40), JUMP)
        line = stats.linregress(range(40), JUMP)
        assert abs(t["slope_per_day"]["value"] - sen[0]) < 1e-9, (t["slope_per_day"], sen)
        assert abs(t["tau"] - tau[0]) < 1e-9 and abs(t["least_squares"]["slope_per_day"] - line.slope) < 1e-9, t
        assert abs(t["least_squares"]["r2"] - line.rvalue ** 2) < 1e-9, t
    except ImportError:
        print("# no scipy: slopes are not held against it")
    assert len(json.loads(onrush("trend", "p95", "--all", "--json", env=env, status=0).stdout)["runs"]) == 41
    text = onrush("trend", "p95", env=env, status=0).stdout
    for words in ("degrading", "a day", "r2", "jump at", "from r25 on", "baseline r03", "1 left out"):
        assert words in text, (words, text)
    assert "\u2800" < max(text) <= "\u28ff", "no braille"
    narrow = on_terminal(40, "trend", "p95", env=env)
    assert max(map(len, narrow)) <= 40 and not any(line.endswith("…") for line in narrow[1:]), narrow
    assert re.search(r"2026-\d\d-\d\d +2026-\d\d-\d\d$", "\n".join(narrow), re.M), narrow
    assert "from r25 on" in " ".join(" ".join(narrow).split()), narrow
    # requests a second did not move: they are steady
    assert json.loads(onrush("trend", "rps", "--json", env=env, status=0).stdout)["verdict"] == "steady"


@test
def names_of_figures_are_helped_with():
    env = data("names")
    make_run("names-runs/r", 1)
    onrush("history", "import", path("names-runs"), env=env, status=0)
    r = onrush("trend", "p59", env=env, status=104)
    assert "did you mean 'p9" in r.stderr, r.stderr
    r = onrush("trend", "http_req_duration p(59)", env=env, status=104)
    assert "did you mean 'http_req_duration p(9" in r.stderr, r.stderr
    assert "too few runs" in onrush("trend", "http_req_waiting p(99)", env=env, status=0).stdout
    onrush("trend", env=env, status=104)


@test
def a_read_only_history_can_be_read():
    env = data("read-only")
    make_run("ro-runs/r", 1)
    onrush("history", "import", path("ro-runs"), env=env, status=0)
    folder = os.path.join(env["XDG_DATA_HOME"], "onrush")
    as_user = {}
    if not os.geteuid():  # root may write all the same
        nobody = pwd.getpwnam("nobody")
        as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for place, _, files in os.walk(env["XDG_DATA_HOME"]):
            for f in (place, *(os.path.join(place, f) for f in files)):
                os.chown(f, nobody.pw_uid, nobody.pw_gid)
        os.chmod(path(""), 0o755)
        if not is_reached(as_user):
            raise Skip("nobody cannot start the built program where it is")
    os.chmod(os.path.join(folder, "history.db"), 0o400)
    os.chmod(folder, 0o500)
    try:
        assert '"name": "r"' in onrush("history", "--json", env=env, status=0, **as_user).stdout
        r = onrush("baseline", "set", "r", env=env, status=1, **as_user)
        assert "history.db" in r.stderr and "What to do" in r.stderr, r.stderr
    finally:
        os.chmod(folder, 0o700)


def is_reached(as_user):
    try:
        return subprocess.run([ONRUSH, "--version"], capture_output=True, cwd=path(""), **as_user).returncode == 0
    except OSError:
        return False


@test
def a_run_is_held_against_its_baseline():
    env = data("against")
    run = ("run", "--headless", "--no-control", "--workers", "1", "--seed", "7")
    with Target("service=2ms", "capacity=16", "spread=0") as t:
        p = write("against.ini", (PROFILE % ("against", t.url)).replace("run = 1s", "run = 6s"))
        r = onrush(*run, "--out", path("against-base"), p, env=env, status=0)
        assert "baseline" not in r.stdout + r.stderr, r.stdout
        assert load("against-base/summary.json")["onrush"]["against"] is None
        onrush("baseline", "set", "last", env=env, status=0)
        # the exit status is the run's: only gate ends with a regression's
        t.post("/_target", "service=40ms")
        r = onrush(*run, "--out", path("against-slow"), p, env=env, status=0)
    against = load("against-slow/summary.json")["onrush"]["against"]
    assert against["verdict"] == "regressed" and against["base"]["path"] == "against-base", against
    worse = {f["figure"]: f for f in against["figures"] if f["verdict"] == "regressed"}
    p95 = worse["http_req_duration p(95)"]
    assert p95["now"] == load("against-slow/summary.json")["metrics"]["http_req_duration"]["values"]["p(95)"], p95
    assert p95["base"] == load("against-base/summary.json")["metrics"]["http_req_duration"]["values"]["p(95)"], p95
    assert "against the baseline against-base: regressed" in r.stdout, r.stdout
    assert "http_req_duration p(95)" in r.stdout and " %  95 %: +" in r.stdout, r.stdout
    # the same by names of the history, and of a file that outlived nothing
    both = ("compare", "against-base", "last")
    shutil.rmtree(path("against-base"))
    by_name = json.loads(onrush(*both, "--json", env=env, status=2).stdout)["comparisons"][0]
    assert by_name["regressed"] == against["regressed"], by_name


@test
def another_baseline_can_be_named():
    env = data("named")
    summary()
    with Target() as t:
        p = write("named.ini", PROFILE % ("named", t.url))
        run = ("run", "--headless", "--no-control", "--workers", "1", "--duration", "300ms", "--vus", "2", "--out",
               path("named-out"))
        r = onrush(*run, "--baseline", path("one"), p, env=env, status=0)
        assert "against the baseline " + path("one")[:20] in r.stdout, r.stdout
    r = onrush(*run, "--baseline", "nothing", p, env=env, status=104)
    assert "no run 'nothing'" in r.stderr and "nothing was sent" in r.stderr, r.stderr
    r = onrush(*run, "--baseline", path("no/such.json"), p, env=env, status=104)
    assert "no/such.json" in r.stderr, r.stderr


@test
def the_demo_stays_out():
    env = data("demo")
    onrush("demo", "--headless", "--no-control", "--time-scale", "0.02", "--out", path("demo-out"), env=env)
    assert not os.path.exists(os.path.join(env["XDG_DATA_HOME"], DB))


main()
