# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of the fault matrix (doc/faults.md): what a server, or the way to it,
does wrong, and what that is counted as."""
import dataclasses

WIRES = ("h1", "tls", "curl", "h2")  # columns: HTTP/1.1, the same over TLS, libcurl's, HTTP/2


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str     # a word of its own: "cut-length"; the request's path, where there is one
    group: str    # a heading of the table: "Connections", "Heads", "Bodies", "HTTP/2", "TLS", "Names", ...
    does: str     # what it does, for the table: "Content-Length 100, 5 bytes, then the end"
    # wire: the class it is counted as, "ok" for a success, or a tuple where a
    # race that the network decides has two. A wire that is not here cannot
    # have that fault.
    counted: dict
    note: str = ""  # why, where the reader would ask
    method: str = "GET"

    def classes(self, wire):
        """What it may be counted as: a set; empty where it cannot happen."""
        c = self.counted.get(wire, ())
        return {c} if isinstance(c, str) else set(c)


def on(wires, counted, **others):
    """The same on all of these wires ("h1 tls curl"), but for others."""
    return {**{w: counted for w in wires.split()}, **others}
