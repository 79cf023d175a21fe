#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's settings: what config.ini and the options do to the console on
a pseudo-terminal, and what is said of mistakes."""
import fcntl, os, pty, select, signal, struct, sys, termios, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import *  # noqa

LIMIT = 20  # seconds that anything may take


class Console:
    """`onrush demo` on a terminal, with a config.ini of that text."""

    def __init__(self, config=None, *options, env=None, cols=120, rows=38):
        import pyte
        home = tempfile.mkdtemp(dir=FOLDER)
        if config is not None:
            os.mkdir(f"{home}/onrush")
            with open(f"{home}/onrush/config.ini", "w") as f:
                f.write(config)
        e = dict(os.environ, XDG_CONFIG_HOME=home, XDG_RUNTIME_DIR=FOLDER, TERM="xterm-256color", LC_ALL="C.UTF-8")
        for name in ("NO_COLOR", "ONRUSH_GLYPHS", "COLORTERM", "COLORFGBG", "SSH_CONNECTION", "LINES", "COLUMNS"):
            e.pop(name, None)
        e.update(env or {})
        self.fd, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        self.screen, self.bytes = pyte.Screen(cols, rows), b""
        self.stream = pyte.ByteStream(self.screen)
        argv = [ONRUSH, "demo", "--no-history", "--no-control", "--out", f"{home}/out", *options]
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=e, cwd=FOLDER,
                                        start_new_session=True)
        os.close(slave)

    def pump(self, seconds):
        if select.select([self.fd], [], [], seconds)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                return False
            self.bytes += data
            self.stream.feed(data)
        return True

    def until(self, what, true):
        end = time.monotonic() + LIMIT
        while not true():
            assert time.monotonic() < end, f"not in {LIMIT} s: {what}\n" + self.text()
            self.pump(0.05)

    def text(self):
        return "\n".join(self.screen.display)

    def sees(self, text):
        self.until(repr(text), lambda: text in self.text())

    def key(self, text):
        os.write(self.fd, text.encode())

    def grounds(self):
        return {c.bg for row in self.screen.buffer.values() for c in row.values()}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for _ in range(3):  # finish, stop, leave
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            end = time.monotonic() + 1
            while self.process.poll() is None and time.monotonic() < end and self.pump(0.05):
                pass
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.fd)


def need_pyte():
    try:
        import pyte  # noqa
    except ImportError:
        raise Skip("python3-pyte is not there")


@test
def settings_are_obeyed():
    need_pyte()
    with Console("[console]\ntheme = light\nbackground = terminal\nglyphs = ascii\n"
                 "[keys]\nspike = S f5\nmark = none\n") as c:
        c.sees("S F5 spike")
        assert "default" in c.grounds()
        assert not any(ord(x) > 0x7e for x in c.text()), c.text()
        assert "m mark" not in c.text()
        c.key("S")
        c.sees("spike now")
        c.key("\033")
        c.key("\033[15~")  # F5
        c.sees("spike now")


@test
def mistakes_are_told_and_the_run_goes_on():
    need_pyte()
    with Console("[console]\ntheme = drak\nfps = 99\n[keys]\nspkie = S\n") as c:
        c.sees("config.ini:2: theme: there is no theme 'drak'; did you mean 'dark'?")
        c.sees("space pause")
        before = c.bytes[:c.bytes.index(b"\033")].decode()
        for text in ("onrush/config.ini:2:9: theme: there is no theme 'drak'; did you mean 'dark'?",
                     "config.ini:3:7: fps: '99' is not a number from 1 to 30",
                     "config.ini:5:1: there is no action 'spkie'; did you mean 'spike'?"):
            assert text in before, before
        c.key("s")
        c.sees("spike now")


@test
def options_win():
    need_pyte()
    with Console("[console]\ntheme = light\ncolors = none\n", "--theme", "mono", env={"COLORTERM": "truecolor"}) as c:
        c.sees("space pause")
        assert not re.search(rb"\033\[[0-9;:]*[34]8[;:][25][;:]", c.bytes)
    grounds = []
    for theme in ("dark", "light"):
        with Console("[console]\ntheme = mono\n", "--theme", theme) as c:
            c.sees("space pause")
            c.until("a ground", lambda: "default" not in c.grounds())
            grounds.append(c.grounds())
    assert not grounds[0] & grounds[1], grounds


@test
def the_terminal_says_light_or_dark():
    need_pyte()
    grounds = []
    for says in ("0;15", "15;0"):
        with Console(env={"COLORFGBG": says}) as c:
            c.sees("space pause")
            c.until("a ground", lambda: "default" not in c.grounds())
            grounds.append(c.grounds())
    assert not grounds[0] & grounds[1], grounds


@test
def colours_that_are_asked_for_win_over_no_color():
    need_pyte()
    for config, has in ((None, False), ("[console]\ncolors = 256\n", True), ("[console]\ncolors = auto\n", False)):
        with Console(config, env={"NO_COLOR": "1"}) as c:
            c.sees("space pause")
            assert bool(re.search(rb"\033\[[0-9;]*[34]8;5;", c.bytes)) == has, config


@test
def wrong_options_are_told():
    for args, says in ((["--theme", "drak"], "--theme: there is no theme 'drak'; did you mean 'dark'?"),
                       (["--size", "4294967416x38"], "'4294967416x38' is not a size such as 120x38"),
                       (["--theme", "solarized"], "only auto, dark, light, colorblind, mono"),
                       (["--fps", "0"], "--fps: '0' is not a number from 1 to 30"),
                       (["--fps", "x"], "--fps: 'x' is not a number from 1 to 30")):
        p = onrush("demo", *args, status=104)
        assert says in p.stderr, p.stderr


@test
def without_a_terminal_settings_do_nothing():
    os.makedirs(path("settings/onrush"), exist_ok=True)
    with open(path("settings/onrush/config.ini"), "w") as f:
        f.write("[nonsense]\n[keys]\npause = none\n")
    keys = write("keys", "0.5 space\n1.0 shot paused\n1.2 Q\n")
    p = onrush("demo", "--keys", keys, "--frames", path("frames"), "--no-control", "--no-history", "--out", path("out"),
               env={"XDG_CONFIG_HOME": path("settings")})
    assert "nonsense" not in p.stderr, p.stderr
    with open(path("frames/paused.txt")) as f:
        assert "PAUSED" in f.read()


main()
