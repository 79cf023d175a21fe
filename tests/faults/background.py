# SPDX-License-Identifier: GPL-3.0-or-later
"""An asyncio server in a thread of the test."""
import asyncio, collections, threading


class Background:
    """Answers on a free port (.url, .port) while its block lasts. What is
    made of it has serve(reader, writer), which counts in .connections and
    .seen, keeps who is connected in .open and its own mistakes in .errors.
    tls: an ssl.SSLContext."""

    def __init__(self, host="127.0.0.1", tls=None):
        self.host, self.tls = host, tls
        self.seen = collections.Counter()
        self.connections = 0
        self.open, self.errors = set(), []

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda *_: None)
        started = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(started,), daemon=True)
        self.thread.start()
        started.wait(10)
        return self

    def run(self, started):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self.serve, self.host, 0, ssl=self.tls, backlog=4096))
        self.port = self.server.sockets[0].getsockname()[1]
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.url = f"{'https' if self.tls else 'http'}://{host}:{self.port}"
        self.loop.call_soon(started.set)
        self.loop.run_forever()
        self.server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0.01))
        self.loop.close()

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(20)

    def settle(self, seconds=10):
        """Until every connection has been read to its end."""
        async def wait():
            for _ in range(int(seconds * 50)):
                if not self.open:
                    return
                await asyncio.sleep(0.02)
        asyncio.run_coroutine_threadsafe(wait(), self.loop).result(seconds + 5)
        assert not self.errors, self.errors[:3]
