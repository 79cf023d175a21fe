# SPDX-License-Identifier: GPL-3.0-or-later
"""What the black-box tests share: TAP, the built program, a target."""
import atexit, json, os, re, shutil, signal, subprocess, sys, tempfile, traceback
import urllib.request

ONRUSH = os.environ.get("ONRUSH", "./onrush")
FOLDER = tempfile.mkdtemp(prefix="onrush-test-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["XDG_CONFIG_HOME"] = os.path.join(FOLDER, "no-settings")  # whoever tests has their own
os.environ["XDG_DATA_HOME"] = os.path.join(FOLDER, "data")
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also under nohup, which the program honours
TESTS = []


class Skip(Exception):
    """What the test needs is not on this machine; the text says what."""


def test(f):
    TESTS.append(f)
    return f


def main():
    print(f"1..{len(TESTS)}")
    failed = 0
    for i, f in enumerate(TESTS, 1):
        try:
            f()
            print(f"ok {i} - {f.__name__.replace('_', ' ')}")
        except Skip as why:
            print(f"ok {i} - {f.__name__.replace('_', ' ')} # SKIP {why}")
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print(f"not ok {i} - {f.__name__.replace('_', ' ')}")
        sys.stdout.flush()
    sys.exit(failed > 0)


def path(name):
    return os.path.join(FOLDER, name)


def write(name, text):
    with open(path(name), "w") as f:
        f.write(text)
    return path(name)


def onrush(*args, timeout=60, env=None, status=None, **more):
    """Runs the program to its end; checks its exit status if given."""
    e = {**os.environ, "XDG_RUNTIME_DIR": FOLDER, **(env or {})}
    p = subprocess.run([ONRUSH, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                       timeout=timeout, env=e, cwd=FOLDER, **more)
    if status is not None:
        assert p.returncode == status, f"exit {p.returncode}, wanted {status}\n{p.stdout}\n{p.stderr}"
    return p


def start(*args, **more):
    e = dict(os.environ, XDG_RUNTIME_DIR=FOLDER)
    return subprocess.Popen([ONRUSH, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, env=e, cwd=FOLDER, **more)


class Target:
    """`onrush target` on a free port, ended with the block."""

    def __init__(self, *settings):
        self.settings = settings

    def __enter__(self):
        self.process = start("target", "--port", "0", *self.settings)
        line = self.process.stdout.readline()
        self.url = re.search(r"http://\S+", line).group(0)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=20)

    def counts(self):
        with urllib.request.urlopen(self.url + "/_target", timeout=10) as r:
            return json.load(r)["counts"]

    def post(self, what, text):
        urllib.request.urlopen(urllib.request.Request(self.url + what, data=text.encode(), method="POST"),
                               timeout=10).read()


def load(name):
    with open(path(name)) as f:
        return json.load(f)
