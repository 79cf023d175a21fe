#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as built: what the linker and the compiler must have done, what
it may import, and that no shell stands between it and what it starts."""
import os, re, shutil, stat, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa

SOURCES = os.path.join(os.environ.get("TESTS_SRC", "tests"), "..", "src")
PAGE = 4096
OURS = {"main", "cmd_run", "engine_new", "expr_parse"}  # in as many rooms

# Each gives text to a shell, looks a program up in PATH by itself, or forks
# with nothing in between. uv_spawn takes words.
STARTERS = """system popen wordexp execl execle execlp execv execve execvp execvpe execveat fexecve fork vfork _Fork clone
posix_spawn posix_spawnp forkpty""".split()
RIGHTS = "setuid setgid seteuid setegid setreuid setregid setresuid setresgid setgroups initgroups capset".split()
UNBOUNDED = "gets strcpy strcat sprintf vsprintf tmpnam mktemp tempnam".split()

# Where a program may be started: the requests `exec =`, and events and alerts.
SPAWNS = {"engine/events.c": 1, "http/process.c": 1}


def tool(name, *args):
    if not shutil.which(name):
        raise Skip(f"{name} is not there (Debian package: binutils)")
    return subprocess.run([name, *args, tap.ONRUSH], capture_output=True, text=True, check=True,
                          env=dict(os.environ, LC_ALL="C")).stdout


def hardened():
    """Sanitizers and gcov bring their own."""
    with open(tap.ONRUSH, "rb") as f:
        program = f.read()
    for sign in (b"__asan_init", b"__tsan_init", b"__gcov_"):
        if sign in program:
            raise Skip(f"built with sanitizers or for coverage ({sign.decode()}), which are not hardened")


def code_of_x86_64():
    if os.uname().machine != "x86_64":
        raise Skip(f"reads the code of x86_64 only, this is {os.uname().machine}")
    return tool("objdump", "-d", "--no-show-raw-insn")


def imports():
    table = tool("readelf", "--wide", "--dyn-syms")
    names = set(re.findall(r"\bUND (\w+)", table))
    assert "uv_spawn" in names, "this reads no imports"
    return names


def segments():
    """(type, flags) of each."""
    rows = re.findall(r"^  ([A-Z_]+) +(?:0x\w+ +){5}([RWE ]{3}) ", tool("readelf", "--wide", "--segments"), re.M)
    assert any(kind == "LOAD" and "E" in flags for kind, flags in rows), "this reads no segments"
    return rows


@test
def it_is_put_at_a_random_address():
    hardened()
    assert re.search(r"Type: +DYN ", tool("readelf", "--file-header"))
    assert re.search(r"\(FLAGS_1\).*\bPIE\b", tool("readelf", "--wide", "--dynamic"))


@test
def nothing_of_the_linker_is_left_writable():
    hardened()
    assert [kind for kind, _ in segments()].count("GNU_RELRO") == 1
    assert re.search(r"\(FLAGS\).*\bBIND_NOW\b|\(FLAGS_1\).*\bNOW\b", tool("readelf", "--wide", "--dynamic"))


@test
def no_page_is_both_written_and_run():
    hardened()
    bad = [row for row in segments() if "W" in row[1] and "E" in row[1]]
    assert not bad, bad
    stack = [flags for kind, flags in segments() if kind == "GNU_STACK"]
    assert stack == ["RW "], stack
    assert "(TEXTREL)" not in tool("readelf", "--wide", "--dynamic")


@test
def libraries_come_from_the_system_alone():
    dynamic = tool("readelf", "--wide", "--dynamic")
    assert "(NEEDED)" in dynamic
    assert not re.search(r"\((RPATH|RUNPATH)\)", dynamic), dynamic


@test
def buffers_are_checked():
    hardened()
    names = imports()
    assert "__stack_chk_fail" in names, "no stack protector"
    checked = {n for n in names if re.fullmatch(r"__\w+_chk", n)}
    assert {"__snprintf_chk", "__vsnprintf_chk", "__memcpy_chk"} <= checked, f"no _FORTIFY_SOURCE: {sorted(checked)}"
    assert not names.intersection(UNBOUNDED), names.intersection(UNBOUNDED)


@test
def a_stack_grows_over_its_guard_page_by_no_step():
    hardened()
    code = code_of_x86_64()
    steps = [int(n, 16) for n in re.findall(r"\bsub +\$0x([0-9a-f]{1,8}),%rsp", code)]
    assert len(steps) > 1000, "this reads no code"
    assert max(steps) <= PAGE, f"a step of {max(steps)} bytes: no -fstack-clash-protection"
    assert re.search(r"\bor[bqlw] +\$0x0,(0x\w+)?\(%rsp\)|\bmov[qlb]? +\$0x0,\(%rsp\)", code), "nothing touches the guard page"


@test
def calls_and_returns_go_where_they_should():
    """The mark of the whole file depends on the C library's start files; what
    we compiled begins each function that a pointer may call with endbr64."""
    hardened()
    code = code_of_x86_64()
    begins = re.findall(r"^[0-9a-f]+ <(\w+)>:\n *[0-9a-f]+:\t(\w+)", code, re.M)
    missing = [name for name, first in begins if name in OURS and first != "endbr64"]
    assert OURS <= {name for name, _ in begins}, "this reads no code"
    assert not missing, f"no -fcf-protection: {missing}"


@test
def it_has_no_rights_of_its_own():
    mode = os.stat(tap.ONRUSH).st_mode
    assert not mode & (stat.S_ISUID | stat.S_ISGID), oct(mode)
    assert "security.capability" not in os.listxattr(tap.ONRUSH)
    if not SANITIZED:
        assert not imports().intersection(RIGHTS), imports().intersection(RIGHTS)


@test
def no_shell_is_ever_asked():
    if not SANITIZED:
        assert not imports().intersection(STARTERS), imports().intersection(STARTERS)
    spawns, shells, starters = {}, [], []
    called = re.compile(r"(?<![\w.>])(" + "|".join(STARTERS) + r")\s*\(")
    for folder, _, files in os.walk(SOURCES):
        for name in sorted(files):
            if not name.endswith((".c", ".h")):
                continue
            where = os.path.relpath(os.path.join(folder, name), SOURCES)
            with open(os.path.join(folder, name)) as f:
                code = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
            if n := len(re.findall(r"\buv_spawn\s*\(", code)):
                spawns[where] = n
            bare = re.sub(r'"(\\.|[^"\\\n])*"', '""', code)
            starters += [(where, m.group(1)) for m in called.finditer(bare)]
            shells += [(where, m) for m in re.findall(r'"(?:/usr)?(?:/bin/)?(?:ba|da|z|k)?sh"', code)]
    assert spawns == SPAWNS, f"{spawns}: a new place starts programs; look at what it passes on, then name it here"
    assert not starters, starters
    assert not shells, shells


main()
