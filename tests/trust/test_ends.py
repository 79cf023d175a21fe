#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run ends: by whom it was told to, in which state it was, and whoever
stands in its way. It must end, with whole results and its own status."""
import concurrent.futures, contextlib, os, pty, signal, socket, sys, termios

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa


def until(what, holds, seconds=30):
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.01)
    return found


def connected(name):
    """A client of the run's control socket."""
    def connect():
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(path(name))
            return s
        except OSError:
            s.close()
    return until("the control socket", connect)


@test
def orders_that_a_worker_has_no_room_for():
    """Fifty scenarios, and commands faster than a worker obeys: the last of
    them ends the run."""
    names = [f"s{n}" for n in range(50)]
    with BadServer() as server:
        ini = write("orders.ini", f"[profile]\nname = orders\ngraceful_stop = 200ms\n[target]\nurl = {server.url}\n"
                    "[request x]\nGET = /x\n" + "".join(
                        f"[scenario {n}]\nmix = x 1\nthink = 200ms\nstages = {n}\n[stages {n}]\nhold = 60s at 1\n"
                        for n in names))
        going = Going("orders", ini, "--control", path("orders.sock"), "--no-history", "--workers", "1")
        with connected("orders.sock") as s:
            until("requests", lambda: server.counts()["requests"] > 50)
            s.sendall("".join(f"for s1 level {n % 7 + 1}\n" for n in range(31)).encode() + b"finish\n")
            r = going.wait(20)
        assert r.status == 0, (r.status, r.out)
        check_accounts(r)


def terminal():
    master, slave = pty.openpty()
    attributes = termios.tcgetattr(slave)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    return master, slave


def fill(w):
    """Until it takes nothing more: how much it had taken. A terminal moves
    what it has, and has room again."""
    again = os.open(f"/proc/self/fd/{w}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    count, refused = 0, 0
    while refused < 10:
        try:
            count, refused = count + os.write(again, b"." * 256), 0
        except BlockingIOError:
            refused += 1
            time.sleep(0.01)
    os.close(again)
    return count


def read_on(r, count):
    """All that came behind what filled it."""
    data = b""
    try:
        while part := os.read(r, 1 << 16):
            data += part
    except OSError:
        pass  # a terminal that nobody has any more
    os.close(r)
    return data[count:].decode()


def unread(name, url, stages, r_w, *options):
    """A run whose lines nobody takes. (process, reading end, its fill)"""
    r, w = r_w
    count = fill(w)
    ini = profile(name, url, stages, ["/x"])
    p = subprocess.Popen([tap.ONRUSH, "run", "--headless", "--no-history", "--control", path(f"{name}.sock"), "--out",
                          path(name), *options, ini], stdin=subprocess.DEVNULL, stdout=w, stderr=w, cwd=FOLDER,
                         env=dict(os.environ, XDG_RUNTIME_DIR=FOLDER, NO_COLOR="1"))
    os.close(w)
    return p, r, count


@test
def readers_that_stand_still():
    """Nobody takes the lines of a run: its plan goes on and ends, it hears
    signals, all is saved; whoever reads on has every line, in order."""
    for kind, make in (("pipe", os.pipe), ("tty", terminal)):
        with BadServer() as server, contextlib.ExitStack() as kept:
            p, r, count = unread(f"late-{kind}", server.url, "hold = 1500ms at 50/s", make())
            q, unheard, _ = unread(f"never-{kind}", server.url, "hold = 60s at 50/s", make())
            kept.callback(p.kill), kept.callback(q.kill)
            until("saved", lambda: os.path.exists(path(f"late-{kind}/summary.json")))
            q.send_signal(signal.SIGTERM)
            assert q.wait(20) == 105 == load(f"never-{kind}/summary.json")["onrush"]["exit"]["status"]
            os.close(unheard)
            assert p.poll() is None  # the summary has nobody yet
            said = read_on(r, count)
            assert p.wait(20) == 0, said
            places = [said.find(s) for s in ("stage hold began", "00:01 ", "requests  ", "saved in")]
            assert places == sorted(places) and places[0] >= 0, (count, said)
            for name in (f"late-{kind}", f"never-{kind}"):
                assert not os.path.exists(path(f"{name}/INCOMPLETE")), name


if __name__ == "__main__":
    main(at_once=3)
