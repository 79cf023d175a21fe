# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the fault matrix: what goes wrong with a connection before, around
and below HTTP. Each has a server of its own (TlsServer)."""
import ssl, threading, time

from fault import Fault, on
from tls_manners import (ALERT, OK, TlsServer, answers, answers_and_closes, authority, body_until_close,
                         body_until_close_notify, breaks_a_record, certificate, cuts_the_body, hello_then,
                         hello_then_close, hello_then_reset, hello_then_silence, reset, stale_certificate)
import tls_below
from tap import path

FAULTS, SHAKES = [], {}
CERTIFICATES = {}
MAKING = threading.Lock()  # certificates are files


def context(name, *args, **more):
    if "good" not in CERTIFICATES:
        authority()
        CERTIFICATES["good"] = certificate("good")
    if name not in CERTIFICATES:
        CERTIFICATES[name] = certificate(name, *args, **more)
    return CERTIFICATES[name]


def row(name, group, does, shake, counted, manner=answers, note=""):
    """shake: makes what TlsServer shakes with, when it is first needed.
    Without "tls" in counted the server is asked in plain."""
    FAULTS.append(Fault(name, group, does, counted, note))
    SHAKES[name] = (shake, manner)


def server(name):
    shake, manner = SHAKES[name]
    with MAKING:
        return TlsServer(shake(), manner() if hasattr(manner, "makes") else manner)


# --- connections ------------------------------------------------------------

def closes_at_once(sock):
    pass


def speaks_first(sock):
    sock.sendall(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    while sock.recv(65536):
        pass


LATE_RESET = ("the network decides whether the reset meets a connection that is just made, or a request on it")

row("accept-close", "Connections", "closes once it was accepted", lambda: closes_at_once,
    {"h1": "reset", "tls": "tls", "curl": "reset"})
row("accept-reset", "Connections", "resets once it was accepted", lambda: reset,
    {"h1": ("reset", "connect"), "tls": ("tls", "connect"), "curl": ("reset", "connect")}, note=LATE_RESET)
row("accept-stall", "Connections", "accepts, reads and says nothing", lambda: hello_then_silence,
    {"h1": "timeout-wait", "tls": "timeout-tls", "curl": "timeout-wait"})
row("speaks-first", "Connections", "answers before it was asked", lambda: speaks_first,
    {"h1": "ok", "tls": "tls", "curl": "ok"},
    note="bytes that wait when the request leaves cannot be told from a very quick answer")

# --- certificates -----------------------------------------------------------

BOTH = "tls curl"


def limited(name, **fields):
    def make():
        c = context(name)
        for k, v in fields.items():
            if callable(getattr(c, k)):
                getattr(c, k)(v)
            else:
                setattr(c, k, v)
        return c
    return make


def chain():
    context("good")
    with open(path("good.pem")) as f, open(path("ca.pem")) as g:
        one, authority_pem = f.read(), g.read()
    with open(path("chain.pem"), "w") as f:
        f.write(one + authority_pem * 1700)
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(path("chain.pem"), path("good.key"))
    return c


def tls(name, does, shake, counted="tls", manner=answers, note="", **others):
    row(f"tls-{name}", "TLS", does, shake, on(BOTH, counted, **others), manner, note)


tls("expired", "a certificate that has expired", lambda: context("expired", days="-1"))
tls("not-yet", "a certificate that is not yet valid", lambda: context("good") and stale_certificate())
tls("other-host", "a certificate of another host",
    lambda: context("otherhost", "DNS:other.example,IP:127.0.0.2"))
tls("self-signed", "a certificate that signs itself", lambda: context("selfsigned", is_own=True))
tls("chain-1m", "a chain of certificates of 1 MB", chain)
tls("old", "TLS 1.1 and nothing newer", limited("old", maximum_version=ssl.TLSVersion.TLSv1_1))
tls("no-cipher", "no cipher in common", limited("nocipher", maximum_version=ssl.TLSVersion.TLSv1_2,
                                                set_ciphers="eNULL:@SECLEVEL=0"))


def demands(version):
    def make():
        c = limited(f"demands{version}", maximum_version=version)()
        c.verify_mode = ssl.CERT_REQUIRED
        c.load_verify_locations(path("ca.pem"))
        return c
    return make


tls("demands-12", "wants our certificate, TLS 1.2", demands(ssl.TLSVersion.TLSv1_2))
tls("demands-13", "wants our certificate, TLS 1.3", demands(ssl.TLSVersion.TLSv1_3),
    curl=("tls", "reset"), note="it says so only when the handshake is over here; libcurl may find the connection gone")

# --- instead of a handshake -------------------------------------------------

HTTP = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
tls("plain", "HTTP in plain on the TLS port", lambda: hello_then(HTTP))
tls("noise", "noise", lambda: hello_then(bytes(100)))
tls("alert", "an alert", lambda: hello_then(ALERT))
tls("alerts", "20 000 warnings", lambda: hello_then(b"\x15\x03\x03\x00\x02\x01\x5a" * 20000))
tls("ccs", "20 000 ChangeCipherSpec records", lambda: hello_then(b"\x14\x03\x03\x00\x01\x01" * 20000))
tls("empty", "20 000 records of no length", lambda: hello_then(b"\x16\x03\x03\x00\x00" * 20000))
tls("large-record", "a record of 64 KiB", lambda: hello_then(b"\x16\x03\x03\xff\xff" + bytes(65535)))
tls("reset", "a reset behind our hello", lambda: hello_then_reset)
tls("close", "the end behind our hello", lambda: hello_then_close)
tls("stall", "silence behind our hello", lambda: hello_then_silence, "timeout-tls")


def flight(share, then):
    """A share of its first flight, and no more."""
    def f(sock):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        shaking = context("good").wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(sock.recv(65536))
        try:
            shaking.do_handshake()
        except ssl.SSLWantReadError:
            pass
        data = outgoing.read()
        sock.sendall(data[:int(len(data) * share)])
        then(sock)
    return f


def late_reset(sock):
    time.sleep(0.05)
    reset(sock)


def silence(sock):
    while sock.recv(65536):
        pass


for part, share in (("half", 0.5),):
    for how, then, counted in (("close", closes_at_once, "tls"), ("reset", late_reset, "tls"),
                               ("stall", silence, "timeout-tls")):
        tls(f"{part}-{how}", f"{how} in its first flight", lambda s=share, t=then: flight(s, t), counted)
tls("trickle", "a byte of its first flight, then silence", lambda: flight(0.001, silence), "timeout-tls")


def drips(sock):
    """A record of 16 KiB, a byte at a time."""
    sock.recv(65536)
    for byte in b"\x16\x03\x03\x40\x00\x02" + bytes(300):
        sock.sendall(bytes([byte]))
        time.sleep(0.03)


tls("drip", "its first flight a byte at a time", lambda: drips, "timeout-tls")

# --- after it ---------------------------------------------------------------

good = lambda: context("good")  # noqa
tls("answers", "all as it should be", good, "ok")
tls("closes-unsaid", "the end behind an answer, without close_notify", good, "ok", answers_and_closes)
tls("until-notify", "a body that close_notify ends", good, "ok", body_until_close_notify)
tls("until-cut", "a body that the end of the connection ends, without close_notify", good, "tls", body_until_close)
tls("cut", "the end within a body, without close_notify", good, "truncated", cuts_the_body)
tls("broken-record", "a record with a wrong checksum instead of an answer", good, "tls", breaks_a_record)


def cut_later():
    """Says the end of every other connection, and cuts the others."""
    def f(sock):
        f.turns += 1
        if f.turns % 2:
            answers(sock)
            sock.unwrap()
        else:
            f.cuts += 1
            body_until_close(sock)
    f.turns = f.cuts = 0
    return f


cut_later.makes = True


tls("until-cut-later", "an end that is said, and one that is not, on the connection after it", good, ("tls", "ok"),
    cut_later, note="the first is whole, the second is not")

if tls_below.library():
    ENDLESS = "OpenSSL would read on for as long as such messages come; the test's server may be too busy to shake hands"
    LATE = ("timeout-wait", "timeout-tls")
    tls("key-updates", "KeyUpdate without end", lambda: context("good") and tls_below.floods(tls_below.key_update),
        LATE, note=ENDLESS)
    tls("tickets", "session tickets without end", lambda: context("good") and tls_below.floods(tls_below.ticket),
        LATE, note=ENDLESS)
    tls("few-key-updates", "20 KeyUpdates before the answer",
        lambda: context("good") and tls_below.floods(tls_below.key_update, 20), "ok")
    tls("renegotiation", "wants a new handshake before the answer, TLS 1.2",
        lambda: context("good") and tls_below.floods(tls_below.renegotiation, 1, tls_below.TLS_1_2), "ok")
