# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults put into the program itself: fail_nth.c by LD_PRELOAD, and what must hold whatever failed."""
import concurrent.futures, errno, fcntl, glob, pty, select, signal, struct, termios

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
"""


def can_inject():
    if SANITIZED:
        raise Skip("a sanitizer has malloc and its own reports")
    if not os.path.exists(FAIL_NTH) or not os.path.getsize(FAIL_NTH):
        raise Skip("fail_nth.so was not built: no glibc of 2.35 or later")


def preloaded():
    """Where it is loaded from: a blank or a colon would end its name there."""
    to = path("fail_nth.so")
    if re.search("[ :]", to):
        raise Skip(f"LD_PRELOAD cannot name {to}")
    if not os.path.exists(to):
        shutil.copy(FAIL_NTH, to)
    return to


class Injection:
    """One run of the program with a fault in it."""

    def __init__(self, name, *args, timeout=30, before=(), tty=False, **fault):
        e = dict(os.environ, XDG_RUNTIME_DIR=tap.FOLDER, LD_PRELOAD=preloaded())
        e.update({f"FAIL_{k.upper()}": str(v) for k, v in fault.items()})
        self.fault = " ".join(f"{k}={v}" for k, v in fault.items())
        self.log = path(f"{name}.calls")
        e["FAIL_LOG"] = self.log if fault.get("log", True) else ""
        if not fault.get("log", True):
            del e["FAIL_LOG"]
        elif os.path.exists(self.log):
            os.remove(self.log)
        self.args, self.where = args, ""
        if tty:
            self.on_terminal(e, timeout)
            return
        try:
            p = subprocess.run([*before, tap.ONRUSH, *args], stdin=subprocess.DEVNULL, capture_output=True, env=e,
                               cwd=tap.FOLDER, timeout=timeout)
            self.status, self.stdout, self.stderr = p.returncode, p.stdout.decode(), p.stderr.decode()
        except subprocess.TimeoutExpired as late:
            self.status, self.stdout, self.stderr = "hangs", "", (late.stderr or b"").decode()

    def on_terminal(self, e, timeout):
        """The same on a pseudo-terminal; its bytes are stdout, and whether it was given back is kept."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        before, data, end = termios.tcgetattr(slave), b"", time.monotonic() + timeout
        e.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
        with open(self.log + ".stderr", "w+") as err:
            p = subprocess.Popen([tap.ONRUSH, *self.args], stdin=slave, stdout=slave, stderr=err, env=e, cwd=tap.FOLDER,
                                 start_new_session=True)
            over = False
            while time.monotonic() < end and not (over and not select.select([master], [], [], 0)[0]):
                if select.select([master], [], [], 0.05)[0]:
                    data += os.read(master, 65536)
                over = over or p.poll() is not None
            self.status = p.returncode if over else "hangs"
            if not over:
                p.kill()
                p.wait()
            err.seek(0)
            self.stderr = err.read()
        self.stdout = data.decode(errors="replace")
        self.termios = before == termios.tcgetattr(slave)
        os.close(master)
        os.close(slave)

    def terminal_given_back(self):
        """Why it is not, or None."""
        last = lambda on, off: self.stdout.rfind(on) <= self.stdout.rfind(off)
        if not self.termios:
            return "the terminal's modes are not as before"
        for name, on, off in (("screen", "\033[?1049h", "\033[?1049l"), ("mouse", "\033[?1002h", "\033[?1002l"),
                              ("cursor", "\033[?25l", "\033[?25h"), ("frame", "\033[?2026h", "\033[?2026l")):
            if not last(on, off):
                return f"the {name} is not as before"
        return None

    def calls(self):
        """(kind, stack, number, caller, who called libc) of each new stack."""
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
