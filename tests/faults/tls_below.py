# SPDX-License-Identifier: GPL-3.0-or-later
"""What Python's ssl cannot do: messages of TLS itself, after the handshake,
by OpenSSL's own functions."""
import ctypes, signal

from tap import path

TLS_1_2 = 0x303
SET_MAX_VERSION = 124
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # its writes know no MSG_NOSIGNAL


def library():
    """None where there is no OpenSSL 3."""
    try:
        lib = ctypes.CDLL("libssl.so.3")
    except OSError:
        return None
    for name in ("TLS_server_method", "SSL_CTX_new", "SSL_new"):
        getattr(lib, name).restype = ctypes.c_void_p
    return lib


def key_update(lib, ssl):
    lib.SSL_key_update(ssl, 0)


def ticket(lib, ssl):
    lib.SSL_new_session_ticket(ssl)


def renegotiation(lib, ssl):
    lib.SSL_renegotiate(ssl)


def flood(lib, ssl, message):
    """Until the other side is gone; False: it was, or would not."""
    message(lib, ssl)
    return lib.SSL_do_handshake(ssl) == 1


def floods(message, most=None, version=0):
    """A function of the raw socket: a handshake, a request, and then the
    message without end, or so often before the answer."""
    def f(sock):
        sock.settimeout(None)  # SSL_read waits
        lib = library()
        ctx = ctypes.c_void_p(lib.SSL_CTX_new(ctypes.c_void_p(lib.TLS_server_method())))
        assert lib.SSL_CTX_use_certificate_file(ctx, path("good.pem").encode(), 1) == 1
        assert lib.SSL_CTX_use_PrivateKey_file(ctx, path("good.key").encode(), 1) == 1
        if version:
            lib.SSL_CTX_ctrl(ctx, SET_MAX_VERSION, ctypes.c_long(version), None)
        ssl = ctypes.c_void_p(lib.SSL_new(ctx))
        lib.SSL_set_fd(ssl, sock.fileno())
        data = ctypes.create_string_buffer(65536)
        if lib.SSL_accept(ssl) == 1:
            while lib.SSL_read(ssl, data, len(data)) > 0:
                sent = 0
                while sent != most and flood(lib, ssl, message):
                    sent += 1
                if sent != most or lib.SSL_write(ssl, OK, len(OK)) <= 0:
                    break
        lib.SSL_free(ssl)
        lib.SSL_CTX_free(ctx)
    return f
