#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What terminals and signals do to a run: a terminal that stands still, goes
away, or changes its size a thousand times. Told by what the server saw."""
import fcntl, os, pty, select, signal, struct, sys, termios

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "screen"))
from trust import *  # noqa

import need_pyte  # noqa
from pty_screen import Terminal

STALL_S = 10 if LONG else 3
ENV = dict(XDG_RUNTIME_DIR=FOLDER, COLORTERM="truecolor")


def console(name, url, rate=200, cols=120, rows=38):
    ini = profile(name, url, f"hold = 60s at {rate}/s", ["/x"])
    t = Terminal([tap.ONRUSH, "run", "--no-history", "--control", path(name + ".sock"), "--out", path(name), ini], cols,
                 rows, ENV, FOLDER)
    t.until("load", lambda: re.search(r" 00:0[1-9] / ", t.text().split("\n")[0]))
    return t


def leave(t, name):
    """Finished by hand; the accounts, and that the schedule was kept."""
    t.key("q")
    t.sees("saved")
    t.key("q")
    assert os.WIFEXITED(t.wait())
    a = load(f"{name}/summary.json")["onrush"]["arrivals"]
    assert a["dropped"] == 0 and abs(a["started"] - a["planned"]) <= max(10, 0.02 * a["planned"]), a
    return a


def rss(pid):
    with open(f"/proc/{pid}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@test
@timed
def a_terminal_that_stands_still():
    """Nobody reads the terminal: requests arrive as planned meanwhile, and
    the screen catches up."""
    with BadServer() as server, console("stalled", server.url) as t:
        t.key("2")  # the view that changes most
        t.run(0.5)
        before = rss(t.pid)
        began, count = time.monotonic(), server.counts()["requests"]
        while time.monotonic() < began + STALL_S:
            fcntl.ioctl(t.master, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200 + int(time.monotonic() * 10) % 2, 0, 0))
            time.sleep(0.1)  # whole frames that nobody takes
        seconds, arrived = time.monotonic() - began, server.counts()["requests"] - count
        after = rss(t.pid)
        t.resize(120, 38)
        t.key("1")
        t.until("the present", lambda: re.search(rf" 00:{int(STALL_S) + 1:02d}| 00:1[1-9]", t.text()))
        in_time(abs(arrived - 200 * seconds) <= 0.05 * 200 * seconds, (arrived, seconds))
        assert SANITIZED or after < before + 4 * MIB, (before, after)
        leave(t, "stalled")


def is_restored(t):
    assert termios.tcgetattr(t.slave) == t.before, "the terminal's settings differ"
    for on, off in ((b"\033[?1049h", b"\033[?1049l"), (b"\033[?25l", b"\033[?25h"), (b"\033[?1002h", b"\033[?1002l")):
        assert t.data.rfind(off) >= t.data.rfind(on), (on, "is left on")


@test
def a_terminal_that_stands_still_keeps_nobody():
    """Meanwhile a signal is heard, the run ends, and all is saved; then the
    terminal is as it was."""
    with BadServer() as server, console("ends", server.url) as t:
        t.key("2")
        t.run(0.3)
        for n in range(25):
            fcntl.ioctl(t.master, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200 + n % 2, 0, 0))
            time.sleep(0.1)
            if n >= 20:  # an operator elsewhere is heard, too
                p = onrush("ctl", "--socket", path("ends.sock"), "level", f"{180 + n}/s")
                assert p.returncode == 0, p.stdout + p.stderr
        os.kill(t.pid, signal.SIGTERM)
        for _ in range(1500):
            if os.path.exists(path("ends/summary.json")):
                break
            time.sleep(0.01)
        s = load("ends/summary.json")["onrush"]
        assert s["exit"]["status"] == 105 and s["counting"]["failed"] == 0, s["exit"]
        assert [a["command"] for a in s["actions"]][:5] == [f"level {n}/s" for n in range(200, 205)], s["actions"]
        assert os.WEXITSTATUS(t.wait()) == 105  # it reads on
        is_restored(t)


def stand_still(t):
    """Frames that nobody takes, until no more fit."""
    t.key("2")
    t.run(0.3)
    for n in range(25):
        fcntl.ioctl(t.master, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200 + n % 2, 0, 0))
        time.sleep(0.1)


def ends_unread(t, number):
    """The status of a program that has a signal, and no reader."""
    os.kill(t.pid, number)
    for _ in range(2000):
        done, status = os.waitpid(t.pid, os.WNOHANG)
        if done:
            t.pid = 0
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    raise AssertionError("it waits for a reader")


@test
def the_terminal_is_not_ours_alone():
    """Whoever has it with us, and after us, reads and writes as before, also
    when we are killed."""
    with BadServer() as server:
        for name, end in (("shared", signal.SIGTERM), ("killed", signal.SIGKILL)):
            with console(name, server.url) as t:
                flags = fcntl.fcntl(t.slave, fcntl.F_GETFL)
                os.kill(t.pid, end)
                t.wait()
                for f in (flags, fcntl.fcntl(t.slave, fcntl.F_GETFL)):
                    assert not f & os.O_NONBLOCK, (name, "its reads do not wait")


@test
def nobody_reads_and_it_ends():
    """SIGTERM while the terminal stands still: saved, and over within its
    grace; whoever reads on has what was shown before."""
    with BadServer() as server, console("unread", server.url) as t:
        stand_still(t)
        assert ends_unread(t, signal.SIGTERM) == 105
        s = load("unread/summary.json")["onrush"]
        assert s["exit"]["status"] == 105 and not os.path.exists(path("unread/INCOMPLETE"))
        assert t.read(5), "what it had taken is gone"
    with Terminal([tap.ONRUSH, "open", path("unread")], 120, 38, ENV, FOLDER) as t:
        t.sees("saved")
        stand_still(t)
        assert ends_unread(t, signal.SIGTERM) == 0


def take(t, seconds):
    """What comes within that time, read by nobody. Is there more?"""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if not select.select([t.master], [], [], left)[0]:
            return False
        os.read(t.master, 1 << 16)
    return True


@test
def a_storm_of_sizes():
    with BadServer() as server, console("storm", server.url) as t:
        for n in range(1000):
            size = ((1, 1), (500, 200), (40, 12), (2, 300), (300, 2))[n % 5]
            fcntl.ioctl(t.master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            take(t, 0.002)
            assert n % 100 or t.is_alive()
        t.resize(120, 38)
        for _ in range(6):  # what was on its way was for other sizes
            if not take(t, 0.5):
                break
        t.resize(120, 38)
        t.key("ctrl-l")
        t.sees("onrush")
        leave(t, "storm")


@test
def a_terminal_that_goes_away():
    """Closed while the console stands: finished, saved, ended."""
    with BadServer() as server:
        t = console("gone", server.url)
        pid = t.pid
        os.close(t.slave)
        os.close(t.master)
        status = None
        for _ in range(2000):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                break
            time.sleep(0.01)
        assert done, "it does not end"
        assert os.WIFEXITED(status) and os.WEXITSTATUS(status) in (0, 4, 105), status
        s = load("gone/summary.json")["onrush"]
        assert s["counting"]["failed"] == 0 and s["counting"]["requests"] > 50, s["counting"]


def spawned(name, url, options, before):
    """A run whose child did something with its terminal first."""
    ini = profile(name, url, "hold = 500ms at 20/s", ["/x"])
    master, slave = pty.openpty()
    log = open(path(name + ".log"), "w+")
    p = subprocess.Popen([tap.ONRUSH, "run", *options, "--no-history", "--no-control", "--out", path(name), ini],
                         stdin=slave, stdout=slave if "--headless" not in options else log, stderr=log,
                         env=dict(os.environ, TERM="xterm", **ENV), cwd=FOLDER, start_new_session=True,
                         preexec_fn=lambda: before(master, slave))
    return p, master, slave, log


def in_background(master, slave):
    """A job that another one in the foreground keeps from the terminal."""
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    if os.fork():  # the session's leader, in the foreground, waits
        os.close(master)
        _, status = os.wait()
        os._exit(os.waitstatus_to_exitcode(status) % 256)
    os.setpgid(0, 0)


@test
def without_a_terminal_of_its_own():
    with BadServer() as server:
        # in the background, and with a terminal that controls nobody
        for name, before in (("background", in_background), ("nobodys", lambda m, s: None)):
            p, master, slave, log = spawned(name, server.url, ["--headless"], before)
            status = p.wait(30)
            log.seek(0)
            assert status in (0, 4), (name, status, log.read())
            assert load(f"{name}/summary.json")["onrush"]["counting"]["requests"] >= 8
            os.close(master), os.close(slave)
        # gone before it began
        p, master, slave, log = spawned("late", server.url, [], lambda m, s: (os.close(m), fcntl.ioctl(
            s, termios.TIOCSCTTY, 0)))
        os.close(slave), os.close(master)
        try:
            status = p.wait(30)
        finally:
            p.kill()
        log.seek(0)
        said = log.read()
        assert status in (0, 1, 4, 105, -signal.SIGHUP), (status, said)
        if status in (0, 105):
            assert load("late/summary.json")


@test
def hung_up_and_no_hangups():
    """nohup: SIGHUP is ignored; else it finishes the run."""
    with BadServer() as server:
        for name, before, ends in (("nohup", ("nohup",), False), ("hup", (), True)):
            going = Going(name, profile(name, server.url, "hold = 2s at 20/s", ["/x"]), before=before)
            count = server.counts()["requests"]
            while server.counts()["requests"] < count + 5:
                time.sleep(0.01)
            going.process.send_signal(signal.SIGHUP)
            r = going.wait()
            check_accounts(r)
            assert r.counting["failed"] == 0 and (r.counting["requests"] < 38) == ends, r.counting
            assert r.status in ((105,) if ends else (0, 4)), (name, r.status)


@test
def pipes_that_close():
    """Who reads the lines goes away, as head(1) does: the run goes on."""
    with BadServer() as server:
        ini = profile("pipe", server.url, "hold = 2s at 20/s", ["/x"])
        p = start("run", "--headless", "--no-control", "--no-history", "--out", path("pipe"), ini)
        p.stdout.readline()
        p.stdout.close()
        p.stderr.close()
        p.wait(30)
        s = load("pipe/summary.json")["onrush"]["counting"]
        assert s["requests"] >= 38 and s["failed"] == 0, s


if __name__ == "__main__":
    main(at_once=3)
