#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results on bad disks, and of runs that were cut off."""
import json, os, signal, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

PROFILE = """[profile]
name = disk
[target]
url = {url}
[stages]
hold = {length} at 2
[request home]
GET = /json
[scenario one]
mix = home 1
think = 20ms
[thresholds]
http_req_failed = rate < 0.5
"""
WHOLE = ["profile.ini", "report.html", "report.md", "summary.json", "timeline.ndjson"]
EVENT = "[event {name}]\nat = {at}\nexec = {exec}\n"
INSIDE = """mkdir -p "$1" && mount -t tmpfs -o size=$2 none "$1" || exit 77
shift 2
"$@"
code=$?
rm -rf "$COPY" && mkdir "$COPY" && cp -a "$DISK/." "$COPY"
exit $code
"""


def script(name, text):
    write(name, "#!/bin/sh\n" + text + "\n")
    os.chmod(path(name), 0o755)
    return path(name)


def run(name, *args, length="2500ms", events=(), size=None, before=""):
    """A run in a folder of a disk of its own (size), or in FOLDER; what it left is in the folder NAME."""
    disk = path("disk-" + name) if size else FOLDER
    where = os.path.join(disk, "run") if size else path(name)
    with Target("service=1ms") as t:
        err = path(name + ".err")
        text = PROFILE.format(url=t.url, length=length)
        for i, (at, command) in enumerate(events):
            text += EVENT.format(name=f"e{i}", at=at, exec=script(f"{name}-{i}.sh", command.format(run=where, disk=disk, err=err)))
        command = [ONRUSH, "run", "--headless", "--allow-exec", "--out", where, *args, write(name + ".ini", text)]
        if size:
            command = ["unshare", "-m", "sh", "-c", INSIDE, "sh", disk, size,
                       "sh", "-c", before.format(disk=disk) + '\n"$@"', "sh", *command]
        e = dict(os.environ, XDG_RUNTIME_DIR=FOLDER, DISK=disk, COPY=path("copy-" + name))
        with open(err, "w") as f:
            r = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=f, text=True,
                               timeout=60, env=e, cwd=FOLDER)
        with open(err) as f:
            r.stderr = f.read()
        if size and (r.returncode == 77 or "unshare" in r.stderr):
            raise Skip("a disk of its own needs root: " + r.stderr.strip().replace("\n", "; "))
        r.received = t.counts()["received"]
    r.where, r.left = where, os.path.join(path("copy-" + name), "run") if size else where
    return r


def files(folder):
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def said(r):
    with open(os.path.join(r.left, "INCOMPLETE")) as f:
        return f.read()


def summary_of(stdout):
    """The JSON that stands among the lines, from { alone to } alone."""
    return json.loads(re.search(r"^\{\n.*^\}\n", stdout, re.M | re.S).group(0))


FILL = "dd if=/dev/zero of={disk}/fill bs=4096 2>/dev/null\ntrue"
# What follows waits until the program has said that the disk is full.
UNTIL_TOLD = """
tries=0
while ! grep -q 'cannot write' '{err}' && [ $tries -lt 400 ]; do sleep 0.05; tries=$((tries + 1)); done
"""


@test
def a_good_run_leaves_no_marker():
    r = run("good", events=[("1s", "cp {run}/INCOMPLETE {disk}/seen; cp {run}/profile.ini {disk}/planned.ini")])
    assert r.returncode == 0 and "saved in" in r.stdout, r.stdout + r.stderr
    assert files(r.left) == WHOLE, files(r.left)
    with open(path("seen")) as f:
        assert "onrush open" in f.read()
    onrush("check", path("planned.ini"), status=0)


@test
def a_disk_that_is_full_at_first_stops_the_run():
    r = run("full", size="16k", before=FILL)
    assert r.returncode == 1 and r.received == 0, (r.returncode, r.received)
    assert "No space left" in r.stderr and "nothing was sent" in r.stderr, r.stderr


@test
def a_disk_that_fills_up_is_told_once_and_the_summary_is_on_stdout():
    r = run("fills", size="256k", events=[("1s", FILL)])
    assert r.returncode == 1, (r.returncode, r.stderr)
    assert r.stderr.count("timeline.ndjson: cannot write: No space left") == 1, r.stderr
    assert "not saved: " in r.stderr and "not all of the results could be saved" in r.stdout
    s = summary_of(r.stdout)
    assert s["onrush"]["counting"]["requests"] == r.received > 50
    assert files(r.left) == ["INCOMPLETE", "profile.ini", "timeline.ndjson"], files(r.left)
    text = said(r)
    for name in ("summary.json: cannot write: No space left", "timeline.ndjson: its end: ", "profile.ini: cannot"):
        assert name in text, text
    # when there is room again, what is missing is made of what the journal has
    onrush("open", r.left, "--save", status=0)
    again = json.load(open(os.path.join(r.left, "summary.json")))["onrush"]
    assert again["cut_off"] and 0 < again["counting"]["requests"] < r.received
    assert files(r.left) == WHOLE


@test
def a_journal_that_lost_its_end_is_named():
    end = f"rm '{{disk}}/fill'\n'{ONRUSH}' ctl finish"
    r = run("lost", size="256k", length="30s", events=[("500ms", FILL + UNTIL_TOLD + end)])
    assert r.returncode == 1, (r.returncode, r.stderr)
    assert "but not all: INCOMPLETE there says" in r.stdout and "summary.json" in files(r.left)
    text = said(r)
    assert text.count(": its end: ") == 1 and "summary.json" not in text and "profile.ini" not in text, text
    before = open(os.path.join(r.left, "summary.json")).read()
    onrush("open", r.left, "--save", status=0)
    assert open(os.path.join(r.left, "summary.json")).read() == before, "never over what is there"
    assert "INCOMPLETE" in files(r.left)


@test
def a_disk_that_cannot_be_written_stops_the_run():
    r = run("readonly", size="64k", before='mkdir {disk}/run && mount -o remount,ro "{disk}"')
    assert r.returncode == 1 and r.received == 0 and "Read-only" in r.stderr, r.stderr


@test
def one_file_that_cannot_be_written_stops_no_other():
    r = run("one", events=[("1s", "mkdir {run}/summary.json")])
    assert r.returncode == 1 and summary_of(r.stdout)["onrush"]["exit"]["status"] == 0
    assert said(r).splitlines()[2:] == ["summary.json: cannot write: Is a directory"], said(r)
    with open(os.path.join(r.left, "profile.ini")) as f:
        assert "; executed" in f.readline()


@test
def a_folder_that_goes_away_is_told():
    r = run("gone", "--progress", "json", events=[("1s", "rm -r {run}")])
    assert r.returncode == 1 and "No such file" in r.stderr, r.stderr
    last = json.loads(r.stdout.splitlines()[-1])
    assert last["onrush"]["counting"]["requests"] == r.received, "a line, as all of this form"


@test
def a_file_elsewhere_makes_the_folder_no_less_whole():
    r = run("elsewhere", "--csv", "/dev/full", "--hgrm", path("here.hgrm"))
    assert r.returncode == 1 and "/dev/full" in r.stderr and os.path.exists(path("here.hgrm"))
    assert files(r.left) == WHOLE


@test
def a_run_that_was_killed_is_saved_later():
    with Target("service=1ms") as t:
        p = write("killed.ini", PROFILE.format(url=t.url, length="60s"))
        child = start("run", "--headless", "--out", path("killed"), p)
        began = time.time()
        while time.time() < began + 30 and not child.stdout.readline().startswith("  00:03"):
            pass
        r = onrush("open", path("killed"), "--save", status=1)
        assert "still goes on" in r.stderr, r.stderr
        r = onrush("run", "--headless", "--out", path("killed"), p, status=1)
        assert "another run saves its results there" in r.stderr, r.stderr
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=20)
    assert files(path("killed")) == ["INCOMPLETE", "profile.ini", "timeline.ndjson"]
    r = onrush("open", path("killed"), "--junit", path("killed.xml"), "--csv", path("killed.csv"), status=0)
    assert files(path("killed")) == ["INCOMPLETE", "profile.ini", "timeline.ndjson"]
    with open(path("killed.xml")) as f:
        assert 'error type="cut off" message="unfinished: the journal ends at 00:0' in f.read()
    profile = open(path("killed/profile.ini")).read()
    r = onrush("open", path("killed"), "--save", "-o", path("again.json"), status=0)
    assert "saved in " in r.stdout
    s = load("killed/summary.json")["onrush"]
    assert s["cut_off"] and s["exit"]["status"] is None and "unfinished" in s["exit"]["words"]
    assert s["duration_ms"] >= 2000 and s["counting"]["requests"] > 50
    assert load("again.json")["onrush"] == s and open(path("killed/profile.ini")).read() == profile
    assert "INCOMPLETE" not in files(path("killed"))
    onrush("check", path("killed/profile.ini"), status=0)


@test
def a_saved_run_makes_the_same_summary_again():
    if "summary.json" not in files(path("good")):
        run("good")
    onrush("open", path("good"), "-o", path("good-again.json"), "--csv", path("good.csv"), status=0)
    was, now = load("good/summary.json"), load("good-again.json")
    assert now["metrics"] == was["metrics"] and now["root_group"] == was["root_group"]
    for field in was["onrush"]:
        if field not in ("generator", "profile", "monitors"):
            assert now["onrush"][field] == was["onrush"][field], field


@test
def a_pipe_is_no_result():
    os.makedirs(path("pipes"))
    os.mkfifo(path("pipes/timeline.ndjson"))
    for name in ("pipes", "pipes/timeline.ndjson"):
        r = onrush("open", path(name), status=1, timeout=10)
        assert "is no file, but a pipe" in r.stderr, r.stderr


if __name__ == "__main__":
    main()
