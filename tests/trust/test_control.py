#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control socket: who is heard, what hostile clients cost, and what ctl
believes of whoever listens. The load goes on meanwhile: by counts."""
import concurrent.futures, os, socket, stat, sys, threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa

SOCK = "c.sock"  # short: a socket's path has 107 bytes


class Controlled:
    """A run of 100/s on constant arrivals with a control socket; at the end
    nothing of its schedule is missing."""

    def __init__(self, name, server, *options, rate=100):
        self.name, self.rate = name, rate
        self.going = Going(name, profile(name, server.url, f"hold = 60s at {rate}/s", ["/x"]), "--control", path(SOCK),
                           *options)
        while not self.is_there() and not self.going.is_over():
            time.sleep(0.01)

    def is_there(self):
        try:
            return json.loads(ask(b"status\n"))["status"]["state"] == "running"
        except (OSError, ValueError):
            return False

    def seconds(self):
        return json.loads(ask(b"status\n"))["status"]["time_s"]

    def end(self):
        assert not self.going.is_over(), "the run ended"
        assert json.loads(ask(b"finish\n"))["ok"]
        r = self.going.wait()
        check_accounts(r)
        a = r.onrush["arrivals"]
        # 4: this machine was short of CPU, which is no matter of counts
        assert r.status in (0, 4) and r.counting["failed"] == 0 and a["dropped"] == 0, (r.status, r.errors, a)
        assert abs(a["started"] - a["planned"]) <= max(3, 0.02 * a["planned"]), a
        assert not os.path.exists(path(SOCK)), "the socket is left over"
        return r


def connect(timeout=20):
    s = socket.socket(socket.AF_UNIX)
    s.connect(path(SOCK))  # it waits while the backlog is full
    s.settimeout(timeout)
    return s


def lines(s, count):
    """So many lines of answers, or as many as came until the end."""
    data = b""
    try:
        while data.count(b"\n") < count:
            more = s.recv(65536)
            if not more:
                break
            data += more
    except ConnectionError:
        pass
    return data.splitlines()


def ask(text, count=1):
    with connect() as s:
        s.sendall(text)
        got = lines(s, count)
    return got[0] if count == 1 and got else got


def is_up():
    s = json.loads(ask(b"status\n"))
    assert s["ok"] and s["status"]["state"] == "running", s


@test
def what_is_no_command():
    with BadServer() as server:
        run = Controlled("garbage", server)
        mode = os.lstat(path(SOCK)).st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600, oct(mode)
        for text in (b"\n", b"  \n", b"\x1b[2J\x1b]52;c;x\x07\n", b"\xff\xfe\x80\n", "level \u202e9\n".encode(),
                     b"level 9e999\n", b"level nan\n", b"level -0x5\n", b"edit ;;;;\n", b"for  level 3\n",
                     b"confirm x\n", b"scenario \x00\n", b"stop\x00ped\n", b"%s%n%n\n"):
            answer = ask(text)
            said = json.loads(answer)
            assert not said["ok"] and said["error"], (text, said)
            clean = json.dumps(said, ensure_ascii=False)
            assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066" for c in clean), (text, answer)
        # as it comes: in halves, several at once, without an end
        with connect() as s:
            for part in (b"sta", b"tus", b"\nmark half\nst"):
                s.sendall(part)
                time.sleep(0.05)
            s.sendall(b"atus\n")
            assert [json.loads(x)["ok"] for x in lines(s, 3)] == [True] * 3
        assert len(ask(b"status\n" * 500, 500)) == 500
        with connect() as s:
            s.sendall(b"half a line")
        with connect() as s:
            try:
                s.sendall(b"x" * (1 << 20))
                assert lines(s, 1) == []
            except ConnectionError:
                pass
        assert len(ask(b"x" * 8000 + b"\n")) > 0
        is_up()
        run.end()


@test
def a_thousand_clients():
    with BadServer() as server:
        run = Controlled("crowd", server)
        before = run.going.descriptors()
        idle = [connect() for _ in range(16)]  # who waits keeps nobody out
        is_up()
        crowd = []
        for n in range(1000):
            s = connect()
            s.send(b"sta")
            crowd.append(s)
            if n % 200 == 0:
                is_up()
                assert run.going.descriptors() <= before + 60, run.going.descriptors()
        is_up()
        for n, s in enumerate(crowd):  # closed, and reset
            if n % 2:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            s.close()
        for s in idle:
            s.close()
        is_up()
        run.end()


@test
def who_does_not_read():
    """100 000 commands and no answer read: what is kept is bounded."""
    with BadServer() as server:
        run = Controlled("deaf", server)
        time.sleep(0.3)
        before, sent = run.going.rss(), 0
        deaf = [connect(0.2) for _ in range(4)]
        for s in deaf:
            try:
                for _ in range(25):
                    sent += s.send(b"status\n" * 1000)
            except OSError:
                pass  # it is not heard any more
        is_up()
        if not SANITIZED:
            assert run.going.rss() < before + 8 * MIB, (before, run.going.rss())
        # who reads after all gets every answer
        with connect(30) as s:
            t = threading.Thread(target=s.sendall, args=(b"status\n" * 3000,))
            t.start()
            got = lines(s, 3000)
            t.join()
            assert len(got) == 3000 and all(json.loads(g)["ok"] for g in got[::100]), len(got)
        for s in deaf:
            s.close()
        is_up()
        run.end()


@test
def a_flood_of_commands():
    """Who reads and asks without end gets what is left of the main thread:
    its clock, its log and the load go on."""
    with BadServer() as server:
        run = Controlled("flood", server)
        stop = threading.Event()

        def flood():
            with connect() as s:
                while not stop.is_set():
                    s.sendall(b"status\n" * 100)
                    lines(s, 100)

        threads = [threading.Thread(target=flood) for _ in range(3)]
        for t in threads:
            t.start()
        began = run.seconds()
        while run.seconds() < began + 1:
            time.sleep(0.05)
        stop.set()
        for t in threads:
            t.join()
        run.end()


@test
def a_socket_of_its_own():
    """Removed or replaced in the run: the other one's is left alone."""
    with BadServer() as server:
        run = Controlled("replaced", server)
        while not server.counts()["requests"]:
            time.sleep(0.01)
        os.unlink(path(SOCK))
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(path(SOCK))
            other.listen()
            inode = os.lstat(path(SOCK)).st_ino
            run.going.process.send_signal(2)
            check_accounts(run.going.wait())
            assert os.lstat(path(SOCK)).st_ino == inode
        os.unlink(path(SOCK))


@test
def where_it_may_listen():
    ini = profile("where", "http://127.0.0.1:1", "hold = 1s at 1", ["/x"])

    def says(text, *options, env=None):
        r = onrush("run", "--headless", "--no-history", "--out", path("where"), *options, ini, env=env)
        assert r.returncode != 0 and text in r.stderr, (text, r.stderr)

    def runs(*options, env=None):
        """It begins; nobody answers there. Each takes its second."""
        begun.append(pool.submit(onrush, "run", "--headless", "--no-history", "--out", path(f"where-{len(begun)}"),
                                 *options, ini, env=env))

    pool, begun = concurrent.futures.ThreadPoolExecutor(), []

    says("at most 107 bytes", "--control", "/tmp/" + "x" * 200)
    says("no socket", "--control", write("file", "precious"))
    assert open(path("file")).read() == "precious"
    os.symlink(path("nowhere"), path("link"))
    says("no socket", "--control", path("link"))
    assert os.path.islink(path("link")) and not os.path.exists(path("nowhere"))
    # one that is busy, with a full backlog, is not a dead one
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(path("busy.sock"))
        busy.listen(0)
        waiting = []
        for _ in range(8):
            s = socket.socket(socket.AF_UNIX)
            s.setblocking(False)
            try:
                s.connect(path("busy.sock"))
            except BlockingIOError:
                pass
            waiting.append(s)
        says("another run listens", "--control", path("busy.sock"))
        assert stat.S_ISSOCK(os.lstat(path("busy.sock")).st_mode)
        for s in waiting:
            s.close()
    runs("--control", path("busy.sock"))  # and that one is
    # the folder: ours alone, and no link to elsewhere
    for name, make in (("open", lambda p: (os.mkdir(p), os.chmod(p, 0o755))),
                       ("link", lambda p: os.symlink(FOLDER, p)), ("file", lambda p: open(p, "w").close())):
        os.mkdir(path("rt-" + name))
        make(path(f"rt-{name}/onrush"))
        says("is not a folder of ours with mode 0700", env={"XDG_RUNTIME_DIR": path("rt-" + name)})
        runs("--no-control", env={"XDG_RUNTIME_DIR": path("rt-" + name)})
    if os.geteuid() == 0:
        os.mkdir(path("rt-other"))
        os.mkdir(path("rt-other/onrush"), 0o700)
        os.chown(path("rt-other/onrush"), 65534, 65534)
        says("is not a folder of ours", env={"XDG_RUNTIME_DIR": path("rt-other")})
    os.mkdir(path("rt"))
    runs(env={"XDG_RUNTIME_DIR": path("rt")})
    for r in begun:
        assert r.result().returncode == 3, r.result().stderr
    assert stat.S_IMODE(os.lstat(path("rt/onrush")).st_mode) == 0o700 and os.listdir(path("rt/onrush")) == []


@test
def another_user_is_not_heard():
    if os.geteuid() != 0:
        raise Skip("only root can be somebody else")
    with BadServer() as server:
        # as nobody; who asks is another user who could reach the file
        os.chmod(FOLDER, 0o777)
        home = path("home")
        os.mkdir(home)
        os.chown(home, 65534, 65534)
        for d in (tap.ONRUSH, FOLDER):
            p = subprocess.run([sys.executable, "-c", f"import os; os.setuid(65534); os.stat({d!r})"])
            if p.returncode:
                raise Skip(f"{d} is not for everybody")
        ini = profile("nobody", server.url, "hold = 60s at 1", ["/x"])
        os.chmod(ini, 0o644)
        sock = path("home/s")
        going = subprocess.Popen([tap.ONRUSH, "run", "--headless", "--no-history", "--control", sock, "--out",
                                  path("home/out"), ini], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 cwd=home, user=65534, group=65534, env=dict(os.environ, HOME=home))
        try:
            while not os.path.exists(sock) and going.poll() is None:
                time.sleep(0.01)
            assert going.poll() is None, going.stderr.read()
            code = "import os, socket, sys\nos.setuid(int(sys.argv[1]))\ns = socket.socket(socket.AF_UNIX)\n" \
                   "s.connect(sys.argv[2])\ns.sendall(b'status\\n')\nsys.stdout.write(str(len(s.recv(9))))"

            def reach(uid):
                return subprocess.run([sys.executable, "-c", code, str(uid), sock], capture_output=True, text=True)

            assert reach(65534).stdout == "9", reach(65534)
            assert reach(0).stdout == "9"
            refused = reach(65533)
            assert "PermissionError" in refused.stderr, refused
            os.chmod(sock, 0o777)  # the mode is not all there is
            heard = reach(65533)
            assert heard.stdout in ("", "0"), heard
        finally:
            going.terminate()
            going.communicate(timeout=20)


class Impostor:
    """Somebody else's socket, who answers with these bytes."""

    def __init__(self, data, drip=0):
        self.s = socket.socket(socket.AF_UNIX)
        self.path = path("drips.sock" if drip else "impostor.sock")
        self.s.bind(self.path)
        self.s.listen()
        threading.Thread(target=self.serve, args=(data, drip), daemon=True).start()

    def serve(self, data, drip):
        c, _ = self.s.accept()
        try:
            if drip:
                for b in data:
                    c.send(bytes([b]))
                    time.sleep(drip)
            c.sendall(data)
            c.recv(100)
        except OSError:
            pass
        c.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.s.close()
        os.unlink(self.path)


@test
def ctl_believes_nobody():
    for data, status, words in (
            (b'{"ok":true,"answer":"\\u001b[2J\xc2\x9b2J\xe2\x80\xae"}\n', 0, "answer"),
            (b"\x1b]52;c;aGk=\x07\n", 1, "no JSON"),
            (b"\n", 1, "no JSON"),
            (b'{"ok":true}\x1b[2J\n', 1, "no JSON"),
            (b'{"ok":true,"a":"\x1b[2J"}\n', 1, "no JSON"),
            (b"[" * 100000 + b"\n", 1, "no JSON"),
            (b'"ok"\n', 1, ""),
            (b"x" * (3 << 20), 1, "no answer")):
        with Impostor(data):
            p = subprocess.run([tap.ONRUSH, "ctl", "--socket", path("impostor.sock"), "status"], capture_output=True,
                               timeout=60)
        said = (p.stdout + p.stderr).decode()
        assert p.returncode == status and words in said, (data[:40], p.returncode, said[:400])
        assert not any(ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160 or c == "\u202e" for c in said), (data[:40], said)
    # a byte at a time does not hold it for ever
    with Impostor(b"x" * 4000, drip=0.2):
        p = onrush("ctl", "--socket", path("drips.sock"), "status", timeout=30)
    assert p.returncode == 1 and "no answer" in p.stderr, p


if __name__ == "__main__":
    main(at_once=3)
