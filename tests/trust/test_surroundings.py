#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that is given little, or something strange: descriptors, memory,
threads, file sizes, no /proc, no home, closed streams, odd places."""
import os, resource, shlex, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from injected import *  # noqa

WHOLE = ["profile.ini", "report.html", "report.md", "summary.json", "timeline.ndjson"]
LOADER = 127  # of the dynamic loader, which is not ours


def limited(what, most):
    return lambda: resource.setrlimit(what, (most, most))


def ended(*args, env=None, timeout=30, **more):
    """As it is, whatever it writes."""
    e = dict(os.environ, XDG_RUNTIME_DIR=tap.FOLDER)
    e.update(env or {})
    e = {k: v for k, v in e.items() if v is not None}
    more = dict(dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE), **more)
    return subprocess.run([tap.ONRUSH, *args], env=e, cwd=tap.FOLDER, timeout=timeout, text=True, **more)


def in_order(r, what, wanted=DOCUMENTED):
    assert r.returncode in wanted, (what, r.returncode, r.stdout, r.stderr)
    assert r.returncode == 0 or (r.stderr or r.stdout), (what, "nothing was said")


def with_run(name, length="300ms", load=None):
    """A target, a profile for it, and a saved run."""
    t = Target("service=1ms")
    t.__enter__()
    text = PROFILE.format(name=name, url=t.url, length=length)
    if load:
        text = text.replace("at 2\n", f"at {load}\n")
    return t, write(name + ".ini", text)


@test
def few_descriptors_in_every_command():
    t, p = with_run("few", load="20/s")
    onrush("run", "--headless", "--out", path("few"), p, status=0)
    onrush("run", "--headless", "--out", path("few2"), p, status=0)
    commands = {"run": ["--headless", "--out", path("fewer"), p], "check": [p], "open": [path("few")],
                "compare": [path("few"), path("few2")], "history": [],
                "find": ["--headless", "--no-control", "--out", path("found"), p]}
    frames = ["--frames", path("frames"), "--keys", write("quit.keys", "200ms q\n")]
    for n in slack(range(3, 80), (4, 8, 14, 40)):
        for command, args in commands.items():
            r = ended(command, *args, preexec_fn=limited(resource.RLIMIT_NOFILE, n))
            in_order(r, (command, n), (*DOCUMENTED, LOADER))
        r = ended("open", *frames, path("few"), preexec_fn=limited(resource.RLIMIT_NOFILE, n))
        in_order(r, ("open --frames", n), (*DOCUMENTED, LOADER))
    for n in slack(range(1, 30), (8,)):
        # a hard limit that is met in the middle of a rate, with a reserve for saving
        shutil.rmtree(path("hard"), ignore_errors=True)
        r = ended("run", "--headless", "--out", path("hard"), write("hard.ini", PROFILE.format(
            name="hard", url=t.url, length="500ms").replace("at 2\n", "at 2000/s\n")), "--workers", "1",
            preexec_fn=limited(resource.RLIMIT_NOFILE, 54 + n))
        in_order(r, ("rate", n))
        assert sorted(os.listdir(path("hard"))) == WHOLE, (n, os.listdir(path("hard")), r.stderr)
    t.__exit__()


@test
def little_memory():
    if SANITIZED:
        raise Skip("a sanitizer takes terabytes of address space")
    t, p = with_run("memory")
    told = collections.Counter()
    for mib in slack(range(20, 140, 2), range(32, 80, 12)):
        shutil.rmtree(path("memory"), ignore_errors=True)
        r = ended("run", "--headless", "--workers", "2", "--out", path("memory"), p,
                  preexec_fn=limited(resource.RLIMIT_AS, mib * MIB))
        in_order(r, mib, (*DOCUMENTED, LOADER))
        why = nothing_cut(path("memory"))(r)
        assert not why, (mib, why)
        told[r.returncode] += 1
    print("# exits", dict(told))
    t.__exit__()


@test
def no_threads():
    can_inject()
    t, p = with_run("threads")
    everything = range(1, 15)
    for n in everything if LONG else (1, 4, 9, 10):
        # libuv aborts where its own are missing: they are tried before
        r = Injection("threads", "run", "--headless", "--workers", "2", "--out", path("threads"), p, what="thread",
                      to=10**9 if n <= 4 else n, log=False, **{"from": n, "with": errno.EAGAIN})
        if not 5 <= n <= 8:
            assert not r.wrong(), (n, r.wrong(), r)
        if n in (9, 10):  # a worker's, the second one while the first runs already
            assert r.status == 1 and "a worker's thread" in r.stderr, (n, str(r))
            assert "saved" not in r.stdout and "history" not in r.stderr, (n, r.stdout, r.stderr)
        if n <= 4:
            assert r.status == 1 and "threads" in r.stderr and "nothing was sent" in r.stderr, r
    t.__exit__()


@test
def a_limit_on_the_size_of_files():
    t, p = with_run("size", length="1500ms")
    for most in (0, 2000, 8000, 40000):
        shutil.rmtree(path("size"), ignore_errors=True)
        r = ended("run", "--headless", "--out", path("size"), p, preexec_fn=limited(resource.RLIMIT_FSIZE, most))
        in_order(r, most, (1,))
        assert "File too large" in r.stderr, (most, r.stderr)
        why = nothing_cut(path("size"))(r)
        assert not why, (most, why)
        assert ("nothing was sent" in r.stderr) != ("INCOMPLETE" in os.listdir(path("size"))), (most, r.stderr)
    t.__exit__()


@test
def closed_streams():
    """None becomes a file of the run, and what cannot be told costs no result."""
    t, p = with_run("streams", length="1200ms")
    closing = [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)]
    if not LONG:
        closing = [(1,), (2,), (0, 1, 2)]
    for fds in closing:
        name = "streams-" + "".join(map(str, fds))
        r = ended("run", "--headless", "--out", path(name), p, stdin=None, stdout=None if 1 in fds else subprocess.PIPE,
                  stderr=None if 2 in fds else subprocess.PIPE,
                  preexec_fn=lambda: [os.close(fd) for fd in fds] and None)
        assert r.returncode == 0, (fds, r.returncode, r.stderr)
        assert sorted(os.listdir(path(name))) == WHOLE, (fds, os.listdir(path(name)))
        with open(path(name + "/timeline.ndjson")) as f:
            for line in f:
                json.loads(line)
        assert load(name + "/summary.json")["onrush"]["exit"]["status"] == 0
        why = nothing_cut(path(name))(r)
        assert not why, why
    r = ended("check", p, stdout=None, preexec_fn=lambda: os.close(1))
    assert r.returncode == 1 and "standard output" in r.stderr, (r.returncode, r.stderr)
    t.__exit__()


@test
def output_that_cannot_be_written():
    t, p = with_run("output", length="1200ms")
    with open("/dev/full", "w") as full:
        r = ended("run", "--headless", "--out", path("output"), p, stdout=full)
        assert r.returncode == 0 and sorted(os.listdir(path("output"))) == WHOLE, r.stderr
        assert "standard output: cannot write" in r.stderr, r.stderr
        for args in (["check", p], ["check", "--json", p], ["open", path("output")], ["history"],
                     ["compare", path("output"), path("output")], ["init"], ["import", p]):
            r = ended(*args, stdout=full)
            assert r.returncode != 0 and "cannot write" in r.stderr or args[0] == "import", (args, r.returncode, r.stderr)
    # | head -1: who reads no more has not ended the run
    child = subprocess.Popen([tap.ONRUSH, "run", "--headless", "--out", path("head"), p], cwd=tap.FOLDER, text=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env=dict(os.environ, XDG_RUNTIME_DIR=tap.FOLDER))
    child.stdout.readline()
    child.stdout.close()
    assert child.wait(30) == 0 and sorted(os.listdir(path("head"))) == WHOLE
    child.stderr.close()
    t.__exit__()


@test
def no_home_and_strange_folders():
    t, p = with_run("home", length="200ms")
    file = write("a-file", "text")
    os.makedirs(path("locked"))
    nowhere = {"HOME": "/nonexistent", "XDG_DATA_HOME": None, "XDG_CONFIG_HOME": None, "TMPDIR": "/nonexistent"}
    cases = [{"HOME": None, "XDG_DATA_HOME": None, "XDG_CONFIG_HOME": None}, nowhere,
             {"XDG_DATA_HOME": file, "XDG_CONFIG_HOME": file}, {"XDG_DATA_HOME": "/proc/self/none"},
             {"XDG_DATA_HOME": "relative", "HOME": "relative"}, {"XDG_DATA_HOME": "/" + "x" * 300},
             {"HOME": "", "XDG_DATA_HOME": ""}, {"TMPDIR": "/nonexistent/x", "XDG_CONFIG_HOME": "/" + "y" * 5000}]
    for i, env in enumerate(cases):
        r = ended("run", "--headless", "--no-control", "--out", path(f"home-{i}"), p, env=env)
        assert r.returncode == 0 and sorted(os.listdir(path(f"home-{i}"))) == WHOLE, (env, r.returncode, r.stderr)
    for runtime, says in ((file, "a-file"), ("/nonexistent", "/nonexistent")):
        r = ended("run", "--headless", "--out", path("runtime"), p, env={"XDG_RUNTIME_DIR": runtime})
        in_order(r, runtime, (0, 1))
        assert r.returncode == 0 or says in r.stderr, r.stderr
    t.__exit__()


@test
def odd_places_for_results():
    t, p = with_run("odd", length="200ms")
    write("file", "what stands there\n")
    os.mkfifo(path("fifo"))
    os.symlink(path("nowhere"), path("dangling"))
    os.makedirs(path("real"))
    os.symlink(path("real"), path("linked"))
    for out in ("file", "file/below", "fifo", "fifo/below", "dangling", "x" * 256, "w" * 200 + "/y" * 2100):
        before = t.counts()["received"]
        r = ended("run", "--headless", "--out", path(out), p)
        in_order(r, out, (1,))
        assert "nothing was sent" in r.stderr and t.counts()["received"] == before, (out, r.stderr)
    assert open(path("file")).read() == "what stands there\n"
    for out in ("linked", "x" * 255, "with space \t and ü"):
        r = ended("run", "--headless", "--out", path(out), p)
        assert r.returncode == 0 and sorted(os.listdir(path(out))) == WHOLE, (out, os.listdir(path(out)), r.stdout)
    # a name that leaves no room for the one beside it
    long = "z" * 250 + ".json"
    r = ended("run", "--headless", "--out", path("long"), "-o", path(long), p)
    assert r.returncode == 0 and json.load(open(path(long))), (r.returncode, r.stderr)
    r = ended("run", "--headless", "--out", path("long2"), "-o", path("z" * 300), p)
    assert r.returncode == 104 and "too long" in r.stderr and "nothing was sent" in r.stderr, (r.returncode, r.stderr)
    t.__exit__()


def in_mounts(script):
    """sh in a mount namespace of its own, where it is root."""
    probe = subprocess.run(["unshare", "-rm", "true"], capture_output=True, text=True) if which("unshare") else None
    if not probe or probe.returncode:
        raise Skip("no mount namespace: " + (probe.stderr.strip() if probe else "unshare is missing"))
    return subprocess.run(["unshare", "-rm", "sh", "-ec", script], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, cwd=tap.FOLDER, env=dict(os.environ, XDG_RUNTIME_DIR=tap.FOLDER))


@test
def no_proc():
    t, p = with_run("proc", length="1500ms")
    with open(p, "a") as f:
        f.write("[monitor]\nprocess = 1\nhost = cpu, memory, disk, network\n")
    onrush("check", p, status=0)
    r = in_mounts(f"mount -t tmpfs none /proc; exec {shlex.quote(tap.ONRUSH)} run --headless --out {path('proc')} {p}")
    assert r.returncode == 0 and sorted(os.listdir(path("proc"))) == WHOLE, (r.returncode, r.stdout, r.stderr)
    assert load("proc/summary.json")["onrush"]["counting"]["requests"] == t.counts()["received"]
    t.__exit__()


if __name__ == "__main__":
    main()
