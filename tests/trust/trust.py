# SPDX-License-Identifier: GPL-3.0-or-later
"""What the trust tests share: runs, their accounts, namespaces, measuring."""
import array, collections, concurrent.futures, os, subprocess, sys, threading, time

for folder in ("cli", "faults"):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", folder))
import tap
from tap import *  # noqa
from timed import in_time, timed  # noqa

LONG = os.environ.get("ONRUSH_TRUST") == "long"
BAD_SERVER = os.environ.get("BAD_SERVER", "tests/trust/bad_server")
MIB = 1 << 20

with open(tap.ONRUSH, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()  # its memory is not its own

CLASSES = """resolve connect tls timeout-resolve timeout-connect timeout-tls timeout-send timeout-wait timeout-receive reset truncated
malformed too-large redirects local-descriptors local-ports local-memory exec exit extract gave-up http-4xx http-5xx http-other""".split()


def slack(exact, loaded):
    """Limits are exact where the machine is ours (ONRUSH_TRUST=long), and
    generous where other tests run beside."""
    return exact if LONG else loaded


def until(what, holds, seconds=30):
    """Waits for what holds() says, and returns that."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.01)
    return found


def profile(name, url, stages, requests, target="", more="", grace="200ms"):
    """requests: text of [request] sections, or paths for one GET each."""
    if not isinstance(requests, str):
        requests = "".join(f"[request {r.strip('/')}]\nGET = {r}\n" for r in requests)
    return write(f"{name}.ini", f"[profile]\nname = {name}\ngraceful_stop = {grace}\n[target]\nurl = {url}\n"
                                f"{target}\n[stages]\n{stages}\n{requests}\n{more}\n")


def mix(paths):
    return "[scenario]\nmix = " + ", ".join(p.strip("/") + " 1" for p in paths) + "\n"


class Run:
    """A finished run: its summary and what is asked of it most."""

    def __init__(self, name, status, cpu_s, sizes, wall_s, out):
        self.status, self.cpu_s, self.wall_s, self.out = status, cpu_s, wall_s, out
        self.sizes = sizes  # in even distances: (peak until then, resident) in bytes
        self.peak_bytes = max((s[0] for s in sizes), default=0)
        self.summary = load(f"{name}/summary.json") if os.path.exists(path(f"{name}/summary.json")) else None
        if self.summary:
            self.onrush = self.summary["onrush"]
            self.counting = self.onrush["counting"]
            self.errors = {e["class"]: e["count"] for e in self.onrush["errors"]}
            self.requests = {r["name"]: r for r in self.onrush["requests"]}
            self.metrics = self.summary["metrics"]

    def __getattr__(self, name):
        raise AssertionError(f"exit {self.__dict__['status']} without a summary:\n{self.__dict__['out']}")

    def check_flat(self):
        """The last third of the run took no more memory than the second:
        5 %, and a MiB for pages of histograms that are hit for the first
        time; more in a run of seconds, which has hardly begun by then."""
        if SANITIZED:
            return
        n = len(self.sizes) // 3
        before, after = (max(s[1] for s in self.sizes[k * n:(k + 1) * n]) for k in (1, 2))
        assert after <= 1.05 * before + slack(1, 8) * MIB, (before, after)

    def values(self, metric):
        return self.metrics[metric]["values"]


class Going:
    """A run that goes on: started, watched from /proc, then waited for."""

    def __init__(self, name, profile_path, *options, before=(), how=("--headless",)):
        self.name = name
        e = dict(os.environ, XDG_RUNTIME_DIR=tap.FOLDER)
        if os.path.exists(path(name)):
            shutil.rmtree(path(name))
        self.began = time.monotonic()
        self.log = open(path(f"{name}.log"), "w+")
        self.process = subprocess.Popen(
            [*before, tap.ONRUSH, "run", *how, *([] if "--control" in options else ["--no-control"]), "--out",
             path(name), *options, profile_path],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, env=e, cwd=tap.FOLDER)
        self.pid = self.process.pid

    def proc(self, file):
        with open(f"/proc/{self.pid}/{file}") as f:
            return f.read()

    def cpu_s(self):
        fields = self.proc("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss(self):
        return int(self.proc("statm").split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def is_over(self):
        return self.process.poll() is not None

    def wait(self, timeout=120):
        """The Run. It is killed when it does not end by itself."""
        pid, sizes = 0, []
        while not pid:
            # not from the rusage, where a peak survives the exec
            found = re.search(r"VmHWM:\s*(\d+) kB\nVmRSS:\s*(\d+)", self.proc("status"))
            if found:
                sizes.append((int(found.group(1)) * 1024, int(found.group(2)) * 1024))
            if time.monotonic() - self.began > timeout:
                self.process.kill()
            time.sleep(0.01)
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.log.seek(0)
        r = Run(self.name, self.process.returncode, usage.ru_utime + usage.ru_stime, sizes,
                time.monotonic() - self.began, self.log.read())
        self.log.close()
        return r


def run(name, profile_path, *options, status=None, timeout=120, before=()):
    r = Going(name, profile_path, *options, before=before).wait(timeout)
    if status is not None:
        assert r.status == status, f"exit {r.status}, wanted {status}\n{r.out}"
    return r


def check_accounts(r):
    """What holds in every run, whatever the target does."""
    c, errors = r.counting, r.onrush["errors"]
    assert sum(r.errors.values()) == c["failed"], (r.errors, c)
    for e in errors:
        assert e["class"] in CLASSES and e["count"] > 0 and e["example"] and e["meaning"], e
    assert len(r.errors) == len(errors), errors
    assert c["requests"] == sum(x["requests"] for x in r.requests.values())
    assert c["failed"] == sum(x["failed"] for x in r.requests.values())
    assert c["sent"] == sum(x["sent"] for x in r.requests.values())
    for x in r.requests.values():
        assert sum(x["errors"].values()) == x["failed"] <= x["requests"], x
        answered = sum(x["status"].values())
        transport = sum(n for k, n in x["errors"].items() if not k.startswith("http-"))
        assert answered + transport == x["requests"], x
    totals = collections.Counter()
    for x in r.requests.values():
        totals.update(x["errors"])
    assert dict(totals) == r.errors, (totals, r.errors)
    m = r.metrics
    assert m["http_reqs"]["values"]["count"] == c["requests"]
    assert m["http_req_failed"]["values"]["passes"] == c["failed"]
    assert r.onrush["exit"]["status"] == r.status, (r.onrush["exit"], r.status)


def in_namespace(f, *flags):
    """The test in namespaces of its own (user and network, others by
    flags), where lo is up and it is root: this file once more, by unshare."""
    def inner():
        if os.environ.get("TRUST_INSIDE") == f.__name__:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            f()
            return
        probe = subprocess.run(["unshare", "-rn", *flags, "ip", "link", "set", "lo", "up"],
                               capture_output=True, text=True) if which("unshare", "ip") else None
        if not probe or probe.returncode:
            raise Skip("no network namespace: " + (probe.stderr.strip() if probe else "unshare or ip is missing"))
        p = subprocess.run(["unshare", "-rn", *flags, sys.executable, sys.argv[0]], capture_output=True, text=True,
                           env=dict(os.environ, TRUST_INSIDE=f.__name__), timeout=300)
        lines = p.stdout.splitlines()
        assert "1..1" in lines, p.stdout + p.stderr
        for line in lines:
            if line.startswith("ok 1") and "# SKIP" in line:
                raise Skip(line.split("# SKIP ", 1)[1])
        assert p.returncode == 0, p.stdout + p.stderr
    inner.__name__ = f.__name__
    return inner


def cover(file, text):
    """Another content for a file of the system, in our mount namespace."""
    p = subprocess.run(["mount", "--bind", write(os.path.basename(file), text), file], capture_output=True, text=True)
    if p.returncode:
        raise Skip(f"{file} cannot be covered: {p.stderr.strip()}")


def namespaced(*flags):
    def decorate(f):
        return test(in_namespace(f, *flags))
    return decorate


class BadServer:
    """bad_server.c while the block lasts."""

    def __init__(self, *options):
        self.options = [str(o) for o in options]

    def __enter__(self):
        self.process = subprocess.Popen([BAD_SERVER, *self.options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def counts(self):
        self.tell("counts")
        return json.loads(self.process.stdout.readline())

    def stamps(self):
        """When each request arrived: nanoseconds, in order."""
        return self.times("stamps")

    def held(self):
        """For how long each that was answered was held: nanoseconds."""
        return self.times("held")

    def came(self):
        """When connections were taken."""
        return self.times("came")

    def went(self):
        """When they were closed, by the other end."""
        return self.times("went")

    def times(self, what):
        name = path(f"{what}-{self.port}")  # several servers at once
        self.tell(f"{what} {name}")
        assert self.process.stdout.readline() == "written\n"
        a = array.array("Q")
        with open(name, "rb") as f:
            a.frombytes(f.read())
        return a


def which(*tools):
    return all(shutil.which(t) for t in tools)


def need(*tools):
    for t in tools:
        if not which(t):
            raise Skip(f"{t} is missing")


def apart(f):
    """The test in a process of its own: what was wrong comes as it was told
    there."""
    def inner():
        p = subprocess.run([sys.executable, sys.argv[0], f.__name__], capture_output=True, text=True, timeout=300)
        skipped = re.search(r"^ok 1 .*# SKIP (.*)$", p.stdout, re.M)
        if skipped:
            raise Skip(skipped.group(1))
        assert p.returncode == 0, p.stdout + p.stderr
    inner.__name__ = f.__name__
    return inner


def main(at_once=1):
    """All tests of the file, or those named on the command line; at_once: so
    many at the same time, for those that wait more than they work."""
    inside = os.environ.get("TRUST_INSIDE")
    names = [inside] if inside else sys.argv[1:]
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if names:
        tap.TESTS[:] = [t for t in tap.TESTS if t.__name__ in names]
    elif at_once > 1:
        pool = concurrent.futures.ThreadPoolExecutor(at_once)
        begun = {t.__name__: pool.submit(apart(t)) for t in tap.TESTS}
        for i, t in enumerate(tap.TESTS):
            tap.TESTS[i] = lambda f=begun[t.__name__]: f.result()
            tap.TESTS[i].__name__ = t.__name__
    tap.main()
