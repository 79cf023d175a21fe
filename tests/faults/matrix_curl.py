# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the fault matrix: what only whole transfers by libcurl meet, with
redirects, cookies and decompression asked for."""
import gzip, os, zlib

from fault import Fault
from manners import OK

TARGET = "transport = curl\nredirects = 20\ncookies = on\ndecompress = on\n"
BOMB_BYTES = (1 << 30) if os.environ.get("ONRUSH_TRUST") == "long" else 96 << 20
FAULTS, MANNERS = [], {}


def row(name, group, does, answer, counted, note="", then=True):
    made = []

    async def manner(t):
        if not made:
            made.append(answer if isinstance(answer, bytes) else answer())
        await t.say(made[0])
        return then
    MANNERS["/" + name] = manner
    FAULTS.append(Fault(name, group, does, {"curl": counted}, note))


def redirect(name, does, to, counted, note=""):
    row(f"redirect-{name}", "Redirects", does, b"HTTP/1.1 302 Found\r\nLocation: " + to +
        b"\r\nContent-Length: 0\r\n\r\n", counted, note)


redirect("self", "leads to itself", b"/redirect-self", "redirects")
redirect("query", "leads to itself with a query that grows", b"/redirect-query?" + b"x" * 3000, "redirects")
redirect("refused", "to where nobody listens", b"http://127.0.0.1:1/", "connect")
redirect("gopher", "to gopher:", b"gopher://127.0.0.1:1/", "malformed")
redirect("file", "to file:", b"file:///etc/passwd", "malformed")
redirect("no-scheme", "to a scheme that nobody knows", b"nothing://127.0.0.1/", "malformed")
redirect("no-url", "to what is no URL", b"http://[::1", "malformed")
redirect("cr", "a CR within the Location", b"/x\rSet-Cookie: a=b", "malformed")
redirect("lf", "an LF within the Location", b"/x\nSet-Cookie: a=b", "malformed")
redirect("empty", "an empty Location", b"", "ok", "as without a Location, the answer is the 302 itself")
redirect("1m", "a Location of 1 MB", b"/" + b"x" * (1 << 20), "too-large")


def cookies(name, does, lines, counted):
    row(f"cookie-{name}", "Cookies", does, lambda: OK.replace(b"\r\nC", b"\r\n" + lines() + b"\r\nC"), counted)


cookies("10000", "10 000 cookies, 190 KB", lambda: b"\r\n".join(b"Set-Cookie: c%d=v" % i for i in range(10000)), "ok")
cookies("60k", "a cookie of 60 KB", lambda: b"Set-Cookie: c=" + b"v" * 60000, "ok")
cookies("1m", "a cookie of 1 MB", lambda: b"Set-Cookie: c=" + b"v" * (1 << 20), "too-large")
cookies("control", "a control byte in a cookie", lambda: b"Set-Cookie: c=\x01v", "malformed")


def coded(name, does, encoding, body, counted, note=""):
    def answer():
        said = body()
        return (b"HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding +
                b"\r\nContent-Length: %d\r\n\r\n" % len(said) + said)
    row(f"gzip-{name}", "Compression", does, answer, counted, note)


def bomb(size):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush()


# Made once: the server would answer nobody meanwhile.
BOMB, ZEROS = bomb(BOMB_BYTES), bomb(16 << 20)
HELLO = gzip.compress(b"hello" * 1000)
coded("plain", "gzip, as it should be", b"gzip", lambda: HELLO, "ok")
coded("bomb", "1 GB of zeros in 1 MB (96 MB in the short test)", b"gzip", lambda: BOMB, "too-large",
      "64 MiB, and a hundred times what came over the wire")
coded("zeros", "16 MB of zeros in 16 KB", b"gzip", lambda: ZEROS, "ok")
coded("nested", "gzip in gzip", b"gzip, gzip", lambda: gzip.compress(HELLO), "ok")
coded("cut", "half a gzip stream", b"gzip", lambda: HELLO[:len(HELLO) // 2], "ok",
      "libcurl 7.88 does not tell that a compressed body ends early when its length on the wire is right")
coded("wrong", "what is no gzip", b"gzip", lambda: b"hello", "malformed")
coded("broken", "a gzip stream with other bytes in its middle", b"gzip",
      lambda: HELLO[:12] + b"\xff" * 8 + HELLO[20:], "malformed")
coded("checksum", "a wrong checksum", b"gzip", lambda: HELLO[:-8] + b"\0" * 8, "malformed")
coded("tail", "bytes behind the gzip stream", b"gzip", lambda: HELLO + b"more", "malformed")
coded("deflate-wrong", "what is no deflate", b"deflate", lambda: b"\xff" * 20, "malformed")
coded("unknown", "a coding that nobody knows", b"bogus", lambda: b"hello", "malformed")
coded("hundred", "a hundred codings", b", ".join([b"gzip"] * 100), lambda: HELLO, "malformed")
