#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run ends: by whom it was told to, in which state it was, and whoever
stands in its way. It must end, with whole results and its own status."""
import concurrent.futures, fcntl, os, pty, signal, socket, sys

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


if __name__ == "__main__":
    main(at_once=3)
