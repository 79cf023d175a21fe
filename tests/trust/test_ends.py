#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a run ends: by whom it was told to, in which state it was, and whoever
stands in its way. It must end, with whole results and its own status."""
import concurrent.futures, contextlib, os, pty, resource, shutil, signal, socket, sys, tempfile, termios

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa


def is_over(going):
    """It is still to be waited for."""
    return os.waitid(os.P_PID, going.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def connected(name, going):
    """A client of the run's control socket."""
    def connect():
        assert not is_over(going), open(going.log.name).read()
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
        with connected("orders.sock", going) as s:
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


@test
def a_command_that_became_another_user():
    """As by sudo: it cannot be killed, and the run ends without it."""
    if os.geteuid() != 0 or not which("setpriv"):
        raise Skip("there is nobody else to become")
    folder = tempfile.mkdtemp(prefix="onrush-ends-")  # of ours nobody may enter the folder
    as_root = shutil.copy(shutil.which("setpriv"), folder)
    program = shutil.copy(tap.ONRUSH, folder)
    os.chmod(as_root, 0o4755), os.chmod(folder, 0o777)
    with BadServer() as server, contextlib.ExitStack() as after:
        after.callback(shutil.rmtree, folder)
        with open(f"{folder}/deaf.ini", "w") as f:
            f.write(f"[profile]\nname = deaf\n[target]\nurl = {server.url}\n[request x]\nGET = /x\n[stages]\na = 700ms at 1\n[event deaf]\n"
                    f"at = 0s\nexec = {as_root} --reuid=0 sh -c 'echo $$ >deaf.pid; exec sleep 100'\n")
        p = subprocess.Popen(["setpriv", "--reuid=65534", "--clear-groups", program, "run", "--headless", "--no-control",
                              "--no-history", "--allow-exec", "--out", "deaf", "deaf.ini"], cwd=folder,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        after.callback(p.kill)
        until("its pid", lambda: p.poll() is not None or os.path.exists(f"{folder}/deaf.pid"))
        assert p.poll() is None, p.stdout.read()
        with open(f"{folder}/deaf.pid") as f:
            pid = int(until("a pid", f.readline))
        after.callback(os.kill, pid, signal.SIGKILL)
        with open(f"/proc/{pid}/status") as f:
            if not re.search(r"^Uid:\t0\t0\t0", f.read(), re.M):
                raise Skip("this place gives nobody another user")
        said = p.communicate(timeout=30)[0]
        assert p.returncode == 0, (p.returncode, said)
        assert not os.path.exists(f"{folder}/deaf/INCOMPLETE")


@namespaced("-m")
def a_webhook_behind_a_silent_name_server():
    """It has its seconds, and not those of the name server."""
    cover("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:2\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent, BadServer() as server:
        silent.bind(("127.0.0.1", 53))
        ini = profile("nameless", server.url, "hold = 1500ms at 20/s", ["/x"],
                      more="[alerts]\nmany = http_reqs rate > 1 for 1s, warning, webhook http://nobody.example/")
        r = run("nameless", ini, "--no-history", status=0, timeout=30)
        check_accounts(r)


# state, what ends it, status
ENDS = [
    ("at once", "INT", 105), ("at once", "finish", 0), ("at once", "TERM TERM", 105),
    ("running", "HUP", 105), ("running", "stop", 105), ("running", "INT INT", 105), ("running", "disk TERM", 105),
    ("paused", "TERM", 105), ("paused", "finish", 0), ("paused", "resume undo stop", 105),
    ("by hand", "INT", 105), ("by hand", "undo finish HUP", 105),
    ("finishing", "INT TERM", 105), ("finishing", "stop", 105), ("finishing", "pause resume disk stop", 105),
]
BEGUN = {"at once": [], "running": [], "paused": ["pause"], "by hand": ["level 5"], "finishing": ["finish"]}
HOLDS_ON = """[monitor]
prometheus = http://127.0.0.1:{port}/metrics up
[event deaf]
at = 0s
exec = sh -c 'trap "" TERM INT HUP; sleep 50 & exec sleep 50'
"""


def end_of(number, state, steps, want, server, silent):
    """One run, at which everything hangs that can: half of its requests, a
    process, whom it watches and whom it tells."""
    name = f"end-{number}"
    grace = "40s" if state == "finishing" or "INT INT" in steps else "300ms"
    url = f"http://127.0.0.1:{silent}"
    ini = profile(name, server.url, "hold = 60s at 4", f"[request x]\nGET = /x\n[request never]\nexec = sleep 50\n",
                  "timeout = 50s", "[scenario]\nmix = x 1, never 1\nthink = 20ms\n" + HOLDS_ON.format(port=silent), grace)
    sock = path(f"{name}.sock")
    going = Going(name, ini, "--control", sock, "--no-history", "--allow-exec", "--workers", "1", "--push", url)
    try:
        with connected(f"{name}.sock", going) as s:
            heard = s.makefile()

            def do(step):
                if step.isupper():
                    going.process.send_signal(getattr(signal, "SIG" + step))
                    until("it is heard", lambda: is_over(going) or status() in ("finishing", "done"))
                elif step == "disk":
                    resource.prlimit(going.pid, resource.RLIMIT_FSIZE, (100, 100))
                else:
                    s.sendall(step.encode() + b"\n")
                    heard.readline()

            def status(what="state"):
                try:
                    s.sendall(b"status\n")
                    return json.loads(heard.readline() or '{"status": {"state": "done"}}')["status"][what]
                except OSError:
                    return "done"

            if state != "at once":
                until("requests under way", lambda: status("in_flight"))
            for step in BEGUN[state] + steps.split():
                do(step)
            while steps.count(" ") and step.isupper() and not is_over(going):
                going.process.send_signal(getattr(signal, "SIG" + step))  # two at the same time are one
                time.sleep(0.05)
        r = going.wait(30)
    finally:
        going.process.kill()
    assert r.status == want, (r.status, r.out)
    is_whole = "disk" not in steps
    assert os.path.exists(path(f"{name}/INCOMPLETE")) != is_whole, os.listdir(path(name))
    if is_whole and r.counting["requests"]:
        check_accounts(r)


@test
def each_end_in_each_state():
    with BadServer() as server, socket.socket() as silent, concurrent.futures.ThreadPoolExecutor(len(ENDS)) as pool:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1000)
        begun = [(e, pool.submit(end_of, n, *e, server, silent.getsockname()[1])) for n, e in enumerate(ENDS)]
        wrong = [(e, f.exception()) for e, f in begun if f.exception()]
    assert not wrong, "\n".join(f"{e}: {why!r}" for e, why in wrong)


if __name__ == "__main__":
    main(at_once=4)
