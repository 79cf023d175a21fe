#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed: at random moments, in the middle of saving, and what
a power cut leaves. At most two seconds are lost, by the server's own stamps;
it opens, says that it was cut off, and hinders no later run.
ONRUSH_TRUST=long: 200 tries, else 8."""
import os, random, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from injected import *  # noqa

SIGNALS = [signal.SIGKILL, signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT]
LOST_NS = 2 * 10**9
LATE_NS = slack(0, 10**9)  # where others take the CPU and the disk


def opened(name):
    """The summary that is made of what is left, after a look at it."""
    r = onrush("open", path(name), status=0)
    assert "unfinished" in r.stdout or "cut off" in r.stdout, r.stdout[:300]
    onrush("open", path(name), "-o", path(name + ".made.json"), status=0)
    s = load(name + ".made.json")["onrush"]
    assert s["cut_off"] and s["exit"]["status"] is None, s["exit"]
    return s


def killed_once(i, seed):
    r = random.Random(seed)
    name, number, after = f"killed-{i}", SIGNALS[i % len(SIGNALS)], r.uniform(0.3, 5)
    with BadServer("--delay", 5, "--stamps", 100000) as s:
        p = profile(name, s.url, "hold = 30s at 4", ["/x"])
        child = start("run", "--headless", "--workers", "1", "--out", path(name), p)  # with its socket
        while not s.counts()["connections"] and child.poll() is None:
            time.sleep(0.02)
        time.sleep(after)
        killed_ns = time.monotonic_ns()
        child.send_signal(number)
        said = child.communicate(timeout=20)
        assert child.returncode == -number, (name, child.returncode, said)
        stamps = s.stamps()
    kept = opened(name)["counting"]["sent"]
    must = sum(1 for at in stamps if at < killed_ns - LOST_NS - LATE_NS)
    lost_ns = killed_ns - stamps[kept] if kept < len(stamps) else 0
    assert must <= kept <= len(stamps), (name, seed, number, after, must, kept, len(stamps))
    assert os.path.exists(path(name + "/INCOMPLETE"))
    return lost_ns / 1e9, name, p


@test
def killed_at_random():
    seed = int.from_bytes(os.urandom(4), "big")
    print("# seed", seed)
    before = len(glob.glob(path("onrush/*.sock")))
    ended = side_by_side([lambda i=i: killed_once(i, seed + i) for i in range(slack(200, 8))], slack(6, 4))
    lost = sorted(e[0] for e in ended)
    print(f"# {len(lost)} kills: lost {lost[len(lost) // 2]:.2f} s in the middle, {lost[-1]:.2f} s at most")
    # what they left hinders nobody: sockets, marker, journal, history
    assert len(glob.glob(path("onrush/*.sock"))) > before
    name = ended[0][1]
    with Target() as t:
        p = write("next.ini", PROFILE.format(name="next", url=t.url, length="300ms"))
        onrush("run", "--headless", "--out", path(name), p, status=0)
    assert sorted(os.listdir(path(name))) == ["profile.ini", "report.html", "report.md", "summary.json",
                                              "timeline.ndjson"], os.listdir(path(name))
    for socket in glob.glob(path("onrush/*.sock")):
        os.utime(socket, (0, 0))  # a young one may be about to listen
    onrush("ctl", "status")
    assert not glob.glob(path("onrush/*.sock")), "sockets of the dead are removed"
    onrush("open", path(ended[1][1]), "--save", status=0)
    assert "INCOMPLETE" not in os.listdir(path(ended[1][1]))


@test
def killed_while_it_saves():
    """Between any two calls that make the files."""
    can_inject()
    old = '{"old": true}\n'
    reports = {"report.html": ("<p>old</html>\n", "</html>"), "report.md": ("old\n", "\n")}

    def prepare(folder):
        os.makedirs(folder)
        for file, text in [("summary.json", old)] + [(name, was) for name, (was, _) in reports.items()]:
            with open(os.path.join(folder, file), "w") as f:
                f.write(text)

    def one(n, profile_path, most):
        folder = path(f"saving-{n}")
        prepare(folder)
        r = Injection(f"saving{n}", "run", "--headless", "--out", folder, profile_path, log=False, path=where, to=n,
                      what="open,write,sync,close,rename,unlink,truncate", **{"from": n, "with": "kill"})
        if r.status == 0 and n > most - 5:
            return r, None  # how many there are is not the same each time
        if r.status != -signal.SIGKILL:
            return r, "it was not killed"
        with open(folder + "/summary.json") as f:
            text = f.read()
        for name, (was, end) in reports.items():
            with open(os.path.join(folder, name)) as f:
                report = f.read()
            if report != was and (len(report) < 200 or not report.endswith(end) and not report.endswith(end + "\n")):
                return r, f"{name} is neither old nor whole: {report[-80:]!r}"
        names = [x for x in os.listdir(folder) if not x.endswith(".tmp")]
        if text != old:
            whole = json.loads(text)["onrush"]
            assert whole["profile"]["name"] == "saving" and not whole["cut_off"], whole
        marked = "INCOMPLETE" in names
        done = set(names) >= {"report.html", "report.md", "profile.ini", "timeline.ndjson"} and text != old
        if not marked and not done and "timeline.ndjson" in names:
            return r, f"neither whole nor INCOMPLETE: {names}"
        onrush("check", folder + "/profile.ini", status=0) if "profile.ini" in names else None
        if "timeline.ndjson" in names:
            with open(folder + "/timeline.ndjson") as f:
                has_head = f.readline().endswith("\n")
            o = onrush("open", folder)
            if o.returncode not in ((0,) if has_head else (0, 1)) or not (o.stdout + o.stderr).strip():
                return r, f"it does not open: {o.returncode} {o.stderr}"
        # the next run in that folder is not hindered
        if LONG or n % 6 == 4:
            o = onrush("run", "--headless", "--out", folder, profile_path)
            if o.returncode or sorted(os.listdir(folder)) != ["profile.ini", "report.html", "report.md",
                                                              "summary.json", "timeline.ndjson"]:
                return r, f"the next run: {o.returncode} {os.listdir(folder)} {o.stderr}"
        return r, None

    with Target("service=1ms") as t:
        p = write("saving.ini", PROFILE.format(name="saving", url=t.url, length="200ms"))
        where = path("saving-")
        prepare(path("saving-first"))
        survey = Injection("saving", "run", "--headless", "--out", path("saving-first"), p, depth=12, path=where,
                           what="open,write,sync,close,rename,unlink,truncate")
        most = max(int(c[2]) for c in survey.calls())
        assert survey.status == 0 and most > 20, survey
        renames = [int(c[2]) for c in survey.calls() if c[0] in ("rename", "unlink")]
        chosen = sorted(set(range(1, most + 1, slack(1, 3))) | set(renames) | {n + 1 for n in renames})
        ended = side_by_side([lambda n=n: one(n, p, most) for n in chosen])
    print(f"# {len(ended)} kills at {most} calls")
    check_none(ended, len(ended))


@test
def a_power_cut():
    """The journal ends at any byte, or in bytes of nothing."""
    with Target("service=1ms") as t:
        p = write("cut.ini", PROFILE.format(name="cut", url=t.url, length="2500ms"))
        onrush("run", "--headless", "--out", path("cut"), p, status=0)
    with open(path("cut/timeline.ndjson"), "rb") as f:
        whole = f.read()
    head = whole.index(b"\n") + 1
    r = random.Random(7)
    places = [0, 1, head - 1, head, head + 1, len(whole) - 1] + [r.randrange(len(whole)) for _ in range(slack(300, 20))]

    def one(i, at, tail):
        folder = path(f"cut-{i}")
        os.makedirs(folder)
        with open(folder + "/timeline.ndjson", "wb") as f:
            f.write(whole[:at] + tail)
        o = onrush("open", folder, timeout=20)
        wanted = (0,) if at >= head else (0, 1)
        if o.returncode not in wanted or not (o.stdout + o.stderr).strip():
            return (i, at, tail[:4], o.returncode, o.stderr)
        if at < len(whole) - 1 and o.returncode == 0 and "unfinished" not in o.stdout and "cut" not in o.stdout:
            return (i, at, "does not say that it was cut off", o.stdout[:200])
        return None

    jobs = [(at, tail) for at in places for tail in (b"", b"\0" * 4096)]
    wrong = [w for w in side_by_side([lambda i=i, j=j: one(i, *j) for i, j in enumerate(jobs)]) if w]
    assert not wrong, wrong[:5]


if __name__ == "__main__":
    main()
