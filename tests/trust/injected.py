# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults put into the program itself: fail_nth.c by LD_PRELOAD, and what must hold whatever failed."""
import concurrent.futures, errno, glob, signal

from trust import *  # noqa

FAIL_NTH = os.environ.get("FAIL_NTH", "tests/trust/fail_nth.so")
DOCUMENTED = (0, 1, 2, 3, 4, 99, 104, 105)
PROFILE = """[profile]
name = {name}
graceful_stop = 200ms
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


def can_inject():
    if SANITIZED:
        raise Skip("a sanitizer has malloc and its own reports")
    if not os.path.exists(FAIL_NTH) or not os.path.getsize(FAIL_NTH):
        raise Skip("fail_nth.so was not built: no glibc of 2.35 or later")


class Injection:
    """One run of the program with a fault in it."""

    def __init__(self, name, *args, timeout=30, before=(), **fault):
        e = dict(os.environ, XDG_RUNTIME_DIR=tap.FOLDER, LD_PRELOAD=os.path.abspath(FAIL_NTH))
        e.update({f"FAIL_{k.upper()}": str(v) for k, v in fault.items()})
        self.fault = " ".join(f"{k}={v}" for k, v in fault.items())
        self.log = path(f"{name}.calls")
        e["FAIL_LOG"] = self.log if fault.get("log", True) else ""
        if not fault.get("log", True):
            del e["FAIL_LOG"]
        elif os.path.exists(self.log):
            os.remove(self.log)
        self.args, self.where = args, ""
        try:
            p = subprocess.run([*before, tap.ONRUSH, *args], stdin=subprocess.DEVNULL, capture_output=True, env=e,
                               cwd=tap.FOLDER, timeout=timeout)
            self.status, self.stdout, self.stderr = p.returncode, p.stdout.decode(), p.stderr.decode()
        except subprocess.TimeoutExpired as late:
            self.status, self.stdout, self.stderr = "hangs", "", (late.stderr or b"").decode()

    def calls(self):
        """(kind, stack, number, caller) of each new stack."""
        with open(self.log) as f:
            return [line.split() for line in f]

    def __str__(self):
        return f"{' '.join(self.args[:2])} with {self.fault}: exit {self.status}\n{self.stderr[-600:]}{self.where}"

    def wrong(self, *rules):
        """What does not hold, in words, or None."""
        if self.status == "hangs":
            return "it hangs"
        if self.status not in DOCUMENTED:
            return "no documented exit"
        if self.status and not (self.stderr + self.stdout).strip():
            return "nothing was said"
        for rule in rules:
            why = rule(self)
            if why:
                return why
        return None


def side_by_side(jobs, at_once=3):
    """Calls them, a few at a time; their results in order."""
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda f: f(), jobs))


def nothing_cut(folder):
    """No half of a file, no temporary, in the folder and below."""
    def rule(_):
        for root, _folders, names in os.walk(folder):
            for n in names:
                file = os.path.join(root, n)
                if n.endswith(".tmp"):
                    return f"left behind: {n}"
                with open(file, "rb") as f:
                    data = f.read()
                if n.endswith(".json"):
                    try:
                        json.loads(data)
                    except ValueError as e:
                        return f"{n} is cut: {e}"
                if n == "report.html" and not data.rstrip().endswith(b"</html>"):
                    return "report.html is cut"
        return None
    return rule


def check_none(wrong, of):
    """wrong: (run, why) of those that did not hold."""
    wrong = [(r, why) for r, why in wrong if why]
    assert not wrong, f"{len(wrong)} of {of}:\n" + "\n".join(f"{why}: {r}" for r, why in wrong[:12])
