#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names with several addresses, some of which do not answer, in namespaces of
their own, on both of our ways over libcurl."""
import os, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from trust import *  # noqa
from servers import Quiet, socketserver, socket

HOSTS = ("127.0.0.1 localhost\n" + "".join(f"127.0.1.{i} many.test\n" for i in range(1, 10)) +
         "::1 two.test\n127.0.0.1 two.test\n")
TRANSPORTS = "wire", "curl"


class Hello(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline().startswith(b"GET "):
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")


class V6(Quiet):
    address_family = socket.AF_INET6
    request_queue_size = 1024


def listen(server):
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server.server_address[1]


def nft(text):
    p = subprocess.run(["nft", "-f", "-"], input=text, text=True, capture_output=True)
    if p.returncode:
        raise Skip("no nftables: " + p.stderr.strip().splitlines()[0])


def begin(transport, host, stages, iterations, timeout):
    return Going(transport, profile(transport, f"http://{host}", stages, ["/x"],
                                    f"transport = {transport}\nnew_connection = iteration\ntimeout = {timeout}", grace="30s"),
                 "--set", f"profile.iterations={iterations}", "--workers", "1")


@namespaced("-m")
def those_that_refuse_cost_no_time():
    """libcurl 7.88 waits for a timer between two addresses of one kind: for
    nine of them longer than the limit."""
    cover("/etc/hosts", HOSTS)
    order = [a[4][0] for a in socket.getaddrinfo("many.test", 80, type=socket.SOCK_STREAM)]
    assert len(order) == 9, order
    port = listen(Quiet((order[-1], 0), Hello))
    for going in [begin(t, f"many.test:{port}", "a = 60s at 4", 20, "4s") for t in TRANSPORTS]:
        r = going.wait()
        check_accounts(r)
        assert r.counting["requests"] == r.counting["connects"] == 20 and r.errors == {}, (going.name, r.errors, r.counting)


@namespaced("-m")
def two_race_and_the_first_one_wins_late():
    """What curl closes without a word then has a number that is another
    connection's within the same call."""
    if not which("nft"):
        raise Skip("nft is missing")
    cover("/etc/hosts", HOSTS)
    port = listen(V6(("::1", 0), Hello))
    nft(f"""table inet t {{
        chain v4 {{ type filter hook input priority 0; tcp dport {port} meta nfproto ipv4 drop; }}
        chain v6 {{ type filter hook input priority 0; tcp dport {port} meta nfproto ipv6 drop; }}
    }}""")
    goings = [begin(t, f"two.test:{port}", "a = 500ms to 300\nb = 60s at 300", 4000, "20s") for t in TRANSPORTS]
    time.sleep(0.6)  # less than the second until a SYN comes again
    nft("flush chain inet t v6")
    for going in goings:
        r = going.wait()
        check_accounts(r)
        assert r.counting["requests"] == r.counting["connects"] == 4000 and r.errors == {}, (going.name, r.errors, r.counting)
        assert r.values("http_req_connecting")["max"] >= 900, r.values("http_req_connecting")


@namespaced("-m")
def one_kind_is_lost():
    if not which("nft"):
        raise Skip("nft is missing")
    cover("/etc/hosts", HOSTS)
    port = listen(Quiet(("127.0.0.1", 0), Hello))
    nft(f"""table inet t {{
        chain v4 {{ type filter hook input priority 0; }}
        chain v6 {{ type filter hook input priority 0; tcp dport {port} meta nfproto ipv6 drop; }}
    }}""")
    for going in [begin(t, f"two.test:{port}", "a = 60s at 10", 20, "20s") for t in TRANSPORTS]:
        r = going.wait()
        check_accounts(r)
        assert r.counting["requests"] == 20 and r.errors == {}, (going.name, r.errors, r.counting)
        assert r.values("http_req_connecting")["min"] >= 199, r.values("http_req_connecting")
    nft(f"add rule inet t v4 tcp dport {port} drop")
    for going in [begin(t, f"two.test:{port}", "a = 60s at 10", 10, "500ms") for t in TRANSPORTS]:
        r = going.wait()
        check_accounts(r)
        assert r.errors == {"timeout-connect": 10}, (going.name, r.errors)


main()
