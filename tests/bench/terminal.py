# SPDX-License-Identifier: GPL-3.0-or-later
"""The program on a pseudo-terminal that is always read."""
import fcntl, os, re, select, signal, struct, subprocess, termios, time

ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78M])|[\x0e\x0f]")


class Terminal:
    def __init__(self, children, argv, cores, rows=60, cols=200, folder=None, extra=None):
        env = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME="/nowhere")
        for name in ("COLORTERM", "COLORFGBG", "NO_COLOR", "SSH_CONNECTION", "LINES", "COLUMNS"):
            env.pop(name, None)
        if folder:
            env["XDG_RUNTIME_DIR"] = folder
        env.update(extra or {})
        self.children, self.bytes, self.chunks = children, b"", []
        self.fd, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

        def inside():
            os.sched_setaffinity(0, cores)
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.began_ns = time.monotonic_ns()
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=env,
                                        start_new_session=True, preexec_fn=inside)
        children.alive.append(self.process)
        os.close(slave)
        self.exit = os.pidfd_open(self.process.pid)

    def pump(self, seconds, until=None):
        """Reads until it holds (checked after every piece), the program
        ends, or the time is up. Gives what `until` gave."""
        end = time.monotonic() + seconds
        while True:
            answer = until() if until else None
            left = end - time.monotonic()
            if answer or left <= 0:
                return answer
            ready = select.select([self.fd, self.exit], [], [], min(left, 0.1))[0]
            if self.fd in ready:
                try:
                    data = os.read(self.fd, 65536)
                except OSError:  # all of its side is closed
                    return until() if until else None
                self.bytes += data
                self.chunks.append((time.monotonic_ns(), len(self.bytes)))
            elif ready:
                return until() if until else None

    def seen(self, pattern, since=0):
        """When (ns) the text came that the bytes since then show; None."""
        shows = lambda upto: re.search(pattern, ESCAPES.sub(b"", self.bytes[since:upto]))
        if not shows(len(self.bytes)):
            return None
        return next(at_ns for at_ns, upto in self.chunks if upto > since and shows(upto))

    def key(self, text):
        """Presses it; the moment in ns."""
        at_ns = time.monotonic_ns()
        os.write(self.fd, text.encode())
        return at_ns

    def wait(self, seconds):
        """Reads to the end: (status, CPU seconds)."""
        began = time.monotonic()
        self.pump(seconds, self.has_ended)
        # the terminal is closed a little before the program is gone
        return self.children.wait(self.process, max(1, seconds - (time.monotonic() - began)))

    def leave(self):
        """Ends onrush: the first signal finishes the run, the next leaves
        the final screen."""
        for _ in range(20):
            os.kill(self.process.pid, signal.SIGTERM)
            if self.pump(0.3, self.has_ended):
                break
        return self.wait(1)

    def has_ended(self):
        return bool(select.select([self.exit], [], [], 0)[0])

    def screen_text(self):
        return ESCAPES.sub(b" ", self.bytes).decode(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.children.stop(self.process)
        os.close(self.exit)
        os.close(self.fd)
