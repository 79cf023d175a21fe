# SPDX-License-Identifier: GPL-3.0-or-later
"""Who makes the load: onrush and its peers, and what their outputs say."""
import json, os, re, tempfile

from procs import Failed, find

CONTROL = 60  # seconds that a client may take beyond its time


class Load:
    """One run of one client: requests, seconds, CPU seconds."""

    def __init__(self, requests, seconds, cpu, **more):
        self.requests, self.seconds, self.cpu = requests, seconds, cpu
        self.rate, self.cost_us = requests / seconds, cpu / requests * 1e6
        self.__dict__.update(more)


# --- outputs of the peers: text -> {"requests", "seconds", ...} -------------

UNITS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 60e3}


def search(pattern, text, who):
    m = re.search(pattern, text, re.M)
    if not m:
        raise Failed(f"{who}: its output has no {pattern}")
    return m.groups()


def milliseconds(text):
    """wrk's "1.52ms"."""
    amount, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()
    return float(amount) * UNITS[unit]


def refuse_errors(count, who):
    if count:
        raise Failed(f"{who}: {count} requests failed")


def read_wrk(text):
    requests, seconds = search(r"(\d+) requests in ([\d.a-z]+),", text, "wrk")
    errors = sum(int(n) for n in re.findall(r"(?:connect|read|write|timeout) (\d+)", text))
    errors += sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    refuse_errors(errors, "wrk")
    shares = re.findall(r"^\s+(\d+)%\s+([\d.]+[a-z]+)\s*$", text, re.M)
    return {"requests": int(requests), "seconds": milliseconds(seconds) / 1e3,
            "latency": {int(p): milliseconds(v) for p, v in shares}}


def read_h2load(text):
    seconds, unit = search(r"finished in ([\d.]+)(us|ms|s|m),", text, "h2load")
    done, failed, errored, timeout = search(
        r"requests: .* (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", text, "h2load")
    refuse_errors(int(failed) + int(errored) + int(timeout), "h2load")
    return {"requests": int(done), "seconds": float(seconds) * UNITS[unit] / 1e3}


def read_hey(text):
    (seconds,) = search(r"Total:\s+([\d.]+) secs", text, "hey")
    answers = {int(s): int(n) for s, n in re.findall(r"\[(\d+)\]\s+(\d+) responses", text)}
    refuse_errors(sum(n for s, n in answers.items() if s != 200), "hey")
    return {"requests": answers.get(200, 0), "seconds": float(seconds)}


def read_ab(text):
    (seconds,) = search(r"Time taken for tests:\s+([\d.]+) seconds", text, "ab")
    (requests,) = search(r"Complete requests:\s+(\d+)", text, "ab")
    return {"requests": int(requests), "seconds": float(seconds)}


def read_siege(text):
    x = json.loads(text[text.index("{"):text.rindex("}") + 1])
    return {"requests": int(x["successful_transactions"]), "seconds": float(x["elapsed_time"])}


def read_autocannon(text):
    x = json.loads(text[text.index("{"):])
    refuse_errors(x["errors"] + x["timeouts"] + x["non2xx"], "autocannon")
    return {"requests": int(x["2xx"]), "seconds": float(x["duration"])}


class Clients:
    """Starts clients on the client's core; lines get theirs here."""

    def __init__(self, children, cores, folder, onrush, autocannon=None):
        self.children, self.cores, self.folder = children, cores, folder
        self.onrush_path, self.autocannon_path = os.path.abspath(onrush), autocannon

    def peer(self, name, argv, seconds, read, env=None):
        done = self.children.run([find(name), *argv], self.cores, seconds + CONTROL,
                                 env=dict(os.environ, HOME=self.folder, **(env or {})))
        if done.status:
            raise Failed(done.trouble(name))
        try:
            said = read(done.out)
        except (ValueError, KeyError) as e:
            raise Failed(f"{name}: its output is not understood: {e}")
        if not said["requests"]:
            raise Failed(f"{name}: no request was answered in {seconds} s")
        return Load(cpu=done.cpu, **said)

    def wrk(self, url, connections, seconds, *more):
        return self.peer("wrk", ["-t1", f"-c{connections}", f"-d{seconds}s", *more, url], seconds, read_wrk)

    def h2load(self, url, connections, streams, seconds):
        return self.peer("h2load", ["-t1", f"-c{connections}", f"-m{streams}", f"-D{seconds}", url], seconds,
                         read_h2load)

    def hey(self, url, connections, seconds):
        return self.peer("hey", ["-c", str(connections), "-z", f"{seconds}s", url], seconds, read_hey,
                         {"GOMAXPROCS": "1"})

    def ab(self, url, connections, seconds):
        return self.peer("ab", ["-q", "-k", "-c", str(connections), "-t", str(seconds), "-n", "100000000", url],
                         seconds, read_ab)

    def siege(self, url, connections, seconds):
        settings = os.path.join(self.folder, "siegerc")
        with open(settings, "w") as f:
            f.write("connection = keep-alive\nlimit = 1000\nparser = false\n")
        return self.peer("siege", ["-R", settings, "-b", "-j", f"-c{connections}", f"-t{seconds}S", url], seconds,
                         read_siege)

    def autocannon(self, url, connections, seconds):
        return self.peer(self.autocannon_path or "autocannon",
                         ["-j", "-c", str(connections), "-d", str(seconds), url], seconds, read_autocannon)

    # --- onrush ------------------------------------------------------------

    def profile(self, text):
        """A file of its own for every run, in a folder of its own."""
        folder = tempfile.mkdtemp(dir=self.folder)
        with open(f"{folder}/bench.ini", "w") as f:
            f.write(text)
        return folder, [self.onrush_path, "run", "--workers", "1", "--no-history", "--out", f"{folder}/out",
                        "-o", f"{folder}/summary.json"], f"{folder}/bench.ini"

    def onrush(self, text, seconds, watch=None):
        """A headless run: a Load with its .summary."""
        folder, argv, profile = self.profile(text)
        argv += ["--no-control", "--progress", "json", profile]
        done = self.children.run(argv, self.cores, seconds + CONTROL, watch,
                                 env=dict(os.environ, XDG_RUNTIME_DIR=self.folder))
        return self.result(folder, done.status, done.trouble("onrush"), done.cpu, seconds)

    def result(self, folder, status, trouble, cpu, seconds):
        """4 is the generator at its limit: that is what a full core is."""
        if status not in (0, 4):
            raise Failed(trouble.replace(folder + "/", ""))
        with open(f"{folder}/summary.json") as f:
            summary = json.load(f)
        counting = summary["onrush"]["counting"]
        if counting["failed"]:
            raise Failed(f"onrush: {counting['failed']} of {counting['requests']} requests failed: " +
                         ", ".join(f"{e['class']} ({e['example']})" for e in summary["onrush"]["errors"]))
        if not counting["requests"]:
            raise Failed(f"onrush: no request was answered in {seconds} s")
        return Load(counting["requests"], seconds, cpu, summary=summary)


def values(summary, metric):
    """A metric's values; one that is not there is a failure."""
    found = summary["metrics"].get(metric)
    if not found:
        raise Failed(f"onrush: summary.json has no metric {metric}")
    return found["values"]


PROFILE = """[profile]
name = bench
graceful_stop = 1s
[target]
url = {url}
{target}[stages]
{stages}
[request home]
GET = /
{more}"""


def profile(url, stages, target="", more="", head=""):
    """The text of a profile: stages a line each, target's and other keys as
    lines that end with a newline."""
    text = PROFILE.format(url=url.rstrip("/"), stages=stages, target=target, more=more)
    return text.replace("graceful_stop", head + "graceful_stop") if head else text
