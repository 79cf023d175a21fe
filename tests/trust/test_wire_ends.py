#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""However a run ends, over whichever transport, and whatever its connections
are at by then: it ends, its counts add up, its descriptors are back. Each way
in one of three ends, and where time limits come first."""
import concurrent.futures, itertools, os, socket, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa
from servers import certificates, tls_context

VUS = 3
HTTP2 = "http = 2\n"
WAYS = {"wire": ("http", "transport = wire\n"), "tls": ("https", "transport = wire\n"), "h2": ("https", HTTP2),
        "curl": ("http", "transport = curl\n"), "curls": ("https", "transport = curl\n"),
        "curl2": ("http", "transport = curl\n" + HTTP2)}
PHASES = "resolving", "connecting", "shaking", "waiting", "receiving", "sending"
ENDS = "interrupt", "over", "stop", "late"
SETTINGS = b"\0\0\0\4\0\0\0\0\0"
HEADERS = b"\0\0\1\1\4\0\0\0\1\x88" + b"\0\0\1\0\0\0\0\0\1x"


class Stuck:
    """Serves one connection up to a phase, and then nothing more."""

    def __init__(self, phase, way, context):
        self.phase, self.way, self.context = phase, way, context
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=0 if phase == "connecting" else 512)
        self.port = self.socket.getsockname()[1]
        self.kept, self.stuck = [], 0
        if phase == "connecting":
            for _ in range(4):
                self.kept.append(s := socket.socket())
                s.setblocking(False)
                s.connect_ex(("127.0.0.1", self.port))
        else:
            threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            s, _ = self.socket.accept()
            self.kept.append(s)
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        try:
            if WAYS[self.way][0] == "https" and self.phase != "shaking":
                s = self.context[self.way.startswith("h2")].wrap_socket(s, server_side=True)
                self.kept.append(s)
            if self.phase in ("waiting", "receiving"):
                s.recv(65536)
            if self.phase == "receiving":
                s.sendall(SETTINGS + HEADERS if "2" in self.way else b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
            self.stuck += 1
        except OSError:
            pass


def ask(name, line):
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(path(name + ".sock"))
            s.sendall(line.encode() + b"\n")
            return json.loads(s.makefile().readline())
    except (OSError, ValueError):
        return None


def status(name):
    return (ask(name, "status") or {}).get("status", {"state": "", "in_flight": 0, "run": {"failed": 0}})


def end(way, phase, how, context):
    name = f"{way}-{phase}-{how}"
    scheme, target = WAYS[way]
    server = Stuck(phase, way, context)
    host = "slow.test" if phase == "resolving" else "127.0.0.1"
    request = f"[request a]\nPOST = /\nbody = @{path('big')}\n" if phase == "sending" else "[request a]\nGET = /\n"
    going = Going(name, profile(name, f"{scheme}://{host}:{server.port}", f"hold = {'700ms' if how == 'over' else '60s'} at {0 if how == 'late' else VUS}",
                                request, target + f"tls_verify = off\ntimeout = {'300ms' if how == 'late' else '60s'}"),
                  "--control", path(name + ".sock"), "--workers", "1")
    try:
        if how != "over":
            until(name + " begins", lambda: status(name)["state"] == "running")
        if how == "late":
            before = going.descriptors()
            ask(name, f"level {VUS}")
            until(name + " fails", lambda: status(name)["run"]["failed"] > VUS)
        elif how != "over":
            until(name + " begins", lambda: status(name)["in_flight"] == VUS)
            until(name + " is stuck", lambda: phase in ("resolving", "connecting") or server.stuck)
        if how == "interrupt":
            going.process.send_signal(signal.SIGINT)
        elif how == "stop":
            ask(name, "stop"), ask(name, "stop")
        elif how == "late":
            ask(name, "level 0")
            until(name + " has its descriptors back", lambda: going.descriptors() <= before or
                  phase == "resolving")  # as long as the system asks, a thread of libcurl's has two
            ask(name, "finish")
    except AssertionError:
        going.process.send_signal(signal.SIGINT)
        raise AssertionError((name, (r := going.wait(30)).status, r.out[-600:]))
    r = going.wait(30)
    assert r.status in (0, 3, 105), (name, r.status, r.out[-600:])
    c = r.counting
    if how == "late":
        check_accounts(r)
        assert c["failed"] == c["requests"] and all(e.startswith("timeout-") for e in r.errors), (name, c, r.errors)
        return
    assert c["requests"] == c["failed"] == 0 and c["interrupted"] == VUS and c["sent"] == c["abandoned"], (name, c, r.errors)
    if phase in ("waiting", "receiving"):
        assert how == "over" or 1 <= c["sent"] <= VUS, (name, c)
    else:
        assert c["sent"] == 0, (name, c)


@namespaced("-m")
def every_end():
    cover("/etc/hosts", "127.0.0.1 localhost\n")
    cover("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:30\n")
    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    names.bind(("127.0.0.1", 53))
    certificates(tap.FOLDER)
    context = [tls_context(tap.FOLDER) for _ in range(2)]
    context[1].set_alpn_protocols(["h2"])
    write("big", "x" * (16 << 20))
    todo = [t for i, t in enumerate(itertools.product(WAYS, PHASES, ENDS))
            if (t[1] != "shaking" or WAYS[t[0]][0] == "https") and (LONG or t[2] == "late" or i // 4 % 3 == i % 4)]
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        for f, t in [(pool.submit(end, *t, context), t) for t in todo]:
            try:
                f.result()
            except Exception as e:
                wrong.append((t, repr(e)[:500]))
    assert not wrong, "\n".join(map(str, wrong))


main()
