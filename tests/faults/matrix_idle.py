# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the fault matrix: what comes on a kept connection while nobody asks
for anything."""
import asyncio

from fault import Fault, on
from manners import OK

FAULTS, MANNERS = [], {}
IDLE_S = 0.4  # so long a user thinks; the server acts in the first quarter


def row(name, does, late, counted="ok", note="", then=True):
    async def manner(t):
        await t.say(OK)
        await asyncio.sleep(IDLE_S / 8)
        if late is None:
            await t.reset()
            return False
        await t.say(late)
        return then
    MANNERS["/idle-" + name] = manner
    FAULTS.append(Fault("idle-" + name, "Idle connections", does, on("h1 tls curl", counted), note))


GONE = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
row("bytes", "bytes that nobody asked for", b"and more")
row("answer", "a whole answer that nobody asked for", OK.replace(b"hello", b"other"))
row("408", "408, and the end", GONE, then=False)
row("end", "the end", b"", then=False)
row("reset", "a reset", None)
