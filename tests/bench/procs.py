# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that the bench starts: each on its core, each ended by its pid."""
import os, select, shutil, signal, subprocess, tempfile, time

PATIENCE = 10  # seconds for a program to end when it is told to
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class Failed(Exception):
    """A measurement that gave no figure; the text says why."""


class Missing(Exception):
    """A program that is not installed; the text is its name."""


def find(name):
    """The path of an installed program."""
    path = shutil.which(name, path=PATH)
    if not path:
        raise Missing(name)
    return path


class Finished:
    """What is left of a program: status, output, CPU and wall seconds."""

    def __init__(self, status, out, err, cpu, wall):
        self.status, self.out, self.err, self.cpu, self.wall = status, out, err, cpu, wall

    def trouble(self, name):
        """A line that says why it failed."""
        said = [x for x in (self.err or self.out).strip().splitlines() if x.strip()]
        return f"{name}: exit {self.status}" + (f": {said[0].strip()}" if said else "")


def on_core(cores):
    """To be run in the child: keeps it on those cores."""
    return lambda: os.sched_setaffinity(0, cores)


def wait(process, seconds):
    """(status, user + system seconds) of a child; ends it by force when the
    time is up, which is a failure."""
    if process.returncode is not None:  # Popen has waited for it
        return process.returncode, 0.0
    fd = os.pidfd_open(process.pid)
    try:
        ended = bool(select.select([fd], [], [], seconds)[0])
        for number in () if ended else (signal.SIGTERM, signal.SIGKILL):
            os.kill(process.pid, number)
            if select.select([fd], [], [], PATIENCE)[0]:
                break
    finally:
        os.close(fd)
    _, status, use = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if not ended:
        raise Failed(f"{os.path.basename(process.args[0])}: did not end within {seconds:.0f} s")
    return process.returncode, use.ru_utime + use.ru_stime


class Children:
    """All that were started and not yet waited for."""

    def __init__(self):
        self.alive = []

    def start(self, argv, cores, **more):
        process = subprocess.Popen(argv, preexec_fn=on_core(cores), **more)
        self.alive.append(process)
        return process

    def wait(self, process, seconds):
        try:
            result = wait(process, seconds)
        except Failed:
            self.alive.remove(process)
            raise
        self.alive.remove(process)  # not when a signal ends the bench here
        return result

    def run(self, argv, cores, seconds, watch=None, **more):
        """Runs it to its end; watch(pid) is called every 0.1 s meanwhile."""
        began = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = self.start(argv, cores, stdin=subprocess.DEVNULL, stdout=out, stderr=err, **more)
            fd = os.pidfd_open(process.pid)
            try:
                while watch and time.monotonic() - began < seconds and not select.select([fd], [], [], 0.1)[0]:
                    watch(process.pid)
            finally:
                os.close(fd)
            status, cpu = self.wait(process, max(0.1, seconds - (time.monotonic() - began)))
            wall = time.monotonic() - began
            out.seek(0), err.seek(0)
            return Finished(status, out.read().decode(errors="replace"), err.read().decode(errors="replace"), cpu,
                            wall)

    def stop(self, process):
        if process not in self.alive:
            return
        if process.returncode is None:
            os.kill(process.pid, signal.SIGTERM)  # Popen's own would reap it
        try:
            self.wait(process, PATIENCE)
        except Failed:
            pass  # it was killed

    def stop_all(self):
        for process in list(self.alive):
            self.stop(process)
