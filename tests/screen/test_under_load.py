#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole program on a pseudo-terminal while load runs: an operator who
presses every key there is, sizes that change at random, signals. What stands on the screen
in the end must be what a whole new drawing of it gives. Prints TAP."""
import concurrent.futures, json, os, random, re, shutil, signal, subprocess, sys, tempfile, termios, time, traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import need_pyte  # noqa
from pty_screen import Terminal

ONRUSH = os.path.abspath(os.environ.get("ONRUSH", "./onrush"))
TABLE = os.path.abspath(os.environ.get("KEYS_TABLE", "tests/screen/keys_table"))
SECONDS = float(os.environ.get("ONRUSH_RESIZE_SECONDS", "20"))
FOLDER = tempfile.mkdtemp(prefix="onrush-screen-")
PROFILE = """[profile]
name = busy
graceful_stop = 2s
[target]
url = {url}
[stages]
up = 2s to 20
{holds}
[stages feed]
up = 2s to 5
{holds}
[scenario shop]
flow = home, order
think = 20ms
[scenario feed]
stages = feed
flow = home
think = 20ms
[request home]
GET = /json
[request order]
POST = /json
body = x
check = status == 200
[thresholds]
http_req_duration = p(95) < 500
http_req_failed = rate < 0.5
[alerts]
slow = http_req_duration p(95) > 300 for 5s, warning
"""


class Target:
    def __enter__(self):
        self.process = subprocess.Popen([ONRUSH, "target", "--port", "0", "service=2ms"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.process.stdout.readline()).group(0)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=20)


def run(target, name, cols, rows, **env):
    path = os.path.join(FOLDER, name + ".ini")
    with open(path, "w") as f:
        f.write(PROFILE.format(url=target.url, holds="\n".join(f"hold-{i} = 1h" for i in range(20))))
    t = Terminal([ONRUSH, "run", "--out", os.path.join(FOLDER, name), path], cols, rows,
                 {"COLORTERM": "truecolor", "XDG_RUNTIME_DIR": FOLDER, **env}, cwd=FOLDER)
    t.until("load", lambda: re.search(r" 00:0[2-9] / ", t.text().split("\n")[0]))
    return t


def pause(t):
    t.run(1)  # what was typed before has had its effect
    if "PAUSED" not in t.text().split("\n")[0]:
        t.key("space")
    t.until("the pause", lambda: "PAUSED" in t.text().split("\n")[0])
    t.run(7)  # a notice stands for 6 s


def is_clean(t, where):
    """With the run paused nothing changes: a whole new drawing on an empty
    screen must give what is there."""
    t.settle(0.5)
    was = rows_of(t)
    t.resize(t.screen.columns, t.screen.lines)  # an empty emulator; the program is not told
    t.key("ctrl-l")
    t.until("a new drawing", lambda: t.read(0.2))
    t.settle(0.5)
    wrong = [(a, b) for a, b in zip(was, rows_of(t)) if a != b]
    assert not wrong, f"{where}: left over\n" + "\n".join(map(told, wrong))


def told(pair):
    (was, looks), (now, others) = pair
    at = [x for x, (a, b) in enumerate(zip(looks or [], others or [])) if a != b]
    return f"{was}\n{now}" if was != now else f"{was}\nat {at}: {looks[at[0]]}, now {others[at[0]]}"


# what the machine does changes while the load stands
HEALTH = re.compile(r"(│|\|) (ports|lag|CPU|busy|files|traffic|read lag) .*|generator .*")


def rows_of(t):
    """Each row's text with the looks of what can be seen: of a blank its
    ground. Of this machine's health no figures."""
    rows = []
    for y, line in enumerate(t.text().split("\n")):
        cells = [t.screen.buffer[y][x] for x in range(t.screen.columns)]
        looks = [(c.bg, c.reverse, c.underscore, *((c.fg, c.bold, c.italics) if c.data != " " else ())) for c in cells]
        masked = HEALTH.sub("", line)
        rows.append((masked, looks if masked == line else None))
    return rows


def sizes_at_random():
    """Random sizes under load leave no garbage."""
    rng = random.Random(5)
    with Target() as target, run(target, "sizes", 120, 38) as t:
        end = time.monotonic() + SECONDS
        count = 0
        while time.monotonic() < end:
            t.resize(rng.randint(10, 210), rng.randint(4, 62))
            t.run(rng.choice((0.02, 0.1, 0.4)))
            if rng.random() < 0.3:
                t.key(rng.choice(["1", "2", "3", "4", "5", "6", "?", "esc", "tab"]))
            count += 1
        assert count > SECONDS
        t.key("esc")
        t.key("esc")
        t.resize(120, 38)
        t.sees("onrush")
        t.key("1")
        pause(t)
        for cols, rows in ((200, 60), (80, 24), (119, 37), (40, 12), (120, 38)):
            t.resize(cols, rows)
            t.until("the new size", lambda: t.read(0.2))
            for key in "123456":
                t.key(key)
                is_clean(t, f"view {key} at {cols}x{rows}")
        quit_now(t)


def quit_now(t):
    t.key("Q")
    t.sees("STOPPED")
    t.key("q")
    assert os.WIFEXITED(t.wait())


def keys_of(mode):
    out = subprocess.run([TABLE, mode], capture_output=True, text=True, check=True).stdout
    return out.split("\n")[:-1]


# how to get where a mode's keys count, and away from there
PLACES = (("wheel", ["1"], ["esc"]), ("time", ["1"], ["esc"]), ("time", ["2"], ["esc"]),
          ("table", ["3"], ["esc", "esc"]), ("table", ["4"], ["esc", "esc"]), ("table", ["5"], ["esc", "y", "esc"]),
          ("table", ["6"], ["esc", "esc"]), ("open", ["3", "enter"], ["esc", "esc"]),
          ("open", ["4", "enter"], ["esc", "esc"]), ("open", ["6", "enter"], ["esc", "esc"]),
          ("views", ["1"], ["esc", "esc"]), ("views", ["2"], ["esc", "esc"]),
          ("palette", ["1", ":", "l"], ["esc", "esc"]), ("filter", ["3", "/", "h"], ["esc", "esc"]),
          ("stages", ["e"], ["esc", "esc", "y", "esc", "y"]), ("dialog", ["s"], ["esc", "esc"]),
          ("help", ["?"], ["esc", "esc"]), ("any", ["1"], ["esc", "esc"]))
ENDS = {"q", "Q", "ctrl-c"}


def every_key_under_load():
    """Each key of the table, where it counts, in every view; the run goes on
    all the while and the screen is whole in the end."""
    with Target() as target, run(target, "keys", 120, 38) as t:
        pressed = 0
        for mode, there, away in PLACES:
            for key in keys_of(mode):
                if key in ENDS:
                    continue
                for k in [*there, key, *away]:
                    t.key(k)
                    t.run(0.05)
                    assert t.is_alive(), f"{mode}: '{key}' ended it\n{t.text()}"
                pressed += 1
        assert pressed > 80, pressed
        t.resize(120, 38)
        t.key("ctrl-l")
        t.sees("onrush")
        t.key("1")
        pause(t)
        for key in "123456":
            t.key(key)
            is_clean(t, f"view {key}")
        t.key("1")
        t.key("space")
        t.run(1)
        quit_now(t)
    with open(os.path.join(FOLDER, "keys", "summary.json")) as f:
        s = json.load(f)
    assert s["metrics"]["http_reqs"]["values"]["count"] > 100
    verbs = {re.sub("^for [a-z]+ ", "", a["command"]).split()[0] for a in s["onrush"]["actions"]}
    assert {"level", "hold", "go", "next", "back", "stretch", "pause", "resume", "undo"} <= verbs, verbs


def is_restored(t, alternate=True):
    assert termios.tcgetattr(t.slave) == t.before, "the terminal's settings differ"
    if alternate:
        assert t.data.rfind(b"\033[?1049l") > t.data.rfind(b"\033[?1049h") >= 0, "still on the alternate screen"
    assert t.data.rfind(b"\033[?25h") > t.data.rfind(b"\033[?25l"), "the cursor is hidden"
    for mouse in (b"1000", b"1002", b"1003", b"1006"):
        on, off = (t.data.rfind(b"\033[?" + mouse + sign) for sign in (b"h", b"l"))
        assert off >= on, "the mouse is still reported"


def signals_give_the_terminal_back():
    """SIGTERM and SIGHUP end the run and save; SIGSEGV and SIGABRT crash;
    in each case settings and screen are as they were."""
    with Target() as target:
        for number, saves in ((signal.SIGTERM, True), (signal.SIGHUP, True), (signal.SIGSEGV, False),
                              (signal.SIGABRT, False)):
            with run(target, f"signal{int(number)}", 100, 30) as t:
                t.key("2")
                t.run(0.3)
                os.kill(t.pid, number)
                status = t.wait()
                assert saves == os.WIFEXITED(status), (number, status)
                is_restored(t)
                saved = os.path.exists(os.path.join(FOLDER, f"signal{int(number)}", "summary.json"))
                assert saved == saves, (number, saved)


def suspended_and_back():
    """Ctrl-Z gives the terminal to the shell, SIGCONT takes it again; the
    load stands meanwhile, and the screen is whole."""
    with Target() as target, run(target, "suspend", 100, 30) as t:
        t.key("ctrl-z")
        end = time.monotonic() + 20
        stopped = 0
        while not stopped and time.monotonic() < end:
            t.read()
            pid, status = os.waitpid(t.pid, os.WNOHANG | os.WUNTRACED)
            stopped = pid and os.WIFSTOPPED(status)
        assert stopped
        while t.read(0.1):
            pass
        is_restored(t)
        os.write(t.slave, b"\r\nshell was here\r\n")
        t.read()
        os.kill(t.pid, signal.SIGCONT)
        t.sees("onrush")
        pause(t)
        is_clean(t, "after SIGCONT")
        assert "shell was here" not in t.text()
        quit_now(t)


def main():
    tests = (every_key_under_load, sizes_at_random, signals_give_the_terminal_back, suspended_and_back)
    if len(sys.argv) > 1:
        tests = [t for t in tests if t.__name__ in sys.argv[1:]]
    print(f"1..{len(tests)}")
    failed = 0
    # Each takes its seconds, in a process of its own: two at a time.
    with concurrent.futures.ThreadPoolExecutor(min(2, len(tests))) as pool:
        for i, (f, words) in enumerate(zip(tests, pool.map(alone if len(tests) > 1 else here, tests)), 1):
            failed += bool(words)
            if words:
                print("# " + words.replace("\n", "\n# "))
            print(f"{'not ok' if words else 'ok'} {i} - {f.__name__.replace('_', ' ')}")
            sys.stdout.flush()
    shutil.rmtree(FOLDER, ignore_errors=True)
    sys.exit(failed > 0)


def here(f):
    """What went wrong; nothing when all is well."""
    try:
        f()
        return ""
    except Exception:
        return traceback.format_exc()


def alone(f):
    p = subprocess.run([sys.executable, os.path.abspath(__file__), f.__name__], capture_output=True, text=True)
    return "" if p.returncode == 0 else p.stdout + p.stderr or f"exit {p.returncode}"


main()
