# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a pseudo-terminal, and a terminal emulator behind it (pyte)
that says what a person would see: characters with their looks."""
import errno, fcntl, os, pty, select, signal, struct, termios, time

import pyte

LIMIT = 30  # seconds that anything may take

KEYS = {"enter": "\r", "esc": "\033", "tab": "\t", "shift-tab": "\033[Z", "up": "\033OA", "down": "\033OB",
        "right": "\033OC", "left": "\033OD", "home": "\033OH", "end": "\033OF", "pgup": "\033[5~",
        "pgdn": "\033[6~", "delete": "\033[3~", "backspace": "\177", "space": " ", "f1": "\033OP", "f2": "\033OQ"}


def key_bytes(name):
    """What a terminal sends for a key, named as in --keys."""
    if name in KEYS:
        return KEYS[name]
    if name.startswith("ctrl-"):
        return chr(ord(name[5].upper()) & 0x1f)
    return name


class Emulator(pyte.Screen):
    """pyte, and what it lacks: REP (the last character once more), CBT (back
    to a tab stop), SGR 2 (faint, kept as italics), and that DCH lets blanks in
    on the present ground, as terminals with `bce` do."""
    last = " "

    def delete_characters(self, count=None):
        super().delete_characters(count)
        line, n = self.buffer[self.cursor.y], min(count or 1, self.columns - self.cursor.x)
        for x in range(self.columns - n, self.columns):
            line[x] = self.cursor.attrs

    def draw(self, data):
        if data:
            self.last = data[-1]
        super().draw(data)

    def repeat(self, count=1):
        self.draw(self.last * max(1, count))

    def back_tab(self, count=1):
        for _ in range(max(1, count)):
            stops = [s for s in self.tabstops if s < self.cursor.x]
            self.cursor.x = max(stops, default=0)

    def select_graphic_rendition(self, *attributes, **kw):
        if attributes == (2,):
            self.cursor.attrs = self.cursor.attrs._replace(italics=True)
        else:
            super().select_graphic_rendition(*attributes, **kw)


class Stream(pyte.ByteStream):
    csi = dict(pyte.ByteStream.csi, b="repeat", Z="back_tab")
    events = pyte.ByteStream.events | {"repeat", "back_tab"}


class Terminal:
    def __init__(self, argv, cols, rows, env, cwd=None):
        self.master, self.slave = pty.openpty()
        self.resize(cols, rows)
        self.bytes = 0
        self.data = b""
        self.before = termios.tcgetattr(self.slave)
        whole = {k: v for k, v in os.environ.items()
                 if k not in ("NO_COLOR", "ONRUSH_GLYPHS", "LINES", "COLUMNS", "COLORTERM", "COLORFGBG",
                              "SSH_CONNECTION", "XDG_CONFIG_HOME")}
        whole.update(LC_ALL="C.UTF-8", TERM="xterm-256color", XDG_CONFIG_HOME="/nonexistent")
        whole.update(env)
        self.pid = os.fork()
        if self.pid == 0:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also under nohup
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.closerange(3, 64)
            if cwd:
                os.chdir(cwd)
            try:
                os.execve(argv[0], argv, whole)
            finally:
                os._exit(127)
        self.status = None

    def resize(self, cols, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self.screen = Emulator(cols, rows)
        self.stream = Stream(self.screen)

    def read(self, seconds=0.05):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError as e:
            if e.errno != errno.EIO:
                raise
            return False
        self.bytes += len(data)
        self.data = (self.data + data)[-1 << 20:]
        self.stream.feed(data)
        return True

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(min(0.05, max(0, end - time.monotonic())))

    def settle(self, quiet=0.3):
        """Until nothing came for so long: a screen that stands still."""
        end = time.monotonic() + LIMIT
        while self.read(quiet):
            assert time.monotonic() < end, "the screen never stands still\n" + self.text()

    def until(self, what, true):
        end = time.monotonic() + LIMIT
        while not true():
            assert time.monotonic() < end, f"not in {LIMIT} s: {what}\n{self.text()}"
            assert self.is_alive() or true(), f"it ended, without {what}\n{self.text()}"
            self.read()

    def sees(self, text):
        self.until(repr(text), lambda: text in self.text())

    def type(self, text):
        os.write(self.master, text.encode())

    def key(self, name):
        self.type(key_bytes(name))

    def press(self, name):
        """A key that changes the screen; until it has."""
        self.key(name)
        self.until(f"an answer to {name}", self.read)
        self.settle(0.15)

    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def looks(self):
        """The screen as text, and each row's looks as runs "a12b3"; letters
        are told below, in the order in which they first stand there."""
        names, rows = {}, []
        for y in range(self.screen.lines):
            runs, last, n = "", None, 0
            for x in range(self.screen.columns):
                c = self.screen.buffer[y][x]
                look = (c.fg, c.bg, c.bold, c.italics, c.underscore, c.reverse)
                name = names.setdefault(look, letters(len(names)))
                if name == last:
                    n += 1
                    continue
                runs += f"{last}{n}" if last else ""
                last, n = name, 1
            rows.append(runs + f"{last}{n}")
        legend = []
        for (fg, bg, bold, faint, underscore, reverse), name in names.items():
            more = [w for w, on in (("bold", bold), ("faint", faint), ("underlined", underscore),
                                    ("reverse", reverse)) if on]
            legend.append(" ".join([name, fg, "on", bg, *more]))
        return "\n".join([self.text(), "---", *rows, "---", *legend]) + "\n"

    def is_alive(self):
        if self.pid:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid, self.status = 0, status
        return self.pid != 0

    def wait(self):
        end = time.monotonic() + LIMIT
        while self.is_alive():
            assert time.monotonic() < end, f"it does not end\n{self.text()}"
            self.read()
        while self.read(0):
            pass
        return self.status

    def close(self):
        if self.is_alive():
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0
        os.close(self.master)
        os.close(self.slave)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def letters(n):
    text = ""
    while True:
        text = chr(ord("a") + n % 26) + text
        n = n // 26 - 1
        if n < 0:
            return text
